//! Alerts: what somebody should know about. [`incident`] decides from outcomes when something is wrong
//! and when it is over; [`letter`] writes down what people are told; [`email`] hands mail over. Nothing here
//! decides yet who is told when.

pub mod email;
pub mod incident;
pub mod letter;

//! Alerts: what somebody should know about. [`incident`] decides from outcomes when something is wrong
//! and when it is over; [`letter`] writes down what people are told; [`email`], [`webhook`] and [`exec`]
//! hand it over, and [`channel`] is the one seam before them. Nothing here decides yet who is told when.

pub mod channel;
pub mod email;
pub mod exec;
pub mod incident;
pub mod letter;
mod program;
pub mod steps;
pub mod webhook;
mod wire;

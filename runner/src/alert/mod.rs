//! Alerts: what somebody should know about. [`incident`] decides from outcomes when something is wrong
//! and when it is over, [`telling`] who is told of that and when; [`letter`] writes down what they are
//! told; [`email`], [`webhook`] and [`exec`] hand it over, and [`channel`] is the one seam before them.

pub mod channel;
pub mod email;
pub mod exec;
pub mod incident;
pub mod letter;
mod program;
pub mod steps;
pub mod telling;
pub mod webhook;
mod wire;

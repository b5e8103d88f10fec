//! What to do about what the checks find: one file per check, keyed by situation.
//!
//! Advice says what to do first, in terms of what the finding's evidence names.

#[macro_use]
mod situation;

pub mod connections;
pub mod health;
pub mod migrations;
pub mod performance;
pub mod query;

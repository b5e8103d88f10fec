//! What to do about what the checks find: one file per check, keyed by situation.

pub mod performance;

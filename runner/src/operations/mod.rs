//! The answers of preflight, status, performance and diagnose: pure, from what was seen to one document
//! each.

pub mod diagnosis;

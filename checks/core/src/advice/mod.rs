//! What to do next, one file for each check: every text that a finding's advice is made of.

pub mod connections;

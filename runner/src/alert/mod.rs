//! The stage that turns outcomes into incidents: a period in which something about a job was not ok.
//!
//! Pure: it is given what is known and what was seen, and returns what is known then. The history keeps
//! it, in the transaction of the outcome: see `record`.

pub mod incident;

//! The example configurations are run as their headers say, against databases that are well and that are not.
//!
//! [`rehearsal`] copies an example and puts servers of its own where it names hosts; the modules beside it have
//! a table for each flow: in which state, which command, which exit code.

mod diagnostics;
mod health_monitoring;
mod operational_monitoring;
mod prerequisite;
mod rehearsal;

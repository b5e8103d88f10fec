//! What to try first: all advice of the host, by class and by situation.
//!
//! - [`explain`]: a class of connection error; checks get it with the error
//! - [`explain_tls`]: a problem of an encryption
//! - [`explain_failure`]: a run that has no report
//! - [`Situation`]: what judging a run, `preflight`, `status` and `performance` find, with its evidence
//! - [`Cause`]: what `diagnose` finds besides, with its evidence
//!
//! What checks find has its advice in the pack. What is wrong in a configuration is told with a hint where
//! it is found, and what became of a message in [`super::delivery::advice`]; what the runner finds about
//! itself has it beside the finding (`evaluate::self_watch`, `operations::doctor`).

mod cause;
mod connection;
mod encryption;
mod failure;
mod situation;
#[cfg(test)]
pub(crate) mod tests;

pub use self::cause::Cause;
pub use self::connection::{explain, remedy};
pub use self::encryption::explain_tls;
pub use self::failure::{explain_failure, explain_no_connection};
pub use self::situation::Situation;

/// A class of problem, explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What happened, as the end of "no connection:".
    pub meaning: &'static str,
    /// What to try first.
    pub advice: &'static str,
}

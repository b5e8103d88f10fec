//! Why a test server could not be started.

use std::fmt;

use crate::Engine;

/// A sentence for the person at the terminal: what was tried, what happened, where to look.
#[derive(Debug)]
pub struct StartError {
    attempt: String,
    cause: String,
}

impl StartError {
    /// `attempt` completes "could not …"; `cause` is what the system or the server said.
    pub(crate) fn new(attempt: impl Into<String>, cause: impl fmt::Display) -> Self {
        Self {
            attempt: attempt.into(),
            cause: cause.to_string(),
        }
    }

    /// A server's program is neither in its usual folder nor in `PATH`.
    pub(crate) fn not_installed(engine: Engine, program: &str) -> Self {
        Self::missing_package(engine.debian_package(), program)
    }

    /// As [`Self::not_installed`], for what is not a database server.
    pub(crate) fn missing_package(package: &str, program: &str) -> Self {
        Self::new(
            format!("find the program {program}"),
            format!("install it with `apt-get install {package}`"),
        )
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {}: {}", self.attempt, self.cause)
    }
}

impl std::error::Error for StartError {}

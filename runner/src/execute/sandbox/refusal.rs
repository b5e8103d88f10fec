//! [`Refusal`]: the host's own reasons to end a run, as typed errors that travel through the guest.

use std::time::Duration;

use super::limits;
use crate::model::engine::{Engine, Version};

/// Why the host ended a run, or would not give the guest what it asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// The guest computed for too long.
    #[error("used more than {} s of CPU", limits::CPU.as_secs())]
    Cpu,
    /// A memory may not grow; the guest goes on, and most likely dies of it.
    #[error("memory limit {} reached (asked for {})", limits::show_bytes(*.limit), limits::show_bytes(*.asked))]
    Memory {
        /// Bytes.
        limit: usize,
        /// Bytes, what it has included.
        asked: usize,
    },
    /// A table may not grow; as with memory.
    #[error(
        "table limit {} elements reached (asked for {asked})",
        limits::TABLE_ELEMENTS
    )]
    Table {
        /// Elements, those it has included.
        asked: usize,
    },
    /// The run's budget was spent and the check kept asking.
    #[error(
        "{budget}, and the check kept asking {} times more",
        limits::IGNORED_REFUSALS
    )]
    Ignored {
        /// Which one, in words.
        budget: String,
    },
    /// A query ended together with the run's time.
    #[error("timed out after {limit:?} while running {during}")]
    Deadline {
        /// The run's timeout.
        limit: Duration,
        /// What it was doing.
        during: String,
    },
    /// The server is none of those that the check works on.
    #[error("needs {needed}, and this is {engine} {version}")]
    NotApplicable {
        /// As the server says it.
        engine: Engine,
        /// As the server says it.
        version: Version,
        /// The engines that the check lists, in words.
        needed: String,
    },
    /// `describe` called what only a run has.
    #[error(
        "`describe` asked the database ({call}); it may only describe, the database is there in `run`"
    )]
    NotInDescribe {
        /// The function of the contract.
        call: &'static str,
    },
}

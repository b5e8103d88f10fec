//! The stage that shows runs: one file per format, each a pure function from runs to text.
//!
//! [`human`] is for people, line by line as runs finish; the others render a whole [`Summary`].
//! [`preflight`], [`status`] and [`performance`] show the documents of [`crate::operations`] to people.
//! Names and texts come from packs and databases, so every format escapes what it must.

use std::time::Duration;

use checkrun_history::WriterStats;

use crate::model::run::{FinishedRun, Micros, Outcome, Reason, Stored};
use crate::model::status::Status;

pub mod diagnosis;
pub mod doctor;
pub mod human;
pub mod incidents;
pub mod json;
pub mod junit;
pub mod messages;
pub mod nagios;
pub mod offer;
pub mod past;
pub mod performance;
pub mod plain;
pub mod preflight;
pub mod prometheus;
pub mod silences;
pub mod status;
pub mod tone;
pub mod trial;

/// The formats of `checkrun run --format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Human,
    /// One document with a schema version.
    Json,
    /// Monitoring plugins: one status line, performance data.
    Nagios,
    /// Prometheus text format, for a textfile collector.
    Prometheus,
    /// JUnit XML, for CI systems.
    Junit,
}

/// Everything that one `run` did.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Sorted by job name, then target.
    pub runs: Vec<FinishedRun>,
    /// When the first one began.
    pub started: Micros,
    /// From the first to the last.
    pub duration: Duration,
    /// What keeping them cost; absent where nothing was kept.
    pub history: Option<WriterStats>,
}

impl Summary {
    /// The worst status of all runs; `ok` without any.
    #[must_use]
    pub fn worst(&self) -> Status {
        self.runs
            .iter()
            .map(|run| run.outcome.status)
            .max()
            .unwrap_or(Status::Ok)
    }

    /// How many runs have this status.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        self.runs
            .iter()
            .filter(|run| run.outcome.status == status)
            .count()
    }

    /// How many runs should be in the history and are not.
    #[must_use]
    pub fn not_stored(&self) -> usize {
        self.runs
            .iter()
            .filter(|run| matches!(run.stored, Stored::Failed(_)))
            .count()
    }
}

/// What the finding behind a reason adds to it, if there is one and it says more than its headline.
fn detail<'a>(outcome: &'a Outcome, reason: &Reason) -> Option<&'a str> {
    let finding = outcome
        .findings
        .iter()
        .find(|finding| finding.severity == reason.status && finding.headline() == reason.text)?;
    Some(finding.detail.as_str()).filter(|detail| !detail.is_empty())
}

#[cfg(test)]
mod tests;

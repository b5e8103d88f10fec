//! One execution of a job, and its judged outcome.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::gate::Reach;
use super::incident::Object;
use super::job::Job;
use super::report::{Failure, Finding, Metric, Report};
use super::schedule::{LeftOpen, Occasion};
use super::status::Status;
use super::threshold::Threshold;

/// Runs at the same time in all, at most: for so many the sandbox has memory at the ready.
pub const RUNS_AT_ONCE_MAX: u32 = 128;

/// A point in time, microseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Micros(pub i64);

impl fmt::Display for Micros {
    /// RFC 3339 in UTC with microseconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(time) => write!(f, "{time:.6}"),
            Err(_) => write!(f, "{}", self.0),
        }
    }
}

/// What one run returned and used, before it is judged.
#[derive(Clone, Debug, PartialEq)]
pub struct RunResult {
    /// What the check returned, or why it returned nothing.
    pub answer: Result<Report, Failure>,
    /// Log lines the check wrote, oldest first, control characters already escaped.
    pub log: Vec<LogLine>,
    /// What is to be remembered for the next run; empty unless `answer` is a report.
    pub state_changes: Vec<StateChange>,
    /// What it used of its limits.
    pub usage: Usage,
    /// Wall time, connecting included.
    pub duration: Duration,
    /// What it learnt of whether its target can be reached.
    pub reach: Reach,
}

/// One line that a check logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// As the check said.
    pub level: LogLevel,
    /// One line.
    pub message: String,
}

/// How important a log line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// For the author.
    Debug,
    /// For the curious.
    Info,
    /// For the operator.
    Warn,
    /// Something failed.
    Error,
}

/// One entry to remember for a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateChange {
    /// The check's own key, or a counter's name with the host's prefix.
    pub key: String,
    /// The new value.
    pub value: String,
}

/// What a run used of its limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Queries sent.
    pub queries: u32,
    /// Rows handed to the check.
    pub rows: u64,
    /// Bytes of values handed to the check.
    pub bytes: u64,
    /// Waiting for the answers to queries, those that failed included; connecting is not.
    pub database: Duration,
    /// Largest sum of linear memories, bytes.
    pub memory_bytes: u64,
    /// Time in the guest itself, host calls not counted.
    pub cpu: Duration,
}

/// The judged run.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The worst of the reasons; `ok` without any.
    pub status: Status,
    /// One line for people.
    pub summary: String,
    /// Why it is not ok, worst first; empty when it is.
    pub reasons: Vec<Reason>,
    /// As reported.
    pub metrics: Vec<JudgedMetric>,
    /// As reported.
    pub findings: Vec<Finding>,
    /// Set when there is no report.
    pub failure: Option<Failure>,
    /// What is no longer beyond its threshold and not yet back behind `clear`.
    pub held: Vec<Object>,
    /// Whether the job's incidents are concerned at all.
    pub about: About,
}

impl Outcome {
    /// What the check itself says, whatever thresholds and findings say; `ok` without a report.
    #[must_use]
    pub fn verdict(&self) -> Status {
        let verdict = Object::verdict();
        self.reasons
            .iter()
            .find(|reason| reason.object.as_ref().is_none_or(|about| *about == verdict))
            .map_or(Status::Ok, |reason| reason.status)
    }
}

/// What an outcome is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The job: what is bad counts for its incidents, and so does what is good.
    Job,
    /// Only that the target could not be reached, which is one incident of the target's own and none of
    /// each of its jobs.
    Target,
}

/// One reason why an outcome is not ok.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What about the job is bad; none for the check's own verdict where another reason says the same in more
    /// detail.
    pub object: Option<Object>,
    /// How bad.
    pub status: Status,
    /// One line, with the measured value and the threshold where there are such.
    pub text: String,
    /// What to do next.
    pub advice: Option<String>,
}

/// A metric with what it was held against.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedMetric {
    /// As reported.
    pub metric: Metric,
    /// By its thresholds alone.
    pub status: Status,
    /// The warning threshold, if there is one.
    pub warning: Option<Threshold>,
    /// The critical threshold, if there is one.
    pub critical: Option<Threshold>,
}

/// A run that is over: executed, judged, and recorded where that was wanted and possible.
#[derive(Clone, Debug)]
pub struct FinishedRun {
    /// What ran.
    pub job: Arc<Job>,
    /// What it was run for; none when a person asked for it.
    pub occasion: Option<Occasion>,
    /// When it began.
    pub started: Micros,
    /// Wall time, connecting included.
    pub duration: Duration,
    /// How it was judged.
    pub outcome: Outcome,
    /// What the check logged.
    pub log: Vec<LogLine>,
    /// What it used of its limits.
    pub usage: Usage,
    /// What it learnt of whether its target can be reached.
    pub reach: Reach,
    /// Whether the history has it.
    pub stored: Stored,
    /// What it did not decide about its job.
    pub left_open: LeftOpen,
}

/// Whether a run is in the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// Committed, under this id.
    Yes(i64),
    /// Nobody asked for it.
    NotAsked,
    /// It could not be written; the text says why and what to do.
    Failed(String),
}

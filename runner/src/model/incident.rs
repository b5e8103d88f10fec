//! What an incident is about, and how bad it is.

use super::status::Status;

/// How bad an incident is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Somebody should look at it; also what could not be judged.
    Warning,
    /// Somebody must look at it.
    Critical,
}

impl Severity {
    /// None for what is ok. Not being able to judge is a warning: it may hide anything, but nobody
    /// has seen anything yet.
    #[must_use]
    pub fn of(status: Status) -> Option<Self> {
        match status {
            Status::Ok => None,
            Status::Warning | Status::Unknown => Some(Self::Warning),
            Status::Critical => Some(Self::Critical),
        }
    }
}

/// What about a job may be wrong, each by itself: a metric, a finding, the check's verdict, or that it
/// can be judged at all. Stable from run to run; never contains a value, a threshold or a severity, so
/// that editing a threshold orphans no incident.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Object(String);

impl Object {
    /// A metric, with its labels.
    #[must_use]
    pub fn metric(series: &str) -> Self {
        Self(format!("metric/{series}"))
    }

    /// A finding, by its key.
    #[must_use]
    pub fn finding(key: &str) -> Self {
        Self(format!("finding/{key}"))
    }

    /// The check's own verdict, where no finding of it says as much.
    #[must_use]
    pub fn verdict() -> Self {
        Self("verdict".into())
    }

    /// That the check returns a report.
    #[must_use]
    pub fn judging() -> Self {
        Self("judging".into())
    }

    /// As it was stored.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// `metric/used_ratio`, `finding/slow`, `verdict`, `judging`
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

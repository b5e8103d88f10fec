//! What an incident is about, how bad it is, and what is known of what is not simply ok.

use super::run::{Micros, Reason};
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

    /// Whether it is a metric.
    #[must_use]
    pub fn is_metric(&self) -> bool {
        self.0.starts_with("metric/")
    }

    /// Whether it is the other metric with labels.
    #[must_use]
    pub fn is_labelled(&self, metric: &Self) -> bool {
        let labels = self.0.strip_prefix(metric.as_str());
        self.is_metric() && labels.is_some_and(|labels| labels.starts_with('{'))
    }

    /// `metric/used_ratio`, `finding/slow`, `verdict`, `judging`
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is known of an object that is not simply ok.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    /// Where it is between ok and not ok.
    pub phase: Phase,
    /// Pending: the least of what was seen. Else: of the incident.
    pub severity: Severity,
    /// The first bad sign.
    pub since: Micros,
}

/// Where an object is between ok and not ok.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Seen bad so many times in a row.
    Pending {
        /// At least 1.
        count: u32,
    },
    /// There is an incident.
    Firing {
        /// Seen worse than the incident so many times in a row.
        worse: u32,
        /// Seen bad, but less so, so many times in a row.
        better: u32,
    },
    /// There is an incident, and it was seen good so many times in a row.
    Recovering {
        /// At least 1.
        count: u32,
    },
}

/// What became of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It has begun.
    Opened,
    /// It is worse than before.
    Escalated,
    /// It is less bad than before.
    Eased,
    /// It is over.
    Closed,
    /// It is over, and nobody knows whether it is well: there is nothing to judge any more.
    Abandoned,
}

/// What became of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// Which.
    pub object: Object,
    /// What is known of it now; none when it is ok.
    pub watch: Option<Watch>,
    /// What became of its incident.
    pub change: Option<Change>,
    /// Why it is bad, when this outcome says so.
    pub reason: Option<Reason>,
}

/// How often something must be seen before it counts. Each at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Bad in a row, before an incident opens or gets less severe.
    pub confirm: u32,
    /// Worse in a row, before an incident gets more severe.
    pub escalate_confirm: u32,
    /// Good in a row, before an incident closes.
    pub recover_after: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            confirm: 3,
            escalate_confirm: 1,
            recover_after: 2,
        }
    }
}

//! What a check returned, or why it returned nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::sql::SqlError;
use super::status::Status;

/// A named number with a unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Metric {
    /// `[a-z][a-z0-9_]*`
    pub name: String,
    /// Always finite.
    pub value: f64,
    /// `ratio`, `bytes`, `seconds`, `count`, `per-second`, or the pack's own word.
    pub unit: String,
    /// Tell several metrics of one name apart; ordered by key.
    pub labels: BTreeMap<String, String>,
}

impl Metric {
    /// `name` or `name{key="value"}`.
    #[must_use]
    pub fn series(&self) -> String {
        if self.labels.is_empty() {
            return self.name.clone();
        }
        let labels: Vec<_> = self
            .labels
            .iter()
            .map(|(key, value)| format!("{key}={value:?}"))
            .collect();
        format!("{}{{{}}}", self.name, labels.join(","))
    }
}

/// One thing the check noticed, with advice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable from run to run.
    pub key: String,
    /// `ok` is for information.
    pub severity: Status,
    /// One line.
    pub title: String,
    /// More, possibly several lines.
    pub detail: String,
    /// The object it is about: a table, an account.
    pub subject: Option<String>,
    /// What to do next.
    pub advice: Option<String>,
    /// Where to read more.
    pub reference: Option<String>,
    /// Measured values behind it, in the check's order.
    pub evidence: Vec<(String, String)>,
}

impl Finding {
    /// Title and subject in one line.
    #[must_use]
    pub fn headline(&self) -> String {
        match &self.subject {
            Some(subject) => format!("{}: {subject}", self.title),
            None => self.title.clone(),
        }
    }
}

/// What a check returned; its limits and names are already checked by the host.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The check's own verdict; thresholds are the host's business.
    pub status: Status,
    /// One line for people.
    pub summary: String,
    /// In the check's order; (name, labels) is unique.
    pub metrics: Vec<Metric>,
    /// In the check's order; keys are unique.
    pub findings: Vec<Finding>,
}

/// Why there is no report.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The check has nothing to say about this target; not a problem.
    NotApplicable(String),
    /// A parameter's value does not work.
    BadParameter {
        /// Its name.
        parameter: String,
        /// What is wrong.
        why: String,
    },
    /// The account lacks a privilege; the text is the statement that grants it.
    MissingPrivilege(String),
    /// The database did not answer, and the check gave up.
    Database(SqlError),
    /// The check says that it is broken.
    Internal(String),
    /// The run took longer than its timeout.
    TimedOut {
        /// The timeout.
        limit: Duration,
        /// What it was doing, such as `query 3 (select …)`.
        during: String,
    },
    /// The pack used more of something than it may: CPU, memory, …
    LimitReached(String),
    /// The pack trapped or panicked; text for its author, with a backtrace where there is one.
    Crashed(String),
    /// The pack returned something that the host does not accept.
    BadReport(String),
    /// The pack could not be loaded.
    Pack(String),
    /// A defect of checkrun itself: neither the check nor the database is to blame.
    Defect(String),
}

impl Failure {
    /// The stable word for this kind, for the history and for programs that read JSON.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NotApplicable(_) => "not-applicable",
            Self::BadParameter { .. } => "bad-parameter",
            Self::MissingPrivilege(_) => "missing-privilege",
            Self::Database(error) => error.kind(),
            Self::Internal(_) => "internal",
            Self::TimedOut { .. } => "timed-out",
            Self::LimitReached(_) => "limit-reached",
            Self::Crashed(_) => "crashed",
            Self::BadReport(_) => "bad-report",
            Self::Defect(_) => "defect",
            Self::Pack(_) => "pack",
        }
    }
}

//! [`Report`] and [`Finding`]: what a check returns.

mod text;

use std::fmt;

use crate::metric::Metric;

/// How well a target is doing, from best to worst. Not being able to judge is worse than a warning,
/// because it may hide anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Nothing to do.
    Ok,
    /// Somebody should look at it in the coming days.
    Warning,
    /// It could not be judged.
    Unknown,
    /// Somebody should look at it now.
    Critical,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Unknown => "unknown",
            Self::Critical => "critical",
        })
    }
}

/// What a check found. Thresholds are the host's business: a check reports its metrics, and says
/// more than `ok` only for what no threshold can express.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The check's own verdict.
    pub status: Status,
    /// One line for people.
    pub summary: String,
    /// (name, labels) is unique.
    pub metrics: Vec<Metric>,
    /// Keys are unique.
    pub findings: Vec<Finding>,
}

impl Report {
    /// A report with this verdict and summary, and nothing measured yet.
    #[must_use]
    pub fn new(status: Status, summary: impl Into<String>) -> Self {
        Self {
            status,
            summary: summary.into(),
            metrics: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// Nothing to do, as far as the check can tell.
    #[must_use]
    pub fn ok(summary: impl Into<String>) -> Self {
        Self::new(Status::Ok, summary)
    }

    /// Somebody should look at it in the coming days.
    #[must_use]
    pub fn warning(summary: impl Into<String>) -> Self {
        Self::new(Status::Warning, summary)
    }

    /// It could not be judged.
    #[must_use]
    pub fn unknown(summary: impl Into<String>) -> Self {
        Self::new(Status::Unknown, summary)
    }

    /// Somebody should look at it now.
    #[must_use]
    pub fn critical(summary: impl Into<String>) -> Self {
        Self::new(Status::Critical, summary)
    }

    /// Adds a metric.
    #[must_use]
    pub fn metric(mut self, metric: Metric) -> Self {
        self.metrics.push(metric);
        self
    }

    /// Adds several metrics.
    #[must_use]
    pub fn metrics(mut self, metrics: impl IntoIterator<Item = Metric>) -> Self {
        self.metrics.extend(metrics);
        self
    }

    /// Adds a finding. The outcome is at least as bad as its severity.
    #[must_use]
    pub fn finding(mut self, finding: Finding) -> Self {
        self.findings.push(finding);
        self
    }

    /// Adds several findings.
    #[must_use]
    pub fn findings(mut self, findings: impl IntoIterator<Item = Finding>) -> Self {
        self.findings.extend(findings);
        self
    }

    /// The value of a metric without labels, for tests: `report.value_of("used_ratio")`.
    #[must_use]
    pub fn value_of(&self, metric: &str) -> Option<f64> {
        self.metrics
            .iter()
            .find(|candidate| candidate.name == metric && candidate.labels.is_empty())
            .map(|found| found.value)
    }
}

/// One thing the check noticed, with advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable from run to run, such as `bloat/orders`: tells known from new, and lets one be
    /// silenced.
    pub key: String,
    /// `Ok` is for information.
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
    /// Measured values behind it, in the order they are added.
    pub evidence: Vec<(String, String)>,
}

impl Finding {
    /// A finding with a key, a severity and a title; the rest is added as it is known.
    #[must_use]
    pub fn new(key: impl Into<String>, severity: Status, title: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            severity,
            title: title.into(),
            detail: String::new(),
            subject: None,
            advice: None,
            reference: None,
            evidence: Vec::new(),
        }
    }

    /// More about it, possibly several lines.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// The object it is about: a table, an account.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// What to do next.
    #[must_use]
    pub fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// Where to read more: a URL.
    #[must_use]
    pub fn reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// A measured value behind it.
    #[must_use]
    pub fn evidence(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        self.evidence.push((name.into(), value.to_string()));
        self
    }
}

//! One item of a notification, as a part of its document.

use schemars::JsonSchema;
use serde::Serialize;

use super::thinned::thinned;
use crate::model::incident::Severity;
use crate::model::notification::{
    Acknowledged, FindingFacts, Item, Limit, Measured, PastIncident, What,
};

/// What there is to say about one object of one job.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ItemDocument {
    /// What became of it.
    pub what: WhatDocument,
    /// The incident's id.
    pub incident: i64,
    /// The target's name.
    pub target: String,
    /// The job's name.
    pub job: String,
    /// `pack/check`
    pub check: String,
    /// What about the job is wrong: `metric/used_ratio`, `finding/slow`, `verdict`, `judging`.
    pub object: String,
    /// Now, or when it was over.
    pub severity: SeverityDocument,
    /// The worst it has been.
    pub peak: SeverityDocument,
    /// The first bad run, RFC 3339 in UTC.
    pub since: String,
    /// The run that ended it; null while it goes on.
    pub until: Option<String>,
    /// One line, of the newest bad run.
    pub text: String,
    /// What to do.
    pub advice: Option<String>,
    /// What was measured, if it is about a metric.
    pub measured: Option<MeasuredDocument>,
    /// What the newest run of the job found, worst first.
    pub findings: Vec<FindingDocument>,
    /// Earlier incidents of the same object, newest first.
    pub past: Vec<PastDocument>,
    /// Who has taken it on; null: nobody.
    pub acknowledged: Option<AcknowledgedDocument>,
    /// Jobs that are not run while it lasts, as those of a target that cannot be reached.
    pub suspended_jobs: usize,
}

/// What became of something.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhatDocument {
    /// It was ok.
    New,
    /// It was a warning.
    Worse,
    /// It was critical.
    Eased,
    /// It is over.
    Recovered,
    /// As before.
    GoesOn,
    /// It comes and goes; nothing is said of it until it is steady.
    Flapping {
        /// Openings and ends.
        changes: u32,
        /// Within so many seconds.
        within_seconds: f64,
    },
    /// It is steady again; `until` tells whether it is over.
    Settled,
    /// It is not looked at any more.
    Gone,
}

/// How bad.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SeverityDocument {
    /// Somebody should look at it; also what could not be judged.
    Warning,
    /// Somebody must look at it.
    Critical,
}

/// A metric and its last day.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MeasuredDocument {
    /// With its labels: `used_ratio{pool="main"}`.
    pub series: String,
    /// `bytes`, `seconds`, `ratio`, …
    pub unit: String,
    /// The newest value.
    pub value: f64,
    /// From where on it is a warning.
    pub warning: Option<LimitDocument>,
    /// From where on it is critical.
    pub critical: Option<LimitDocument>,
    /// The last 24 hours, oldest first, thinned where there are many: lows and highs are kept. Empty in
    /// `others`, and in news beyond the first ten.
    pub day: Vec<PointDocument>,
    /// Half of the last seven days' values were under this.
    pub median: Option<f64>,
    /// 95 % of them were under this.
    pub p95: Option<f64>,
}

/// A threshold.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LimitDocument {
    /// As people write it: `> 80%`.
    pub text: String,
    /// In the metric's unit: one, or two for a range.
    pub lines: Vec<f64>,
}

/// One measurement.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PointDocument {
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// What.
    pub value: f64,
}

/// One thing that a check noticed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FindingDocument {
    /// One line.
    pub title: String,
    /// More.
    pub detail: String,
    /// What it is about.
    pub subject: Option<String>,
    /// What to do.
    pub advice: Option<String>,
    /// Where to read more.
    pub reference: Option<String>,
    /// What was seen.
    pub evidence: Vec<EvidenceDocument>,
}

/// One value that was seen.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EvidenceDocument {
    /// What it is.
    pub name: String,
    /// As text.
    pub value: String,
}

/// An incident that is over.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PastDocument {
    /// The first bad run.
    pub since: String,
    /// The run that ended it.
    pub until: String,
    /// The worst it has been.
    pub peak: SeverityDocument,
}

/// Somebody has taken it on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AcknowledgedDocument {
    /// Who.
    pub by: String,
    /// What they said.
    pub comment: String,
    /// Until when nobody is reminded.
    pub until: String,
}

impl ItemDocument {
    /// Of this item.
    pub(super) fn of(item: &Item) -> Self {
        Self {
            what: WhatDocument::of(&item.what),
            incident: item.incident,
            target: item.target.clone(),
            job: item.job.clone(),
            check: item.check.clone(),
            object: item.object.clone(),
            severity: SeverityDocument::of(item.severity),
            peak: SeverityDocument::of(item.peak),
            since: item.since.to_string(),
            until: item.until.map(|until| until.to_string()),
            text: item.text.clone(),
            advice: item.advice.clone(),
            measured: item.measured.as_ref().map(MeasuredDocument::of),
            findings: item.findings.iter().map(FindingDocument::of).collect(),
            past: item.past.iter().map(PastDocument::of).collect(),
            acknowledged: item.acknowledged.as_ref().map(AcknowledgedDocument::of),
            suspended_jobs: item.suspended,
        }
    }
}

impl ItemDocument {
    /// Of this item, without its last day.
    pub(super) fn in_short(item: &Item) -> Self {
        let mut document = Self::of(item);
        if let Some(measured) = &mut document.measured {
            measured.day.clear();
        }
        document
    }
}

impl WhatDocument {
    fn of(what: &What) -> Self {
        match what {
            What::New => Self::New,
            What::Worse => Self::Worse,
            What::Eased => Self::Eased,
            What::Recovered => Self::Recovered,
            What::GoesOn => Self::GoesOn,
            What::Flapping { changes, within } => Self::Flapping {
                changes: *changes,
                within_seconds: within.as_secs_f64(),
            },
            What::Settled => Self::Settled,
            What::Gone => Self::Gone,
        }
    }
}

impl SeverityDocument {
    fn of(severity: Severity) -> Self {
        match severity {
            Severity::Warning => Self::Warning,
            Severity::Critical => Self::Critical,
        }
    }
}

impl MeasuredDocument {
    fn of(measured: &Measured) -> Self {
        let limit = |limit: &Limit| LimitDocument {
            text: limit.text.clone(),
            lines: limit.lines.clone(),
        };
        let point = |&(at, value): &(_, f64)| PointDocument {
            at: ToString::to_string(&at),
            value,
        };
        Self {
            series: measured.series.clone(),
            unit: measured.unit.clone(),
            value: measured.value,
            warning: measured.warning.as_ref().map(limit),
            critical: measured.critical.as_ref().map(limit),
            day: thinned(&measured.day).map(point).collect(),
            median: measured.median,
            p95: measured.p95,
        }
    }
}

impl FindingDocument {
    fn of(finding: &FindingFacts) -> Self {
        let evidence = |(name, value): &(String, String)| EvidenceDocument {
            name: name.clone(),
            value: value.clone(),
        };
        Self {
            title: finding.title.clone(),
            detail: finding.detail.clone(),
            subject: finding.subject.clone(),
            advice: finding.advice.clone(),
            reference: finding.reference.clone(),
            evidence: finding.evidence.iter().map(evidence).collect(),
        }
    }
}

impl PastDocument {
    fn of(past: &PastIncident) -> Self {
        Self {
            since: past.since.to_string(),
            until: past.until.to_string(),
            peak: SeverityDocument::of(past.peak),
        }
    }
}

impl AcknowledgedDocument {
    fn of(acknowledged: &Acknowledged) -> Self {
        Self {
            by: acknowledged.by.clone(),
            comment: acknowledged.comment.clone(),
            until: acknowledged.until.to_string(),
        }
    }
}

//! [`Observation`]: one judged run as operations read it, whether it has just ended or was read from
//! the history.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::report::Finding;
use crate::model::run::{FinishedRun, Micros, Reason, Stored};
use crate::model::status::Status;

/// One judged run.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// The history's id, if it is stored.
    pub run_id: Option<i64>,
    /// The job's configured name.
    pub job: String,
    /// `pack/check`.
    pub check: String,
    /// The target's name.
    pub target: String,
    /// The target's labels.
    pub labels: BTreeMap<String, String>,
    /// `postgresql`, `mysql`, `sqlite` …, as the URL says it.
    pub engine: Option<String>,
    /// When it began.
    pub started: Micros,
    /// Wall time, connecting included.
    pub duration: Duration,
    /// The outcome.
    pub status: Status,
    /// One line for people.
    pub summary: String,
    /// Why it is not ok, worst first.
    pub reasons: Vec<Reason>,
    /// The stable word for why there is no report.
    pub failure: Option<String>,
    /// What was measured, in the units of the contract.
    pub metrics: Vec<Measured>,
    /// What the check noticed.
    pub findings: Vec<Finding>,
}

/// One measured value.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The metric's name.
    pub name: String,
    /// Tell several metrics of one name apart.
    pub labels: BTreeMap<String, String>,
    /// In the metric's unit.
    pub value: f64,
}

impl Observation {
    /// The value of a metric without labels.
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<f64> {
        self.metrics
            .iter()
            .find(|metric| metric.name == name && metric.labels.is_empty())
            .map(|metric| metric.value)
    }

    /// The value of a metric with this one label.
    #[must_use]
    pub fn labelled(&self, name: &str, label: &str, of: &str) -> Option<f64> {
        let fits = |metric: &&Measured| {
            metric.name == name && metric.labels.get(label).is_some_and(|value| value == of)
        };
        self.metrics.iter().find(fits).map(|metric| metric.value)
    }

    /// The finding with this key.
    #[must_use]
    pub fn finding(&self, key: &str) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.key == key)
    }
}

/// A finding's piece of evidence.
#[must_use]
pub fn evidence<'a>(finding: &'a Finding, name: &str) -> Option<&'a str> {
    finding
        .evidence
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

impl From<&FinishedRun> for Observation {
    fn from(run: &FinishedRun) -> Self {
        let (job, outcome) = (&run.job, &run.outcome);
        Self {
            run_id: match run.stored {
                Stored::Yes(id) => Some(id),
                Stored::NotAsked | Stored::Failed(_) => None,
            },
            job: job.name.clone(),
            check: job.check_name(),
            target: job.target.name.clone(),
            labels: job.target.labels.clone(),
            engine: Some(job.target.address.engine_word().to_owned()),
            started: run.started,
            duration: run.duration,
            status: outcome.status,
            summary: outcome.summary.clone(),
            reasons: outcome.reasons.clone(),
            failure: outcome
                .failure
                .as_ref()
                .map(|failure| failure.kind().to_owned()),
            metrics: outcome
                .metrics
                .iter()
                .map(|judged| Measured {
                    name: judged.metric.name.clone(),
                    labels: judged.metric.labels.clone(),
                    value: judged.metric.value,
                })
                .collect(),
            findings: outcome.findings.clone(),
        }
    }
}

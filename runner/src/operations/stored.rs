//! What the history keeps, as operations read it.

use std::time::Duration;

use checkrun_history::RunDetail;
use checkrun_history::incident::IncidentSummary;
use checkrun_history::record::{FindingRecord, ReasonRecord, StoredStatus};

use super::observation::{Measured, Observation};
use super::status::OpenIncident;
use crate::model::report::Finding;
use crate::model::run::{Micros, Reason};
use crate::model::status::Status;

impl From<RunDetail> for Observation {
    fn from(stored: RunDetail) -> Self {
        let run = stored.summary;
        Self {
            run_id: Some(run.id.0),
            job: run.job,
            check: run.check,
            target: run.target,
            labels: stored.target_labels,
            engine: run.engine,
            started: Micros(run.started_us),
            duration: Duration::from_micros(u64::try_from(run.duration_us).unwrap_or(0)),
            status: status(run.status),
            summary: run.summary,
            reasons: stored.reasons.into_iter().map(reason).collect(),
            failure: run.failure.map(|failure| failure.kind),
            metrics: stored
                .metrics
                .into_iter()
                .map(|metric| Measured {
                    name: metric.name,
                    labels: metric.labels,
                    value: metric.value,
                })
                .collect(),
            findings: stored.findings.into_iter().map(finding).collect(),
        }
    }
}

impl From<IncidentSummary> for OpenIncident {
    fn from(stored: IncidentSummary) -> Self {
        Self {
            id: stored.id.0,
            target: stored.target,
            job: stored.job,
            severity: stored.severity.as_str().to_owned(),
            since: Micros(stored.since_us).to_string(),
            text: stored.text,
        }
    }
}

fn status(stored: StoredStatus) -> Status {
    match stored {
        StoredStatus::Ok => Status::Ok,
        StoredStatus::Warning => Status::Warning,
        StoredStatus::Unknown => Status::Unknown,
        StoredStatus::Critical => Status::Critical,
    }
}

fn reason(stored: ReasonRecord) -> Reason {
    Reason {
        // Which incident it belongs to, the incidents say themselves.
        object: None,
        status: status(stored.status),
        text: stored.text,
        advice: stored.advice,
    }
}

fn finding(stored: FindingRecord) -> Finding {
    Finding {
        key: stored.key,
        severity: status(stored.severity),
        title: stored.title,
        detail: stored.detail,
        subject: stored.subject,
        advice: stored.advice,
        reference: stored.reference,
        evidence: stored.evidence,
    }
}

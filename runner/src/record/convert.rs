//! A judged run in the history's own plain types.

use std::time::Duration;

use checkrun_history::record::{
    FailureRecord, FindingRecord, MetricRecord, PackRecord, ReasonRecord, RunRecord, SlotRecord,
    StateChangeRecord, StoredStatus, TargetRecord, UsageRecord,
};

use crate::model::job::Job;
use crate::model::report::Finding;
use crate::model::run::{JudgedMetric, Micros, Outcome, Reason, StateChange, Usage};
use crate::model::schedule::Occasion;
use crate::model::status::Status;

/// Everything about one run that the history keeps.
#[derive(Clone, Copy, Debug)]
pub struct JudgedRun<'a> {
    /// What ran.
    pub job: &'a Job,
    /// Which build of the pack; none when it did not load.
    pub pack: Option<&'a PackRecord>,
    /// What it was run for; none when a person asked for it.
    pub occasion: Option<Occasion>,
    /// When it began.
    pub started: Micros,
    /// Wall time.
    pub duration: Duration,
    /// How it was judged.
    pub outcome: &'a Outcome,
    /// What it used of its limits.
    pub usage: &'a Usage,
    /// What to remember for the next run.
    pub state_changes: &'a [StateChange],
}

impl JudgedRun<'_> {
    pub(super) fn to_record(self) -> RunRecord {
        let Self {
            job, pack, outcome, ..
        } = self;
        RunRecord {
            job: job.name.clone(),
            check: job.check_name(),
            target: TargetRecord {
                name: job.target.name.clone(),
                // What the runner is to itself is no database.
                engine: (!job.is_runner()).then(|| job.target.address.engine_word().to_owned()),
                labels: job.target.labels.clone(),
            },
            pack: pack.cloned(),
            slot: self.occasion.as_ref().map(slot),
            started_us: self.started.0,
            duration_us: micros(self.duration),
            status: status(outcome.status),
            summary: outcome.summary.clone(),
            reasons: outcome.reasons.iter().map(reason).collect(),
            failure: outcome.failure.as_ref().map(|failure| FailureRecord {
                kind: failure.kind().to_owned(),
                text: outcome.summary.clone(),
            }),
            usage: usage(self.usage),
            metrics: outcome.metrics.iter().map(metric).collect(),
            findings: outcome.findings.iter().map(finding).collect(),
            state_changes: self.state_changes.iter().map(state_change).collect(),
        }
    }
}

fn status(status: Status) -> StoredStatus {
    match status {
        Status::Ok => StoredStatus::Ok,
        Status::Warning => StoredStatus::Warning,
        Status::Unknown => StoredStatus::Unknown,
        Status::Critical => StoredStatus::Critical,
    }
}

fn slot(occasion: &Occasion) -> SlotRecord {
    SlotRecord {
        due_us: occasion.due.0,
        overlapped: occasion.overlapped,
        missed: occasion.missed,
        suspended: occasion.suspended,
    }
}

fn reason(reason: &Reason) -> ReasonRecord {
    ReasonRecord {
        status: status(reason.status),
        text: reason.text.clone(),
        advice: reason.advice.clone(),
    }
}

fn metric(judged: &JudgedMetric) -> MetricRecord {
    let metric = judged.metric.clone();
    MetricRecord {
        name: metric.name,
        value: metric.value,
        unit: metric.unit,
        labels: metric.labels,
    }
}

fn finding(finding: &Finding) -> FindingRecord {
    let finding = finding.clone();
    FindingRecord {
        key: finding.key,
        severity: status(finding.severity),
        title: finding.title,
        detail: finding.detail,
        subject: finding.subject,
        advice: finding.advice,
        reference: finding.reference,
        evidence: finding.evidence,
    }
}

fn state_change(change: &StateChange) -> StateChangeRecord {
    StateChangeRecord {
        key: change.key.clone(),
        value: change.value.clone(),
    }
}

fn usage(usage: &Usage) -> UsageRecord {
    UsageRecord {
        queries: usage.queries.into(),
        rows: usage.rows,
        bytes: usage.bytes,
        cpu_us: u64::try_from(usage.cpu.as_micros()).unwrap_or(u64::MAX),
        memory_bytes: usage.memory_bytes,
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

//! What becomes of an incident while its check cannot say how it is: from the report to the history.

use std::collections::BTreeMap;
use std::path::Path;

use checkrun_history::record::StoredStatus;
use checkrun_history::{FactsQuestion, IncidentFilter, Reader, Which};

use super::*;
use crate::model::job::MetricThresholds;
use crate::model::report::{Finding, Metric, Report};
use crate::model::sql::{ConnectionClass, ConnectionError, SqlError};
use crate::model::status::Status;
use crate::model::threshold::Threshold;

const NOW: Micros = Micros(1_795_456_328_000_000);

/// One that measured this; with none, `core/query` says that the column was NULL.
fn report(n: Option<f64>) -> Report {
    let finding = Finding {
        key: "null/n".into(),
        severity: Status::Unknown,
        title: "A column is NULL".into(),
        detail: String::new(),
        subject: Some("n".into()),
        advice: None,
        reference: None,
        evidence: Vec::new(),
    };
    let metrics = n.map(|value| Metric {
        name: "n".into(),
        value,
        unit: "count".into(),
        labels: BTreeMap::new(),
    });
    Report {
        status: n.map_or(Status::Unknown, |_| Status::Ok),
        summary: "n".into(),
        metrics: metrics.into_iter().collect(),
        findings: n.map_or_else(|| vec![finding], |_| Vec::new()),
    }
}

/// The same, of a check that does not notice that it measured nothing.
fn careless() -> Report {
    Report {
        status: Status::Ok,
        findings: Vec::new(),
        ..report(None)
    }
}

fn watched() -> Arc<Job> {
    Arc::new(Job {
        thresholds: vec![MetricThresholds {
            metric: "n".into(),
            warning: None,
            critical: Some(Threshold::parse("> 100", "count").expect("a threshold")),
            clear: None,
            configured: true,
        }],
        ..Job::plain("backlog", "orders")
    })
}

/// Runs that end so, one a minute, and what each leaves open.
async fn runs(path: &Path, results: Vec<RunResult>) -> Vec<LeftOpen> {
    let recorder = Recorder::open(path, NOW).expect("a history");
    let pipeline = Pipeline {
        packs: [].into(),
        recorder: Some(Arc::new(recorder)),
        memory: Arc::default(),
        clock: Clock::Fixed(NOW),
        parallel: 1,
        gatekeeper: Arc::default(),
    };
    let mut left_open = Vec::new();
    for (minute, result) in (0..).zip(results) {
        let at = Micros(NOW.0 + minute * 60_000_000);
        let run = pipeline.judge_and_record(watched(), None, at, result);
        left_open.push(run.await.left_open);
    }
    left_open
}

fn reported(report: Report) -> RunResult {
    RunResult {
        answer: Ok(report),
        ..failed(Failure::Internal("not used".into()))
    }
}

/// What is open after these reports, by name.
async fn open_after(reports: Vec<Report>) -> Vec<(String, StoredStatus)> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("checkrun.db");
    runs(&path, reports.into_iter().map(reported).collect()).await;
    let reader = Reader::open(&path).expect("a history");
    let open = reader
        .incidents(&IncidentFilter::open(9))
        .expect("incidents");
    let mut open: Vec<_> = open
        .into_iter()
        .map(|incident| (incident.object, incident.severity))
        .collect();
    open.sort_by(|a, b| a.0.cmp(&b.0));
    open
}

#[tokio::test]
async fn where_a_check_does_not_apply_any_more_nothing_stays_open_and_nothing_is_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("checkrun.db");
    let bad = || reported(report(Some(200.0)));
    let absent = || failed(Failure::NotApplicable("this server has no queue".into()));
    runs(&path, vec![bad(), bad(), bad(), absent(), absent()]).await;
    let filter = IncidentFilter {
        which: Which::All,
        ..IncidentFilter::open(9)
    };
    let reader = Reader::open(&path).expect("a history");
    let incidents = reader.incidents(&filter).expect("incidents");
    let id = incidents[0].id;
    let question = FactsQuestion {
        more: Vec::new(),
        incidents: vec![id],
        target: None,
        others_max: 0,
        now_us: NOW.0,
        turns_since_us: NOW.0,
    };
    let facts = reader.message_facts(&question).expect("facts");
    assert!(incidents[0].closed_us.is_some());
    assert!(facts.told[0].is_removed, "{:?}", facts.told[0]);
}

#[tokio::test]
async fn a_run_leaves_open_what_is_bad_and_no_incident_yet() {
    use LeftOpen::{Everything, Nothing, Something};
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("checkrun.db");
    let refused = || {
        let error = ConnectionError {
            class: ConnectionClass::Refused,
            message: "<address>: connection refused".into(),
            attempts: 1,
        };
        RunResult {
            reach: Reach::Unreachable(error.clone()),
            ..failed(Failure::Database(SqlError::Connection(error)))
        }
    };
    let (well, bad) = (
        || reported(report(Some(5.0))),
        || reported(report(Some(200.0))),
    );
    let silent = || reported(report(None));
    let (results, expected): (Vec<_>, Vec<_>) = [
        (well(), Nothing),
        (bad(), Something),
        (refused(), Everything),
        (bad(), Something),
        (bad(), Nothing),
        (bad(), Nothing),
        // Beside what is known: the number is missing.
        (silent(), Something),
        (silent(), Something),
        (silent(), Nothing),
        (silent(), Nothing),
        (well(), Nothing),
    ]
    .into_iter()
    .unzip();
    assert_eq!(runs(&path, results).await, expected);
}

fn times(count: usize, report: &Report) -> Vec<Report> {
    vec![report.clone(); count]
}

#[tokio::test]
async fn an_answer_without_the_number_ends_no_incident_about_it() {
    let bad = times(3, &report(Some(200.0)));
    let silent = times(5, &report(None));
    let open = open_after([bad.clone(), silent.clone()].concat()).await;
    let expected = [
        ("finding/null/n".to_owned(), StoredStatus::Warning),
        ("metric/n".to_owned(), StoredStatus::Critical),
    ];
    assert_eq!(open, expected);
    let well = times(2, &report(Some(5.0)));
    assert_eq!(open_after([bad, silent, well].concat()).await, []);
}

#[tokio::test]
async fn a_number_that_is_not_reported_any_more_is_no_less_critical() {
    let bad = times(3, &report(Some(200.0)));
    let open = open_after([bad, times(5, &careless())].concat()).await;
    assert_eq!(open, [("metric/n".to_owned(), StoredStatus::Critical)]);
}

//! Records to write, and a way to write them and wait.

use std::collections::BTreeMap;
use std::sync::mpsc::channel;

use checkrun_history::record::*;
use checkrun_history::{Error, Writer};

/// 2026-11-23T17:52:08Z.
/// The newest layout.
pub const LAYOUT: i64 = 6;

pub const NOW_US: i64 = 1_795_456_328_000_000;

/// A run of `job` on `target` that is ok, with one metric.
pub fn run(job: &str, target: &str, started_us: i64) -> RunRecord {
    RunRecord {
        job: job.to_owned(),
        check: "core/health".to_owned(),
        target: TargetRecord {
            name: target.to_owned(),
            engine: Some("postgresql".to_owned()),
            labels: labels(&[("env", "prod")]),
        },
        pack: Some(PackRecord {
            name: "core".to_owned(),
            version: "0.1.0".to_owned(),
            sha256: "00ff".repeat(16),
        }),
        slot: None,
        started_us,
        duration_us: 41_500,
        status: StoredStatus::Ok,
        summary: "answers in 41 ms".to_owned(),
        reasons: Vec::new(),
        failure: None,
        usage: UsageRecord {
            queries: 3,
            rows: 7,
            bytes: 512,
            cpu_us: 250,
            memory_bytes: 1 << 20,
        },
        metrics: vec![metric("response_time", 0.0415, "seconds")],
        findings: Vec::new(),
        state_changes: Vec::new(),
    }
}

pub fn metric(name: &str, value: f64, unit: &str) -> MetricRecord {
    MetricRecord {
        name: name.to_owned(),
        value,
        unit: unit.to_owned(),
        labels: BTreeMap::new(),
    }
}

#[allow(
    dead_code,
    reason = "not every test binary that includes this file needs it"
)]
pub fn finding(key: &str) -> FindingRecord {
    FindingRecord {
        key: key.to_owned(),
        severity: StoredStatus::Warning,
        title: "The table orders has grown by a third".to_owned(),
        detail: "It had 30 GiB a week ago.\nIt has 40 GiB now.".to_owned(),
        subject: Some("orders".to_owned()),
        advice: Some("Look for rows that nobody deletes.".to_owned()),
        reference: None,
        evidence: vec![
            ("before".to_owned(), "30 GiB".to_owned()),
            ("now".to_owned(), "40 GiB".to_owned()),
        ],
    }
}

pub fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

/// Writes all of them and waits for every answer; in order.
pub fn write_all(
    writer: &Writer,
    runs: impl IntoIterator<Item = RunRecord>,
) -> Vec<Result<RunId, Error>> {
    let answers: Vec<_> = runs
        .into_iter()
        .map(|run| {
            let (sender, answer) = channel();
            writer.record(run, Box::new(move |result| sender.send(result).unwrap()));
            answer
        })
        .collect();
    answers
        .into_iter()
        .map(|answer| answer.recv().expect("every run is answered"))
        .collect()
}

/// Writes one run and waits.
pub fn write(writer: &Writer, run: RunRecord) -> Result<RunId, Error> {
    write_all(writer, [run]).remove(0)
}

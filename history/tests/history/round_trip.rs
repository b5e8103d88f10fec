//! What is written is read back equal; what a run may not contain is rejected without its neighbours.

use checkrun_history::record::*;
use checkrun_history::{Cause, Reader, RunDetail, RunFilter, StateOwner, Writer};
use proptest::prelude::*;

use crate::any_record::any_record;
use crate::records::*;

/// The record as the reader gives it; the metrics' order is the series' and not the report's.
fn comparable(detail: RunDetail, state_changes: Vec<StateChangeRecord>) -> RunRecord {
    let RunDetail {
        summary,
        target_labels,
        pack,
        reasons,
        usage,
        metrics,
        findings,
    } = detail;
    let mut record = RunRecord {
        job: summary.job,
        check: summary.check,
        target: TargetRecord {
            name: summary.target,
            engine: summary.engine,
            labels: target_labels,
        },
        pack,
        slot: None,
        started_us: summary.started_us,
        duration_us: summary.duration_us,
        status: summary.status,
        summary: summary.summary,
        reasons,
        failure: summary.failure,
        usage,
        metrics,
        findings,
        state_changes,
    };
    sort(&mut record);
    record
}

fn sort(record: &mut RunRecord) {
    record
        .metrics
        .sort_by(|a, b| (&a.name, &a.labels, &a.unit).cmp(&(&b.name, &b.labels, &b.unit)));
    record.state_changes.sort_by(|a, b| a.key.cmp(&b.key));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back_equal(mut record in any_record()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkrun.db");
        let writer = Writer::open(&path, NOW_US).unwrap();
        let id = write(&writer, record.clone()).unwrap();
        let reader = Reader::open(&path).unwrap();
        let detail = reader.run(id).unwrap().unwrap();
        let owner = StateOwner { job: &record.job, check: &record.check, target: &record.target.name };
        let state = reader.states(&[owner]).unwrap().remove(0);
        let state = state
            .into_iter()
            .map(|entry| StateChangeRecord { key: entry.key, value: entry.value })
            .collect();
        sort(&mut record);
        prop_assert_eq!(comparable(detail, state), record);
    }
}

#[test]
fn a_run_that_is_rejected_leaves_its_neighbours_and_nothing_of_itself() {
    type Spoil = fn(&mut RunRecord);
    let cases: [(&str, Spoil); 3] = [
        ("a metric that is not a number", |run| {
            run.metrics.push(metric("nan", f64::NAN, "count"));
        }),
        ("the same metric twice", |run| {
            run.metrics.push(metric("twice", 1.0, "count"));
            run.metrics.push(metric("twice", 2.0, "count"));
        }),
        ("a new target and a metric that is not a number", |run| {
            run.target.name = "never seen".to_owned();
            run.metrics.push(metric("nan", f64::NAN, "count"));
        }),
    ];
    for (case, spoil) in cases {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkrun.db");
        let writer = Writer::open(&path, NOW_US).unwrap();
        let mut runs: Vec<_> = (0..20)
            .map(|n| run("health", "orders", NOW_US + n))
            .collect();
        spoil(&mut runs[7]);
        runs[7].findings.push(finding("left behind"));
        runs[7].state_changes.push(StateChangeRecord {
            key: "left".to_owned(),
            value: "behind".to_owned(),
        });
        // The next of the same names finds no id that went away with the rejected one.
        runs[8].target.name = runs[7].target.name.clone();
        let answers = write_all(&writer, runs);
        for (n, answer) in answers.iter().enumerate() {
            match answer {
                Ok(_) => assert_ne!(n, 7, "{case}"),
                Err(error) => {
                    assert_eq!((n, &error.cause), (7, &Cause::Rejected), "{case}: {error}");
                }
            }
        }
        let reader = Reader::open(&path).unwrap();
        let stored = reader.runs(&RunFilter::newest(100)).unwrap();
        assert_eq!(stored.len(), 19, "{case}");
        for run in stored {
            let detail = reader.run(run.id).unwrap().unwrap();
            assert_eq!(
                (detail.metrics.len(), detail.findings.len()),
                (1, 0),
                "{case}"
            );
        }
        let owner = StateOwner {
            job: "health",
            check: "core/health",
            target: "orders",
        };
        assert_eq!(reader.states(&[owner]).unwrap(), [vec![]], "{case}");
        assert_eq!(
            (writer.stats().runs, writer.stats().failures),
            (19, 1),
            "{case}"
        );
    }
}

#[test]
fn runs_of_one_job_with_the_same_start_are_all_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let writer = Writer::open(&path, NOW_US).unwrap();
    for answer in write_all(&writer, (0..5).map(|_| run("health", "orders", NOW_US))) {
        answer.unwrap();
    }
    let stored = Reader::open(&path)
        .unwrap()
        .runs(&RunFilter::newest(9))
        .unwrap();
    let starts: Vec<_> = stored.iter().map(|run| run.started_us - NOW_US).collect();
    assert_eq!(starts, [4, 3, 2, 1, 0]);
}

#[test]
fn a_text_of_a_megabyte_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let writer = Writer::open(&path, NOW_US).unwrap();
    let long = "äöü\0".repeat(150_000);
    let mut record = run("health", "orders", NOW_US);
    record.summary.clone_from(&long);
    record.findings = vec![FindingRecord {
        detail: long.clone(),
        ..finding("long")
    }];
    let id = write(&writer, record).unwrap();
    let detail = Reader::open(&path).unwrap().run(id).unwrap().unwrap();
    assert!(detail.summary.summary == long && detail.findings[0].detail == long);
}

#[test]
fn what_is_known_of_a_target_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let engine_and_labels = |engine: Option<&str>, env: &str| {
        // A writer of its own for each, so that also what the file knows is compared.
        let writer = Writer::open(&path, NOW_US).unwrap();
        let mut record = run("health", "orders", NOW_US);
        record.target.engine = engine.map(str::to_owned);
        record.target.labels = labels(&[("env", env)]);
        let id = write(&writer, record).unwrap();
        let detail = Reader::open(&path).unwrap().run(id).unwrap().unwrap();
        (detail.summary.engine, detail.target_labels["env"].clone())
    };
    let answer = |engine: Option<&str>, env: &str| (engine.map(str::to_owned), env.to_owned());
    for (case, engine, env, expected) in [
        ("not reached yet", None, "prod", answer(None, "prod")),
        (
            "reached",
            Some("mariadb"),
            "prod",
            answer(Some("mariadb"), "prod"),
        ),
        (
            "gone again: still known",
            None,
            "prod",
            answer(Some("mariadb"), "prod"),
        ),
        (
            "labelled anew",
            None,
            "test",
            answer(Some("mariadb"), "test"),
        ),
        (
            "another server",
            Some("mysql"),
            "test",
            answer(Some("mysql"), "test"),
        ),
    ] {
        assert_eq!(engine_and_labels(engine, env), expected, "{case}");
    }
}

#[test]
fn another_unit_is_another_series() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let writer = Writer::open(&path, NOW_US).unwrap();
    let mut record = run("health", "orders", NOW_US);
    record.metrics = vec![metric("used", 1.0, "bytes")];
    write(&writer, record.clone()).unwrap();
    record.metrics = vec![metric("used", 0.5, "ratio")];
    let id = write(&writer, record.clone()).unwrap();
    let detail = Reader::open(&path).unwrap().run(id).unwrap().unwrap();
    assert_eq!(detail.metrics, record.metrics);
}

#[test]
fn numbers_beyond_the_format_are_stored_as_its_largest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let writer = Writer::open(&path, NOW_US).unwrap();
    let mut record = run("health", "orders", i64::MAX);
    record.usage.bytes = u64::MAX;
    let id = write(&writer, record).unwrap();
    let detail = Reader::open(&path).unwrap().run(id).unwrap().unwrap();
    assert_eq!(detail.usage.bytes, i64::MAX as u64);
}

//! The views are what other programs see: through the real `sqlite3` shell, as a person would.

use std::path::Path;
use std::process::Command;

use checkrun_history::Writer;
use checkrun_history::record::*;

use crate::records::*;

/// Asks with the `sqlite3` shell, read-only.
fn shell(path: &Path, sql: &str) -> String {
    let output = Command::new("sqlite3")
        .args(["-readonly", "-line", "-nullvalue", "NULL"])
        .arg(path)
        .arg(sql)
        .output()
        .expect("the Debian package sqlite3 is installed");
    assert!(
        output.status.success(),
        "{sql}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn example(path: &Path) {
    let writer = Writer::open(path, NOW_US).unwrap();
    write(&writer, run("health", "orders", NOW_US)).unwrap();
    let mut second = run("health", "orders", NOW_US + 60_250_000);
    second.status = StoredStatus::Critical;
    second.summary = "answers in 3 s".to_owned();
    second.reasons = vec![ReasonRecord {
        status: StoredStatus::Critical,
        text: "response_time 3 s > 2 s".to_owned(),
        advice: None,
    }];
    second.metrics[0].value = 3.0;
    second.metrics.push(MetricRecord {
        labels: labels(&[("table", "orders"), ("schema", "public")]),
        ..metric("size", 4e10, "bytes")
    });
    second.findings = vec![finding("growth/orders")];
    write(&writer, second).unwrap();
    let mut third = run("health", "users", NOW_US + 61_000_000);
    third.status = StoredStatus::Unknown;
    third.target.engine = None;
    third.pack = None;
    third.metrics.clear();
    third.summary = "timed out after 10 s".to_owned();
    third.failure = Some(FailureRecord {
        kind: "timed-out".to_owned(),
        text: "query 1 (select 1)".to_owned(),
    });
    third.slot = Some(SlotRecord {
        due_us: third.started_us - 1_500_000,
        overlapped: 2,
        missed: 0,
        suspended: 3,
    });
    write(&writer, third).unwrap();
}

#[test]
fn what_a_person_sees() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    example(&path);
    for (name, sql) in [
        ("v_run", "SELECT * FROM v_run ORDER BY run_id"),
        ("v_latest", "SELECT * FROM v_latest ORDER BY target, job"),
        ("v_sample", "SELECT * FROM v_sample ORDER BY time, metric"),
        ("v_finding", "SELECT * FROM v_finding ORDER BY finding_id"),
        ("v_slot", "SELECT * FROM v_slot"),
        (
            "schema_migration",
            "SELECT version, name, sha256, applied_us FROM schema_migration",
        ),
    ] {
        insta::assert_snapshot!(name, shell(&path, sql));
    }
}

#[test]
fn what_a_person_sees_of_an_incident() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    crate::incidents::open_one(&Writer::open(&path, NOW_US).unwrap());
    insta::assert_snapshot!(shell(&path, "SELECT * FROM v_incident"));
}

#[test]
fn the_file_says_what_it_is_and_is_sound() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    example(&path);
    for (pragma, expected) in [
        ("application_id", "1128811346"),
        ("user_version", &LAYOUT.to_string()),
        ("journal_mode", "wal"),
        ("auto_vacuum", "2"),
        ("integrity_check", "ok"),
        ("foreign_key_check", ""),
    ] {
        let answer = shell(&path, &format!("PRAGMA {pragma}"));
        let value = answer.split_once('=').map_or("", |(_, value)| value.trim());
        assert_eq!(value, expected, "{pragma}");
    }
}

#[test]
fn questions_that_are_asked_often_use_the_indexes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    example(&path);
    for (question, sql) in [
        (
            "the newest runs of a period",
            "SELECT * FROM v_run WHERE started_us >= 0 ORDER BY started_us DESC, run_id DESC LIMIT 9",
        ),
        (
            "one series",
            "SELECT time, value FROM v_sample WHERE target = 'orders' AND job = 'health' \
             AND metric = 'size' AND labels = '{}' AND unit = 'bytes' AND time_us >= 0",
        ),
        (
            "one run's metrics",
            "SELECT * FROM v_sample WHERE target = 'orders' AND job = 'health' AND time_us = 1",
        ),
        (
            "one run's findings",
            "SELECT * FROM v_finding WHERE run_id = 1",
        ),
    ] {
        let plan = shell(&path, &format!("EXPLAIN QUERY PLAN {sql}"));
        assert!(!plan.contains("SCAN"), "{question}:\n{plan}");
    }
    // One run of each job, and not all runs.
    let plan = shell(&path, "EXPLAIN QUERY PLAN SELECT * FROM v_latest");
    let scans: Vec<_> = plan.lines().filter(|line| line.contains("SCAN")).collect();
    assert!(scans.iter().all(|line| line.contains("SCAN job")), "{plan}");
    assert!(
        plan.contains("SEARCH run USING INTEGER PRIMARY KEY"),
        "{plan}"
    );
}

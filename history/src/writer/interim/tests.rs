//! An interim history stays small, and says so in numbers.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::*;
use crate::record::{
    FindingRecord, MetricRecord, RunRecord, StoredStatus, TargetRecord, UsageRecord,
};
use crate::writer::PendingRun;

/// Runs in one group, as many as there are in one at most.
const GROUP: i64 = 200;

fn run(number: i64, text: &str) -> Pending {
    let run = RunRecord {
        job: format!("job {}", number % 10),
        check: "core/health".to_owned(),
        target: TargetRecord {
            name: format!("target {}", number % 7),
            engine: None,
            labels: [].into(),
        },
        pack: None,
        slot: None,
        started_us: number,
        duration_us: 1,
        status: StoredStatus::Critical,
        summary: text.to_owned(),
        reasons: Vec::new(),
        failure: None,
        usage: UsageRecord::default(),
        // A series of its own for each run, as of a check that names what comes and goes.
        metrics: vec![MetricRecord {
            name: "size".to_owned(),
            value: 1.0,
            unit: "bytes".to_owned(),
            labels: [("table".to_owned(), number.to_string())].into(),
        }],
        findings: vec![FindingRecord {
            key: "one".to_owned(),
            severity: StoredStatus::Critical,
            title: text.to_owned(),
            detail: String::new(),
            subject: None,
            advice: None,
            reference: None,
            evidence: Vec::new(),
        }],
        state_changes: Vec::new(),
    };
    Pending::Run(Box::new(PendingRun {
        run,
        consider: None,
        done: Box::new(|_| {}),
    }))
}

fn write(interim: &Interim, numbers: std::ops::Range<i64>, text: &str) -> Option<Results> {
    let (sender, queue): (SyncSender<Pending>, Receiver<Pending>) = sync_channel(256);
    let mut group = Group::of(run(numbers.start, text));
    for number in numbers.skip(1) {
        sender.send(run(number, text)).unwrap();
    }
    interim.write(&mut group, &queue)
}

fn number(interim: &Interim, question: &str) -> i64 {
    let conn = interim.conn.as_ref().unwrap();
    conn.query_row(question, [], |row| row.get(0)).unwrap()
}

fn nowhere() -> Interim {
    Interim::begin(Path::new("/nonexistent/checkrun.db"), None, 0)
}

#[test]
fn a_hundred_thousand_runs_take_no_more_than_a_few() {
    let interim = nowhere();
    let mut pages_max = 0;
    for group in 0..500 {
        let numbers = group * GROUP..(group + 1) * GROUP;
        let written = write(&interim, numbers, "it is bad").unwrap();
        assert!(written.iter().all(Result::is_ok));
        pages_max = pages_max.max(number(&interim, "PRAGMA page_count"));
    }
    assert_eq!(
        number(&interim, "SELECT count(*) FROM run"),
        70,
        "the newest of each job"
    );
    assert_eq!(number(&interim, "SELECT count(*) FROM finding"), 70);
    for (table, at_most) in [("sample", 10_000), ("series", 10_000), ("job", 70)] {
        let rows = number(&interim, &format!("SELECT count(*) FROM {table}"));
        assert!(rows <= at_most, "{table}: {rows}");
    }
    assert!(pages_max < PAGES_MAX / 10, "{pages_max} pages");
}

#[test]
fn what_is_too_much_for_the_memory_leaves_room_for_what_decides() {
    let interim = nowhere();
    let megabyte = "x".repeat(1 << 20);
    let mut written = 0;
    for group in 0..60 {
        // Newest runs of 70 jobs, each of 2 MiB.
        written += usize::from(write(&interim, group * 2..group * 2 + 2, &megabyte).is_some());
        assert!(number(&interim, "PRAGMA page_count") <= PAGES_MAX);
    }
    assert_eq!(written, 60);
    assert!(
        number(&interim, "SELECT count(*) FROM run") < 70,
        "some were shed"
    );
    assert_eq!(number(&interim, "SELECT count(*) FROM job"), 70);
}

#[test]
fn numbers_of_messages_begin_where_no_file_has_any() {
    let now_us = 1_795_456_328_000_000;
    let interim = Interim::begin(Path::new("/nonexistent/checkrun.db"), None, now_us);
    let first = number(
        &interim,
        "INSERT INTO outbox (route, kind, thread, created_us, state, next_us)
         VALUES ('ops', 'news', '', 0, 'open', 0) RETURNING outbox_id",
    );
    assert_eq!(first, 1_795_456_329);
}

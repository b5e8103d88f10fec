//! Groups on a file that may not grow: the same answer of SQLite as from a full disk.

use std::sync::mpsc::{Receiver, channel};

use rusqlite::Connection;

use super::group::{Group, NotWritten, Results, Written};
use super::session::Session;
use super::*;
use crate::error::classify;
use crate::file::{MIGRATIONS, known_version};
use crate::record::{MetricRecord, StoredStatus, TargetRecord, UsageRecord};

fn run(target: &str, started_us: i64, summary: &str) -> RunRecord {
    RunRecord {
        job: "health".to_owned(),
        check: "core/health".to_owned(),
        target: TargetRecord {
            name: target.to_owned(),
            engine: None,
            labels: [].into(),
        },
        pack: None,
        slot: None,
        started_us,
        duration_us: 1,
        status: StoredStatus::Ok,
        summary: summary.to_owned(),
        reasons: Vec::new(),
        failure: None,
        usage: UsageRecord::default(),
        metrics: vec![MetricRecord {
            name: "response_time".to_owned(),
            value: 1.0,
            unit: "seconds".to_owned(),
            labels: [].into(),
        }],
        findings: Vec::new(),
        state_changes: Vec::new(),
    }
}

fn pending(run: RunRecord) -> (Pending, Receiver<Result<RunId, Error>>) {
    let (sender, answer) = channel();
    let done: Acknowledge = Box::new(move |result| sender.send(result).unwrap());
    (
        Pending::Run(Box::new(PendingRun {
            run,
            consider: None,
            done,
        })),
        answer,
    )
}

/// Writes these runs as one group.
fn write(session: &mut Session<'_>, runs: Vec<RunRecord>) -> Result<Results, NotWritten> {
    let (sender, queue) = sync_channel(QUEUE_MAX);
    let mut answers = Vec::new();
    let mut group = Group::default();
    for run in runs {
        let (pending, answer) = pending(run);
        answers.push(answer);
        if group.is_empty() {
            group = Group::of(pending);
        } else {
            sender.send(pending).unwrap();
        }
    }
    group.write(session, &queue)
}

fn count(conn: &Connection, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    conn.query_row(&sql, [], |row| row.get(0)).unwrap()
}

fn allow_pages(conn: &Connection, pages: i64) {
    conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
        .unwrap();
}

#[test]
fn a_group_that_does_not_fit_is_undone_as_a_whole_and_the_next_one_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let file = OpenFile::open(&path, 0, &mut Vec::new()).unwrap();
    let mut session = Session::prepare(&file.conn).unwrap();
    let pages: i64 = file
        .conn
        .query_row("PRAGMA page_count", [], |row| row.get(0))
        .unwrap();
    allow_pages(&file.conn, pages + 20);

    // Without metrics, whose series would give a wrong job away.
    let bare = |run: RunRecord| RunRecord {
        metrics: Vec::new(),
        ..run
    };
    let group = vec![
        bare(run("orders", 1, "short")),
        bare(run("orders", 2, &"x".repeat(200_000))),
        bare(run("orders", 3, "short")),
    ];
    let Err(NotWritten::Sqlite(error)) = write(&mut session, group.clone()) else {
        panic!("there was space for it");
    };
    assert_eq!(classify(&error), Cause::Full, "{error}");
    assert_eq!(
        (count(&file.conn, "run"), count(&file.conn, "target")),
        (0, 0)
    );

    // The ids of the names went with the transaction and are given to others now: who remembers the
    // old ones writes to the wrong target.
    let users = RunRecord {
        job: "size".to_owned(),
        ..bare(run("users", 4, "short"))
    };
    let written = write(&mut session, vec![users]).unwrap();
    assert_eq!(written, [Ok(Written::Run(RunId(1)))]);
    allow_pages(&file.conn, 1 << 30);
    assert!(
        write(&mut session, group)
            .unwrap()
            .iter()
            .all(Result::is_ok)
    );
    assert_eq!(count(&file.conn, "v_run WHERE target = 'users'"), 1);
    assert_eq!(count(&file.conn, "v_run WHERE target = 'orders'"), 3);
}

#[test]
fn a_name_that_another_process_has_deleted_is_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let file = OpenFile::open(&path, 0, &mut Vec::new()).unwrap();
    let mut session = Session::prepare(&file.conn).unwrap();
    assert_eq!(
        write(&mut session, vec![run("orders", 1, "")]).unwrap(),
        [Ok(Written::Run(RunId(1)))]
    );
    let other = OpenFile::open(&path, 0, &mut Vec::new()).unwrap();
    other
        .conn
        .execute_batch(
            "BEGIN; DELETE FROM sample; DELETE FROM series; DELETE FROM run; DELETE FROM job;
             DELETE FROM target; COMMIT",
        )
        .unwrap();
    let written = write(&mut session, vec![run("orders", 2, "")]).unwrap();
    assert!(written[0].is_ok(), "{written:?}");
    assert_eq!(
        (count(&file.conn, "target"), count(&file.conn, "sample")),
        (1, 1)
    );
}

#[test]
fn a_run_handed_over_after_the_end_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(&folder.path().join("checkrun.db"), 0).unwrap();
    writer.drain();
    let (sender, answer) = channel();
    writer.record(
        run("orders", 1, ""),
        Box::new(move |result| sender.send(result).unwrap()),
    );
    assert_eq!(answer.recv().unwrap().unwrap_err().cause, Cause::Stopped);
}

#[test]
fn a_layout_that_changes_between_opening_and_preparing_is_not_taken_for_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let file = OpenFile::open(&path, 0, &mut Vec::new()).unwrap();
    Connection::open(&path)
        .unwrap()
        .execute_batch("DROP TABLE state; PRAGMA user_version = 99")
        .unwrap();
    // Makes SQLite read the tables' definitions again.
    assert_eq!(count(&file.conn, "run"), 0);
    let (sender, queue) = sync_channel(QUEUE_MAX);
    let shared = Arc::new(Shared::default());
    let worker = Worker {
        path: path.clone(),
        queue,
        shared: Arc::clone(&shared),
        absence: Absence {
            stand_in: StandIn::Memory,
            retries: Retries::default(),
        },
    };
    let (pending, answer) = pending(run("orders", 1, ""));
    sender.send(pending).unwrap();
    drop(sender);
    worker.serve(Ok(file), 0);
    let newer = Cause::Newer {
        file: 99,
        known: known_version(MIGRATIONS),
    };
    assert_eq!(answer.recv().unwrap().unwrap_err().cause, newer);
    assert!(path.exists() && shared.lock_set_aside().is_empty());
}

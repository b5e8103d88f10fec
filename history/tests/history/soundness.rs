//! What somebody asks who wants to know whether the file is sound, and how messages get through.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use checkrun_history::{Cause, OutboxState, Reader, Soundness, Writer, try_writing};
use rusqlite::Connection;

use crate::records::*;

const PATIENT: Duration = Duration::from_secs(20);

/// A history with some runs, its log emptied into it.
fn history(folder: &Path) -> PathBuf {
    let path = folder.join("checkrun.db");
    let writer = Writer::open(&path, NOW_US).unwrap();
    let runs = (0..300).map(|n| run("health", "orders", NOW_US + n));
    for answer in write_all(&writer, runs) {
        answer.unwrap();
    }
    drop(writer);
    sql(&path, "PRAGMA wal_checkpoint(TRUNCATE)");
    path
}

fn sql(path: &Path, text: &str) {
    let conn = Connection::open(path).unwrap();
    conn.pragma_update(None, "foreign_keys", false).unwrap();
    conn.execute_batch(text).unwrap();
}

#[test]
fn a_sound_file_is_sound_and_can_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = history(folder.path());
    let before = fs::read(&path).unwrap();
    let reader = Reader::open(&path).unwrap();
    assert_eq!(reader.quick_check(PATIENT).unwrap(), Soundness::Sound);
    assert!(try_writing(&path).is_ok());
    assert_eq!(reader.versions(), (LAYOUT, LAYOUT));
    assert_eq!(fs::read(&path).unwrap(), before, "trying changes nothing");
}

#[test]
fn the_reader_goes_on_after_a_check_whose_time_was_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = history(folder.path());
    let reader = Reader::open(&path).unwrap();
    let found = reader.quick_check(Duration::ZERO).unwrap();
    // A small file may be done before anybody looks at the clock.
    assert!(
        matches!(found, Soundness::OutOfTime | Soundness::Sound),
        "{found:?}"
    );
    assert_eq!(reader.quick_check(PATIENT).unwrap(), Soundness::Sound);
}

#[test]
fn damage_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = history(folder.path());
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].fill(0x5a);
    fs::write(&path, bytes).unwrap();
    let found = Reader::open(&path).and_then(|reader| reader.quick_check(PATIENT));
    let is_found = match &found {
        Ok(Soundness::Damaged(lines)) => !lines.is_empty(),
        Ok(_) => false,
        Err(error) => error.cause == Cause::Corrupt,
    };
    assert!(is_found, "{found:?}");
}

#[test]
fn what_cannot_be_written_says_why_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.db");
    assert_eq!(try_writing(&missing).unwrap_err().cause, Cause::Missing);
    assert!(!missing.exists(), "looking for it does not make it");
    assert_eq!(
        try_writing(folder.path()).unwrap_err().cause,
        Cause::NotAFile
    );

    let path = history(folder.path());
    sql(&path, "PRAGMA user_version = 999");
    let newer = try_writing(&path).unwrap_err().cause;
    assert!(matches!(newer, Cause::Newer { file: 999, .. }), "{newer:?}");

    let foreign = folder.path().join("foreign.db");
    sql(&foreign, "PRAGMA application_id = 77; CREATE TABLE t (a)");
    let cause = try_writing(&foreign).unwrap_err().cause;
    assert_eq!(cause, Cause::Foreign { application_id: 77 });
}

#[test]
fn what_waits_to_be_told_in_three_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let path = history(folder.path());
    let reader = Reader::open(&path).unwrap();
    assert_eq!(reader.outbox(0).unwrap(), OutboxState::default());
    let minute = 60_000_000;
    for (minutes_ago, state) in [
        (50, "sent"),
        (40, "partly"),
        (30, "open"),
        (20, "sending"),
        (10, "failed"),
        (9, "failed"),
    ] {
        let created = NOW_US - minutes_ago * minute;
        let ended = matches!(state, "sent" | "failed")
            .then_some(created)
            .map_or("NULL".to_owned(), |at| at.to_string());
        sql(
            &path,
            &format!(
                "INSERT INTO outbox (route, kind, thread, created_us, state, next_us, ended_us)
             VALUES ('ops', 'news', 't', {created}, '{state}', {created}, {ended})"
            ),
        );
    }
    let expected = OutboxState {
        unsent: 3,
        oldest_us: Some(NOW_US - 40 * minute),
        failed: 2,
    };
    assert_eq!(reader.outbox(NOW_US - 10 * minute).unwrap(), expected);
    assert_eq!(reader.outbox(NOW_US - 9 * minute).unwrap().failed, 1);
    sql(
        &path,
        "INSERT INTO outbox_recipient (outbox_id, recipient, fate)
         SELECT outbox_id, 'a@b', 'accepted' FROM outbox WHERE state = 'partly'",
    );
    let somebody_has_it = OutboxState {
        unsent: 2,
        oldest_us: Some(NOW_US - 30 * minute),
        failed: 2,
    };
    let seen = reader.outbox(NOW_US - 10 * minute).unwrap();
    assert_eq!(
        seen, somebody_has_it,
        "a full mailbox is no trouble of the outbox"
    );
}

//! Migrations with artificial lists, as later versions of the program would bring, and what happens
//! when the file changes hands while it is opened.

use std::path::Path;

use rusqlite::Connection;

use super::*;

const NOW_US: i64 = 1_795_456_328_000_000;

/// What the first version of the program knew.
const FIRST: &[Migration] = MIGRATIONS.split_at(1).0;

/// What a second one might have known.
fn two_migrations() -> Vec<Migration> {
    let mut migrations = FIRST.to_vec();
    migrations.push(Migration {
        name: "notes",
        sql: "CREATE TABLE note (text TEXT NOT NULL) STRICT;
              INSERT INTO note SELECT name FROM target;",
    });
    migrations
}

fn open_with(migrations: &[Migration], path: &Path) -> Result<OpenFile, Error> {
    OpenFile::open_with(migrations, path, NOW_US, &mut Vec::new())
}

fn number(path: &Path, sql: &str) -> i64 {
    let conn = Connection::open(path).unwrap();
    conn.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn an_older_file_is_copied_and_then_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let old = open_with(FIRST, &path).unwrap();
    old.conn
        .execute(
            "INSERT INTO target (name, labels) VALUES ('orders', '{}')",
            [],
        )
        .unwrap();
    // An older program still has it open, as during an upgrade.
    let new = open_with(&two_migrations(), &path).unwrap();
    assert_eq!(number(&path, "PRAGMA user_version"), 2);
    assert_eq!(
        number(&path, "SELECT count(*) FROM note WHERE text = 'orders'"),
        1
    );
    assert_eq!(number(&path, "SELECT count(*) FROM schema_migration"), 2);

    let copy = folder.path().join("checkrun.db.v1-20261123T175208Z");
    assert_eq!(number(&copy, "PRAGMA user_version"), 1);
    assert_eq!(number(&copy, "SELECT count(*) FROM target"), 1);
    drop((old, new));

    // A second time there is nothing to do, and no further copy.
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    open_with(&two_migrations(), &path).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), files);
    // And the older program now refuses it.
    let error = open_with(FIRST, &path).unwrap_err();
    assert_eq!(error.cause, Cause::Newer { file: 2, known: 1 });
}

#[test]
fn the_newest_layout_finds_the_newest_run_by_the_order_of_recording() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let old = open_with(FIRST, &path).unwrap();
    // Two runs, the clock set back, one more; and another job.
    old.conn
        .execute_batch(
            "INSERT INTO target (name, labels) VALUES ('orders', '{}');
             INSERT INTO job (name, target_id, check_name) VALUES ('a', 1, 'core/a'), ('b', 1, 'core/b');
             INSERT INTO run (job_id, started_us, duration_us, status, summary, reasons,
                              query_count, row_count, byte_count, cpu_us, memory_bytes)
             SELECT column1, column2, 1, 0, '', '[]', 1, 1, 1, 1, 1
             FROM (VALUES (1, 100), (1, 200), (2, 300), (1, 50));",
        )
        .unwrap();
    drop(old);
    let newest = "SELECT group_concat(started_us, ' ') FROM (SELECT * FROM v_latest ORDER BY job)";
    let text = |path: &Path| {
        let conn = Connection::open(path).unwrap();
        conn.query_row(newest, [], |row| row.get::<_, String>(0))
            .unwrap()
    };
    assert_eq!(text(&path), "200 300");
    drop(open_with(MIGRATIONS, &path).unwrap());
    assert_eq!(
        number(&path, "PRAGMA user_version"),
        known_version(MIGRATIONS)
    );
    assert_eq!(text(&path), "50 300");
    assert_eq!(number(&path, "SELECT count(*) FROM v_run"), 4);
    let copy = folder.path().join("checkrun.db.v1-20261123T175208Z");
    assert_eq!(number(&copy, "PRAGMA user_version"), 1);
    assert_eq!(text(&copy), "200 300");
}

#[test]
fn a_version_that_no_migration_has_left_there_is_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let file = open_with(MIGRATIONS, &path).unwrap();
    let older = known_version(MIGRATIONS) - 1;
    file.conn
        .pragma_update(None, "user_version", older)
        .unwrap();
    drop(file);
    let mut set_aside = Vec::new();
    drop(OpenFile::open_with(MIGRATIONS, &path, NOW_US, &mut set_aside).unwrap());
    assert_eq!(set_aside.len(), 1);
    assert_eq!(number(&set_aside[0].kept_as, "PRAGMA user_version"), older);
    assert_eq!(
        number(&path, "PRAGMA user_version"),
        known_version(MIGRATIONS)
    );
}

#[test]
fn a_migration_that_fails_leaves_the_file_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    drop(open_with(FIRST, &path).unwrap());
    let mut migrations = two_migrations();
    migrations.push(Migration {
        name: "broken",
        sql: "CREATE TABLE half (a); INSERT INTO no_such_table VALUES (1);",
    });
    let error = open_with(&migrations, &path).unwrap_err();
    assert_eq!(error.cause, Cause::Unexpected, "{error}");
    // The step before is a transaction of its own.
    assert_eq!(number(&path, "PRAGMA user_version"), 2);
    assert_eq!(
        number(
            &path,
            "SELECT count(*) FROM sqlite_schema WHERE name = 'half'"
        ),
        0
    );
}

#[test]
fn a_file_whose_creation_was_cut_short_is_completed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let conn = Connection::open(&path).unwrap();
    conn.pragma_update(None, "auto_vacuum", "INCREMENTAL")
        .unwrap();
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
        .unwrap();
    drop(conn);
    drop(open_with(MIGRATIONS, &path).unwrap());
    assert_eq!(
        number(&path, "PRAGMA user_version"),
        known_version(MIGRATIONS)
    );
}

#[test]
fn a_file_that_another_process_has_replaced_is_not_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let damaged = open_with(MIGRATIONS, &path).unwrap();
    let moved = folder.path().join("moved.db");
    for suffix in ["", "-wal", "-shm"] {
        let name = |path: &Path| format!("{}{suffix}", path.display());
        std::fs::rename(name(&path), name(&moved)).unwrap();
    }
    let replacement = open_with(MIGRATIONS, &path).unwrap();
    assert_eq!(damaged.give_up(NOW_US).unwrap(), None);
    assert!(path.exists());
    assert!(replacement.give_up(NOW_US).unwrap().is_some());
    assert!(!path.exists());
}

#[test]
fn stamps_are_utc_and_any_time_has_one() {
    for (now_us, stamp) in [
        (NOW_US, "20261123T175208Z"),
        (0, "19700101T000000Z"),
        (-1, "19691231T235959Z"),
        (i64::MAX, "9223372036854"),
    ] {
        assert_eq!(aside::utc_stamp(now_us).unwrap(), stamp, "{now_us}");
    }
}

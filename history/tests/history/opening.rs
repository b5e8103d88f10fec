//! Files that cannot be a history are refused, untouched, and each for its reason.

use std::path::Path;

use checkrun_history::record::RunId;
use checkrun_history::{Action, Cause, Reader, RunFilter, Writer};
use rusqlite::Connection;

use crate::records::*;

/// Runs SQL on the file as another program would.
fn alter(path: &Path, sql: &str) {
    Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn what_is_not_ours_is_refused_and_stays_as_it_is() {
    type Prepare = fn(&Path);
    let cases: [(&str, Prepare, Cause); 6] = [
        (
            "a newer history",
            |path| {
                drop(Writer::open(path, NOW_US).unwrap());
                alter(path, "PRAGMA user_version = 99");
            },
            Cause::Newer {
                file: 99,
                known: LAYOUT,
            },
        ),
        (
            "another program's database",
            |path| alter(path, "CREATE TABLE precious (data)"),
            Cause::Foreign { application_id: 0 },
        ),
        (
            "another program's database in WAL mode, with an id and a log",
            |path| {
                let conn = Connection::open(path).unwrap();
                conn.set_db_config(
                    rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
                    true,
                )
                .unwrap();
                conn.execute_batch(
                    "PRAGMA journal_mode = WAL; PRAGMA application_id = 7;
                     CREATE TABLE precious (data); INSERT INTO precious VALUES (1)",
                )
                .unwrap();
            },
            Cause::Foreign { application_id: 7 },
        ),
        (
            "only a version, but no id of ours",
            |path| alter(path, "PRAGMA user_version = 1"),
            Cause::Foreign { application_id: 0 },
        ),
        (
            "a folder",
            |path| std::fs::create_dir(path).unwrap(),
            Cause::NotAFile,
        ),
        (
            "a socket",
            |path| drop(std::os::unix::net::UnixListener::bind(path).unwrap()),
            Cause::NotAFile,
        ),
    ];
    for (case, prepare, cause) in cases {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkrun.db");
        prepare(&path);
        let before = contents(folder.path());
        let error = Writer::open(&path, NOW_US).expect_err(case);
        assert_eq!(
            (error.action, &error.cause, &*error.path),
            (Action::Open, &cause, &*path),
            "{case}"
        );
        assert!(
            contents(folder.path()) == before,
            "{case}: something changed"
        );
    }
}

/// Every file with its bytes, but for the log's index, which holds the locks of whoever reads.
fn contents(folder: &Path) -> Vec<(std::path::PathBuf, Option<Vec<u8>>)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.to_string_lossy().ends_with("-shm"))
        // An empty log says nothing.
        .filter(|path| std::fs::metadata(path).unwrap().len() > 0)
        .map(|path| (path.clone(), std::fs::read(&path).ok()))
        .collect();
    files.sort();
    files
}

#[test]
fn a_newer_history_can_be_read_as_long_as_it_has_the_views() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let id = write(
        &Writer::open(&path, NOW_US).unwrap(),
        run("health", "orders", 1),
    )
    .unwrap();
    alter(&path, "PRAGMA user_version = 99");
    let reader = Reader::open(&path).unwrap();
    assert_eq!(reader.runs(&RunFilter::newest(9)).unwrap()[0].id, id);
    assert_eq!(reader.run(id).unwrap().unwrap().metrics.len(), 1);
    let newer = Cause::Newer {
        file: 99,
        known: LAYOUT,
    };
    assert_eq!(reader.states(&[]).unwrap_err().cause, newer);
    alter(&path, "DROP VIEW v_run");
    assert_eq!(reader.runs(&RunFilter::newest(9)).unwrap_err().cause, newer);
}

#[test]
fn there_is_nothing_to_read_yet() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    assert_eq!(Reader::open(&path).unwrap_err().cause, Cause::Missing);
    assert!(!path.exists(), "asking must not create it");
    std::fs::write(&path, "").unwrap();
    assert_eq!(Reader::open(&path).unwrap_err().cause, Cause::Missing);
    let error = Writer::open(&folder.path().join("missing/checkrun.db"), NOW_US).unwrap_err();
    assert_eq!(error.cause, Cause::NoFolder);
}

#[test]
fn a_new_history_is_begun_where_nothing_is() {
    for (case, before) in [("no file", None), ("an empty file", Some(""))] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkrun.db");
        if let Some(text) = before {
            std::fs::write(&path, text).unwrap();
        }
        let writer = Writer::open(&path, NOW_US).unwrap();
        assert_eq!(
            write(&writer, run("health", "orders", 1)).unwrap(),
            RunId(1),
            "{case}"
        );
        assert_eq!(writer.set_aside(), [], "{case}");
    }
}

#[test]
fn a_link_leads_to_the_file_and_its_companions_are_beside_that() {
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("real"), folder.path().join("link.db"));
    std::fs::create_dir(&real).unwrap();
    std::fs::write(real.join("checkrun.db"), "damaged ".repeat(1000)).unwrap();
    std::os::unix::fs::symlink(real.join("checkrun.db"), &link).unwrap();
    let writer = Writer::open(&link, NOW_US).unwrap();
    write(&writer, run("health", "orders", 1)).unwrap();
    let kept_as = &writer.set_aside()[0].kept_as;
    assert_eq!(
        kept_as.file_name().unwrap(),
        "checkrun.db.corrupt-20261123T175208Z"
    );
    assert!(kept_as.starts_with(real.canonicalize().unwrap()));
    assert!(link.is_symlink());
}

#[test]
fn a_history_that_is_moved_away_is_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let writer = Writer::open(&path, NOW_US).unwrap();
    write(&writer, run("health", "orders", 1)).unwrap();
    for file in ["checkrun.db-wal", "checkrun.db-shm", "checkrun.db"] {
        let moved = file.replace("checkrun", "old");
        std::fs::rename(folder.path().join(file), folder.path().join(moved)).unwrap();
    }
    write(&writer, run("health", "orders", 2)).unwrap();
    let starts = |name: &str| -> Vec<i64> {
        let reader = Reader::open(&folder.path().join(name)).unwrap();
        let runs = reader.runs(&RunFilter::newest(9)).unwrap();
        runs.iter().map(|run| run.started_us).collect()
    };
    assert_eq!(starts("old.db"), [1]);
    assert_eq!(starts("checkrun.db"), [2]);
    assert_eq!(writer.set_aside(), []);
}

#[test]
fn a_history_that_a_newer_program_takes_over_is_not_written_to_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let writer = Writer::open(&path, NOW_US).unwrap();
    let id = write(&writer, run("health", "orders", 1)).unwrap();
    alter(&path, "PRAGMA user_version = 99");
    for _ in 0..2 {
        let error = write(&writer, run("health", "orders", 2)).unwrap_err();
        let newer = Cause::Newer {
            file: 99,
            known: LAYOUT,
        };
        assert_eq!((error.action, error.cause), (Action::Write, newer));
    }
    let stored = Reader::open(&path)
        .unwrap()
        .runs(&RunFilter::newest(9))
        .unwrap();
    assert_eq!(stored.iter().map(|run| run.id).collect::<Vec<_>>(), [id]);
    // Taken back, as by a restored backup, it is used again.
    alter(&path, &format!("PRAGMA user_version = {LAYOUT}"));
    write(&writer, run("health", "orders", 3)).unwrap();
}

//! Damaged files: whatever the damage, nothing panics, the file is kept, and recording goes on.

use std::path::{Path, PathBuf};

use checkrun_history::record::RunRecord;
use checkrun_history::{Cause, Reader, RunFilter, Writer};
use rusqlite::Connection;

use crate::records::*;

/// A sound history of about 30 pages, its log emptied into it.
fn sound(path: &Path) {
    let writer = Writer::open(path, NOW_US).unwrap();
    let runs = (0..300).map(|n| RunRecord {
        findings: vec![finding("growth")],
        ..run(&format!("job {}", n % 7), "orders", NOW_US + n)
    });
    for answer in write_all(&writer, runs) {
        answer.unwrap();
    }
    drop(writer);
    let conn = Connection::open(path).unwrap();
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Opens, writes and reads; whatever the file holds, a run can be recorded. True if it was set aside.
fn record_anyway(case: &str, folder: &Path, damaged: &[u8]) -> bool {
    let path = folder.join("checkrun.db");
    std::fs::write(&path, damaged).unwrap();
    let writer = Writer::open(&path, NOW_US).unwrap_or_else(|error| panic!("{case}: {error}"));
    let id = write(&writer, run("job 3", "orders", NOW_US + 10_000_000))
        .unwrap_or_else(|error| panic!("{case}: {error}: {:?}", std::error::Error::source(&error)));
    let set_aside = writer.set_aside();
    drop(writer);
    if let [aside] = &set_aside[..] {
        let kept = std::fs::read(&aside.kept_as).unwrap();
        assert!(kept == damaged, "{case}: the damaged file was changed");
        let reader = Reader::open(&path).unwrap();
        assert_eq!(
            reader.runs(&RunFilter::newest(9)).unwrap()[0].id,
            id,
            "{case}"
        );
    } else {
        assert!(set_aside.is_empty(), "{case}: {set_aside:?}");
        // What is damaged elsewhere may be found by reading, as a typed error.
        let answer = Reader::open(&path).and_then(|reader| reader.run(id));
        assert!(
            matches!(&answer, Ok(Some(_))) || is_corrupt(&answer),
            "{case}: {answer:?}"
        );
    }
    for name in names(folder) {
        std::fs::remove_file(folder.join(name)).unwrap();
    }
    !set_aside.is_empty()
}

fn is_corrupt<T>(answer: &Result<T, checkrun_history::Error>) -> bool {
    matches!(answer, Err(error) if error.cause == Cause::Corrupt)
}

#[test]
fn a_file_cut_at_any_page_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    sound(&path);
    let bytes = std::fs::read(&path).unwrap();
    let work = tempfile::tempdir().unwrap();
    assert!(!record_anyway("whole", work.path(), &bytes));
    for length in (4096..bytes.len()).step_by(4096) {
        let case = format!("cut at {length} of {}", bytes.len());
        assert!(
            record_anyway(&case, work.path(), &bytes[..length]),
            "{case}"
        );
    }
    assert!(record_anyway(
        "cut in the header",
        work.path(),
        &bytes[..50]
    ));
}

#[test]
fn flipped_bits_never_stop_the_recording() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    sound(&path);
    let bytes = std::fs::read(&path).unwrap();
    let work = tempfile::tempdir().unwrap();
    // A generator with a fixed seed, so that a failure can be repeated.
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % below as u64).unwrap()
    };
    let mut set_aside = 0;
    for round in 0..150 {
        let mut damaged = bytes.clone();
        let flips: Vec<_> = (0..=round % 40)
            .map(|_| (next(bytes.len()), next(8)))
            .collect();
        for (byte, bit) in &flips {
            damaged[*byte] ^= 1 << bit;
        }
        // The first hundred bytes decide whose file it is; damage there is another test's.
        damaged[..100].copy_from_slice(&bytes[..100]);
        set_aside += u32::from(record_anyway(&format!("{flips:?}"), work.path(), &damaged));
    }
    assert!(
        set_aside > 10,
        "only {set_aside} were noticed: does this test damage anything?"
    );
}

#[test]
fn any_byte_of_the_header_may_be_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    sound(&path);
    let bytes = std::fs::read(&path).unwrap();
    // The last 28 bytes are reserved, or for SQLite's own information.
    for bit in (0..72 * 8).step_by(8) {
        let work = tempfile::tempdir().unwrap();
        let path = work.path().join("checkrun.db");
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(&path, &damaged).unwrap();
        let answer = Writer::open(&path, NOW_US)
            .and_then(|writer| write(&writer, run("job 3", "orders", NOW_US + 10_000_000)));
        if let Err(error) = answer {
            // Somebody else's id, a higher version, or a format that a later SQLite may write: these
            // are not to be told from the real thing.
            let refused = matches!(
                error.cause,
                Cause::Foreign { .. } | Cause::Newer { .. } | Cause::ReadOnly
            );
            assert!(refused, "bit {bit}: {error}");
            assert!(
                std::fs::read(&path).unwrap() == damaged,
                "bit {bit}: touched"
            );
        }
    }
}

#[test]
fn what_is_no_database_is_set_aside_with_its_companions_and_nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let mut kept: Vec<PathBuf> = Vec::new();
    for round in 1..=3 {
        std::fs::write(&path, format!("{round}: not a database ").repeat(100)).unwrap();
        std::fs::write(folder.path().join("checkrun.db-wal"), "a log").unwrap();
        let writer = Writer::open(&path, NOW_US).unwrap();
        let set_aside = writer.set_aside();
        assert_eq!(set_aside.len(), 1);
        kept.push(set_aside[0].kept_as.clone());
        write(&writer, run("health", "orders", 1)).unwrap();
        drop(writer);
        for file in ["checkrun.db", "checkrun.db-wal", "checkrun.db-shm"] {
            std::fs::remove_file(folder.path().join(file)).unwrap();
        }
    }
    for (round, path) in (1..).zip(&kept) {
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.starts_with(&format!("{round}: not a database")));
    }
    assert_eq!(
        names(folder.path()),
        [
            "checkrun.db.corrupt-20261123T175208Z",
            "checkrun.db.corrupt-20261123T175208Z-2",
            "checkrun.db.corrupt-20261123T175208Z-2-shm",
            "checkrun.db.corrupt-20261123T175208Z-2-wal",
            "checkrun.db.corrupt-20261123T175208Z-3",
            "checkrun.db.corrupt-20261123T175208Z-3-shm",
            "checkrun.db.corrupt-20261123T175208Z-3-wal",
            "checkrun.db.corrupt-20261123T175208Z-shm",
            "checkrun.db.corrupt-20261123T175208Z-wal",
        ]
    );
}

#[test]
fn damage_that_only_writing_finds_loses_no_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    sound(&path);
    let conn = Connection::open(&path).unwrap();
    let root: u32 = conn
        .query_row(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'sample'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    drop(conn);
    let mut bytes = std::fs::read(&path).unwrap();
    let start = usize::try_from(root - 1).unwrap() * 4096;
    bytes[start..start + 4096].fill(0xee);
    std::fs::write(&path, &bytes).unwrap();

    let writer = Writer::open(&path, NOW_US).unwrap();
    assert_eq!(writer.set_aside(), [], "opening does not read every page");
    let runs = (0..50).map(|n| run("job 1", "orders", NOW_US + n));
    for answer in write_all(&writer, runs) {
        answer.unwrap();
    }
    assert_eq!(writer.set_aside().len(), 1);
    assert_eq!((writer.stats().runs, writer.stats().failures), (50, 0));
    let stored = Reader::open(&path)
        .unwrap()
        .runs(&RunFilter::newest(99))
        .unwrap();
    assert_eq!(stored.len(), 50);
}

#[test]
fn tables_that_are_not_ours_behind_our_mark_count_as_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    sound(&path);
    Connection::open(&path)
        .unwrap()
        .execute_batch("DROP TABLE state")
        .unwrap();
    let reader = Reader::open(&path).unwrap();
    let owner = checkrun_history::StateOwner {
        job: "health",
        check: "core/health",
        target: "orders",
    };
    assert_eq!(reader.states(&[owner]).unwrap_err().cause, Cause::Corrupt);
    let writer = Writer::open(&path, NOW_US).unwrap();
    write(&writer, run("health", "orders", 1)).unwrap();
    assert_eq!(writer.set_aside().len(), 1);
}

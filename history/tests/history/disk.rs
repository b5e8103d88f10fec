//! Disks that are full or read-only, as small file systems in memory. The writer's own tests have a full file
//! without a mount.

use checkrun_history::{Cause, Reader, RunFilter, Writer};
use checkrun_testkit::Mount;

use crate::records::*;

#[test]
fn a_full_disk_fails_runs_with_a_reason_and_recording_goes_on_when_there_is_space() {
    let folder = tempfile::tempdir().unwrap();
    let Some(_disk) = Mount::of_size("2m", folder.path()) else {
        return;
    };
    let path = folder.path().join("checkrun.db");
    let ballast = folder.path().join("ballast");
    std::fs::write(&ballast, vec![0; 512 << 10]).unwrap();
    let writer = Writer::open(&path, NOW_US).unwrap();
    let mut long = run("health", "orders", NOW_US);
    long.summary = "x".repeat(20_000);
    let mut acknowledged = Vec::new();
    let failure = loop {
        assert!(acknowledged.len() < 200, "the disk never became full");
        match write(&writer, long.clone()) {
            Ok(id) => acknowledged.push(id),
            Err(error) => break error,
        }
    };
    assert_eq!(failure.cause, Cause::Full, "{failure}");
    assert!(!acknowledged.is_empty());
    // It stays full for whoever comes next, too.
    assert_eq!(write(&writer, long.clone()).unwrap_err().cause, Cause::Full);

    std::fs::remove_file(&ballast).unwrap();
    acknowledged.push(write(&writer, long).unwrap());
    drop(writer);
    let stored = Reader::open(&path)
        .unwrap()
        .runs(&RunFilter::newest(999))
        .unwrap();
    let mut stored: Vec<_> = stored.iter().map(|run| run.id).collect();
    stored.reverse();
    assert_eq!(stored, acknowledged);
}

#[test]
fn a_disk_that_is_full_from_the_beginning_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let Some(_disk) = Mount::of_size("64k", folder.path()) else {
        return;
    };
    std::fs::write(folder.path().join("ballast"), vec![0; 48 << 10]).unwrap();
    let path = folder.path().join("checkrun.db");
    let answer = Writer::open(&path, NOW_US);
    assert_eq!(answer.unwrap_err().cause, Cause::Full);
}

#[test]
fn a_read_only_disk_is_refused_for_writing_and_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Mount::of_size("4m", folder.path()) else {
        return;
    };
    let path = folder.path().join("checkrun.db");
    let id = write(
        &Writer::open(&path, NOW_US).unwrap(),
        run("health", "orders", 1),
    )
    .unwrap();
    disk.make_read_only();
    let error = Writer::open(&path, NOW_US).unwrap_err();
    assert_eq!(error.cause, Cause::ReadOnly, "{error:?}");
    let new = Writer::open(&folder.path().join("new.db"), NOW_US).unwrap_err();
    assert_eq!(new.cause, Cause::Denied, "{new:?}");
    let stored = Reader::open(&path)
        .unwrap()
        .runs(&RunFilter::newest(9))
        .unwrap();
    assert_eq!(stored[0].id, id);
}

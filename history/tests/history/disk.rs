//! Disks that are full or read-only, as small file systems in memory. Mounting needs root; without it
//! these say that they did not run, and the writer's own tests have a full file without a mount.

use std::path::Path;
use std::process::Command;

use checkrun_history::{Cause, Reader, RunFilter, Writer};

use crate::records::*;

/// Unmounts when dropped.
pub struct Mount(pub tempfile::TempDir);

impl Mount {
    /// A file system in memory, `None` if we may not mount.
    pub fn of_size(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={size}");
        let mounted = mount(&["-t", "tmpfs", "-o", &options, "tmpfs"], folder.path());
        if !mounted {
            // Said aloud, because a test that does not run must not look as if it had.
            eprintln!("NOT RUN: mounting a file system needs root");
        }
        mounted.then_some(Self(folder))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(self.0.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()));
    }
}

fn mount(arguments: &[&str], folder: &Path) -> bool {
    Command::new("mount")
        .args(arguments)
        .arg(folder)
        .status()
        .is_ok_and(|status| status.success())
}

#[test]
fn a_full_disk_fails_runs_with_a_reason_and_recording_goes_on_when_there_is_space() {
    let Some(disk) = Mount::of_size("2m") else {
        return;
    };
    let path = disk.0.path().join("checkrun.db");
    let ballast = disk.0.path().join("ballast");
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
    let Some(disk) = Mount::of_size("64k") else {
        return;
    };
    std::fs::write(disk.0.path().join("ballast"), vec![0; 48 << 10]).unwrap();
    let path = disk.0.path().join("checkrun.db");
    let answer = Writer::open(&path, NOW_US);
    assert_eq!(answer.unwrap_err().cause, Cause::Full);
}

#[test]
fn a_read_only_disk_is_refused_for_writing_and_can_be_read() {
    let Some(disk) = Mount::of_size("4m") else {
        return;
    };
    let path = disk.0.path().join("checkrun.db");
    let id = write(
        &Writer::open(&path, NOW_US).unwrap(),
        run("health", "orders", 1),
    )
    .unwrap();
    assert!(mount(&["-o", "remount,ro"], disk.0.path()));
    let error = Writer::open(&path, NOW_US).unwrap_err();
    assert_eq!(error.cause, Cause::ReadOnly, "{error:?}");
    let new = Writer::open(&disk.0.path().join("new.db"), NOW_US).unwrap_err();
    assert_eq!(new.cause, Cause::Denied, "{new:?}");
    let stored = Reader::open(&path)
        .unwrap()
        .runs(&RunFilter::newest(9))
        .unwrap();
    assert_eq!(stored[0].id, id);
}

//! Setting a damaged history aside: renamed with its companions, never deleted, never overwriting
//! an earlier one, so that whatever is still in it can be recovered by hand.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::lock::FolderLock;
use crate::error::{Action, Error};

/// The files of one history: the log and its index first. If the process ends between two renames,
/// a log must never be left behind alone: SQLite would take it for the new file's.
const SUFFIXES: [&str; 3] = ["-wal", "-shm", ""];

/// What the name of a damaged file has after that of the history.
const MARK: &str = ".corrupt-";

/// A damaged history file was set aside and a new one begun in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Where the history is expected.
    pub path: PathBuf,
    /// Where the damaged file is now; its companions, if any, end in `-wal` and `-shm`.
    pub kept_as: PathBuf,
}

/// Which file a path names at a moment, whatever it is called later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// `None` if there is no such file.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        })
    }
}

/// Damaged histories that were set aside beside this one and are still there, oldest first. What cannot be
/// looked at has none.
#[must_use]
pub fn damaged_copies(path: &Path) -> Vec<PathBuf> {
    let path = super::resolved(path);
    let mut beginning = path.file_name().unwrap_or_default().as_bytes().to_vec();
    beginning.extend_from_slice(MARK.as_bytes());
    let is_copy = |name: &OsStr| {
        let name = name.as_bytes();
        name.starts_with(&beginning) && !name.ends_with(b"-wal") && !name.ends_with(b"-shm")
    };
    let entries = std::fs::read_dir(super::folder_of(&path)).into_iter();
    let mut copies: Vec<_> = entries
        .flatten()
        .flatten()
        .filter(|entry| is_copy(&entry.file_name()))
        .map(|entry| entry.path())
        .collect();
    copies.sort();
    copies
}

/// Renames the damaged file to `<name>.corrupt-<UTC time>`. `Ok(None)` if the path names another
/// file by now: another process did the same a moment ago.
///
/// # Errors
/// When it cannot be renamed.
pub(super) fn set_aside(
    path: &Path,
    damaged: Option<Identity>,
    now_us: i64,
) -> Result<Option<SetAside>, Error> {
    let _lock = FolderLock::take(path)?;
    if damaged.is_none() || Identity::of(path) != damaged {
        return Ok(None);
    }
    let stamp = utc_stamp(now_us).map_err(|error| Error::sqlite(Action::Open, path, error))?;
    let kept_as = free_name(path, &format!("{MARK}{stamp}"));
    for suffix in SUFFIXES {
        let from = with_suffix(path, suffix);
        if from.symlink_metadata().is_ok() {
            std::fs::rename(&from, with_suffix(&kept_as, suffix))
                .map_err(|error| Error::io(Action::Open, path, error))?;
        }
    }
    Ok(Some(SetAside {
        path: path.to_owned(),
        kept_as,
    }))
}

/// The first of `<path><suffix>`, `<path><suffix>-2`, … that no file has. Call it under the lock.
pub(super) fn free_name(path: &Path, suffix: &str) -> PathBuf {
    let is_free = |name: &PathBuf| {
        SUFFIXES
            .iter()
            .all(|suffix| with_suffix(name, suffix).symlink_metadata().is_err())
    };
    let mut name = with_suffix(path, suffix);
    let mut number = 2;
    while !is_free(&name) {
        name = with_suffix(path, &format!("{suffix}-{number}"));
        number += 1;
    }
    name
}

pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// `20261123T175208Z`. SQLite knows the calendar, which saves a dependency for so rare a need.
pub(super) fn utc_stamp(now_us: i64) -> rusqlite::Result<String> {
    rusqlite::Connection::open_in_memory()?.query_row(
        "SELECT coalesce(strftime('%Y%m%dT%H%M%SZ', ?1, 'unixepoch'), CAST(?1 AS TEXT))",
        [now_us.div_euclid(1_000_000)],
        |row| row.get(0),
    )
}

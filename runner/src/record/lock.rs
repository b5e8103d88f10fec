//! [`ScheduleLock`]: one `checkrun schedule` for each history.
//!
//! A lock on a small file beside the history, which says who holds it. The system lets go of it when
//! the process ends, however that happens; the file stays.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use checkrun_history::resolved;

use crate::model::run::Micros;

/// Bytes of the file that are read; ours is shorter.
const TEXT_BYTES_MAX: u64 = 200;

/// Somebody who only asks whether it is held ([`ScheduleLock::holder`]) has it for an instant.
const ATTEMPTS: u32 = 5;

/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(20);

/// Held until dropped.
#[derive(Debug)]
pub struct ScheduleLock {
    _file: File,
}

/// Why there is no lock.
#[derive(Debug, thiserror::Error)]
pub enum NoLock {
    /// Somebody else has it.
    #[error("another `checkrun schedule` runs on the history {}: {holder}", history.display())]
    Held {
        /// The history.
        history: PathBuf,
        /// What the holder wrote: its process and since when.
        holder: String,
    },
    /// The file cannot be had, as on a read-only file system.
    #[error("cannot lock {}: {source}", file.display())]
    Unavailable {
        /// The lock's file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl ScheduleLock {
    /// Takes the lock for this history and writes into it who has it.
    ///
    /// # Errors
    /// Somebody else has it, or the file cannot be had.
    pub fn take(history: &Path, process: u32, now: Micros) -> Result<Self, NoLock> {
        let file = file_of(history);
        let unavailable = |source| NoLock::Unavailable {
            file: file.clone(),
            source,
        };
        let mut opened = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&file)
            .map_err(unavailable)?;
        match patiently(&opened) {
            Ok(()) => {
                let text = format!("process {process} since {now}\n");
                // Who holds it is a courtesy; on a full disk the lock holds all the same.
                let _ = opened
                    .set_len(0)
                    .and_then(|()| opened.write_all(text.as_bytes()));
                Ok(Self { _file: opened })
            }
            Err(TryLockError::WouldBlock) => Err(NoLock::Held {
                history: history.to_owned(),
                holder: read(&opened),
            }),
            Err(TryLockError::Error(source)) => Err(unavailable(source)),
        }
    }
}

impl ScheduleLock {
    /// Who has the lock for this history, if anybody does. Leaves nothing behind.
    ///
    /// # Errors
    /// The file is there and cannot be asked.
    pub fn holder(history: &Path) -> Result<Option<Holder>, NoLock> {
        let file = file_of(history);
        let unavailable = |source| NoLock::Unavailable {
            file: file.clone(),
            source,
        };
        let opened = match File::open(&file) {
            Ok(opened) => opened,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unavailable(error)),
        };
        match opened.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => Ok(Some(Holder::of(read(&opened)))),
            Err(TryLockError::Error(source)) => Err(unavailable(source)),
        }
    }
}

/// Who has a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// What the holder wrote: its process and since when.
    pub text: String,
    /// Since when, where it says that.
    pub since: Option<Micros>,
}

impl Holder {
    fn of(text: String) -> Self {
        let since = text
            .rsplit(' ')
            .next()
            .and_then(|time| time.parse::<jiff::Timestamp>().ok());
        Self {
            since: since.map(|time| Micros(time.as_microsecond())),
            text,
        }
    }
}

/// By whatever links two configurations name a history, it is one.
fn file_of(history: &Path) -> PathBuf {
    let mut name = resolved(history).into_os_string();
    name.push(".schedule");
    PathBuf::from(name)
}

fn patiently(file: &File) -> Result<(), TryLockError> {
    for _ in 1..ATTEMPTS {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
            answer => return answer,
        }
    }
    file.try_lock()
}

fn read(file: &File) -> String {
    let mut text = String::new();
    // Without it the words are less useful, and just as true.
    let _ = file.take(TEXT_BYTES_MAX).read_to_string(&mut text);
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return "it does not say which".to_owned();
    }
    line.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Micros = Micros(1_795_456_328_000_000);

    #[test]
    fn a_history_that_is_named_by_way_of_a_link_is_the_same_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, link) = (
            folder.path().join("checkrun.db"),
            folder.path().join("link.db"),
        );
        std::fs::write(&path, "").expect("a file");
        std::os::unix::fs::symlink(&path, &link).expect("a link");
        let _held = ScheduleLock::take(&path, 7, NOW).expect("the lock");
        let second = ScheduleLock::take(&link, 8, NOW);
        assert!(matches!(second, Err(NoLock::Held { .. })), "{second:?}");
        let holder = ScheduleLock::holder(&link).expect("an answer");
        assert_eq!(holder.and_then(|holder| holder.since), Some(NOW));
    }
}

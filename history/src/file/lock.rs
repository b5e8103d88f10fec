//! [`FolderLock`]: one process at a time creates, migrates or renames history files in a folder.
//!
//! A lock on the folder itself and not on a file of its own: it needs no write permission, leaves
//! nothing behind, and goes away with the process. SQLite's own locks are on the history file and
//! its companions and are not touched.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

use super::folder_of;
use crate::error::{Action, Cause, Error};

/// How long to wait for another process that migrates; a backup of a large file takes seconds.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(5);

/// Held until dropped.
pub(super) struct FolderLock {
    _folder: File,
}

impl FolderLock {
    /// Waits for the folder that holds `path`.
    ///
    /// # Errors
    /// [`Cause::Busy`] after [`WAIT_MAX`]; the folder cannot be opened.
    pub(super) fn take(path: &Path) -> Result<Self, Error> {
        let failed = |error| Error::io(Action::Open, path, error);
        let folder = File::open(folder_of(path)).map_err(failed)?;
        let begun = Instant::now();
        loop {
            match folder.try_lock() {
                Ok(()) => return Ok(Self { _folder: folder }),
                Err(TryLockError::WouldBlock) if begun.elapsed() < WAIT_MAX => {
                    std::thread::sleep(PAUSE);
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(Error::new(Action::Open, path, Cause::Busy));
                }
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
    }
}

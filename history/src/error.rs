//! [`Error`]: what could not be done with which history file, why, and what to do next.
//!
//! The cause is decided by SQLite's result codes and the file system's answers, never by a text.
//! Errors can be cloned, because one failed transaction is the answer to every run in it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_IOERR_SHMSIZE;

/// Something could not be done with the history file.
///
/// The text says what failed, where and why; [`Error::hint`] what to do next; `source` has SQLite's
/// or the system's own words.
#[derive(Clone, Debug, thiserror::Error)]
#[error("cannot {action} the history {}: {cause}", .path.display())]
pub struct Error {
    /// What was tried.
    pub action: Action,
    /// The history file.
    pub path: PathBuf,
    /// Why it did not work.
    pub cause: Cause,
    #[source]
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// What was tried with the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Opening, creating or migrating it.
    Open,
    /// Recording a run.
    Write,
    /// Asking it something.
    Read,
}

/// Why something did not work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// Written by a newer version of this program; such a file is not written to.
    #[error("its layout is version {file}, and this program knows versions up to {known}")]
    Newer {
        /// The file's version.
        file: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// A SQLite database, but somebody else's.
    #[error("it is another program's SQLite database (application id {application_id:#x})")]
    Foreign {
        /// From the file's header.
        application_id: i64,
    },
    /// The path is a folder, a device or the like.
    #[error("it is not a file")]
    NotAFile,
    /// There is no such file (when reading), or it holds nothing yet.
    #[error("nothing has been recorded there yet")]
    Missing,
    /// The folder that should hold it does not exist.
    #[error("its folder does not exist")]
    NoFolder,
    /// The system does not let us open it.
    #[error("access is denied")]
    Denied,
    /// It can be read but not written.
    #[error("it is read-only")]
    ReadOnly,
    /// No space left.
    #[error("the disk is full")]
    Full,
    /// Another process kept it locked for longer than we wait.
    #[error("another process keeps it locked")]
    Busy,
    /// The file is damaged, or no database at all.
    #[error("it is damaged")]
    Corrupt,
    /// The file system cannot hold a database in WAL mode.
    #[error("its file system does not support write-ahead logging (journal mode is {mode})")]
    NoWal {
        /// The mode that SQLite chose instead.
        mode: String,
    },
    /// This one run breaks a rule of the layout, such as a metric that is not a number.
    #[error("the run was rejected")]
    Rejected,
    /// The disk or the file system failed.
    #[error("input or output failed")]
    Io,
    /// The writer thread has ended.
    #[error("the writer has stopped")]
    Stopped,
    /// Something SQLite should not have said: a defect of this program.
    #[error("an unexpected answer from SQLite")]
    Unexpected,
}

impl Cause {
    /// Whether it may pass while the program runs; otherwise the path names something that is not ours to write.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Newer { .. } | Self::Foreign { .. } | Self::NotAFile => false,
            Self::Missing
            | Self::NoFolder
            | Self::Denied
            | Self::ReadOnly
            | Self::Full
            | Self::Busy
            | Self::Corrupt
            | Self::NoWal { .. }
            | Self::Rejected
            | Self::Io
            | Self::Stopped
            | Self::Unexpected => true,
        }
    }
}

impl Error {
    /// One sentence: what to do next.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self.cause {
            Cause::Newer { .. } => {
                "Use the version of checkrun that wrote it, or set history.path to another file."
            }
            Cause::Foreign { .. } | Cause::NotAFile => {
                "Set history.path to a file that only checkrun uses."
            }
            Cause::Missing => "Run a check first, or set history.path to the file you mean.",
            Cause::NoFolder => "Create the folder, or set history.path to another one.",
            Cause::Denied | Cause::ReadOnly => {
                "Check the owner and mode of the file and of its folder, and whether the file \
                 system is mounted read-only."
            }
            Cause::Full => "Free some space, or set history.path to another disk.",
            Cause::Busy => "Find out which other process holds it, for example with fuser.",
            Cause::Corrupt => {
                "Rename the file, and those of its name that end in -wal and -shm; a new one is \
                 begun by itself."
            }
            Cause::NoWal { .. } => "Set history.path to a file on a local disk.",
            Cause::Rejected => "Look at what the check reported: the other runs are recorded.",
            Cause::Io => "Look into the system's log for errors of the disk.",
            Cause::Stopped | Cause::Unexpected => "Please report this as a defect of checkrun.",
        }
    }

    pub(crate) fn new(action: Action, path: &Path, cause: Cause) -> Self {
        Self {
            action,
            path: path.to_owned(),
            cause,
            source: None,
        }
    }

    /// The same, met while doing something else.
    pub(crate) fn during(self, action: Action) -> Self {
        Self { action, ..self }
    }

    /// From an answer of SQLite.
    pub(crate) fn sqlite(action: Action, path: &Path, source: rusqlite::Error) -> Self {
        Self {
            cause: classify(&source),
            source: Some(Arc::new(source)),
            ..Self::new(action, path, Cause::Unexpected)
        }
    }

    /// From an answer of the file system.
    pub(crate) fn io(action: Action, path: &Path, source: std::io::Error) -> Self {
        use std::io::ErrorKind;
        let cause = match source.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => Cause::NoFolder,
            ErrorKind::PermissionDenied => Cause::Denied,
            ErrorKind::ReadOnlyFilesystem => Cause::ReadOnly,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Cause::Full,
            ErrorKind::IsADirectory => Cause::NotAFile,
            _ => Cause::Io,
        };
        Self {
            cause,
            source: Some(Arc::new(source)),
            ..Self::new(action, path, Cause::Unexpected)
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Write => "write to",
            Self::Read => "read",
        })
    }
}

/// Whether a statement of ours could not be prepared because the tables are not what we made.
pub(crate) fn is_foreign_schema(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::Unknown)
        || matches!(error, rusqlite::Error::SqlInputError { .. })
}

/// The cause behind an answer of SQLite.
pub(crate) fn classify(error: &rusqlite::Error) -> Cause {
    let code = match error {
        rusqlite::Error::SqliteFailure(code, _) => code,
        rusqlite::Error::SqlInputError { error, .. } => error,
        // The columns' types are fixed and what is written is valid text: something else was read.
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::Utf8Error(..) => return Cause::Corrupt,
        _ => return Cause::Unexpected,
    };
    // A full disk shows itself here too: the index of the log cannot grow.
    if code.extended_code == SQLITE_IOERR_SHMSIZE {
        return Cause::Full;
    }
    match code.code {
        ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt => Cause::Corrupt,
        ErrorCode::DiskFull => Cause::Full,
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::FileLockingProtocolFailed => Cause::Busy,
        ErrorCode::ReadOnly => Cause::ReadOnly,
        ErrorCode::CannotOpen | ErrorCode::PermissionDenied => Cause::Denied,
        ErrorCode::SystemIoFailure | ErrorCode::NoLargeFileSupport => Cause::Io,
        ErrorCode::ConstraintViolation | ErrorCode::TooBig | ErrorCode::TypeMismatch => {
            Cause::Rejected
        }
        _ => Cause::Unexpected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;

    #[test]
    fn result_codes_become_causes() {
        for (code, cause) in [
            (ffi::SQLITE_CORRUPT, Cause::Corrupt),
            (ffi::SQLITE_CORRUPT_INDEX, Cause::Corrupt),
            (ffi::SQLITE_NOTADB, Cause::Corrupt),
            (ffi::SQLITE_FULL, Cause::Full),
            (SQLITE_IOERR_SHMSIZE, Cause::Full),
            (ffi::SQLITE_IOERR_FSYNC, Cause::Io),
            (ffi::SQLITE_BUSY_SNAPSHOT, Cause::Busy),
            (ffi::SQLITE_READONLY_DBMOVED, Cause::ReadOnly),
            (ffi::SQLITE_CANTOPEN, Cause::Denied),
            (ffi::SQLITE_CONSTRAINT_NOTNULL, Cause::Rejected),
            (ffi::SQLITE_TOOBIG, Cause::Rejected),
            (ffi::SQLITE_ERROR, Cause::Unexpected),
        ] {
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            assert_eq!(classify(&error), cause, "{code}");
        }
    }

    #[test]
    fn every_cause_says_what_failed_where_why_and_what_to_do_next() {
        let causes = [
            Cause::Newer { file: 7, known: 1 },
            Cause::Foreign {
                application_id: 0x0f05_5112,
            },
            Cause::NotAFile,
            Cause::Missing,
            Cause::NoFolder,
            Cause::Denied,
            Cause::ReadOnly,
            Cause::Full,
            Cause::Busy,
            Cause::Corrupt,
            Cause::NoWal {
                mode: "delete".into(),
            },
            Cause::Rejected,
            Cause::Io,
            Cause::Stopped,
            Cause::Unexpected,
        ];
        let texts: Vec<String> = causes
            .into_iter()
            .map(|cause| {
                let error = Error::new(Action::Open, Path::new("/srv/checkrun.db"), cause);
                format!("{error}\n  {}", error.hint())
            })
            .collect();
        insta::assert_snapshot!(texts.join("\n"));
    }
}

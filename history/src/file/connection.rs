//! Connections to the file and their settings; each setting says why.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::{Action, Cause, Error, classify};

/// How long to wait for another process's transaction. One lasts as long as a group of runs, a
/// quarter of a second at most, and a commit on a slow disk.
const BUSY_WAIT_MAX: Duration = Duration::from_secs(15);

/// The same while everything goes on without the file: who waits for the writer must not wait long.
const BUSY_WAIT_BRIEF: Duration = Duration::from_secs(2);

/// Between two attempts. SQLite's own timeout tries ten times a second in the end, and so hardly ever
/// meets the moment between two transactions of a process that is busy writing.
const BUSY_PAUSE: Duration = Duration::from_millis(1);

/// How long the log may grow before a commit also checkpoints it, pages of 4 KiB. Runs come back to
/// the same pages, one for each series, so that a checkpoint of four times SQLite's default saves
/// most of the writing; after a crash so much must be read again.
const LOG_PAGES_MAX: i64 = 4000;

/// The pages of one group of runs, changed and not yet committed, should fit: KiB.
const CACHE_KIB: i64 = 16 << 10;

/// Once a checkpoint has emptied the log, it is cut to this size, bytes.
const LOG_KEPT_MAX: i64 = 64 << 20;

/// A log up to this size is left as it is on closing, bytes.
const LOG_LEFT_MAX: u64 = 1 << 20;

/// Connects without changing anything yet: whose file it is, is not known.
pub(super) fn connect_for_writing(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    connect(path, flags, Action::Open)
}

/// Connects to a file that must exist, and can only read.
pub(crate) fn connect_for_reading(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    connect_to_existing(path, flags, Action::Read)
}

/// Connects to a file that must exist, and could write.
pub(super) fn connect_for_trying(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    connect_to_existing(path, flags, Action::Open)
}

fn connect_to_existing(path: &Path, flags: OpenFlags, action: Action) -> Result<Connection, Error> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Err(Error::new(action, path, Cause::NotAFile)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::new(action, path, Cause::Missing));
        }
        Err(error) => return Err(Error::io(action, path, error)),
    }
    // An absolute path, because SQLite takes some relative ones for something else than a file.
    let path = &std::fs::canonicalize(path).map_err(|error| Error::io(action, path, error))?;
    connect(path, flags, action)
}

fn connect(path: &Path, flags: OpenFlags, action: Action) -> Result<Connection, Error> {
    let failed = |error| Error::sqlite(action, path, error);
    let mut conn = Connection::open_with_flags(path, flags).map_err(failed)?;
    conn.busy_handler(Some(wait_for_others)).map_err(failed)?;
    for (setting, value) in [
        // The last process to close a file normally checkpoints the log and deletes it: two syncs
        // on leaving and another on the next start, where a short run needs one for its commit. The
        // log stays instead, and is emptied every thousand pages as usual. This also keeps a
        // refused file untouched, and lets a reader in where it could not create the log's index.
        (DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true),
        // The file may come from anywhere: what its schema says must not reach beyond it.
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true),
    ] {
        conn.set_db_config(setting, value).map_err(failed)?;
    }
    // Finds damaged pages when they are read and not when they have misled something.
    conn.pragma_update(None, "cell_size_check", true)
        .map_err(failed)?;
    Ok(conn)
}

/// How long to wait for other processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patience {
    /// Without the file nothing goes on.
    Long,
    /// It does.
    Brief,
}

/// From now on this connection waits so long.
pub(crate) fn have_patience(conn: &mut Connection, patience: Patience) -> rusqlite::Result<()> {
    conn.busy_handler(Some(match patience {
        Patience::Long => wait_for_others,
        Patience::Brief => wait_briefly,
    }))
}

/// Called with the number of attempts so far; whether to try again.
fn wait_for_others(attempts: i32) -> bool {
    pause(attempts, BUSY_WAIT_MAX)
}

fn wait_briefly(attempts: i32) -> bool {
    pause(attempts, BUSY_WAIT_BRIEF)
}

fn pause(attempts: i32, at_most: Duration) -> bool {
    std::thread::sleep(BUSY_PAUSE);
    BUSY_PAUSE * attempts.unsigned_abs() < at_most
}

/// Settings for a connection to a file that is known to be ours and up to date.
pub(super) fn prepare_for_writing(conn: &Connection, path: &Path) -> Result<(), Error> {
    let failed = |error| Error::sqlite(Action::Open, path, error);
    // Opening for writing silently falls back to reading where the file may not be written.
    if conn.is_readonly("main").map_err(failed)? {
        return Err(Error::new(Action::Open, path, Cause::ReadOnly));
    }
    enter_wal(conn, path)?;
    // An acknowledged run survives a power failure, not only the end of the process.
    conn.pragma_update(None, "synchronous", "FULL")
        .map_err(failed)?;
    conn.pragma_update(None, "cache_size", -CACHE_KIB)
        .map_err(failed)?;
    for (name, value) in [
        ("wal_autocheckpoint", LOG_PAGES_MAX),
        ("journal_size_limit", LOG_KEPT_MAX),
    ] {
        conn.pragma_update_and_check(None, name, value, |_| Ok(()))
            .map_err(failed)?;
    }
    Ok(())
}

/// Before closing: empties a log that has grown long, because whoever opens the file next has to read
/// it, about a millisecond for each MiB. A short one is not worth two syncs. Without waiting for
/// readers, and whether it works or not: everything is safe in the log already.
pub(super) fn shorten_log(conn: &Connection, path: &Path) {
    let log = super::aside::with_suffix(path, "-wal");
    if std::fs::metadata(log).is_ok_and(|log| log.len() > LOG_LEFT_MAX) {
        let _ = conn.busy_timeout(Duration::ZERO);
        let _ = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }
}

/// Makes the file use a write-ahead log; does nothing if it does already.
pub(super) fn enter_wal(conn: &Connection, path: &Path) -> Result<(), Error> {
    let mode: Result<String, _> =
        conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0));
    match mode {
        Ok(mode) if mode == "wal" => Ok(()),
        Ok(mode) => Err(Error::new(Action::Open, path, Cause::NoWal { mode })),
        // The log cannot be created although the file could be opened: the folder is read-only.
        Err(error) if classify(&error) == Cause::Denied => {
            Err(Error::new(Action::Open, path, Cause::ReadOnly))
        }
        Err(error) => Err(Error::sqlite(Action::Open, path, error)),
    }
}

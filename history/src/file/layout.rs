//! [`Layout`]: whose file it is and which version, and the numbered migrations that change that.
//!
//! Each migration is one SQL file and one transaction; the version is written last, with the
//! transaction. A migration that is released is never edited: its hash is in every file it made.

use std::path::Path;

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::{aside, connection};
use crate::error::{Action, Cause, Error, is_foreign_schema};

/// `CHKR`: says in the file's header that it is a history of checkrun.
const APPLICATION_ID: i64 = 0x4348_4b52;

/// Every layout there has been, oldest first; the place plus one is the version.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "runs",
        sql: include_str!("../../migrations/0001_runs.sql"),
    },
    Migration {
        name: "incidents",
        sql: include_str!("../../migrations/0002_incidents.sql"),
    },
    Migration {
        name: "slots",
        sql: include_str!("../../migrations/0003_slots.sql"),
    },
    Migration {
        name: "newest",
        sql: include_str!("../../migrations/0004_newest.sql"),
    },
    Migration {
        name: "suspended",
        sql: include_str!("../../migrations/0005_suspended.sql"),
    },
    Migration {
        name: "notifications",
        sql: include_str!("../../migrations/0006_notifications.sql"),
    },
];

/// One step from a layout to the next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Migration {
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
}

/// The version that all these migrations together lead to.
pub(crate) fn known_version(migrations: &[Migration]) -> i64 {
    i64::try_from(migrations.len()).unwrap_or(i64::MAX)
}

/// Whose file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// No tables: new, or left by a process that was killed while creating it.
    Empty,
    /// Ours, at least 1.
    Version(i64),
    /// Somebody else's.
    Foreign {
        /// From the file's header; 0 for most databases.
        application_id: i64,
    },
}

impl Layout {
    /// Reads the header and the schema, and so finds many kinds of damage.
    pub(crate) fn of(conn: &Connection, path: &Path) -> Result<Self, Error> {
        let failed = |error| match is_foreign_schema(&error) {
            // A format that SQLite does not know: none that this program has ever written.
            true => Error::new(Action::Open, path, Cause::Corrupt),
            false => Error::sqlite(Action::Open, path, error),
        };
        // One moment for all three: a process that creates the file right now must be seen before or
        // after it, or a file without our mark but with our tables would look like somebody else's.
        let moment = conn.unchecked_transaction().map_err(failed)?;
        let pragma = |name| moment.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let application_id = pragma("application_id").map_err(failed)?;
        let version = pragma("user_version").map_err(failed)?;
        let tables: i64 = moment
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .map_err(failed)?;
        drop(moment);
        Ok(match (application_id, version, tables) {
            (0, 0, 0) => Self::Empty,
            (APPLICATION_ID, 1.., 1..) => Self::Version(version),
            // Our mark is written together with the tables and the version.
            (APPLICATION_ID, _, _) => return Err(Error::new(Action::Open, path, Cause::Corrupt)),
            (application_id, _, _) => Self::Foreign { application_id },
        })
    }
}

/// Brings the file to the newest layout. Call it under the folder's lock.
pub(super) fn migrate(
    conn: &Connection,
    path: &Path,
    migrations: &[Migration],
    now_us: i64,
) -> Result<(), Error> {
    let failed = |error| Error::sqlite(Action::Open, path, error);
    // Another process may have done it while this one waited for the lock.
    let from = match Layout::of(conn, path)? {
        Layout::Empty => {
            // Before the first table, or it needs a rewrite of the file: space that retention
            // frees can be given back in small steps.
            conn.pragma_update(None, "auto_vacuum", "INCREMENTAL")
                .map_err(failed)?;
            connection::enter_wal(conn, path)?;
            0
        }
        Layout::Version(version) if version >= known_version(migrations) => return Ok(()),
        Layout::Version(version) => {
            if !is_borne_out(conn, version).map_err(failed)? {
                return Err(Error::new(Action::Open, path, Cause::Corrupt));
            }
            back_up(conn, path, version, now_us).map_err(failed)?;
            version
        }
        Layout::Foreign { application_id } => {
            let cause = Cause::Foreign { application_id };
            return Err(Error::new(Action::Open, path, cause));
        }
    };
    for (version, migration) in (1..).zip(migrations).filter(|(version, _)| *version > from) {
        apply(conn, version, migration, now_us).map_err(failed)?;
    }
    Ok(())
}

/// Gives an empty database in memory the newest layout. Nothing is to be kept of it, so it has no log.
pub(crate) fn build(conn: &Connection, now_us: i64) -> rusqlite::Result<()> {
    for (version, migration) in (1..).zip(MIGRATIONS) {
        apply(conn, version, migration, now_us)?;
    }
    Ok(())
}

/// Whether the header's version is the one that the newest migration left there. A damaged byte may say
/// otherwise, and then a migration would be applied to what it has made already.
fn is_borne_out(conn: &Connection, version: i64) -> rusqlite::Result<bool> {
    let newest = "SELECT coalesce(max(version), 0) FROM schema_migration";
    let newest: i64 = conn.query_row(newest, [], |row| row.get(0))?;
    Ok(newest == version)
}

/// Keeps a copy as it was: `<name>.v<version>-<UTC time>`.
fn back_up(conn: &Connection, path: &Path, version: i64, now_us: i64) -> rusqlite::Result<()> {
    let stamp = aside::utc_stamp(now_us)?;
    let copy = aside::free_name(path, &format!(".v{version}-{stamp}"));
    let copy = copy
        .to_str()
        .ok_or_else(|| rusqlite::Error::InvalidPath(copy.clone()))?;
    conn.execute("VACUUM INTO ?1", [copy])?;
    Ok(())
}

fn apply(
    conn: &Connection,
    version: i64,
    migration: &Migration,
    now_us: i64,
) -> rusqlite::Result<()> {
    let transaction =
        rusqlite::Transaction::new_unchecked(conn, rusqlite::TransactionBehavior::Immediate)?;
    transaction.execute_batch(migration.sql)?;
    transaction.execute(
        "INSERT INTO schema_migration (version, name, sha256, applied_us) VALUES (?1, ?2, ?3, ?4)",
        (version, migration.name, sha256(migration.sql), now_us),
    )?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", version)?;
    transaction.commit()
}

/// Lower-case hexadecimal.
pub(super) fn sha256(text: &str) -> String {
    use std::fmt::Write;
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text) {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

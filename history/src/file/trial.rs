//! Whether the file can be written, found out without changing it.

use std::path::Path;

use rusqlite::Connection;

use super::connection::connect_for_trying;
use super::{Layout, MIGRATIONS, known_version};
use crate::error::{Action, Cause, Error};

/// Begins to write, and does not go on. A file that is not there stays away.
///
/// # Errors
/// Why it cannot be written: it is missing, foreign, newer, damaged, read-only, or somebody holds it for too long.
pub fn try_writing(path: &Path) -> Result<(), Error> {
    let conn = connect_for_trying(path)?;
    let known = known_version(MIGRATIONS);
    let cause = match Layout::of(&conn, path)? {
        Layout::Version(file) if file > known => Some(Cause::Newer { file, known }),
        Layout::Version(_) => None,
        Layout::Empty => Some(Cause::Missing),
        Layout::Foreign { application_id } => Some(Cause::Foreign { application_id }),
    };
    let failed = |error| Error::sqlite(Action::Open, path, error);
    match cause {
        Some(cause) => Err(Error::new(Action::Open, path, cause)),
        // Opening for writing silently falls back to reading where the file may not be written.
        None if conn.is_readonly("main").map_err(failed)? => {
            Err(Error::new(Action::Open, path, Cause::ReadOnly))
        }
        None => begin(&conn).map_err(failed),
    }
}

fn begin(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch("BEGIN IMMEDIATE; ROLLBACK")
}

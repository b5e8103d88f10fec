//! [`Interim`]: a history in memory that stands in while the file cannot be written, so that incidents
//! open and end and people are told of them all the same.
//!
//! It has the same layout and is written by the same code. [`seed`] fills it with what decisions and messages
//! need of the file, [`bound`] keeps it small, and [`carry`] brings what became of incidents and messages,
//! and what checks remember, into the file once that can be written; runs are not brought, and whoever waited for one was told so.
//! What is here is lost with the process: then messages that were sent meanwhile may be sent again.

mod bound;
mod carry;
mod seed;

use std::path::Path;
use std::sync::mpsc::Receiver;

use rusqlite::Connection;

use super::Pending;
use super::group::{Group, NotWritten, Results};
use super::session::Session;
use crate::error::{Cause, classify};
use crate::file::{self, Identity, OpenFile, Patience, connect_for_reading, have_patience};

/// What the database may take of memory, in pages of 4 KiB: 64 MiB.
const PAGES_MAX: i64 = 16 << 10;

/// A history in memory.
pub(super) struct Interim {
    /// None where nothing stands in, or there is no memory for it.
    conn: Option<Connection>,
    /// The file whose content it began with; none where nothing could be read.
    origin: Option<Identity>,
}

impl Interim {
    /// Begins with what the file holds, as far as it can be read. `open` is the file as it was last
    /// written to, if there is one.
    pub(super) fn begin(path: &Path, open: Option<&OpenFile>, now_us: i64) -> Self {
        let Ok(conn) = in_memory(now_us) else {
            return Self::nothing();
        };
        let origin = match open {
            Some(file) => seed::copy(&file.conn, &conn, now_us).map(|()| file.identity()),
            None => seed_from(path, &conn, now_us),
        };
        let origin = origin.unwrap_or_else(|_| {
            // A database that was just made takes a number.
            let _ = seed::begin_blind(&conn, now_us);
            None
        });
        match seed::freeze(&conn) {
            Ok(()) => Self {
                conn: Some(conn),
                origin,
            },
            Err(_) => Self::nothing(),
        }
    }

    /// One in which nothing can be written.
    pub(super) fn nothing() -> Self {
        Self {
            conn: None,
            origin: None,
        }
    }

    /// Whether anything goes on in it.
    pub(super) fn stands_in(&self) -> bool {
        self.conn.is_some()
    }

    /// How long whoever tries the file again may wait for other processes.
    pub(super) fn patience(&self) -> Patience {
        match self.stands_in() {
            true => Patience::Brief,
            false => Patience::Long,
        }
    }

    /// Writes a group; none where not even that is possible.
    pub(super) fn write(&self, group: &mut Group, queue: &Receiver<Pending>) -> Option<Results> {
        let conn = self.conn.as_ref()?;
        let results = match write(conn, group, queue) {
            Err(NotWritten::Sqlite(error)) if classify(&error) == Cause::Full => {
                bound::shed(conn).ok()?;
                write(conn, group, queue).ok()?
            }
            results => results.ok()?,
        };
        // If there is no memory to make room, there is none for the next group, which sheds more.
        let _ = bound::keep_small(conn);
        Some(results)
    }

    /// Within a transaction of the file: brings there what happened here since it began.
    ///
    /// # Errors
    /// The transaction cannot go on.
    pub(super) fn carry_over(&self, file: &OpenFile) -> rusqlite::Result<()> {
        let Some(conn) = &self.conn else {
            return Ok(());
        };
        if self.origin.is_some() && self.origin != file.identity() {
            // Nothing of what this began with is there.
            seed::forget(conn)?;
        }
        carry::over(conn, &file.conn)
    }
}

fn in_memory(now_us: i64) -> rusqlite::Result<Connection> {
    let conn = Connection::open_in_memory()?;
    // Disks may be full: nothing of this may need one.
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update_and_check(None, "max_page_count", PAGES_MAX, |_| Ok(()))?;
    file::build(&conn, now_us)?;
    Ok(conn)
}

fn seed_from(path: &Path, conn: &Connection, now_us: i64) -> rusqlite::Result<Option<Identity>> {
    let identity = Identity::of(path);
    let mut file = connect_for_reading(path).map_err(|_| rusqlite::Error::InvalidQuery)?;
    have_patience(&mut file, Patience::Brief)?;
    seed::copy(&file, conn, now_us)?;
    Ok(identity)
}

/// With statements of its own: what makes room here may take ids away that others remember.
fn write(
    conn: &Connection,
    group: &mut Group,
    queue: &Receiver<Pending>,
) -> Result<Results, NotWritten> {
    group.write(&mut Session::prepare(conn)?, queue)
}

#[cfg(test)]
mod tests;

//! Whether the file is what it should be: SQLite's quick check, with a limit on its time.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

/// Complaints that are kept; the first ones say it all.
const COMPLAINTS_MAX: u32 = 10;

/// What the check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Soundness {
    /// Nothing is wrong.
    Sound,
    /// The file is damaged; SQLite's words.
    Damaged(Vec<String>),
    /// The time was over first.
    OutOfTime,
}

pub(super) fn check(conn: &Connection, limit: Duration) -> rusqlite::Result<Soundness> {
    let interrupt = conn.get_interrupt_handle();
    let (over, waits) = channel::<()>();
    let watch = std::thread::spawn(move || {
        if waits.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
            interrupt.interrupt();
        }
    });
    let found = complaints(conn);
    drop(over);
    // Left alone it could interrupt the next question.
    let _ = watch.join();
    match found {
        Ok(lines) if lines == ["ok"] => Ok(Soundness::Sound),
        Ok(lines) => Ok(Soundness::Damaged(lines)),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {
            Ok(Soundness::OutOfTime)
        }
        Err(error) => Err(error),
    }
}

fn complaints(conn: &Connection) -> rusqlite::Result<Vec<String>> {
    conn.prepare(&format!("PRAGMA quick_check({COMPLAINTS_MAX})"))?
        .query_map([], |row| row.get(0))?
        .collect()
}

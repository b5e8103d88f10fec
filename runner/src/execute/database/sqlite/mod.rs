//! SQLite files: opened read-only, with an authorizer that lets a statement do nothing but read.
//!
//! SQLite works in the calling thread, so every call runs on a blocking thread and takes the handle
//! with it; a dropped future interrupts the statement at once, and the handle ends with its thread.
//! Nothing is ever written: not the file, not another one, and no target is created. (SQLite itself
//! may make the `-wal` and `-shm` files of a WAL database that it reads, as every reader does.)
//!
//! The memory of one statement is bounded by the limits in `open`, not by SQLite's heap limit: that
//! one counts for the whole process, the history included.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::InterruptHandle;

use super::statement::{self, Dialect, Kind};
use crate::model::sql::{
    ConnectionClass, ConnectionError, Query, ResultSet, ServerFacts, SqlError,
};
use crate::model::target::{Address, Target};

mod authorizer;
mod error;
mod open;
mod rows;
#[cfg(test)]
mod tests;
mod value;

/// An open SQLite file.
#[derive(Debug)]
pub struct Connection {
    facts: ServerFacts,
    /// None while a statement runs, and after its future was dropped.
    handle: Option<rusqlite::Connection>,
}

impl Connection {
    /// Opens the file and looks whether it is a database. The application's name is not used:
    /// nobody else could see it.
    ///
    /// # Errors
    /// Why the file cannot be a target; its `attempts` is 1.
    pub async fn open(target: &Target, _application: &str) -> Result<Self, ConnectionError> {
        Ok(Self {
            handle: Some(handle(target).await?),
            facts: open::facts(),
        })
    }

    /// The version of the SQLite library in this program; a file has none.
    #[must_use]
    pub fn facts(&self) -> &ServerFacts {
        &self.facts
    }

    /// Whether another statement can be run; not after a future was dropped.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.handle.is_some()
    }

    /// Runs one statement that reads. A value larger than `max_bytes` truncates the answer before
    /// its row.
    ///
    /// # Errors
    /// What the gate or SQLite refused.
    pub async fn query(&mut self, query: &Query) -> Result<ResultSet, SqlError> {
        let statement =
            statement::accept(&query.sql, Dialect::Sqlite).map_err(SqlError::Forbidden)?;
        let must_be_readonly = statement.kind == Kind::Select;
        let text = statement.text.to_owned();
        let mut handle = self
            .handle
            .take()
            .ok_or_else(|| lost("the file was closed with the statement before"))?;
        let cancelled = Arc::new(AtomicBool::new(false));
        let _guard = InterruptOnDrop {
            cancelled: Arc::clone(&cancelled),
            statement: handle.get_interrupt_handle(),
        };
        let query = query.clone();
        let work = tokio::task::spawn_blocking(move || {
            let statement = rows::Statement {
                text: &text,
                must_be_readonly,
            };
            let answer = rows::fetch(&mut handle, &statement, &query, cancelled);
            (handle, answer)
        });
        let (handle, answer) = work
            .await
            .map_err(|_| lost("reading the file ended unexpectedly"))?;
        self.handle = Some(handle);
        answer
    }

    /// Closes the file.
    pub async fn close(mut self) {
        if let Some(handle) = self.handle.take() {
            // Closing may wait for the disk; what it says changes nothing for a reader.
            let _ = tokio::task::spawn_blocking(move || drop(handle)).await;
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Without a runtime there is nobody to keep waiting.
        if let (Some(handle), Ok(runtime)) =
            (self.handle.take(), tokio::runtime::Handle::try_current())
        {
            runtime.spawn_blocking(move || drop(handle));
        }
    }
}

/// Ends the statement when nobody waits for it any more. After its end it does nothing.
struct InterruptOnDrop {
    cancelled: Arc<AtomicBool>,
    statement: InterruptHandle,
}

impl Drop for InterruptOnDrop {
    fn drop(&mut self) {
        self.cancelled.store(true, Ordering::Relaxed);
        self.statement.interrupt();
    }
}

fn lost(message: &str) -> SqlError {
    SqlError::Connection(error::refuse(ConnectionClass::Lost, message.into()))
}

async fn handle(target: &Target) -> Result<rusqlite::Connection, ConnectionError> {
    let Address::File(path) = &target.address else {
        return Err(error::refuse(
            ConnectionClass::Other,
            "the target is a server, not a SQLite file".into(),
        ));
    };
    let path = path.clone();
    let work = tokio::task::spawn_blocking(move || open::open(&path));
    work.await.unwrap_or_else(|_| {
        Err(error::refuse(
            ConnectionClass::Other,
            "opening the file ended unexpectedly".into(),
        ))
    })
}

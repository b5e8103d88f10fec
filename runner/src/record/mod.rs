//! The stage that keeps outcomes: hands judged runs to the history's writer and waits until they
//! are committed.
//!
//! The bridge between two worlds: the writer's own thread with its callback, and the tasks that
//! wait. Nobody is told of a run before [`Recorder::record`] has returned.

use std::path::Path;

use checkrun_history::{Error, SetAside, WithoutFile as WithoutFileRecord, Writer, WriterStats};
use tokio::sync::oneshot;

use crate::model::run::{Micros, Stored};

mod convert;
mod gates;
mod incident;
mod ledger;
mod lock;
mod memory;

pub use convert::JudgedRun;
pub use gates::stored_gates;
pub use incident::Consider;
pub use ledger::NotWritten;
pub use lock::{Holder, NoLock, ScheduleLock};
pub use memory::Memory;

/// The history's file cannot be written, and runs are not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithoutFile {
    /// Since when.
    pub since: Micros,
    /// What failed, where, why, and what to do next.
    pub problem: String,
}

/// Keeps outcomes in one history file.
#[derive(Debug)]
pub struct Recorder {
    writer: Writer,
    set_aside_at_start: usize,
}

impl Recorder {
    /// Opens the file for writing; a damaged one is set aside and a new one begun, see [`Self::set_aside`].
    ///
    /// # Errors
    /// As [`Writer::open`].
    pub fn open(path: &Path, now: Micros) -> Result<Self, Error> {
        Writer::open(path, now.0).map(Self::of)
    }

    /// The same for a program that goes on for long: while the file cannot be written, from the beginning or
    /// later, people are told all the same. See [`Self::without_file`].
    ///
    /// # Errors
    /// As [`Writer::open_for_long`].
    pub fn open_for_long(path: &Path, now: Micros) -> Result<Self, Error> {
        Writer::open_for_long(path, now.0).map(Self::of)
    }

    /// The same, but what happens while the file cannot be written does not depend on the clock.
    ///
    /// # Errors
    /// As [`Writer::open_for_long`].
    #[cfg(test)]
    pub fn open_for_simulation(path: &Path, now: Micros) -> Result<Self, Error> {
        let retries = checkrun_history::Retries::WITH_EACH_GROUP;
        Writer::open_for_long_with(path, now.0, retries).map(Self::of)
    }

    fn of(writer: Writer) -> Self {
        Self {
            set_aside_at_start: writer.set_aside().len(),
            writer,
        }
    }

    /// Set while the file cannot be written.
    #[must_use]
    pub fn without_file(&self) -> Option<WithoutFile> {
        let WithoutFileRecord { since_us, error } = self.writer.without_file()?;
        Some(WithoutFile {
            since: Micros(since_us),
            problem: explain(&error),
        })
    }

    /// Returns when the run is committed, with what it changes about incidents, or could not be.
    pub async fn record(&self, run: JudgedRun<'_>, consider: Consider) -> Stored {
        let (committed, wait) = oneshot::channel();
        self.writer.record_and_consider(
            run.to_record(),
            incident::to_record(consider),
            Box::new(move |result| {
                // Nobody waits any more: the run is stored all the same.
                let _ = committed.send(result);
            }),
        );
        match wait.await {
            Ok(Ok(id)) => Stored::Yes(id.0),
            Ok(Err(error)) => Stored::Failed(explain(&error)),
            Err(_) => {
                Stored::Failed("the history's writer died; this is a defect of checkrun".into())
            }
        }
    }

    /// Damaged files that were set aside so far.
    #[must_use]
    pub fn set_aside(&self) -> Vec<SetAside> {
        self.writer.set_aside()
    }

    /// Those of them that were set aside after opening.
    #[must_use]
    pub fn set_aside_meanwhile(&self) -> Vec<SetAside> {
        self.writer.set_aside().split_off(self.set_aside_at_start)
    }

    /// Waits for what is still to be written, and says what it all cost.
    #[must_use]
    pub fn close(self) -> WriterStats {
        self.writer.close()
    }
}

/// What failed, where, why, and what to do next, in one text.
#[must_use]
pub fn explain(error: &Error) -> String {
    format!("{error}. {}", error.hint())
}

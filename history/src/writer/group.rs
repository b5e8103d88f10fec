//! [`Group`]: the runs and other entries of one transaction, from the first to the acknowledgement of all.
//!
//! A group is committed as soon as no further run waits; under load, after [`RUNS_MAX`] runs or
//! [`FILL_MAX`]. Under load it therefore grows by itself, by what arrives during a commit. A run
//! that the layout rejects is undone alone. Anything else that fails, fails the whole group, because
//! then nothing of the transaction is on disk.

use std::path::Path;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use super::Pending;
use super::session::Session;
use crate::error::{Action, Cause, Error, classify};
use crate::record::RunId;

/// Runs in one transaction.
const RUNS_MAX: usize = 200;

/// How long a transaction takes runs before it is committed; other processes wait meanwhile.
const FILL_MAX: Duration = Duration::from_millis(250);

/// A group is tried on the file it was meant for, and once more on a new one if that is damaged.
const ATTEMPTS_MAX: u32 = 2;

/// Runs that are written together.
#[derive(Default)]
pub(super) struct Group {
    entries: Vec<Pending>,
    attempts: u32,
}

/// What became of everything in a committed group, in its order.
pub(super) type Results = Vec<Result<Written, rusqlite::Error>>;

/// Something that is in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// A run, under this id.
    Run(RunId),
    /// Anything else.
    Entry,
}

/// Why nothing of a group is in the file.
#[derive(Debug)]
pub(super) enum NotWritten {
    /// The file has another layout than when it was opened: a newer program has been there.
    OtherLayout,
    /// As SQLite said.
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for NotWritten {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// The numbers of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) committed: bool,
    pub(super) runs: u64,
    pub(super) failures: u64,
}

impl Tally {
    /// The numbers of a committed group.
    pub(super) fn of(results: &Results) -> Self {
        let runs = results
            .iter()
            .filter(|result| matches!(result, Ok(Written::Run(_))));
        let failures = results.iter().filter(|result| result.is_err());
        Self {
            committed: true,
            runs: runs.count() as u64,
            failures: failures.count() as u64,
        }
    }
}

impl Group {
    /// Begins with one run.
    pub(super) fn of(first: Pending) -> Self {
        Self {
            entries: vec![first],
            attempts: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether a damaged file is a reason to write it to a new one.
    pub(super) fn may_try_again(&self) -> bool {
        self.attempts < ATTEMPTS_MAX
    }

    /// After an attempt that did not come to writing.
    pub(super) fn tried(mut self) -> Self {
        self.attempts += 1;
        self
    }

    /// A time that is about now, from the newest run; only names files.
    pub(super) fn time_us(&self) -> i64 {
        self.entries
            .iter()
            .map(Pending::time_us)
            .max()
            .unwrap_or_default()
    }

    /// Writes its runs, and those that arrive meanwhile, in one transaction.
    pub(super) fn write(
        &mut self,
        session: &mut Session<'_>,
        queue: &Receiver<Pending>,
    ) -> Result<Results, NotWritten> {
        self.write_after(|| Ok(()), session, queue)
    }

    /// The same, with something that the transaction begins with.
    pub(super) fn write_after(
        &mut self,
        first: impl FnOnce() -> rusqlite::Result<()>,
        session: &mut Session<'_>,
        queue: &Receiver<Pending>,
    ) -> Result<Results, NotWritten> {
        self.attempts += 1;
        let begun = Instant::now();
        session.begin()?;
        let written = self.fill(first, session, queue, begun).and_then(|results| {
            session.commit()?;
            Ok(results)
        });
        if written.is_err() {
            session.roll_back();
        }
        written
    }

    fn fill(
        &mut self,
        first: impl FnOnce() -> rusqlite::Result<()>,
        session: &mut Session<'_>,
        queue: &Receiver<Pending>,
        begun: Instant,
    ) -> Result<Results, NotWritten> {
        if !session.has_known_layout()? {
            return Err(NotWritten::OtherLayout);
        }
        first()?;
        let mut results = Vec::with_capacity(self.entries.len());
        loop {
            for pending in &mut self.entries[results.len()..] {
                results.push(session.write(pending)?);
            }
            if self.entries.len() >= RUNS_MAX || begun.elapsed() >= FILL_MAX {
                return Ok(results);
            }
            match queue.try_recv() {
                Ok(pending) => self.entries.push(pending),
                Err(_) => return Ok(results),
            }
        }
    }

    /// The numbers of a group that is written where it is lost with the process.
    pub(super) fn not_stored(&self) -> Tally {
        let runs = self
            .entries
            .iter()
            .filter(|pending| matches!(pending, Pending::Run(_)));
        Tally {
            failures: runs.count() as u64,
            ..Tally::default()
        }
    }

    /// The numbers of a group that is not written.
    pub(super) fn all_failed(&self) -> Tally {
        Tally {
            failures: self.entries.len() as u64,
            ..Tally::default()
        }
    }

    /// Tells everyone what became of their run.
    pub(super) fn acknowledge(self, results: Results, path: &Path) {
        for (pending, result) in self.entries.into_iter().zip(results) {
            match (pending, result) {
                (Pending::Run(pending), Ok(Written::Run(id))) => (pending.done)(Ok(id)),
                (Pending::Entry(entry), Ok(_)) => entry.done(Ok(())),
                (pending, Err(error)) => pending.fail(Error::sqlite(Action::Write, path, error)),
                // A run is written as a run.
                (pending, Ok(Written::Entry)) => {
                    pending.fail(Error::new(Action::Write, path, Cause::Unexpected));
                }
            }
        }
    }

    /// Tells whoever waits for a run that it is not stored, and why; what became of everything else.
    pub(super) fn acknowledge_without_file(self, results: Results, why: &Error) {
        for (pending, result) in self.entries.into_iter().zip(results) {
            match (pending, result) {
                (Pending::Entry(entry), Ok(_)) => entry.done(Ok(())),
                (pending, Err(error)) if classify(&error) == Cause::Rejected => {
                    pending.fail(Error::sqlite(Action::Write, &why.path, error));
                }
                (pending, _) => pending.fail(why.clone()),
            }
        }
    }

    /// Tells everyone that it did not work.
    pub(super) fn reject(self, error: &Error) {
        for pending in self.entries {
            pending.fail(error.clone());
        }
    }
}

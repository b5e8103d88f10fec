//! [`Writer`]: one thread that owns the process's only write connection, and the queue to it.
//!
//! Runs that wait are written in one transaction, because each commit waits for the disk: see
//! [`group`]. Nobody waits for company, though: a lone run is committed at once, and what arrives
//! meanwhile is the next group. [`worker`] is the thread, [`session`] writes one run, [`dictionary`]
//! knows the ids of names, [`ledger`] is who was told what, [`interim`] stands in while the file cannot be
//! written.

mod absence;
mod dictionary;
mod entry;
mod group;
mod incidents;
mod interim;
mod ledger;
mod question;
mod session;
mod worker;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::error::{Action, Cause, Error};
use crate::file::{OpenFile, SetAside};
use crate::incident::Consider;
use crate::record::{RunId, RunRecord};
pub use absence::Retries;
use absence::{Absence, StandIn};
pub use entry::Done;
use entry::Entry;
use group::Tally;
pub use ledger::NotAcknowledged;
use worker::Worker;

/// How many runs may wait for the writer before [`Writer::record`] blocks.
const QUEUE_MAX: usize = 1024;

/// Called on the writer's thread once the run is committed, or could not be. It must be quick and
/// must not panic: everybody behind it waits. Dropped without a call only if the thread has died.
pub type Acknowledge = Box<dyn FnOnce(Result<RunId, Error>) + Send>;

/// Writes runs to the history file. Dropping it does what [`Writer::close`] does.
#[derive(Debug)]
pub struct Writer {
    path: PathBuf,
    queue: Option<SyncSender<Pending>>,
    thread: Option<JoinHandle<()>>,
    shared: Arc<Shared>,
}

/// What a writer has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriterStats {
    /// Committed transactions.
    pub transactions: u64,
    /// Runs in them.
    pub runs: u64,
    /// Runs that could not be written.
    pub failures: u64,
    /// Time spent writing, waiting for the disk included, waiting for runs not.
    pub busy: Duration,
}

/// The file cannot be written, and runs are not stored.
#[derive(Clone, Debug)]
pub struct WithoutFile {
    /// Since when, microseconds since 1970-01-01T00:00:00Z.
    pub since_us: i64,
    /// Why, as of the last attempt.
    pub error: Error,
}

/// Something on its way to the file.
enum Pending {
    Run(Box<PendingRun>),
    Entry(Box<dyn Entry>),
}

/// A run on its way to the file.
struct PendingRun {
    run: RunRecord,
    consider: Option<Consider>,
    done: Acknowledge,
}

impl Pending {
    /// About now; only names files.
    fn time_us(&self) -> i64 {
        match self {
            Self::Run(pending) => {
                let run = &pending.run;
                run.started_us.saturating_add(run.duration_us)
            }
            Self::Entry(entry) => entry.time_us(),
        }
    }

    /// It cannot be written.
    fn fail(self, error: Error) {
        match self {
            Self::Run(pending) => (pending.done)(Err(error)),
            Self::Entry(entry) => entry.done(Err(error)),
        }
    }
}

/// What the thread tells the handle.
#[derive(Debug, Default)]
struct Shared {
    transactions: AtomicU64,
    runs: AtomicU64,
    failures: AtomicU64,
    busy_ns: AtomicU64,
    set_aside: Mutex<Vec<SetAside>>,
    without_file: Mutex<Option<WithoutFile>>,
}

impl Writer {
    /// Opens the history for writing: creates it, or migrates an older one after copying it to
    /// `<name>.v<version>-<UTC time>`. A damaged one is set aside: see [`Writer::set_aside`].
    /// `now_us` dates the new layout and names such files.
    ///
    /// # Errors
    /// A newer or foreign file, which stays untouched; a path that is no file or cannot be written;
    /// a full disk. The cause tells them apart.
    pub fn open(path: &Path, now_us: i64) -> Result<Self, Error> {
        let mut set_aside = Vec::new();
        let file = OpenFile::open(path, now_us, &mut set_aside)?;
        let absence = Absence {
            stand_in: StandIn::Nothing,
            retries: Retries::default(),
        };
        Self::start(path, now_us, Ok(file), set_aside, absence)
    }

    /// As [`Writer::open`], for a program that goes on for long. While the file cannot be written, from the
    /// beginning or later, a history in memory stands in: runs are answered with the error and change
    /// incidents all the same, everything else works. It comes into the file as soon as that can be written,
    /// and is lost if the program ends before: see [`Writer::without_file`].
    ///
    /// # Errors
    /// A file that never will be ours to write: a newer or foreign one, or none. The cause tells them apart.
    pub fn open_for_long(path: &Path, now_us: i64) -> Result<Self, Error> {
        Self::open_for_long_with(path, now_us, Retries::default())
    }

    /// The same, with other times at which a file that cannot be written is tried again.
    ///
    /// # Errors
    /// As [`Writer::open_for_long`].
    pub fn open_for_long_with(path: &Path, now_us: i64, retries: Retries) -> Result<Self, Error> {
        let absence = Absence {
            stand_in: StandIn::Memory,
            retries,
        };
        let mut set_aside = Vec::new();
        match OpenFile::open(path, now_us, &mut set_aside) {
            Err(error) if !error.cause.may_pass() => Err(error),
            opened => Self::start(path, now_us, opened, set_aside, absence),
        }
    }

    fn start(
        path: &Path,
        now_us: i64,
        opened: Result<OpenFile, Error>,
        set_aside: Vec<SetAside>,
        absence: Absence,
    ) -> Result<Self, Error> {
        let shared = Arc::new(Shared::default());
        *shared.lock_set_aside() = set_aside;
        if let Err(error) = &opened {
            shared.lose_file(now_us, error);
        }
        let (sender, queue) = sync_channel(QUEUE_MAX);
        let worker = Worker {
            path: opened
                .as_ref()
                .map_or_else(|_| path.to_owned(), |file| file.path.clone()),
            queue,
            shared: Arc::clone(&shared),
            absence,
        };
        let thread = std::thread::Builder::new()
            .name("history-writer".to_owned())
            .spawn(move || worker.serve(opened, now_us))
            .map_err(|error| Error::io(Action::Open, path, error))?;
        Ok(Self {
            path: path.to_owned(),
            queue: Some(sender),
            thread: Some(thread),
            shared,
        })
    }

    /// Hands a run over. Returns before it is written; `done` tells when it is. Blocks while 1024
    /// runs wait.
    pub fn record(&self, run: RunRecord, done: Acknowledge) {
        self.send(Pending::Run(Box::new(PendingRun {
            run,
            consider: None,
            done,
        })));
    }

    /// As [`Writer::record`]; what the run changes about incidents is written with it.
    pub fn record_and_consider(&self, run: RunRecord, consider: Consider, done: Acknowledge) {
        self.send(Pending::Run(Box::new(PendingRun {
            run,
            consider: Some(consider),
            done,
        })));
    }

    fn send(&self, pending: Pending) {
        let rejected = match &self.queue {
            Some(queue) => queue.send(pending).err().map(|error| error.0),
            None => Some(pending),
        };
        if let Some(pending) = rejected {
            pending.fail(Error::new(Action::Write, &self.path, Cause::Stopped));
        }
    }

    /// Damaged files that were set aside since [`Writer::open`], that included; oldest first.
    #[must_use]
    pub fn set_aside(&self) -> Vec<SetAside> {
        self.shared.lock_set_aside().clone()
    }

    /// Set while the file cannot be written.
    #[must_use]
    pub fn without_file(&self) -> Option<WithoutFile> {
        self.shared.lock_without_file().clone()
    }

    /// What it has done so far.
    #[must_use]
    pub fn stats(&self) -> WriterStats {
        let shared = &self.shared;
        WriterStats {
            transactions: shared.transactions.load(Ordering::Relaxed),
            runs: shared.runs.load(Ordering::Relaxed),
            failures: shared.failures.load(Ordering::Relaxed),
            busy: Duration::from_nanos(shared.busy_ns.load(Ordering::Relaxed)),
        }
    }

    /// Writes and acknowledges what still waits, then closes the file.
    #[must_use]
    pub fn close(mut self) -> WriterStats {
        self.drain();
        self.stats()
    }

    fn drain(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // It can only have panicked in a callback, which has said so by then.
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.drain();
    }
}

impl Shared {
    fn lock_set_aside(&self) -> MutexGuard<'_, Vec<SetAside>> {
        self.set_aside
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_without_file(&self) -> MutexGuard<'_, Option<WithoutFile>> {
        self.without_file
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on the file cannot be written, or still cannot, for this reason.
    fn lose_file(&self, now_us: i64, error: &Error) {
        let mut without_file = self.lock_without_file();
        *without_file = Some(WithoutFile {
            since_us: without_file.as_ref().map_or(now_us, |known| known.since_us),
            error: error.clone(),
        });
    }

    fn have_file(&self) {
        *self.lock_without_file() = None;
    }

    fn count(&self, tally: &Tally, busy: Duration) {
        let nanoseconds = u64::try_from(busy.as_nanos()).unwrap_or(u64::MAX);
        self.busy_ns.fetch_add(nanoseconds, Ordering::Relaxed);
        self.transactions
            .fetch_add(u64::from(tally.committed), Ordering::Relaxed);
        self.runs.fetch_add(tally.runs, Ordering::Relaxed);
        self.failures.fetch_add(tally.failures, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;

//! The history file of checkrun: what was run, what came out, what checks remember.
//!
//! One SQLite file in WAL mode, readable by every SQLite client through the views `v_run`,
//! `v_latest`, `v_sample` and `v_finding` (`migrations/` holds the layout). This crate is the only
//! one that opens it. It knows neither the runner nor its types: [`record`] has plain structs.
//!
//! - [`Writer`]: one thread with the process's only write connection; groups runs into transactions, and goes
//!   on in memory while the file cannot be written, if that is wanted
//! - [`incident`]: what a run changes about incidents, in its own transaction
//! - [`notification`]: who was told what, and the messages on their way
//! - [`Reader`]: read-only, works while writers of this or other processes write
//! - [`Error`]: what failed, on which file, why, and what to do next
//!
//! ```
//! use std::sync::mpsc::channel;
//!
//! use checkrun_history::record::*;
//! use checkrun_history::{Reader, RunFilter, Writer};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("checkrun.db");
//! # let now_us = 1_795_456_328_000_000;
//! let writer = Writer::open(&path, now_us)?;
//! let (sender, answer) = channel();
//! let run = RunRecord {
//!     job: "core/health".to_owned(),
//!     check: "core/health".to_owned(),
//!     target: TargetRecord { name: "orders".to_owned(), engine: None, labels: [].into() },
//!     pack: None,
//!     slot: None,
//!     started_us: now_us,
//!     duration_us: 41_500,
//!     status: StoredStatus::Ok,
//!     summary: "answers in 41 ms".to_owned(),
//!     reasons: vec![],
//!     failure: None,
//!     usage: UsageRecord::default(),
//!     metrics: vec![],
//!     findings: vec![],
//!     state_changes: vec![],
//! };
//! writer.record(run, Box::new(move |result| drop(sender.send(result))));
//! let id = answer.recv()??;
//!
//! let newest = Reader::open(&path)?.runs(&RunFilter::newest(1))?;
//! assert_eq!(newest[0].id, id);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The file must be on a local file system: WAL needs shared memory between the processes that have
//! it open, and network file systems do not give that, some of them without saying so.

mod error;
mod file;
pub mod incident;
pub mod notification;
mod reader;
pub mod record;
mod writer;

pub use error::{Action, Cause, Error};
pub use file::{SetAside, damaged_copies, resolved, try_writing};
pub use reader::{
    DaySeries, FactsQuestion, IncidentFilter, MessageFacts, OutboxState, PastIncident, Reader,
    RunDetail, RunFilter, RunSummary, Soundness, StateEntry, StateOwner, ToldFacts, WatchSummary,
    Which,
};
pub use writer::{Acknowledge, Done, NotAcknowledged, Retries, WithoutFile, Writer, WriterStats};

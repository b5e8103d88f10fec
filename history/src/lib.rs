//! The history file of checkrun: what was run, what came out, what checks remember.
//!
//! One SQLite file in WAL mode, readable by every SQLite client through the views `v_run`,
//! `v_latest`, `v_sample` and `v_finding` (`migrations/` holds the layout). This crate is the only
//! one that opens it. It knows neither the runner nor its types: [`record`] has plain structs.
//!
//! - [`Writer`]: one thread with the process's only write connection; groups runs into transactions
//! - [`Reader`]: read-only, works while writers of this or other processes write
//! - [`Error`]: what failed, on which file, why, and what to do next
//!
//! The file must be on a local file system: WAL needs shared memory between the processes that have
//! it open, and network file systems do not give that, some of them without saying so.

mod error;
mod file;
mod reader;
pub mod record;
mod writer;

pub use error::{Action, Cause, Error};
pub use file::SetAside;
pub use reader::{Reader, RunDetail, RunFilter, RunSummary, StateEntry, StateOwner};
pub use writer::{Acknowledge, Writer, WriterStats};

//! [`Reader`]: asks the history, read-only, while writers of this or other processes write.
//!
//! Runs are read through the public views only, so that a file from a newer version can be read as
//! long as it still has them; what checks remember and what is watched are read from their tables, and not
//! from newer files.

pub(crate) mod facts;
mod filter;
mod incidents;
mod notifications;
pub(crate) mod outbox;
pub(crate) mod rows;
mod soundness;
mod state;
mod watches;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row};

pub use facts::{DaySeries, FactsQuestion, MessageFacts, PastIncident, ToldFacts};
pub use filter::RunFilter;
pub use incidents::{IncidentFilter, Which};
pub use outbox::OutboxState;
pub use soundness::Soundness;
pub use state::{StateEntry, StateOwner};
pub use watches::WatchSummary;

use crate::error::{Action, Cause, Error, is_foreign_schema};
use crate::file::{Layout, MIGRATIONS, connect_for_reading, known_version};
use crate::incident::{IncidentId, IncidentSummary};
use crate::notification::{Acknowledgement, MessageSummary, Silence};
use crate::record::{
    FailureRecord, FindingRecord, MetricRecord, PackRecord, ReasonRecord, RunId, StoredStatus,
    UsageRecord,
};

/// The first layout with incidents.
const INCIDENTS_SINCE: i64 = 2;

/// The first layout with messages and mutes.
const NOTIFICATIONS_SINCE: i64 = 6;

/// A read-only connection to the history. Not for two threads at once: open one for each.
#[derive(Debug)]
pub struct Reader {
    conn: Connection,
    path: PathBuf,
    version: i64,
}

/// One run as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSummary {
    /// For [`Reader::run`].
    pub id: RunId,
    /// The configured name.
    pub job: String,
    /// `pack/check`.
    pub check: String,
    /// Where it ran.
    pub target: String,
    /// The target's engine, once known.
    pub engine: Option<String>,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub started_us: i64,
    /// Microseconds.
    pub duration_us: i64,
    /// The outcome's status.
    pub status: StoredStatus,
    /// One line for people.
    pub summary: String,
    /// Set when there was no report.
    pub failure: Option<FailureRecord>,
}

/// Everything that is stored of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunDetail {
    /// What a listing shows.
    pub summary: RunSummary,
    /// The target's labels, as of its newest run.
    pub target_labels: BTreeMap<String, String>,
    /// What ran, if it could be loaded.
    pub pack: Option<PackRecord>,
    /// Why it was not ok, worst first.
    pub reasons: Vec<ReasonRecord>,
    /// What it used of its limits.
    pub usage: UsageRecord,
    /// In the order in which the job first reported them.
    pub metrics: Vec<MetricRecord>,
    /// In the check's order.
    pub findings: Vec<FindingRecord>,
}

impl Reader {
    /// Opens an existing history, of this or a newer version.
    ///
    /// # Errors
    /// [`Cause::Missing`] if nothing has been recorded yet; a foreign or damaged file, which stays
    /// as it is; no permission.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let conn = connect_for_reading(path)?;
        let cause = match Layout::of(&conn, path).map_err(|error| error.during(Action::Read))? {
            Layout::Version(version) => {
                return Ok(Self {
                    conn,
                    path: path.to_owned(),
                    version,
                });
            }
            Layout::Empty => Cause::Missing,
            Layout::Foreign { application_id } => Cause::Foreign { application_id },
        };
        Err(Error::new(Action::Read, path, cause))
    }

    /// Runs that pass the filter, in its order.
    ///
    /// # Errors
    /// The file cannot be read, or is too new to be understood.
    pub fn runs(&self, filter: &RunFilter) -> Result<Vec<RunSummary>, Error> {
        self.ask(|conn| filter.select(conn))
    }

    /// The newest run of every job, by target and job name: the one that was recorded last, whatever
    /// the clock said. In a file of a layout before 4, the one that started last.
    ///
    /// # Errors
    /// As [`Reader::runs`].
    pub fn latest(&self) -> Result<Vec<RunSummary>, Error> {
        self.ask(|conn| {
            let columns = rows::SUMMARY;
            let sql = format!("SELECT {columns} FROM v_latest ORDER BY target, job");
            conn.prepare(&sql)?.query_map([], rows::summary)?.collect()
        })
    }

    /// One run, if there is one with this id.
    ///
    /// # Errors
    /// As [`Reader::runs`].
    pub fn run(&self, id: RunId) -> Result<Option<RunDetail>, Error> {
        self.ask(|conn| {
            // One transaction, so that nothing changes between the questions.
            let snapshot = conn.unchecked_transaction()?;
            let columns = rows::DETAIL;
            let sql = format!("SELECT {columns} FROM v_run WHERE run_id = ?1");
            let Some(mut detail) = snapshot.query_row(&sql, [id.0], rows::detail).optional()?
            else {
                return Ok(None);
            };
            detail.metrics = metrics_of(&snapshot, &detail.summary)?;
            detail.findings = findings_of(&snapshot, id)?;
            Ok(Some(detail))
        })
    }

    /// Incidents that pass the filter, newest first. Empty for a file from before there were any.
    ///
    /// # Errors
    /// As [`Reader::runs`].
    pub fn incidents(&self, filter: &IncidentFilter) -> Result<Vec<IncidentSummary>, Error> {
        if self.version < INCIDENTS_SINCE {
            return Ok(Vec::new());
        }
        self.ask(|conn| filter.select(conn))
    }

    /// The newest messages, the latest first, at most so many. Empty for a file from before there were any.
    ///
    /// # Errors
    /// As [`Reader::runs`].
    pub fn messages(&self, limit: u32) -> Result<Vec<MessageSummary>, Error> {
        if self.version < NOTIFICATIONS_SINCE {
            return Ok(Vec::new());
        }
        self.ask(|conn| notifications::messages(conn, limit))
    }

    /// What waits to be told, and how many messages were given up since then. Nothing for a file from before
    /// there were any.
    ///
    /// # Errors
    /// As [`Reader::runs`].
    pub fn outbox(&self, since_us: i64) -> Result<OutboxState, Error> {
        if self.version < NOTIFICATIONS_SINCE {
            return Ok(OutboxState::default());
        }
        self.ask(|conn| outbox::load(conn, since_us))
    }

    /// Looks through the file for damage, for at most this time.
    ///
    /// # Errors
    /// As [`Reader::runs`]; damage that is found is an answer.
    pub fn quick_check(&self, limit: Duration) -> Result<Soundness, Error> {
        self.ask(|conn| soundness::check(conn, limit))
    }

    /// The layout's version, of the file and of this program.
    #[must_use]
    pub fn versions(&self) -> (i64, i64) {
        (self.version, known_version(MIGRATIONS))
    }

    /// Mutes that hold at this time or will, the one that ends first first.
    ///
    /// # Errors
    /// As [`Reader::runs`].
    pub fn silences(&self, now_us: i64) -> Result<Vec<Silence>, Error> {
        if self.version < NOTIFICATIONS_SINCE {
            return Ok(Vec::new());
        }
        self.ask(|conn| notifications::silences(conn, now_us))
    }

    /// Who has taken on incidents that are open, as bad as they are now.
    ///
    /// # Errors
    /// As [`Reader::runs`].
    pub fn acknowledgements(
        &self,
        now_us: i64,
    ) -> Result<BTreeMap<IncidentId, Acknowledgement>, Error> {
        if self.version < NOTIFICATIONS_SINCE {
            return Ok(BTreeMap::new());
        }
        self.ask(|conn| notifications::acknowledgements(conn, now_us))
    }

    /// What there is to say in a message. While the writer is without its file, it knows more: see
    /// [`crate::Writer::message_facts`].
    ///
    /// # Errors
    /// As [`Reader::runs`].
    pub fn message_facts(&self, question: &FactsQuestion) -> Result<MessageFacts, Error> {
        self.ask(|conn| {
            let moment = conn.unchecked_transaction()?;
            facts::of_message(&moment, question)
        })
    }

    /// What checks remember, for each pair in its order. Empty where nothing is.
    ///
    /// # Errors
    /// As [`Reader::runs`]; [`Cause::Newer`] for a file of a newer version.
    pub fn states(&self, owners: &[StateOwner<'_>]) -> Result<Vec<Vec<StateEntry>>, Error> {
        if self.is_newer() {
            return Err(self.newer());
        }
        self.ask(|conn| state::load(conn, owners))
    }

    /// What is not simply ok about the jobs of this check, `pack/check`.
    ///
    /// # Errors
    /// As [`Reader::states`].
    pub fn watches(&self, check: &str) -> Result<Vec<WatchSummary>, Error> {
        if self.is_newer() {
            return Err(self.newer());
        }
        if self.version < INCIDENTS_SINCE {
            return Ok(Vec::new());
        }
        self.ask(|conn| watches::load(conn, check))
    }

    fn ask<T>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        question(&self.conn).map_err(|error| match is_foreign_schema(&error) {
            true if self.is_newer() => self.newer(),
            true => Error::new(Action::Read, &self.path, Cause::Corrupt),
            false => Error::sqlite(Action::Read, &self.path, error),
        })
    }

    fn is_newer(&self) -> bool {
        self.version > known_version(MIGRATIONS)
    }

    fn newer(&self) -> Error {
        let cause = Cause::Newer {
            file: self.version,
            known: known_version(MIGRATIONS),
        };
        Error::new(Action::Read, &self.path, cause)
    }
}

fn metrics_of(conn: &Connection, run: &RunSummary) -> rusqlite::Result<Vec<MetricRecord>> {
    let metric = |row: &Row<'_>| {
        Ok(MetricRecord {
            name: row.get(0)?,
            value: row.get(1)?,
            unit: row.get(2)?,
            labels: rows::labels(row, 3)?,
        })
    };
    conn.prepare(
        "SELECT metric, value, unit, labels FROM v_sample
         WHERE target = ?1 AND job = ?2 AND time_us = ?3",
    )?
    .query_map((&run.target, &run.job, run.started_us), metric)?
    .collect()
}

fn findings_of(conn: &Connection, id: RunId) -> rusqlite::Result<Vec<FindingRecord>> {
    let finding = |row: &Row<'_>| {
        Ok(FindingRecord {
            key: row.get(0)?,
            severity: rows::status(row, 1)?,
            title: row.get(2)?,
            detail: row.get(3)?,
            subject: row.get(4)?,
            advice: row.get(5)?,
            reference: row.get(6)?,
            evidence: rows::evidence(row, 7)?,
        })
    };
    conn.prepare(
        "SELECT key, severity, title, detail, subject, advice, reference, evidence
         FROM v_finding WHERE run_id = ?1 ORDER BY finding_id",
    )?
    .query_map([id.0], finding)?
    .collect()
}

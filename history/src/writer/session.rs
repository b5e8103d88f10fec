//! [`Session`]: the statements of one connection, prepared once, and how one run is written.

use rusqlite::{Connection, Statement, params};

use super::Pending;
use super::dictionary::{Dictionary, not_json};
use super::group::Written;
use super::incidents::Incidents;
use crate::error::{Cause, classify};
use crate::file::{MIGRATIONS, known_version};
use crate::incident::Consider;
use crate::record::{FindingRecord, ReasonRecord, RunId, RunRecord};

/// One connection's prepared statements and what it knows of the names in the file.
pub(super) struct Session<'c> {
    conn: &'c Connection,
    dictionary: Dictionary<'c>,
    begin: Statement<'c>,
    version: Statement<'c>,
    commit: Statement<'c>,
    savepoint: Statement<'c>,
    undo: Statement<'c>,
    release: Statement<'c>,
    run: Statement<'c>,
    slot: Statement<'c>,
    latest: Statement<'c>,
    sample: Statement<'c>,
    finding: Statement<'c>,
    state: Statement<'c>,
    incidents: Incidents<'c>,
}

impl<'c> Session<'c> {
    pub(super) fn prepare(conn: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            conn,
            dictionary: Dictionary::prepare(conn)?,
            // Takes the write lock at once: a transaction that begins by reading could fail later,
            // when another process has written in between.
            begin: conn.prepare("BEGIN IMMEDIATE")?,
            version: conn.prepare("PRAGMA user_version")?,
            commit: conn.prepare("COMMIT")?,
            savepoint: conn.prepare("SAVEPOINT run")?,
            undo: conn.prepare("ROLLBACK TO run")?,
            release: conn.prepare("RELEASE run")?,
            run: conn.prepare(
                "INSERT INTO run (job_id, pack_version_id, started_us, duration_us, status, summary,
                   reasons, failure_kind, failure_text,
                   query_count, row_count, byte_count, cpu_us, memory_bytes)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
                 ON CONFLICT (job_id, started_us) DO NOTHING",
            )?,
            slot: conn.prepare(
                "INSERT INTO slot (run_id, due_us, overlapped, missed, suspended)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?,
            latest: conn.prepare("UPDATE job SET latest_run_id = ?2 WHERE job_id = ?1")?,
            sample: conn.prepare(
                "INSERT INTO sample (series_id, time_us, value) VALUES (?1, ?2, ?3)",
            )?,
            finding: conn.prepare(
                "INSERT INTO finding (run_id, key, severity, title, detail, subject, advice,
                   reference, evidence)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?,
            incidents: Incidents::prepare(conn)?,
            state: conn.prepare(
                "INSERT INTO state (job_id, check_name, key, value) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (job_id, check_name, key) DO UPDATE SET value = excluded.value",
            )?,
        })
    }

    pub(super) fn begin(&mut self) -> rusqlite::Result<()> {
        self.begin.execute([]).map(drop)
    }

    /// Whether the file still has the layout that the statements are made for. Within a transaction
    /// this cannot change.
    pub(super) fn has_known_layout(&mut self) -> rusqlite::Result<bool> {
        let version: i64 = self.version.query_row([], |row| row.get(0))?;
        Ok(version == known_version(MIGRATIONS))
    }

    pub(super) fn commit(&mut self) -> rusqlite::Result<()> {
        self.commit.execute([]).map(drop)
    }

    /// Undoes the transaction, if SQLite has not done so by itself.
    pub(super) fn roll_back(&mut self) {
        self.dictionary.forget();
        if !self.conn.is_autocommit() {
            // If even this fails, the next BEGIN does too, and says why.
            let _ = self.conn.execute_batch("ROLLBACK");
        }
    }

    /// Writes one run or entry within the transaction. The inner result is about this one alone: what
    /// it had written is undone.
    ///
    /// # Errors
    /// The transaction cannot go on.
    pub(super) fn write(
        &mut self,
        pending: &mut Pending,
    ) -> rusqlite::Result<Result<Written, rusqlite::Error>> {
        let known_before = self.dictionary.knows_anything();
        match self.attempt(pending)? {
            // Perhaps an id that was known is gone, because another process has deleted the name.
            Err(_) if known_before => self.attempt(pending),
            result => Ok(result),
        }
    }

    fn attempt(
        &mut self,
        pending: &mut Pending,
    ) -> rusqlite::Result<Result<Written, rusqlite::Error>> {
        self.savepoint.execute([])?;
        let written = match pending {
            Pending::Run(run) => self
                .insert(&run.run, run.consider.as_ref())
                .map(Written::Run),
            Pending::Entry(entry) => entry.write(self.conn).map(|()| Written::Entry),
        };
        let result = match written {
            Err(error) if classify(&error) == Cause::Rejected => {
                self.undo.execute([])?;
                self.dictionary.forget();
                Err(error)
            }
            result => Ok(result?),
        };
        self.release.execute([])?;
        Ok(result)
    }

    fn insert(&mut self, run: &RunRecord, consider: Option<&Consider>) -> rusqlite::Result<RunId> {
        let target_id = self.dictionary.target(&run.target)?;
        let job_id = self.dictionary.job(&run.job, &run.check, target_id)?;
        let pack_id = match &run.pack {
            Some(pack) => Some(self.dictionary.pack(pack)?),
            None => None,
        };
        let (run_id, time_us) = self.insert_run(run, job_id, pack_id)?;
        if let Some(slot) = run.slot {
            self.slot.execute((
                run_id.0,
                slot.due_us,
                slot.overlapped,
                slot.missed,
                slot.suspended,
            ))?;
        }
        self.latest.execute((job_id, run_id.0))?;
        for metric in &run.metrics {
            let series_id = self.dictionary.series(job_id, metric)?;
            self.sample.execute((series_id, time_us, metric.value))?;
        }
        for finding in &run.findings {
            self.insert_finding(run_id, finding)?;
        }
        for change in &run.state_changes {
            self.state
                .execute((job_id, &run.check, &change.key, &change.value))?;
        }
        if let Some(consider) = consider {
            self.incidents.apply(job_id, time_us, consider)?;
        }
        Ok(run_id)
    }

    /// The run's id, and its start: moved to the next microsecond that no run of this job has.
    fn insert_run(
        &mut self,
        run: &RunRecord,
        job_id: i64,
        pack_id: Option<i64>,
    ) -> rusqlite::Result<(RunId, i64)> {
        let reasons = reasons_json(&run.reasons);
        let mut started_us = run.started_us;
        loop {
            let inserted = self.run.execute(params![
                job_id,
                pack_id,
                started_us,
                run.duration_us,
                run.status.code(),
                run.summary,
                reasons,
                run.failure.as_ref().map(|failure| &failure.kind),
                run.failure.as_ref().map(|failure| &failure.text),
                saturate(run.usage.queries),
                saturate(run.usage.rows),
                saturate(run.usage.bytes),
                saturate(run.usage.cpu_us),
                saturate(run.usage.memory_bytes),
            ])?;
            if inserted == 1 {
                return Ok((RunId(self.conn.last_insert_rowid()), started_us));
            }
            // Wraps only 292,000 years from now; ends, because the file has fewer runs than that.
            started_us = started_us.wrapping_add(1);
        }
    }

    fn insert_finding(&mut self, run: RunId, finding: &FindingRecord) -> rusqlite::Result<()> {
        self.finding.execute(params![
            run.0,
            finding.key,
            finding.severity.code(),
            finding.title,
            finding.detail,
            finding.subject,
            finding.advice,
            finding.reference,
            serde_json::to_string(&finding.evidence).map_err(not_json)?,
        ])?;
        Ok(())
    }
}

fn saturate(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// An array of objects, readable without this program.
fn reasons_json(reasons: &[ReasonRecord]) -> String {
    let objects = reasons.iter().map(|reason| {
        serde_json::json!({
            "status": reason.status.as_str(),
            "text": reason.text,
            "advice": reason.advice,
        })
    });
    serde_json::Value::from_iter(objects).to_string()
}

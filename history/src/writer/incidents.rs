//! What one run changes about incidents, in the run's own transaction.

use rusqlite::{Connection, Row, Statement, params};

use crate::incident::{ChangeRecord, Consider, MovementRecord, StoredPhase, WatchRecord};
use crate::record::StoredStatus;

/// What ends an incident where nothing was seen good.
const REMOVAL: &str = "removal";

/// The statements, prepared once for a connection.
pub(super) struct Incidents<'c> {
    known: Statement<'c>,
    watch: Statement<'c>,
    forget: Statement<'c>,
    open: Statement<'c>,
    go_on: Statement<'c>,
    close: Statement<'c>,
}

impl<'c> Incidents<'c> {
    pub(super) fn prepare(conn: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            known: conn.prepare(
                "SELECT object, phase, severity, since_us, count, worse, better
                 FROM watch WHERE job_id = ?1 ORDER BY object",
            )?,
            watch: conn.prepare(
                "INSERT OR REPLACE INTO watch
                   (job_id, object, phase, severity, since_us, count, worse, better)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?,
            forget: conn.prepare("DELETE FROM watch WHERE job_id = ?1 AND object = ?2")?,
            open: conn.prepare(
                "INSERT INTO incident
                   (job_id, object, severity, peak, since_us, opened_us, text, advice)
                 VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7)",
            )?,
            go_on: conn.prepare(
                "UPDATE incident SET severity = ?3, peak = max(peak, ?3), text = ?4, advice = ?5
                 WHERE job_id = ?1 AND object = ?2 AND closed_us IS NULL",
            )?,
            close: conn.prepare(
                "UPDATE incident SET closed_us = ?3, closed_by = ?4
                 WHERE job_id = ?1 AND object = ?2 AND closed_us IS NULL",
            )?,
        })
    }

    /// Asks what the run changes, and writes that.
    pub(super) fn apply(
        &mut self,
        job_id: i64,
        time_us: i64,
        consider: &Consider,
    ) -> rusqlite::Result<()> {
        let known: Vec<WatchRecord> = self
            .known
            .query_map([job_id], known)?
            .collect::<rusqlite::Result<_>>()?;
        for movement in consider(&known) {
            self.remember(job_id, &movement)?;
            self.change(job_id, time_us, &movement)?;
        }
        Ok(())
    }

    fn remember(&mut self, job_id: i64, movement: &MovementRecord) -> rusqlite::Result<()> {
        let Some(watch) = &movement.watch else {
            return self.forget.execute((job_id, &movement.object)).map(drop);
        };
        let stored = params![
            job_id,
            movement.object,
            watch.phase.as_str(),
            watch.severity.code(),
            watch.since_us,
            watch.count,
            watch.worse,
            watch.better,
        ];
        self.watch.execute(stored).map(drop)
    }

    fn change(
        &mut self,
        job_id: i64,
        time_us: i64,
        movement: &MovementRecord,
    ) -> rusqlite::Result<()> {
        let object = &movement.object;
        match (movement.change, &movement.watch, &movement.reason) {
            (ChangeRecord::Opens, Some(watch), reason) => {
                let (text, advice) = reason.clone().unwrap_or_default();
                let severity = watch.severity.code();
                let since = watch.since_us;
                self.open.execute(params![
                    job_id, object, severity, since, time_us, text, advice
                ])?;
            }
            (ChangeRecord::GoesOn, Some(watch), Some((text, advice))) => {
                let severity = watch.severity.code();
                self.go_on
                    .execute(params![job_id, object, severity, text, advice])?;
            }
            (ChangeRecord::Closes, ..) => {
                self.close
                    .execute((job_id, object, time_us, None::<&str>))?;
            }
            (ChangeRecord::Abandons, ..) => {
                self.close.execute((job_id, object, time_us, REMOVAL))?;
            }
            (ChangeRecord::Opens | ChangeRecord::GoesOn, ..) => {}
        }
        Ok(())
    }
}

fn known(row: &Row<'_>) -> rusqlite::Result<WatchRecord> {
    let phase: String = row.get(1)?;
    let severity: i64 = row.get(2)?;
    let out_of_range = || rusqlite::Error::IntegralValueOutOfRange(2, severity);
    Ok(WatchRecord {
        object: row.get(0)?,
        phase: StoredPhase::ALL
            .into_iter()
            .find(|known| known.as_str() == phase)
            .ok_or_else(|| rusqlite::Error::InvalidColumnName(phase))?,
        severity: StoredStatus::from_code(severity).ok_or_else(out_of_range)?,
        since_us: row.get(3)?,
        count: row.get(4)?,
        worse: row.get(5)?,
        better: row.get(6)?,
    })
}

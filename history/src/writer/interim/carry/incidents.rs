//! What became of incidents, and what is known of whatever is not simply ok.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Crossing;

/// Those that ended first, so that there is room for those that opened after them.
const CHANGED: &str = "
SELECT incident_id, job_id, object, severity, peak, since_us, opened_us, closed_us, text, advice, closed_by
FROM (SELECT * FROM main.incident EXCEPT SELECT * FROM seed.incident)
ORDER BY closed_us IS NULL, incident_id";

const ONE: &str = "
SELECT incident_id, job_id, object, severity, peak, since_us, opened_us, closed_us, text, advice, closed_by
FROM main.incident WHERE incident_id = ?1";

/// Of these objects the watch may have to be another.
const MOVED: &str = "
SELECT job_id, object FROM (SELECT * FROM main.watch EXCEPT SELECT * FROM seed.watch)
UNION SELECT job_id, object FROM (SELECT * FROM seed.watch EXCEPT SELECT * FROM main.watch)
UNION SELECT job_id, object FROM (SELECT * FROM main.incident EXCEPT SELECT * FROM seed.incident)";

/// What is known of an object, without where it belongs.
const WATCH: &str = "phase, severity, since_us, count, worse, better";

struct Incident {
    id: i64,
    job_id: i64,
    object: String,
    severity: i64,
    peak: i64,
    since_us: i64,
    opened_us: i64,
    closed_us: Option<i64>,
    text: String,
    advice: Option<String>,
    closed_by: Option<String>,
}

impl Crossing<'_> {
    pub(super) fn incidents(&mut self) -> rusqlite::Result<()> {
        let changed = self
            .from
            .prepare(CHANGED)?
            .query_map([], incident)?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        for incident in changed {
            let there = self.bring(&incident)?;
            self.incidents.insert(incident.id, Some(there));
        }
        Ok(())
    }

    /// The number that this incident has in the file; none if there is no such incident.
    pub(super) fn incident(&mut self, id: i64) -> rusqlite::Result<Option<i64>> {
        if let Some(known) = self.incidents.get(&id) {
            return Ok(*known);
        }
        let found = self.from.query_row(ONE, [id], incident).optional()?;
        let there = match found {
            // Nothing happened to it; only a file that lost it gets it again.
            Some(incident) => {
                let job = self.job(incident.job_id)?;
                match self.same(&incident, job)? {
                    Some(_) => Some(incident.id),
                    None => Some(self.bring(&incident)?),
                }
            }
            None => None,
        };
        self.incidents.insert(id, there);
        Ok(there)
    }

    /// The number that it has in the file now.
    fn bring(&mut self, incident: &Incident) -> rusqlite::Result<i64> {
        let job = self.job(incident.job_id)?;
        let open = self.open_one(job, &incident.object)?;
        match (self.same(incident, job)?, open, incident.closed_us) {
            (Some(Some(_)), _, Some(_)) => Ok(incident.id),
            (Some(None), _, Some(_)) if self.was_moved_there(incident, job)? => Ok(incident.id),
            (_, Some(open), None) => self.update(incident, open),
            (Some(_), ..) => self.update(incident, incident.id),
            (None, ..) => self.insert(incident, job),
        }
    }

    /// Whether the file has it, and since when it is over there.
    fn same(&self, incident: &Incident, job: i64) -> rusqlite::Result<Option<Option<i64>>> {
        self.to
            .query_row(
                "SELECT closed_us FROM incident
                 WHERE incident_id = ?1 AND job_id = ?2 AND object = ?3 AND opened_us = ?4",
                params![incident.id, job, incident.object, incident.opened_us],
                |row| row.get(0),
            )
            .optional()
    }

    fn open_one(&self, job: i64, object: &str) -> rusqlite::Result<Option<i64>> {
        self.to
            .query_row(
                "SELECT incident_id FROM incident
                 WHERE job_id = ?1 AND object = ?2 AND closed_us IS NULL",
                params![job, object],
                |row| row.get(0),
            )
            .optional()
    }

    /// Whether another process has written of the object since.
    fn was_moved_there(&self, incident: &Incident, job: i64) -> rusqlite::Result<bool> {
        let before = watch(self.from, "seed.watch", incident.job_id, &incident.object)?;
        Ok(watch(self.to, "main.watch", job, &incident.object)? != before)
    }

    /// Under this number, which another process may have given it: then it is as bad as either says.
    fn update(&self, incident: &Incident, there: i64) -> rusqlite::Result<i64> {
        self.to.execute(
            "UPDATE incident SET closed_us = ?2, closed_by = ?3, text = ?4, advice = ?5,
               severity = iif(?8, ?6, max(severity, ?6)), peak = max(peak, ?7)
             WHERE incident_id = ?1",
            params![
                there,
                incident.closed_us,
                incident.closed_by,
                incident.text,
                incident.advice,
                incident.severity,
                incident.peak,
                there == incident.id,
            ],
        )?;
        Ok(there)
    }

    fn insert(&self, incident: &Incident, job: i64) -> rusqlite::Result<i64> {
        self.to
            .prepare(
                "INSERT INTO incident (incident_id, job_id, object, severity, peak, since_us, opened_us,
                   closed_us, text, advice, closed_by)
                 VALUES (iif(EXISTS (SELECT 1 FROM incident WHERE incident_id = ?1), NULL, ?1),
                         ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .insert(params![
                incident.id,
                job,
                incident.object,
                incident.severity,
                incident.peak,
                incident.since_us,
                incident.opened_us,
                incident.closed_us,
                incident.text,
                incident.advice,
                incident.closed_by,
            ])
    }

    /// What is known of an object fits its incident: it fires or recovers if and only if that is open.
    pub(super) fn watches(&mut self) -> rusqlite::Result<()> {
        let moved: Vec<(i64, String)> = self
            .from
            .prepare(MOVED)?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        for (own_job, object) in moved {
            let job = self.job(own_job)?;
            let known = watch(self.from, "main.watch", own_job, &object)?;
            let is_open = self.open_one(job, &object)?.is_some();
            if fires(known.as_deref()) == is_open {
                self.remember(job, &object, known)?;
            }
        }
        Ok(())
    }

    fn remember(&self, job: i64, object: &str, known: Option<Vec<Value>>) -> rusqlite::Result<()> {
        let Some(known) = known else {
            return self
                .to
                .execute(
                    "DELETE FROM watch WHERE job_id = ?1 AND object = ?2",
                    params![job, object],
                )
                .map(drop);
        };
        let key = [Value::Integer(job), Value::Text(object.to_owned())];
        let values = key.into_iter().chain(known);
        self.to
            .execute(
                &format!(
                    "INSERT OR REPLACE INTO watch (job_id, object, {WATCH})
                     VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                ),
                rusqlite::params_from_iter(values),
            )
            .map(drop)
    }
}

/// The columns of [`WATCH`].
fn watch(
    conn: &Connection,
    table: &str,
    job: i64,
    object: &str,
) -> rusqlite::Result<Option<Vec<Value>>> {
    conn.query_row(
        &format!("SELECT {WATCH} FROM {table} WHERE job_id = ?1 AND object = ?2"),
        params![job, object],
        |row| (0..6).map(|column| row.get(column)).collect(),
    )
    .optional()
}

fn fires(known: Option<&[Value]>) -> bool {
    matches!(known, Some([Value::Text(phase), ..]) if phase != "pending")
}

fn incident(row: &Row<'_>) -> rusqlite::Result<Incident> {
    Ok(Incident {
        id: row.get(0)?,
        job_id: row.get(1)?,
        object: row.get(2)?,
        severity: row.get(3)?,
        peak: row.get(4)?,
        since_us: row.get(5)?,
        opened_us: row.get(6)?,
        closed_us: row.get(7)?,
        text: row.get(8)?,
        advice: row.get(9)?,
        closed_by: row.get(10)?,
    })
}

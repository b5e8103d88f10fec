//! What people were told, what is on its way to them, and what they said about it.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension, params, params_from_iter};

use super::Crossing;

/// Messages that changed, or of which a part did.
const CHANGED: &str = "
SELECT outbox_id FROM (SELECT * FROM main.outbox EXCEPT SELECT * FROM seed.outbox)
UNION SELECT outbox_id FROM (SELECT * FROM main.outbox_item EXCEPT SELECT * FROM seed.outbox_item)
UNION SELECT outbox_id FROM (SELECT * FROM main.outbox_recipient EXCEPT SELECT * FROM seed.outbox_recipient)
ORDER BY outbox_id";

/// A message without its number and what else is numbered.
const MESSAGE: &str =
    "route, kind, thread, created_us, state, attempts, next_us, content, error, ended_us";

impl Crossing<'_> {
    pub(super) fn told(&mut self) -> rusqlite::Result<()> {
        let forgotten: Vec<(String, i64, String)> = self
            .from
            .prepare(
                "SELECT route, job_id, object FROM seed.told
                 EXCEPT SELECT route, job_id, object FROM main.told",
            )?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        for (route, job, object) in forgotten {
            let job = self.job(job)?;
            self.to.execute(
                "DELETE FROM told WHERE route = ?1 AND job_id = ?2 AND object = ?3",
                params![route, job, object],
            )?;
        }
        let told: Vec<(String, i64, String, i64, i64, i64)> = self
            .from
            .prepare(
                "SELECT route, job_id, object, incident_id, severity, is_flapping
                 FROM (SELECT * FROM main.told EXCEPT SELECT * FROM seed.told)",
            )?
            .query_map([], |row| row.try_into())?
            .collect::<rusqlite::Result<_>>()?;
        for (route, job, object, incident, severity, is_flapping) in told {
            let job = self.job(job)?;
            if let Some(incident) = self.incident(incident)? {
                self.to.execute(
                    "INSERT OR REPLACE INTO told (route, job_id, object, incident_id, severity, is_flapping)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![route, job, object, incident, severity, is_flapping],
                )?;
            }
        }
        Ok(())
    }

    pub(super) fn messages(&mut self) -> rusqlite::Result<()> {
        for id in self
            .numbers("SELECT outbox_id FROM seed.outbox EXCEPT SELECT outbox_id FROM main.outbox")?
        {
            self.to
                .execute("DELETE FROM outbox WHERE outbox_id = ?1", [id])?;
        }
        for id in self.numbers(CHANGED)? {
            let there = self.message(id)?;
            self.messages.insert(id, there);
            self.items(id, there)?;
            self.recipients(id, there)?;
        }
        Ok(())
    }

    fn numbers(&self, question: &str) -> rusqlite::Result<Vec<i64>> {
        self.from
            .prepare(question)?
            .query_map([], |row| row.get(0))?
            .collect()
    }

    /// The message itself; the number that it has in the file.
    fn message(&mut self, id: i64) -> rusqlite::Result<i64> {
        type Numbered = (i64, Option<i64>, Option<i64>);
        let ((created_us, target, original), message): (Numbered, Vec<Value>) =
            self.from.query_row(
                &format!(
                    "SELECT created_us, target_id, fallback_of, {MESSAGE}
                     FROM main.outbox WHERE outbox_id = ?1"
                ),
                [id],
                |row| {
                    let numbered = (row.get(0)?, row.get(1)?, row.get(2)?);
                    let values = (3..13).map(|column| row.get(column));
                    Ok((numbered, values.collect::<rusqlite::Result<_>>()?))
                },
            )?;
        let target = target.map(|target| self.target(target)).transpose()?;
        let original = match original {
            Some(original) => self.original(original)?,
            None => None,
        };
        // The same number is the same message if it was written at the same time.
        let other: Option<i64> = self
            .to
            .query_row(
                "SELECT created_us FROM outbox WHERE outbox_id = ?1 AND created_us <> ?2",
                [id, created_us],
                |row| row.get(0),
            )
            .optional()?;
        let number = other.is_none().then_some(id);
        let first = [number, target, original].map(Value::from);
        self.to.query_row(
            &format!(
                "INSERT INTO outbox (outbox_id, target_id, fallback_of, {MESSAGE})
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                 ON CONFLICT (outbox_id) DO UPDATE
                 SET kind = excluded.kind, state = excluded.state, attempts = excluded.attempts, next_us = excluded.next_us,
                   content = excluded.content, error = excluded.error, ended_us = excluded.ended_us
                 RETURNING outbox_id"
            ),
            params_from_iter(first.into_iter().chain(message)),
            |row| row.get(0),
        )
    }

    /// The message that another stands in for, if the file has it.
    fn original(&self, id: i64) -> rusqlite::Result<Option<i64>> {
        let there = self.messages.get(&id).copied().unwrap_or(id);
        self.to
            .query_row(
                "SELECT outbox_id FROM outbox WHERE outbox_id = ?1",
                [there],
                |row| row.get(0),
            )
            .optional()
    }

    fn items(&mut self, id: i64, there: i64) -> rusqlite::Result<()> {
        type Item = (i64, String, i64, Option<i64>, Option<i64>, Option<String>);
        self.to
            .execute("DELETE FROM outbox_item WHERE outbox_id = ?1", [there])?;
        let items: Vec<Item> = self
            .from
            .prepare(
                "SELECT job_id, object, incident_id, before, after, flapping
                 FROM main.outbox_item WHERE outbox_id = ?1",
            )?
            .query_map([id], |row| row.try_into())?
            .collect::<rusqlite::Result<_>>()?;
        for (job, object, incident, before, after, flapping) in items {
            let job = self.job(job)?;
            if let Some(incident) = self.incident(incident)? {
                self.to.execute(
                    "INSERT INTO outbox_item
                       (outbox_id, job_id, object, incident_id, before, after, flapping)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    params![there, job, object, incident, before, after, flapping],
                )?;
            }
        }
        Ok(())
    }

    fn recipients(&self, id: i64, there: i64) -> rusqlite::Result<()> {
        self.to
            .execute("DELETE FROM outbox_recipient WHERE outbox_id = ?1", [there])?;
        let recipients: Vec<(String, String, Option<String>)> = self
            .from
            .prepare(
                "SELECT recipient, fate, said FROM main.outbox_recipient WHERE outbox_id = ?1",
            )?
            .query_map([id], |row| row.try_into())?
            .collect::<rusqlite::Result<_>>()?;
        for (recipient, fate, said) in recipients {
            self.to.execute(
                "INSERT INTO outbox_recipient (outbox_id, recipient, fate, said)
                 VALUES (?1, ?2, ?3, ?4)",
                params![there, recipient, fate, said],
            )?;
        }
        Ok(())
    }

    /// New ones, and those that were lifted.
    pub(super) fn silences(&self) -> rusqlite::Result<()> {
        let mut changed = self.from.prepare(
            "SELECT silence_id, target, job, labels, starts_us, ends_us, author, comment, created_us, lifted_us
             FROM (SELECT * FROM main.silence EXCEPT SELECT * FROM seed.silence)",
        )?;
        let mut silences = changed.query([])?;
        while let Some(silence) = silences.next()? {
            let values = (0..10)
                .map(|column| silence.get::<_, Value>(column))
                .collect::<rusqlite::Result<Vec<_>>>()?;
            self.to.execute(
                "INSERT INTO silence (silence_id, target, job, labels, starts_us, ends_us, author, comment,
                   created_us, lifted_us)
                 VALUES (iif(EXISTS (SELECT 1 FROM silence WHERE silence_id = ?1 AND created_us <> ?9), NULL, ?1),
                         ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                 ON CONFLICT (silence_id) DO UPDATE SET lifted_us = excluded.lifted_us",
                params_from_iter(values),
            )?;
        }
        Ok(())
    }

    pub(super) fn acknowledgements(&mut self) -> rusqlite::Result<()> {
        let mut changed = self.from.prepare(
            "SELECT incident_id, author, comment, created_us, until_us, severity, is_sticky
             FROM (SELECT * FROM main.acknowledgement EXCEPT SELECT * FROM seed.acknowledgement)",
        )?;
        let mut acknowledgements = changed.query([])?;
        while let Some(row) = acknowledgements.next()? {
            let Some(incident) = self.incident(row.get(0)?)? else {
                continue;
            };
            let rest = (1..7).map(|column| row.get::<_, Value>(column));
            let values = std::iter::once(Ok(Value::Integer(incident)))
                .chain(rest)
                .collect::<rusqlite::Result<Vec<_>>>()?;
            self.to.execute(
                "INSERT OR REPLACE INTO acknowledgement
                   (incident_id, author, comment, created_us, until_us, severity, is_sticky)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params_from_iter(values),
            )?;
        }
        Ok(())
    }
}

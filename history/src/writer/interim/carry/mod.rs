//! Brings what happened in an interim history into the file, in a transaction of the file.
//!
//! What happened is the difference to what the interim began with (`seed.…`). Targets and jobs are known by
//! their names, because another process may have given their numbers away meanwhile; everything keeps its
//! number where that is free. Where another process has judged the same object meanwhile,
//! an incident that either has open stays open: the next run says what is true.

mod incidents;
mod messages;
mod state;

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension};

use crate::error::{Cause, classify};

/// Both sides, and what the numbers of the one are in the other.
struct Crossing<'c> {
    from: &'c Connection,
    to: &'c Connection,
    targets: HashMap<i64, i64>,
    jobs: HashMap<i64, i64>,
    incidents: HashMap<i64, Option<i64>>,
    messages: HashMap<i64, i64>,
}

/// All or nothing of it.
///
/// # Errors
/// The transaction cannot go on.
pub(super) fn over(from: &Connection, to: &Connection) -> rusqlite::Result<()> {
    to.execute_batch("SAVEPOINT carrying")?;
    let mut crossing = Crossing {
        from,
        to,
        targets: HashMap::new(),
        jobs: HashMap::new(),
        incidents: HashMap::new(),
        messages: HashMap::new(),
    };
    match crossing.all() {
        // The layout refuses it: a defect of ours. Somebody who is told twice is better than a history
        // that is never written again.
        Err(error) if matches!(classify(&error), Cause::Rejected | Cause::Unexpected) => {
            to.execute_batch("ROLLBACK TO carrying")?;
        }
        carried => carried?,
    }
    to.execute_batch("RELEASE carrying")
}

impl Crossing<'_> {
    fn all(&mut self) -> rusqlite::Result<()> {
        self.incidents()?;
        self.watches()?;
        self.told()?;
        self.messages()?;
        self.silences()?;
        self.acknowledgements()?;
        self.state()?;
        self.sequences()
    }

    /// The target of this number, as the file has it.
    fn target(&mut self, id: i64) -> rusqlite::Result<i64> {
        if let Some(known) = self.targets.get(&id) {
            return Ok(*known);
        }
        let (name, engine, labels): (String, Option<String>, String) = self.from.query_row(
            "SELECT name, engine, labels FROM target WHERE target_id = ?1",
            [id],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        let found = self
            .to
            .query_row(
                "SELECT target_id FROM target WHERE name = ?1",
                [&name],
                |row| row.get(0),
            )
            .optional()?;
        let there = match found {
            Some(there) => there,
            None => self
                .to
                .prepare(
                    "INSERT INTO target (target_id, name, engine, labels)
                     VALUES (iif(EXISTS (SELECT 1 FROM target WHERE target_id = ?1), NULL, ?1), ?2, ?3, ?4)",
                )?
                .insert((id, &name, &engine, &labels))?,
        };
        self.targets.insert(id, there);
        Ok(there)
    }

    /// The job of this number, as the file has it.
    fn job(&mut self, id: i64) -> rusqlite::Result<i64> {
        if let Some(known) = self.jobs.get(&id) {
            return Ok(*known);
        }
        let (name, target, check): (String, i64, String) = self.from.query_row(
            "SELECT name, target_id, check_name FROM job WHERE job_id = ?1",
            [id],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        let target = self.target(target)?;
        let found = self
            .to
            .query_row(
                "SELECT job_id FROM job WHERE name = ?1 AND target_id = ?2",
                (&name, target),
                |row| row.get(0),
            )
            .optional()?;
        let there = match found {
            Some(there) => there,
            None => self
                .to
                .prepare(
                    "INSERT INTO job (job_id, name, target_id, check_name)
                     VALUES (iif(EXISTS (SELECT 1 FROM job WHERE job_id = ?1), NULL, ?1), ?2, ?3, ?4)",
                )?
                .insert((id, &name, target, &check))?,
        };
        self.jobs.insert(id, there);
        Ok(there)
    }

    /// Numbers that were given here are not given again, also where what they named is gone.
    fn sequences(&self) -> rusqlite::Result<()> {
        let given: Vec<(String, i64)> = self
            .from
            .prepare(
                "SELECT name, seq FROM main.sqlite_sequence
                 WHERE seq > coalesce((SELECT seq FROM seed.sequence
                                       WHERE sequence.name = sqlite_sequence.name), 0)",
            )?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        for (name, last) in given {
            let known = self.to.execute(
                "UPDATE sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1",
                (&name, last),
            )?;
            if known == 0 {
                self.to.execute(
                    "INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)",
                    (&name, last),
                )?;
            }
        }
        Ok(())
    }
}

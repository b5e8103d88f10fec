//! [`Dictionary`]: the ids of targets, jobs, packs and series, looked up once and then remembered.
//!
//! Only to be used inside a transaction that holds the write lock, so that looking up and inserting
//! cannot race with other processes. What is remembered must be forgotten whenever something is
//! rolled back, because the ids may have gone with it.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, OptionalExtension, Statement};

use crate::record::{MetricRecord, PackRecord, TargetRecord};

/// Ids by name, of one connection.
pub(super) struct Dictionary<'c> {
    statements: Statements<'c>,
    targets: HashMap<String, (i64, TargetRecord)>,
    jobs: HashMap<(i64, String), (i64, String)>,
    packs: HashMap<PackRecord, i64>,
    series: HashMap<SeriesKey, i64>,
}

#[derive(PartialEq, Eq, Hash)]
struct SeriesKey {
    job_id: i64,
    metric: String,
    unit: String,
    labels: BTreeMap<String, String>,
}

/// Each name has two: most are there already, and a lookup writes no page.
struct Statements<'c> {
    find_target: Statement<'c>,
    put_target: Statement<'c>,
    find_job: Statement<'c>,
    put_job: Statement<'c>,
    find_pack: Statement<'c>,
    put_pack: Statement<'c>,
    find_series: Statement<'c>,
    put_series: Statement<'c>,
}

impl<'c> Dictionary<'c> {
    pub(super) fn prepare(conn: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            statements: Statements::prepare(conn)?,
            targets: HashMap::new(),
            jobs: HashMap::new(),
            packs: HashMap::new(),
            series: HashMap::new(),
        })
    }

    pub(super) fn knows_anything(&self) -> bool {
        !self.targets.is_empty()
    }

    /// After anything was rolled back.
    pub(super) fn forget(&mut self) {
        self.targets.clear();
        self.jobs.clear();
        self.packs.clear();
        self.series.clear();
    }

    /// The target's id; its engine and labels are brought up to date.
    pub(super) fn target(&mut self, target: &TargetRecord) -> rusqlite::Result<i64> {
        if let Some((id, known)) = self.targets.get(&target.name)
            && known == target
        {
            return Ok(*id);
        }
        let labels = serde_json::to_string(&target.labels).map_err(not_json)?;
        let stored: Option<(i64, Option<String>, String)> = self
            .statements
            .find_target
            .query_row([&target.name], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        let id = match stored {
            Some((id, engine, stored_labels))
                if stored_labels == labels
                    && (target.engine.is_none() || target.engine == engine) =>
            {
                id
            }
            _ => self
                .statements
                .put_target
                .query_row((&target.name, &target.engine, labels), |row| row.get(0))?,
        };
        self.targets
            .insert(target.name.clone(), (id, target.clone()));
        Ok(id)
    }

    /// The job's id; its check is brought up to date.
    pub(super) fn job(&mut self, name: &str, check: &str, target_id: i64) -> rusqlite::Result<i64> {
        let key = (target_id, name.to_owned());
        if let Some((id, known)) = self.jobs.get(&key)
            && known == check
        {
            return Ok(*id);
        }
        let stored: Option<(i64, String)> = self
            .statements
            .find_job
            .query_row((name, target_id), |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let id = match stored {
            Some((id, stored_check)) if stored_check == check => id,
            _ => self
                .statements
                .put_job
                .query_row((name, target_id, check), |row| row.get(0))?,
        };
        self.jobs.insert(key, (id, check.to_owned()));
        Ok(id)
    }

    /// The id of this build of a pack.
    pub(super) fn pack(&mut self, pack: &PackRecord) -> rusqlite::Result<i64> {
        if let Some(id) = self.packs.get(pack) {
            return Ok(*id);
        }
        let values = (&pack.sha256, &pack.name, &pack.version);
        let found = self
            .statements
            .find_pack
            .query_row(values, |row| row.get(0))
            .optional()?;
        let id = match found {
            Some(id) => id,
            None => self.statements.put_pack.insert(values)?,
        };
        self.packs.insert(pack.clone(), id);
        Ok(id)
    }

    /// The id of the series that this metric of this job continues.
    pub(super) fn series(&mut self, job_id: i64, metric: &MetricRecord) -> rusqlite::Result<i64> {
        let key = SeriesKey {
            job_id,
            metric: metric.name.clone(),
            unit: metric.unit.clone(),
            labels: metric.labels.clone(),
        };
        if let Some(id) = self.series.get(&key) {
            return Ok(*id);
        }
        let labels = serde_json::to_string(&metric.labels).map_err(not_json)?;
        let values = (job_id, &metric.name, &labels, &metric.unit);
        let found = self
            .statements
            .find_series
            .query_row(values, |row| row.get(0))
            .optional()?;
        let id = match found {
            Some(id) => id,
            None => self.statements.put_series.insert(values)?,
        };
        self.series.insert(key, id);
        Ok(id)
    }
}

impl<'c> Statements<'c> {
    fn prepare(conn: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            find_target: conn
                .prepare("SELECT target_id, engine, labels FROM target WHERE name = ?1")?,
            put_target: conn.prepare(
                "INSERT INTO target (name, engine, labels) VALUES (?1, ?2, ?3)
                 ON CONFLICT (name) DO UPDATE
                 SET engine = coalesce(excluded.engine, engine), labels = excluded.labels
                 RETURNING target_id",
            )?,
            find_job: conn
                .prepare("SELECT job_id, check_name FROM job WHERE name = ?1 AND target_id = ?2")?,
            put_job: conn.prepare(
                "INSERT INTO job (name, target_id, check_name) VALUES (?1, ?2, ?3)
                 ON CONFLICT (name, target_id) DO UPDATE SET check_name = excluded.check_name
                 RETURNING job_id",
            )?,
            find_pack: conn.prepare(
                "SELECT pack_version_id FROM pack_version
                 WHERE sha256 = ?1 AND name = ?2 AND version = ?3",
            )?,
            put_pack: conn
                .prepare("INSERT INTO pack_version (sha256, name, version) VALUES (?1, ?2, ?3)")?,
            find_series: conn.prepare(
                "SELECT series_id FROM series
                 WHERE job_id = ?1 AND metric = ?2 AND labels = ?3 AND unit = ?4",
            )?,
            put_series: conn.prepare(
                "INSERT INTO series (job_id, metric, labels, unit) VALUES (?1, ?2, ?3, ?4)",
            )?,
        })
    }
}

/// Texts always have a JSON form, so this is for the type's sake.
pub(super) fn not_json(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(Box::new(error))
}

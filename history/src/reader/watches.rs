//! What is not simply ok about all jobs of one check, for a program that begins.

use rusqlite::{Connection, Row};

use crate::incident::StoredPhase;

/// What is known of something about a job that is not simply ok.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchSummary {
    /// The target's name.
    pub target: String,
    /// What about the job.
    pub object: String,
    /// Between ok and not ok.
    pub phase: StoredPhase,
    /// Pending: bad in a row; recovering: good in a row; firing: 0.
    pub count: u32,
}

pub(super) fn load(conn: &Connection, check: &str) -> rusqlite::Result<Vec<WatchSummary>> {
    conn.prepare(
        "SELECT target.name, watch.object, watch.phase, watch.count FROM watch
         JOIN job ON job.job_id = watch.job_id
         JOIN target ON target.target_id = job.target_id
         WHERE job.check_name = ?1 ORDER BY target.name, watch.object",
    )?
    .query_map([check], summary)?
    .collect()
}

fn summary(row: &Row<'_>) -> rusqlite::Result<WatchSummary> {
    let phase: String = row.get(2)?;
    Ok(WatchSummary {
        target: row.get(0)?,
        object: row.get(1)?,
        phase: StoredPhase::ALL
            .into_iter()
            .find(|known| known.as_str() == phase)
            .ok_or_else(|| rusqlite::Error::InvalidColumnName(phase))?,
        count: row.get(3)?,
    })
}

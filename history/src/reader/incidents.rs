//! [`IncidentFilter`]: which incidents a listing shows.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::rows;
use crate::incident::{IncidentId, IncidentSummary};

/// Which incidents to list, newest first. Every condition must hold; `None` is no condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentFilter {
    /// Only those that are not over.
    pub which: Which,
    /// The target's name or a glob of it.
    pub target: Option<String>,
    /// The job's name or a glob of it.
    pub job: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// Open incidents, or also those that are over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Not over.
    Open,
    /// All.
    All,
}

impl IncidentFilter {
    /// Open incidents, at most `limit`.
    #[must_use]
    pub fn open(limit: u32) -> Self {
        Self {
            which: Which::Open,
            target: None,
            job: None,
            limit,
        }
    }

    pub(super) fn select(&self, conn: &Connection) -> rusqlite::Result<Vec<IncidentSummary>> {
        conn.prepare(
            "SELECT incident_id, target, job, check_name, object, severity, peak, phase,
                    since_us, opened_us, closed_us, text, advice
             FROM v_incident
             WHERE (:all OR closed_us IS NULL)
               AND (:job IS NULL OR job GLOB :job)
               AND (:target IS NULL OR target GLOB :target)
             ORDER BY opened_us DESC, incident_id DESC LIMIT :limit",
        )?
        .query_map(
            named_params! {
                ":all": self.which == Which::All,
                ":job": self.job,
                ":target": self.target,
                ":limit": self.limit,
            },
            summary,
        )?
        .collect()
    }
}

/// The one with this id.
pub(super) fn one(conn: &Connection, id: IncidentId) -> rusqlite::Result<Option<IncidentSummary>> {
    conn.query_row(
        "SELECT incident_id, target, job, check_name, object, severity, peak, phase,
                since_us, opened_us, closed_us, text, advice
         FROM v_incident WHERE incident_id = ?1",
        [id.0],
        summary,
    )
    .optional()
}

fn summary(row: &Row<'_>) -> rusqlite::Result<IncidentSummary> {
    let phase: Option<String> = row.get(7)?;
    Ok(IncidentSummary {
        id: IncidentId(row.get(0)?),
        target: row.get(1)?,
        job: row.get(2)?,
        check: row.get(3)?,
        object: row.get(4)?,
        severity: rows::status(row, 5)?,
        peak: rows::status(row, 6)?,
        is_recovering: phase.as_deref() == Some("recovering"),
        since_us: row.get(8)?,
        opened_us: row.get(9)?,
        closed_us: row.get(10)?,
        text: row.get(11)?,
        advice: row.get(12)?,
    })
}

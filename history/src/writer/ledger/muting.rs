//! What people say about messages: mutes, and that they have taken an incident on.

use rusqlite::{Connection, OptionalExtension, params};

use crate::incident::IncidentId;
use crate::notification::{Acknowledgement, Silence};
use crate::writer::dictionary::not_json;

/// Why an incident cannot be taken on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAcknowledged {
    /// There is none with this id.
    #[error("there is no such incident")]
    Unknown,
    /// It is over.
    #[error("the incident is over")]
    Over,
}

pub(super) fn silence(conn: &Connection, silence: &Silence) -> rusqlite::Result<i64> {
    let labels = serde_json::to_string(&silence.labels).map_err(not_json)?;
    conn.prepare(
        "INSERT INTO silence (target, job, labels, starts_us, ends_us, author, comment, created_us)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .insert(params![
        silence.target,
        silence.job,
        labels,
        silence.starts_us,
        silence.ends_us,
        silence.author,
        silence.comment,
        silence.created_us,
    ])
}

pub(super) fn lift(conn: &Connection, id: i64, now_us: i64) -> rusqlite::Result<bool> {
    conn.prepare(
        "UPDATE silence SET lifted_us = ?2
         WHERE silence_id = ?1 AND lifted_us IS NULL AND ends_us > ?2",
    )?
    .execute([id, now_us])
    .map(|lifted| lifted > 0)
}

pub(super) fn acknowledge(
    conn: &Connection,
    incident: IncidentId,
    given: &Acknowledgement,
) -> rusqlite::Result<Result<(), NotAcknowledged>> {
    let found: Option<(i64, Option<i64>)> = conn
        .prepare("SELECT severity, closed_us FROM incident WHERE incident_id = ?1")?
        .query_row([incident.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let severity = match found {
        None => return Ok(Err(NotAcknowledged::Unknown)),
        Some((_, Some(_))) => return Ok(Err(NotAcknowledged::Over)),
        Some((severity, None)) => severity,
    };
    conn.prepare(
        "INSERT OR REPLACE INTO acknowledgement
           (incident_id, author, comment, created_us, until_us, severity, is_sticky)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        incident.0,
        given.author,
        given.comment,
        given.created_us,
        given.until_us,
        severity,
        given.is_sticky,
    ])?;
    Ok(Ok(()))
}

//! Messages and mutes, for listings.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::rows;
use crate::incident::IncidentId;
use crate::notification::{
    Acknowledgement, Kind, MessageId, MessageState, MessageSummary, Silence,
};

pub(super) fn messages(conn: &Connection, limit: u32) -> rusqlite::Result<Vec<MessageSummary>> {
    conn.prepare(
        "SELECT outbox_id, route, target, kind, state, attempts, created_us, next_us, ended_us, error, items
         FROM v_notification ORDER BY outbox_id DESC LIMIT ?1",
    )?
    .query_map([limit], |row| {
        Ok(MessageSummary {
            id: MessageId(row.get(0)?),
            route: row.get(1)?,
            target: row.get(2)?,
            kind: rows::word(row, 3, &Kind::ALL, Kind::as_str)?,
            state: rows::word(row, 4, &MessageState::ALL, MessageState::as_str)?,
            attempts: row.get(5)?,
            created_us: row.get(6)?,
            next_us: row.get(7)?,
            ended_us: row.get(8)?,
            error: row.get(9)?,
            items: row.get(10)?,
        })
    })?
    .collect()
}

pub(super) fn silences(conn: &Connection, now_us: i64) -> rusqlite::Result<Vec<Silence>> {
    conn.prepare(
        "SELECT silence_id, target, job, labels, starts_us, ends_us, author, comment, created_us, lifted_us
         FROM v_silence WHERE ends_us > ?1 AND lifted_us IS NULL ORDER BY ends_us, silence_id",
    )?
    .query_map([now_us], rows::silence)?
    .collect()
}

/// Who has taken this incident on.
pub(super) fn acknowledgement(
    conn: &Connection,
    incident: IncidentId,
    now_us: i64,
) -> rusqlite::Result<Option<Acknowledgement>> {
    conn.query_row(
        "SELECT author, comment, created_us, until_us, severity, is_sticky
         FROM acknowledgement WHERE incident_id = ?1 AND until_us > ?2",
        params![incident.0, now_us],
        |row| rows::acknowledgement(row, 0),
    )
    .optional()
    .map(Option::flatten)
}

/// Who has taken on what is open.
pub(super) fn acknowledgements(
    conn: &Connection,
    now_us: i64,
) -> rusqlite::Result<BTreeMap<IncidentId, Acknowledgement>> {
    let mut statement = conn.prepare(
        "SELECT taken.incident_id, taken.author, taken.comment, taken.created_us, taken.until_us,
                taken.severity, taken.is_sticky, incident.severity
         FROM acknowledgement AS taken JOIN incident USING (incident_id)
         WHERE incident.closed_us IS NULL AND taken.until_us > ?1",
    )?;
    let mut open = statement.query([now_us])?;
    let mut found = BTreeMap::new();
    while let Some(row) = open.next()? {
        let (id, severity) = (IncidentId(row.get(0)?), rows::status(row, 7)?);
        let taken = rows::acknowledgement(row, 1)?.filter(|taken| taken.covers(severity));
        found.extend(taken.map(|taken| (id, taken)));
    }
    Ok(found)
}

//! Messages and mutes, for listings.

use rusqlite::Connection;

use super::rows;
use crate::notification::{Kind, MessageId, MessageState, MessageSummary, Silence};

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

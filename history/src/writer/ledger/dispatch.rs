//! Writes what was decided: the message, what it says, and that its route knows it then.

use rusqlite::{Connection, OptionalExtension, params};

use crate::notification::{Dispatch, Flapping, Kind, MessageId, MessageItem};
use crate::record::StoredStatus;
use crate::writer::dictionary::not_json;

pub(super) fn write(conn: &Connection, message: &Dispatch, now_us: i64) -> rusqlite::Result<()> {
    let id = match message.joins {
        Some(id) => {
            // What was to be said again is news now.
            conn.prepare("UPDATE outbox SET kind = ?2 WHERE outbox_id = ?1 AND kind = 'reminder'")?
                .execute(params![id.0, message.kind.as_str()])?;
            id
        }
        None => begin(conn, message, now_us)?,
    };
    for item in &message.items {
        add(conn, id, item)?;
        // Whoever does something about incidents is not told of their course.
        if message.kind != Kind::Remedy {
            remember(conn, &message.route, item)?;
        }
    }
    if message.joins.is_some() {
        drop_if_pointless(conn, id)?;
    }
    Ok(())
}

fn begin(conn: &Connection, message: &Dispatch, now_us: i64) -> rusqlite::Result<MessageId> {
    conn.prepare(
        "INSERT INTO outbox (route, target_id, kind, thread, created_us, state, next_us, fallback_of)
         VALUES (?1, ?2, ?3, coalesce(?4, ''), ?5, 'open', ?5, ?6)",
    )?
    .execute(params![
        message.route,
        message.target_id,
        message.kind.as_str(),
        message.thread,
        now_us,
        message.fallback_of.map(|id| id.0),
    ])?;
    let id = conn.last_insert_rowid();
    // A thread is named after its first message.
    conn.prepare("UPDATE outbox SET thread = created_us || '.' || outbox_id WHERE outbox_id = ?1 AND thread = ''")?
        .execute([id])?;
    Ok(MessageId(id))
}

/// What the route knew before stays what it was, when the message had said something of the object.
fn add(conn: &Connection, id: MessageId, item: &MessageItem) -> rusqlite::Result<()> {
    conn.prepare(
        "INSERT INTO outbox_item (outbox_id, job_id, object, incident_id, before, after, flapping)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (outbox_id, job_id, object) DO UPDATE
         SET incident_id = excluded.incident_id, after = excluded.after, flapping = excluded.flapping",
    )?
    .execute(params![
        id.0,
        item.key.job_id,
        item.key.object,
        item.incident.0,
        item.before.map(StoredStatus::code),
        item.after.map(StoredStatus::code),
        item.flapping.map(|flapping| flapping.as_str()),
    ])
    .map(drop)
}

fn remember(conn: &Connection, route: &str, item: &MessageItem) -> rusqlite::Result<()> {
    let key = &item.key;
    match item.after {
        None => conn
            .prepare("DELETE FROM told WHERE route = ?1 AND job_id = ?2 AND object = ?3")?
            .execute(params![route, key.job_id, key.object])
            .map(drop),
        Some(severity) => conn
            .prepare(
                "INSERT OR REPLACE INTO told (route, job_id, object, incident_id, severity, is_flapping)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                route,
                key.job_id,
                key.object,
                item.incident.0,
                severity.code(),
                item.flapping == Some(Flapping::Begins),
            ])
            .map(drop),
    }
}

/// What routes were told that are not there any more: should they come back, they begin anew.
pub(super) fn forget_others(conn: &Connection, routes: &[String]) -> rusqlite::Result<()> {
    let routes = serde_json::to_string(routes).map_err(not_json)?;
    conn.prepare("DELETE FROM told WHERE route NOT IN (SELECT value FROM json_each(?1))")?
        .execute([routes])
        .map(drop)
}

/// What became worse and well again before anybody heard of either is no news; a message without any is
/// taken back, unless another route has been told of it. That something came and went is news when its
/// opening was to be told.
fn drop_if_pointless(conn: &Connection, id: MessageId) -> rusqlite::Result<()> {
    let has_news: Option<i64> = conn
        .prepare(
            "SELECT 1 FROM outbox_item WHERE outbox_id = ?1
               AND (before IS NULL OR after IS NULL OR before <> after OR flapping IS NOT NULL) LIMIT 1",
        )?
        .query_row([id.0], |row| row.get(0))
        .optional()?;
    if has_news.is_none() {
        conn.prepare(
            "DELETE FROM outbox WHERE outbox_id = ?1 AND state = 'open'
               AND NOT EXISTS (SELECT 1 FROM outbox AS other WHERE other.fallback_of = ?1)",
        )?
        .execute([id.0])?;
    }
    Ok(())
}

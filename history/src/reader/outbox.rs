//! How messages get through, in three numbers.

use rusqlite::{Connection, named_params};

/// What waits in the outbox, and what was given up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutboxState {
    /// Messages that nobody has yet. One that somebody has gets through; that a mailbox is full is no matter
    /// of the outbox.
    pub unsent: u32,
    /// When the oldest of them was written.
    pub oldest_us: Option<i64>,
    /// Messages that ended since then without reaching everybody.
    pub failed: u32,
}

pub(crate) fn load(conn: &Connection, since_us: i64) -> rusqlite::Result<OutboxState> {
    let unsent = "FROM v_notification AS message WHERE state IN ('open', 'sending', 'partly')
        AND NOT EXISTS (SELECT 1 FROM outbox_recipient AS recipient
                        WHERE recipient.outbox_id = message.outbox_id AND recipient.fate = 'accepted')";
    let sql = format!(
        "SELECT (SELECT count(*) {unsent}), (SELECT min(created_us) {unsent}),
                (SELECT count(*) FROM v_notification WHERE state = 'failed' AND ended_us >= :since)"
    );
    conn.query_row(&sql, named_params! { ":since": since_us }, |row| {
        Ok(OutboxState {
            unsent: row.get(0)?,
            oldest_us: row.get(1)?,
            failed: row.get(2)?,
        })
    })
}

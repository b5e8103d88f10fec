//! A message on its way: due, sealed, handed over, settled.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, Statement, params};

use crate::incident::IncidentId;
use crate::notification::{
    DueMessage, Flapping, Kind, MessageId, MessageItem, MessageState, ObjectKey, Settlement,
};
use crate::reader::rows;

/// How long a message is kept after its way has ended: 30 days.
const KEPT_US: i64 = 30 * 86_400 * 1_000_000;

/// Messages of one route that are given at once; the others come with the next question. A route to which
/// nothing gets through must not keep those of the others back.
const DUE_OF_ROUTE_MAX: usize = 8;

/// Nobody is left alone for longer: a later time is from before the clock was set back. 1 hour.
const PAUSE_MAX_US: i64 = 3600 * 1_000_000;

/// Those that wait longest first. Nothing else here is about the order in which people get them.
const WAITING: &str = "
SELECT outbox_id, route, target.name, kind, thread, created_us, attempts, content
FROM outbox LEFT JOIN target ON target.target_id = outbox.target_id
WHERE state IN ('open', 'partly') AND (next_us <= ?1 OR next_us > ?1 + ?2)
ORDER BY next_us, outbox_id";

/// Of the same route and about the same, from before, and still on their way. A flood is about the same as
/// whatever it has an object in common with; what is to be done about an incident has nothing to do with
/// the others.
const EARLIER: &str = "
SELECT earlier.outbox_id FROM outbox AS this
JOIN outbox AS earlier ON earlier.route = this.route AND earlier.outbox_id < this.outbox_id
WHERE this.outbox_id = ?1 AND earlier.state IN ('open', 'sending', 'partly')
  AND this.kind <> 'remedy' AND earlier.kind <> 'remedy'
  AND (earlier.target_id IS this.target_id
       OR (earlier.target_id IS NULL OR this.target_id IS NULL)
          AND EXISTS (SELECT 1 FROM outbox_item AS before
                      JOIN outbox_item AS after USING (job_id, object)
                      WHERE before.outbox_id = earlier.outbox_id
                        AND after.outbox_id = this.outbox_id))";

const FATES: &str = "SELECT recipient FROM outbox_recipient WHERE outbox_id = ?1 AND fate = ?2";

const ITEMS: &str = "
SELECT job_id, object, incident_id, before, after, flapping FROM outbox_item
WHERE outbox_id = ?1 ORDER BY coalesce(after, 0) DESC, job_id, object";

/// To be handed over now. Nobody gets a message before an earlier one about the same, so that a recovery
/// never arrives before what it is the end of; whoever has the earlier one does not wait for the others.
pub(super) fn due(conn: &Connection, now_us: i64) -> rusqlite::Result<Vec<DueMessage>> {
    let mut waiting = conn.prepare(WAITING)?;
    let mut rows = waiting.query([now_us, PAUSE_MAX_US])?;
    let mut details = Details::prepare(conn)?;
    let mut messages: Vec<DueMessage> = Vec::new();
    let mut of_route: BTreeMap<String, usize> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let mut message = message(row)?;
        let taken = of_route.entry(message.route.clone()).or_default();
        if *taken == DUE_OF_ROUTE_MAX {
            continue;
        }
        message.accepted = details.with_fate(message.id, "accepted")?;
        message.refused = details.with_fate(message.id, "refused")?;
        message.only_for = details.only_for(message.id)?;
        if is_for_anybody(&message) {
            *taken += 1;
            message.uncertain = details.with_fate(message.id, "uncertain")?;
            message.items = details.items(message.id)?;
            messages.push(message);
        }
    }
    Ok(messages)
}

fn is_for_anybody(message: &DueMessage) -> bool {
    match &message.only_for {
        None => true,
        Some(ready) => ready.iter().any(|one| !message.is_settled(one)),
    }
}

/// What is asked about each message.
struct Details<'c> {
    earlier: Statement<'c>,
    fates: Statement<'c>,
    items: Statement<'c>,
}

impl<'c> Details<'c> {
    fn prepare(conn: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            earlier: conn.prepare(EARLIER)?,
            fates: conn.prepare(FATES)?,
            items: conn.prepare(ITEMS)?,
        })
    }

    /// Those who are done with every earlier message; none where there is no such message.
    fn only_for(&mut self, id: MessageId) -> rusqlite::Result<Option<Vec<String>>> {
        let earlier = self.earlier.query_map([id.0], |row| row.get(0))?;
        let earlier: Vec<i64> = earlier.collect::<rusqlite::Result<_>>()?;
        let mut ready: Option<Vec<String>> = None;
        for id in earlier.into_iter().map(MessageId) {
            let mut done = self.with_fate(id, "accepted")?;
            done.extend(self.with_fate(id, "refused")?);
            let both = match ready {
                None => done,
                Some(ready) => ready.into_iter().filter(|one| done.contains(one)).collect(),
            };
            if both.is_empty() {
                return Ok(Some(both));
            }
            ready = Some(both);
        }
        Ok(ready)
    }

    fn with_fate(&mut self, id: MessageId, fate: &str) -> rusqlite::Result<Vec<String>> {
        self.fates
            .query_map(params![id.0, fate], |row| row.get(0))?
            .collect()
    }

    fn items(&mut self, id: MessageId) -> rusqlite::Result<Vec<MessageItem>> {
        self.items.query_map([id.0], item)?.collect()
    }
}

fn message(row: &Row<'_>) -> rusqlite::Result<DueMessage> {
    Ok(DueMessage {
        id: MessageId(row.get(0)?),
        route: row.get(1)?,
        target: row.get(2)?,
        kind: rows::word(row, 3, &Kind::ALL, Kind::as_str)?,
        thread: row.get(4)?,
        created_us: row.get(5)?,
        attempts: row.get(6)?,
        content: row.get(7)?,
        items: Vec::new(),
        accepted: Vec::new(),
        refused: Vec::new(),
        uncertain: Vec::new(),
        only_for: None,
    })
}

pub(super) fn item(row: &Row<'_>) -> rusqlite::Result<MessageItem> {
    Ok(MessageItem {
        key: ObjectKey {
            job_id: row.get(0)?,
            object: row.get(1)?,
        },
        incident: IncidentId(row.get(2)?),
        before: rows::optional_status(row, 3)?,
        after: rows::optional_status(row, 4)?,
        flapping: match row.get::<_, Option<String>>(5)? {
            Some(_) => Some(rows::word(row, 5, &Flapping::ALL, Flapping::as_str)?),
            None => None,
        },
    })
}

pub(super) fn seal(conn: &Connection, id: MessageId, content: &str) -> rusqlite::Result<()> {
    conn.prepare(
        "UPDATE outbox SET state = 'sending', content = ?2, attempts = attempts + 1
         WHERE outbox_id = ?1",
    )?
    .execute(params![id.0, content])
    .map(drop)
}

pub(super) fn settle(conn: &Connection, settlement: &Settlement) -> rusqlite::Result<()> {
    let is_over = matches!(settlement.state, MessageState::Sent | MessageState::Failed);
    // What nobody can have may still change; what is over need not be kept.
    let keeps_content = matches!(
        settlement.state,
        MessageState::Partly | MessageState::Sending
    );
    conn.prepare(
        "UPDATE outbox SET state = ?2, next_us = ?3, error = ?4, ended_us = ?5,
           content = iif(?6, content, NULL)
         WHERE outbox_id = ?1",
    )?
    .execute(params![
        settlement.id.0,
        settlement.state.as_str(),
        settlement.next_us,
        settlement.error,
        is_over.then_some(settlement.now_us),
        keeps_content,
    ])?;
    let mut recipient = conn.prepare(
        "INSERT OR REPLACE INTO outbox_recipient (outbox_id, recipient, fate, said)
         VALUES (?1, ?2, ?3, ?4)",
    )?;
    for fate in &settlement.recipients {
        recipient.execute(params![
            settlement.id.0,
            fate.recipient,
            fate.fate,
            fate.said
        ])?;
    }
    Ok(())
}

pub(super) fn resume(conn: &Connection, now_us: i64) -> rusqlite::Result<usize> {
    conn.prepare("UPDATE outbox SET state = 'partly', next_us = ?1 WHERE state = 'sending'")?
        .execute([now_us])
}

/// Forgets messages whose way ended long ago. That something was done about an incident is remembered as
/// long as that goes on, or it would be done again.
pub(super) fn forget(conn: &Connection, now_us: i64) -> rusqlite::Result<()> {
    conn.prepare(
        "DELETE FROM outbox WHERE ended_us < ?1
           AND NOT (kind = 'remedy' AND EXISTS (
                 SELECT 1 FROM outbox_item JOIN incident USING (incident_id)
                 WHERE outbox_item.outbox_id = outbox.outbox_id AND incident.closed_us IS NULL))",
    )?
    .execute([now_us.saturating_sub(KEPT_US)])
    .map(drop)
}

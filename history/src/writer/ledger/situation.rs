//! Reads everything that a decision needs.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, Row, named_params, params};

use super::{OwnedQuestion, delivery};
use crate::incident::IncidentId;
use crate::notification::{
    LastMessage, MessageId, ObjectKey, RouteLoad, Silence, Situation, Standing, Stuck, Told,
};
use crate::reader::rows;

/// The newest incident of an object is the open one, or the one that opened last.
const STANDINGS: &str = "
SELECT job.job_id, object.object, target.target_id, target.name, target.labels, job.name, job.check_name,
       incident.incident_id, incident.severity, incident.opened_us, incident.closed_us,
       acknowledgement.author, acknowledgement.comment, acknowledgement.created_us,
       acknowledgement.until_us, acknowledgement.severity, acknowledgement.is_sticky
FROM (SELECT job_id, object FROM incident WHERE closed_us IS NULL
      UNION SELECT job_id, object FROM told) AS object
JOIN job ON job.job_id = object.job_id
JOIN target ON target.target_id = job.target_id
JOIN incident ON incident.incident_id =
     (SELECT newest.incident_id FROM incident AS newest
      WHERE newest.job_id = object.job_id AND newest.object = object.object
      ORDER BY newest.closed_us IS NULL DESC, newest.incident_id DESC LIMIT 1)
LEFT JOIN acknowledgement ON acknowledgement.incident_id = incident.incident_id
                         AND acknowledgement.until_us > :now
ORDER BY target.name, job.name, object.object";

/// What was given up longer ago is not told by way of another route any more: 3 days.
const GIVEN_UP_AGE_MAX_US: i64 = 3 * 86_400 * 1_000_000;

const TURNS: &str = "
SELECT opened_us, closed_us FROM incident
WHERE job_id = ?1 AND object = ?2 AND (opened_us >= ?3 OR closed_us >= ?3)";

pub(super) fn load(conn: &Connection, question: &OwnedQuestion) -> rusqlite::Result<Situation> {
    let mut standings = conn
        .prepare(STANDINGS)?
        .query_map(named_params! { ":now": question.now_us }, standing)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut turns = conn.prepare(TURNS)?;
    for standing in &mut standings {
        let key = &standing.key;
        let since = question.turns_since_us;
        let mut rows = turns.query(params![key.job_id, key.object, since])?;
        while let Some(row) = rows.next()? {
            let (opened, closed): (i64, Option<i64>) = (row.get(0)?, row.get(1)?);
            let both = [Some(opened), closed].into_iter().flatten();
            standing.turns_us.extend(both.filter(|at| *at >= since));
        }
        standing.turns_us.sort_unstable();
    }
    Ok(Situation {
        standings,
        told: told(conn)?,
        last: last_messages(conn)?,
        last_flood: last_floods(conn)?,
        load: route_loads(conn, question)?,
        doubtful_targets: doubtful_targets(conn, &question.gate_check)?,
        silences: silences(conn, question.now_us)?,
        stuck: stuck(conn, question.stuck_before_us)?,
        remedied: remedied(conn)?,
    })
}

fn standing(row: &Row<'_>) -> rusqlite::Result<Standing> {
    let opened: i64 = row.get(9)?;
    let closed: Option<i64> = row.get(10)?;
    let severity = rows::status(row, 8)?;
    Ok(Standing {
        key: ObjectKey {
            job_id: row.get(0)?,
            object: row.get(1)?,
        },
        target_id: row.get(2)?,
        target: row.get(3)?,
        labels: rows::labels(row, 4)?,
        job: row.get(5)?,
        check: row.get(6)?,
        incident: IncidentId(row.get(7)?),
        severity: closed.is_none().then_some(severity),
        changed_us: closed.unwrap_or(opened),
        acknowledged: rows::acknowledgement(row, 11)?,
        turns_us: Vec::new(),
    })
}

fn told(conn: &Connection) -> rusqlite::Result<BTreeMap<(String, ObjectKey), Told>> {
    conn.prepare("SELECT route, job_id, object, severity, is_flapping FROM told")?
        .query_map([], |row| {
            let key = ObjectKey {
                job_id: row.get(1)?,
                object: row.get(2)?,
            };
            let told = Told {
                severity: rows::status(row, 3)?,
                is_flapping: row.get(4)?,
            };
            Ok(((row.get(0)?, key), told))
        })?
        .collect()
}

/// What is known of a message.
const LAST: &str = "SELECT outbox.route, outbox.created_us, outbox.thread, outbox.outbox_id,
       outbox.state = 'open', outbox.state = 'sending',
       outbox.state = 'failed' AND NOT EXISTS (
           SELECT 1 FROM outbox_recipient AS recipient
           WHERE recipient.outbox_id = outbox.outbox_id AND recipient.fate = 'accepted')";

fn last_message(row: &Row<'_>) -> rusqlite::Result<(String, LastMessage)> {
    let last = LastMessage {
        created_us: row.get(1)?,
        thread: row.get(2)?,
        id: MessageId(row.get(3)?),
        is_open: row.get(4)?,
        is_leaving: row.get(5)?,
        is_lost: row.get(6)?,
    };
    Ok((row.get(0)?, last))
}

/// Of every route and target of which something is told or on its way; of others nobody asks.
fn last_messages(
    conn: &Connection,
) -> rusqlite::Result<BTreeMap<(String, Option<i64>), LastMessage>> {
    conn.prepare(&format!(
        "{LAST}, outbox.target_id FROM outbox
         WHERE outbox_id IN (SELECT max(outbox_id) FROM outbox WHERE kind <> 'remedy'
                             GROUP BY route, target_id)"
    ))?
    .query_map([], |row| {
        let (route, last) = last_message(row)?;
        Ok(((route, row.get(7)?), last))
    })?
    .collect()
}

fn last_floods(conn: &Connection) -> rusqlite::Result<BTreeMap<(String, i64), LastMessage>> {
    conn.prepare(&format!(
        "{LAST}, flood.target_id
         FROM (SELECT max(outbox.outbox_id) AS outbox_id, job.target_id FROM outbox
               JOIN outbox_item ON outbox_item.outbox_id = outbox.outbox_id
               JOIN job ON job.job_id = outbox_item.job_id
               WHERE outbox.target_id IS NULL AND outbox.kind <> 'remedy'
               GROUP BY outbox.route, job.target_id) AS flood
         JOIN outbox ON outbox.outbox_id = flood.outbox_id"
    ))?
    .query_map([], |row| {
        let (route, last) = last_message(row)?;
        Ok(((route, row.get(7)?), last))
    })?
    .collect()
}

/// What a clock that was set back since then has dated into the future does not count.
fn route_loads(
    conn: &Connection,
    question: &OwnedQuestion,
) -> rusqlite::Result<BTreeMap<String, RouteLoad>> {
    conn.prepare(
        "SELECT route, sum(kind <> 'storm'), max(iif(kind = 'storm', created_us, NULL))
         FROM outbox WHERE created_us BETWEEN ?1 AND ?2 AND kind <> 'remedy' AND fallback_of IS NULL
         GROUP BY route",
    )?
    .query_map([question.messages_since_us, question.now_us], |row| {
        let load = RouteLoad {
            messages: row.get(1)?,
            last_storm_us: row.get(2)?,
        };
        Ok((row.get(0)?, load))
    })?
    .collect()
}

fn doubtful_targets(conn: &Connection, gate_check: &str) -> rusqlite::Result<Vec<i64>> {
    conn.prepare(
        "SELECT DISTINCT job.target_id FROM watch JOIN job ON job.job_id = watch.job_id
         WHERE job.check_name = ?1",
    )?
    .query_map([gate_check], |row| row.get(0))?
    .collect()
}

fn silences(conn: &Connection, now_us: i64) -> rusqlite::Result<Vec<Silence>> {
    conn.prepare(
        "SELECT silence_id, target, job, labels, starts_us, ends_us, author, comment, created_us, lifted_us
         FROM silence WHERE starts_us <= ?1 AND ends_us > ?1 AND lifted_us IS NULL",
    )?
    .query_map([now_us], rows::silence)?
    .collect()
}

/// Too old and with nobody, or given up. What was never tried is too old only where it waits behind what was:
/// after a start everything gets its first attempt.
const STUCK: &str = "
SELECT outbox_id, route, target_id FROM outbox
WHERE fallback_of IS NULL AND kind <> 'remedy'
  AND (state = 'failed' AND ended_us >= ?1 - ?2
       OR state IN ('open', 'sending', 'partly') AND created_us < ?1
          AND EXISTS (SELECT 1 FROM outbox AS tried
                      WHERE tried.route = outbox.route AND tried.outbox_id <= outbox.outbox_id
                        AND tried.state IN ('open', 'sending', 'partly')
                        AND tried.attempts > 0 AND tried.created_us < ?1))
  AND NOT EXISTS (SELECT 1 FROM outbox_recipient AS recipient
                  WHERE recipient.outbox_id = outbox.outbox_id AND recipient.fate = 'accepted')
ORDER BY outbox_id";

/// What no message says that stands in for this one. How an incident goes on after that, those know who
/// were told of it.
const UNSAID: &str = "
SELECT job_id, object, incident_id, before, after, flapping FROM outbox_item AS item
WHERE outbox_id = ?1
  AND NOT EXISTS (SELECT 1 FROM outbox AS other
                  JOIN outbox_item AS said ON said.outbox_id = other.outbox_id
                  WHERE other.fallback_of = item.outbox_id AND said.incident_id = item.incident_id)
ORDER BY job_id, object";

fn stuck(conn: &Connection, before_us: i64) -> rusqlite::Result<Vec<Stuck>> {
    let mut unsaid = conn.prepare(UNSAID)?;
    let mut stuck = conn
        .prepare(STUCK)?
        .query_map([before_us, GIVEN_UP_AGE_MAX_US], |row| {
            Ok(Stuck {
                id: MessageId(row.get(0)?),
                route: row.get(1)?,
                target_id: row.get(2)?,
                items: Vec::new(),
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for message in &mut stuck {
        message.items = unsaid
            .query_map([message.id.0], delivery::item)?
            .collect::<rusqlite::Result<_>>()?;
    }
    stuck.retain(|message| !message.items.is_empty());
    Ok(stuck)
}

fn remedied(conn: &Connection) -> rusqlite::Result<BTreeSet<(String, IncidentId)>> {
    conn.prepare(
        "SELECT outbox.route, incident.incident_id FROM incident
         JOIN outbox_item ON outbox_item.incident_id = incident.incident_id
         JOIN outbox ON outbox.outbox_id = outbox_item.outbox_id AND outbox.kind = 'remedy'
         WHERE incident.closed_us IS NULL",
    )?
    .query_map([], |row| Ok((row.get(0)?, IncidentId(row.get(1)?))))?
    .collect()
}

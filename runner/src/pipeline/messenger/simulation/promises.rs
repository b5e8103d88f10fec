//! [`Promises`]: what must be true after every decision, before a message leaves, and when all is quiet.

use std::collections::BTreeMap;
use std::time::Duration;

use checkrun_history::notification::{DueMessage, Flapping, ObjectKey};
use checkrun_history::record::StoredStatus;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::orders::{ONCALL, OPS};
use super::play::{HOUR, SECOND};
use super::post::{Belief, Post};
use super::truth::{Thing, Truth};
use crate::model::alerting::Alerting;

/// What is remembered to hold later messages against.
pub struct Promises {
    rules: Alerting,
    /// When each message was first seen in the outbox, on the steady timeline.
    written: BTreeMap<i64, i64>,
    /// The last message before the clock was set last: what is older cannot be counted by time.
    clock_set_after: i64,
    /// While messages are written where nobody can look: since when, on the steady timeline.
    without_file_since: Option<i64>,
    began: i64,
}

impl Promises {
    pub fn new(began: i64) -> Self {
        Self {
            rules: Alerting::default(),
            written: BTreeMap::new(),
            clock_set_after: 0,
            without_file_since: None,
            began,
        }
    }

    pub fn clock_was_set(&mut self, conn: &Connection) {
        self.clock_set_after = newest(conn);
    }

    /// Whether messages are written where nobody can look.
    pub fn without_file(&mut self, since: Option<i64>) {
        self.without_file_since = since;
    }

    /// What was written there is in the file now.
    pub fn has_file(&mut self, conn: &Connection, since: i64) {
        self.without_file_since = None;
        self.written_at(conn, since);
    }

    /// Messages that are new in the file.
    fn written_at(&mut self, conn: &Connection, steady: i64) {
        let known = self.written.last_key_value().map_or(0, |(id, _)| *id);
        for id in known + 1..=newest(conn) {
            self.written.insert(id, steady);
        }
    }

    /// After it was decided what is told.
    pub fn decided(&mut self, conn: &Connection, steady: i64, wall: i64) -> Result<(), String> {
        self.written_at(conn, steady);
        one_open_message(conn)?;
        self.not_too_many(conn, wall)?;
        self.reminders_are_rare(conn)
    }

    fn not_too_many(&self, conn: &Connection, wall: i64) -> Result<(), String> {
        let since = wall - micros(self.rules.messages_within);
        let mut statement = conn
            .prepare(
                "SELECT route, sum(kind <> 'storm'), sum(kind = 'storm') FROM outbox
                 WHERE outbox_id > ?1 AND created_us > ?2 AND kind <> 'remedy' AND fallback_of IS NULL
                 GROUP BY route",
            )
            .expect("a statement");
        let mut rows = statement
            .query(params![self.clock_set_after, since])
            .expect("rows");
        while let Some(row) = rows.next().expect("a row") {
            let (route, messages, storms): (String, u32, u32) = (
                row.get(0).expect("text"),
                row.get(1).expect("a number"),
                row.get(2).expect("a number"),
            );
            if messages > self.rules.messages_max || storms > 1 {
                return Err(format!(
                    "{messages} messages and {storms} storms to {route}"
                ));
            }
        }
        Ok(())
    }

    /// The least interval is the one of what is critical. What nobody was given comes sooner.
    fn reminders_are_rare(&self, conn: &Connection) -> Result<(), String> {
        let least = self.rules.remind_critical.map_or(HOUR, micros);
        let soon: i64 = conn
            .prepare(
                "SELECT count(*) FROM outbox AS newer JOIN outbox AS older
                 ON older.route = newer.route AND older.target_id = newer.target_id
                   AND older.outbox_id < newer.outbox_id AND older.kind = 'reminder'
                   AND older.outbox_id > ?1 AND newer.created_us - older.created_us < ?2
                 WHERE newer.kind = 'reminder' AND newer.outbox_id > ?1 AND newer.outbox_id > ?3 - 3
                   AND newer.fallback_of IS NULL AND older.fallback_of IS NULL
                   AND NOT EXISTS (SELECT 1 FROM outbox AS lost
                                   WHERE lost.route = newer.route AND lost.state = 'failed'
                                     AND (lost.target_id = newer.target_id OR lost.target_id IS NULL)
                                     AND lost.outbox_id BETWEEN older.outbox_id AND newer.outbox_id)",
            )
            .expect("a statement")
            .query_row(
                params![self.clock_set_after, least - SECOND, newest(conn)],
                |row| row.get(0),
            )
            .expect("a number");
        match soon {
            0 => Ok(()),
            _ => Err("a reminder too soon after the one before".to_owned()),
        }
    }

    /// Nothing leaves that was never true since it was written.
    pub fn is_true(
        &self,
        conn: &Connection,
        truth: &Truth,
        message: &DueMessage,
    ) -> Result<(), String> {
        if message.content.is_some() {
            return Ok(());
        }
        let written = self
            .written
            .get(&message.id.0)
            .copied()
            .or(self.without_file_since)
            .unwrap_or(self.began);
        for item in &message.items {
            // One that is new in the memory cannot be looked up.
            let Some(thing) = known(conn, &item.key) else {
                continue;
            };
            let is_worst = item.flapping == Some(Flapping::Begins);
            if !is_worst && !truth.was(&thing, item.after, written) {
                let (id, now) = (message.id.0, truth.now(&thing));
                return Err(format!(
                    "message {id} says {item:?} of {thing:?}, which is {now:?}"
                ));
            }
        }
        Ok(())
    }

    /// All is quiet, and has been for long: everybody knows what is, and nothing is on its way.
    pub fn at_rest(&self, conn: &Connection, truth: &Truth, post: &Post) -> Result<(), String> {
        incidents_are_true(conn, truth)?;
        let told = told(conn);
        routes_know(conn, truth, &told)?;
        for ((person, key), belief) in &post.beliefs {
            let told = told.get(&(person.0.clone(), key.clone())).copied();
            let is_known_to_us = *belief == Belief::Known(told) || *belief == Belief::Anything;
            if !is_known_to_us {
                let thing = name(conn, key);
                return Err(format!(
                    "{person:?} believes {belief:?} of {thing:?}, told {told:?}"
                ));
            }
        }
        nothing(
            conn,
            "is on its way",
            "SELECT count(*) FROM outbox WHERE state IN ('open', 'sending', 'partly')",
        )?;
        nothing(
            conn,
            "are lost: nobody else was told of what goes on",
            "SELECT count(*) FROM outbox
             WHERE state = 'failed' AND kind <> 'remedy' AND route <> 'spare'
               AND NOT EXISTS (SELECT 1 FROM outbox_recipient AS recipient
                               WHERE recipient.outbox_id = outbox.outbox_id AND recipient.fate = 'accepted')
               AND EXISTS (SELECT 1 FROM outbox_item AS item JOIN incident USING (incident_id)
                           WHERE item.outbox_id = outbox.outbox_id AND incident.closed_us IS NULL
                             AND NOT EXISTS (SELECT 1 FROM outbox AS other
                                             JOIN outbox_item AS said ON said.outbox_id = other.outbox_id
                                             WHERE other.route = 'spare'
                                               AND said.incident_id = item.incident_id))",
        )
    }
}

fn newest(conn: &Connection) -> i64 {
    conn.prepare("SELECT coalesce(max(outbox_id), 0) FROM outbox")
        .expect("a statement")
        .query_row([], |row| row.get(0))
        .expect("a number")
}

fn nothing(conn: &Connection, what: &str, count: &str) -> Result<(), String> {
    let count: i64 = conn
        .query_row(count, [], |row| row.get(0))
        .expect("a number");
    match count {
        0 => Ok(()),
        _ => Err(format!("{count} messages: {what}")),
    }
}

/// Of what nobody has yet there is one message for each target.
fn one_open_message(conn: &Connection) -> Result<(), String> {
    let mut statement = conn
        .prepare(
            "SELECT route, target_id, group_concat(outbox_id) FROM outbox
             WHERE state = 'open' AND kind <> 'remedy' AND fallback_of IS NULL
             GROUP BY route, target_id HAVING count(*) > 1",
        )
        .expect("a statement");
    let mut rows = statement.query([]).expect("rows");
    match rows.next().expect("a row") {
        None => Ok(()),
        Some(row) => Err(format!(
            "open at once: {} {:?}: {}",
            row.get::<_, String>(0).expect("text"),
            row.get::<_, Option<i64>>(1).expect("a number"),
            row.get::<_, String>(2).expect("text")
        )),
    }
}

fn name(conn: &Connection, key: &ObjectKey) -> Thing {
    known(conn, key).expect("a job")
}

fn known(conn: &Connection, key: &ObjectKey) -> Option<Thing> {
    conn.prepare(
        "SELECT target.name, job.name FROM job JOIN target USING (target_id) WHERE job_id = ?1",
    )
    .expect("a statement")
    .query_row([key.job_id], |row| {
        Ok((row.get(0)?, row.get(1)?, key.object.clone()))
    })
    .optional()
    .expect("a name")
}

fn severity(code: i64) -> StoredStatus {
    match code {
        1 => StoredStatus::Warning,
        _ => StoredStatus::Critical,
    }
}

fn told(conn: &Connection) -> BTreeMap<(String, ObjectKey), StoredStatus> {
    let mut statement = conn
        .prepare("SELECT route, job_id, object, severity FROM told")
        .expect("a statement");
    let rows = statement.query_map([], |row| {
        let (job_id, object) = (row.get(1)?, row.get(2)?);
        Ok((
            (row.get(0)?, ObjectKey { job_id, object }),
            severity(row.get(3)?),
        ))
    });
    rows.expect("rows").collect::<Result<_, _>>().expect("told")
}

fn incidents_are_true(conn: &Connection, truth: &Truth) -> Result<(), String> {
    let mut statement = conn
        .prepare(
            "SELECT target.name, job.name, object, severity FROM incident
             JOIN job USING (job_id) JOIN target USING (target_id) WHERE closed_us IS NULL",
        )
        .expect("a statement");
    let rows = statement.query_map([], |row| {
        Ok((
            (row.get(0)?, row.get(1)?, row.get(2)?),
            severity(row.get(3)?),
        ))
    });
    let open: BTreeMap<Thing, StoredStatus> = rows
        .expect("rows")
        .collect::<Result<_, _>>()
        .expect("incidents");
    match open == truth.wrong() {
        true => Ok(()),
        false => Err(format!(
            "open are {open:?}, and wrong is {:?}",
            truth.wrong()
        )),
    }
}

/// Less bad goes with the next message, which need not have come.
fn routes_know(
    conn: &Connection,
    truth: &Truth,
    told: &BTreeMap<(String, ObjectKey), StoredStatus>,
) -> Result<(), String> {
    let named: BTreeMap<(String, Thing), StoredStatus> = told
        .iter()
        .map(|((route, key), severity)| ((route.clone(), name(conn, key)), *severity))
        .collect();
    for ((route, thing), severity) in &named {
        let is = truth.now(thing);
        let is_known = is == Some(*severity)
            || (is == Some(StoredStatus::Warning) && *severity == StoredStatus::Critical);
        if !is_known {
            return Err(format!(
                "{route} was told {severity:?} of {thing:?}, which is {is:?}"
            ));
        }
    }
    let wrong = truth.wrong();
    let unknown = |route: &str, least: StoredStatus| {
        let key = |thing: &Thing| (route.to_owned(), thing.clone());
        wrong
            .iter()
            .find(|(thing, is)| **is >= least && !named.contains_key(&key(thing)))
            .map(|(thing, is)| format!("{route} was not told that {thing:?} is {is:?}"))
    };
    let oncall_is_there = named.keys().any(|(route, _)| route == ONCALL);
    let missing = unknown(OPS, StoredStatus::Warning)
        .or_else(|| unknown(ONCALL, StoredStatus::Critical).filter(|_| oncall_is_there));
    missing.map_or(Ok(()), Err)
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).expect("a duration")
}

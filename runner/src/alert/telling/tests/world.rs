//! [`World`]: what is wrong, what is told and what is on its way, kept in memory as the history keeps it,
//! with a clock that the test moves.

use std::collections::{BTreeMap, BTreeSet};

use checkrun_history::incident::IncidentId;
use checkrun_history::notification::*;
use checkrun_history::record::StoredStatus;

use super::super::*;
use crate::model::alerting::Alerting;
use crate::model::gate::CONNECTION_CHECK;
use crate::model::incident::Severity;

pub const SECOND: i64 = 1_000_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;

/// An object of the tests: one of a few jobs on one of a few targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Thing {
    pub target: i64,
    pub job: i64,
}

/// A message as it was written last.
#[derive(Clone, Debug)]
pub struct Letter {
    pub id: MessageId,
    pub at: i64,
    pub dispatch: Dispatch,
    pub thread: String,
    pub is_sent: bool,
    /// Nobody got it, and it is given up.
    pub is_failed: bool,
}

pub struct World {
    pub now: i64,
    pub audiences: Vec<Audience>,
    pub rules: Alerting,
    pub maintained: Vec<Scope>,
    pub silences: Vec<Silence>,
    pub doubtful: Vec<i64>,
    /// Whether messages leave at once.
    pub delivers: bool,
    /// Whether those that nobody has are just being handed over.
    pub hangs: bool,
    incidents: BTreeMap<ObjectKey, Vec<Incident>>,
    things: BTreeMap<ObjectKey, Thing>,
    next_incident: i64,
    told: BTreeMap<(String, ObjectKey), Told>,
    pub outbox: Vec<Letter>,
}

#[derive(Clone, Debug)]
struct Incident {
    id: IncidentId,
    severity: StoredStatus,
    opened: i64,
    closed: Option<i64>,
    acknowledged: Option<Acknowledgement>,
}

impl Thing {
    pub fn key(self) -> ObjectKey {
        ObjectKey {
            job_id: self.target * 100 + self.job,
            object: "verdict".to_owned(),
        }
    }

    /// Job 9 of each target is the gate.
    fn check(self) -> String {
        match self.job {
            9 => CONNECTION_CHECK.to_owned(),
            n => format!("core/{n}"),
        }
    }
}

impl World {
    pub fn new() -> Self {
        Self {
            now: 1_000 * HOUR,
            audiences: vec![audience("ops", Role::Told, StoredStatus::Warning)],
            rules: Alerting::default(),
            maintained: Vec::new(),
            silences: Vec::new(),
            doubtful: Vec::new(),
            delivers: true,
            hangs: false,
            incidents: BTreeMap::new(),
            things: BTreeMap::new(),
            next_incident: 1,
            told: BTreeMap::new(),
            outbox: Vec::new(),
        }
    }

    /// It is so bad now; none for well.
    pub fn set(&mut self, thing: Thing, severity: Option<StoredStatus>) {
        self.things.insert(thing.key(), thing);
        let (now, id) = (self.now, IncidentId(self.next_incident));
        let known = self.incidents.entry(thing.key()).or_default();
        let open = known.last_mut().filter(|last| last.closed.is_none());
        match (open, severity) {
            (Some(open), Some(severity)) => open.severity = severity,
            (Some(open), None) => open.closed = Some(now),
            (None, None) => {}
            (None, Some(severity)) => {
                self.next_incident += 1;
                known.push(Incident {
                    id,
                    severity,
                    opened: now,
                    closed: None,
                    acknowledged: None,
                });
            }
        }
    }

    pub fn severity(&self, thing: Thing) -> Option<StoredStatus> {
        let last = self.incidents.get(&thing.key())?.last()?;
        last.closed.is_none().then_some(last.severity)
    }

    pub fn acknowledge(&mut self, thing: Thing, lasts: i64, is_sticky: bool) {
        let now = self.now;
        let open = self
            .incidents
            .get_mut(&thing.key())
            .and_then(|all| all.last_mut());
        if let Some(open) = open.filter(|open| open.closed.is_none()) {
            open.acknowledged = Some(Acknowledgement {
                author: "anna".to_owned(),
                comment: String::new(),
                created_us: now,
                until_us: now + lasts,
                severity: open.severity,
                is_sticky,
            });
        }
    }

    pub fn silence(&mut self, target: &str, lasts: i64) {
        self.silences.push(Silence {
            id: 1,
            target: target.to_owned(),
            job: "*".to_owned(),
            labels: BTreeMap::new(),
            starts_us: self.now,
            ends_us: self.now + lasts,
            author: "anna".to_owned(),
            comment: String::new(),
            created_us: self.now,
            lifted_us: None,
        });
    }

    pub fn told(&self, route: &str, thing: Thing) -> Option<Told> {
        self.told.get(&(route.to_owned(), thing.key())).copied()
    }

    /// What the decision sees, as [`checkrun_history::Writer::reconcile`] has it.
    pub fn situation(&self) -> Situation {
        let told_keys = self.told.keys().map(|(_, key)| key.clone());
        let open = self
            .incidents
            .iter()
            .filter(|(_, all)| all.last().is_some_and(|last| last.closed.is_none()));
        let keys: BTreeSet<ObjectKey> = open.map(|(key, _)| key.clone()).chain(told_keys).collect();
        let standings = keys
            .into_iter()
            .filter_map(|key| self.standing(key))
            .collect();
        let since = self.now - i64::try_from(self.rules.messages_within.as_micros()).unwrap();
        let mut load: BTreeMap<String, RouteLoad> = BTreeMap::new();
        let mut last = BTreeMap::new();
        let mut last_flood = BTreeMap::new();
        let told = |letter: &&Letter| letter.dispatch.kind != Kind::Remedy;
        for letter in self.outbox.iter().filter(told) {
            let route = letter.dispatch.route.clone();
            if counts(letter) && letter.at >= since && letter.at <= self.now {
                let load = load.entry(route.clone()).or_default();
                match letter.dispatch.kind {
                    Kind::Storm => load.last_storm_us = Some(letter.at),
                    _ => load.messages += 1,
                }
            }
            let is_unsent = !letter.is_sent && !letter.is_failed;
            let message = LastMessage {
                id: letter.id,
                created_us: letter.at,
                thread: letter.thread.clone(),
                is_open: is_unsent && !self.hangs,
                is_leaving: is_unsent && self.hangs,
                is_lost: letter.is_failed,
            };
            if letter.dispatch.target_id.is_none() {
                for item in &letter.dispatch.items {
                    let target = self.things[&item.key].target;
                    last_flood.insert((route.clone(), target), message.clone());
                }
            }
            last.insert((route, letter.dispatch.target_id), message);
        }
        Situation {
            standings,
            told: self.told.clone(),
            last,
            last_flood,
            load,
            doubtful_targets: self.doubtful.clone(),
            silences: self
                .silences
                .iter()
                .filter(|silence| silence.starts_us <= self.now && silence.ends_us > self.now)
                .cloned()
                .collect(),
            stuck: self.stuck(),
            remedied: self
                .outbox
                .iter()
                .filter(|letter| letter.dispatch.kind == Kind::Remedy)
                .map(|letter| {
                    (
                        letter.dispatch.route.clone(),
                        letter.dispatch.items[0].incident,
                    )
                })
                .collect(),
        }
    }

    fn stuck(&self) -> Vec<Stuck> {
        let is_said = |id, item: &MessageItem| {
            let mut stand_ins = self.outbox.iter();
            stand_ins.any(|letter| {
                let mut items = letter.dispatch.items.iter();
                letter.dispatch.fallback_of == Some(id)
                    && items.any(|said| said.incident == item.incident)
            })
        };
        let stuck = |letter: &Letter| Stuck {
            id: letter.id,
            route: letter.dispatch.route.clone(),
            target_id: letter.dispatch.target_id,
            items: letter
                .dispatch
                .items
                .iter()
                .filter(|item| !is_said(letter.id, item))
                .cloned()
                .collect(),
        };
        self.outbox
            .iter()
            .filter(|letter| counts(letter) && self.is_stuck(letter))
            .map(stuck)
            .filter(|stuck| !stuck.items.is_empty())
            .collect()
    }

    fn is_stuck(&self, letter: &Letter) -> bool {
        let age = self.now - letter.at;
        let waits_too_long = age > i64::try_from(STUCK_AFTER.as_micros()).unwrap();
        letter.is_failed || (!letter.is_sent && waits_too_long)
    }

    fn standing(&self, key: ObjectKey) -> Option<Standing> {
        let thing = *self.things.get(&key)?;
        let all = self.incidents.get(&key)?;
        let newest = all.last()?;
        let since = self.now - i64::try_from(FLAPPING_WINDOW.as_micros()).ok()?;
        let mut turns_us: Vec<i64> = all
            .iter()
            .flat_map(|one| [Some(one.opened), one.closed])
            .flatten()
            .filter(|at| *at >= since)
            .collect();
        turns_us.sort_unstable();
        Some(Standing {
            key,
            target_id: thing.target,
            target: format!("target-{}", thing.target),
            labels: BTreeMap::new(),
            job: format!("job-{}", thing.job),
            check: thing.check(),
            incident: newest.id,
            severity: newest.closed.is_none().then_some(newest.severity),
            changed_us: newest.closed.unwrap_or(newest.opened),
            acknowledged: newest
                .acknowledged
                .clone()
                .filter(|taken| taken.until_us > self.now),
            turns_us,
        })
    }

    /// Decides once and writes down what comes out, as the history does.
    pub fn decide(&mut self) -> Vec<Dispatch> {
        let situation = self.situation();
        let view = View {
            now: Micros(self.now),
            audiences: &self.audiences,
            rules: &self.rules,
            maintained: &self.maintained,
        };
        let messages = decide(&situation, &view);
        for message in &messages {
            self.write(message);
        }
        messages
    }

    fn write(&mut self, message: &Dispatch) {
        let joined = message.joins.map(|id| {
            let place = self
                .outbox
                .iter()
                .position(|letter| letter.id == id)
                .unwrap();
            assert!(!self.outbox[place].is_sent, "what is sent does not change");
            place
        });
        let place = joined.unwrap_or_else(|| {
            let id = MessageId(i64::try_from(self.outbox.len()).unwrap() + 1);
            self.outbox.push(Letter {
                id,
                at: self.now,
                thread: message
                    .thread
                    .clone()
                    .unwrap_or_else(|| format!("thread-{}", id.0)),
                dispatch: Dispatch {
                    items: Vec::new(),
                    ..message.clone()
                },
                is_sent: false,
                is_failed: false,
            });
            self.outbox.len() - 1
        });
        for item in &message.items {
            let items = &mut self.outbox[place].dispatch.items;
            match items.iter_mut().find(|known| known.key == item.key) {
                Some(known) => {
                    *known = MessageItem {
                        before: known.before,
                        ..item.clone()
                    };
                }
                None => items.push(item.clone()),
            }
            if self.outbox[place].dispatch.kind == Kind::Reminder {
                self.outbox[place].dispatch.kind = message.kind;
            }
            if message.kind != Kind::Remedy {
                self.remember(&message.route, item);
            }
        }
        // The way around always works.
        if self.delivers || message.route == "spare" {
            self.outbox[place].is_sent = true;
        }
    }

    /// Everything that is on its way arrives, and whatever is written from now on.
    pub fn deliver(&mut self) {
        self.delivers = true;
        let on_its_way = self.outbox.iter_mut().filter(|letter| !letter.is_failed);
        on_its_way.for_each(|letter| letter.is_sent = true);
    }

    /// What is on its way is given up.
    pub fn give_up(&mut self) {
        let on_its_way = self.outbox.iter_mut().filter(|letter| !letter.is_sent);
        on_its_way.for_each(|letter| letter.is_failed = true);
    }

    fn remember(&mut self, route: &str, item: &MessageItem) {
        let key = (route.to_owned(), item.key.clone());
        match item.after {
            None => self.told.remove(&key),
            Some(severity) => self.told.insert(
                key,
                Told {
                    severity,
                    is_flapping: item.flapping == Some(Flapping::Begins),
                },
            ),
        };
    }

    /// Lets time pass, deciding every ten seconds; what was written, with the minutes since `from`.
    pub fn pass(&mut self, time: i64, from: i64) -> Vec<(f64, Dispatch)> {
        let end = self.now + time;
        let mut written = Vec::new();
        while self.now < end {
            self.now = (self.now + 10 * SECOND).min(end);
            for message in self.decide() {
                let minutes = (self.now - from) as f64 / MINUTE as f64;
                written.push((minutes, message));
            }
        }
        written
    }
}

fn counts(letter: &Letter) -> bool {
    letter.dispatch.kind != Kind::Remedy && letter.dispatch.fallback_of.is_none()
}

pub fn audience(name: &str, role: Role, severity: StoredStatus) -> Audience {
    Audience {
        name: name.to_owned(),
        role,
        scope: Scope {
            severity: match severity {
                StoredStatus::Critical => Severity::Critical,
                _ => Severity::Warning,
            },
            ..Scope::default()
        },
    }
}

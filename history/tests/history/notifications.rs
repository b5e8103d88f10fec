//! Deciding, handing over and muting, each in one transaction that is there as a whole or not at all.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use checkrun_history::incident::{
    ChangeRecord, Consider, IncidentId, MovementRecord, StoredPhase, WatchRecord,
};
use checkrun_history::notification::*;
use checkrun_history::record::SlotRecord;
use checkrun_history::record::StoredStatus::{self, Critical, Warning};
use checkrun_history::{Done, Error, FactsQuestion, NotAcknowledged, Reader, Writer};

use crate::records::*;

mod delivering;
mod muting;
mod stuck;

const MINUTE: i64 = 60_000_000;

struct Ledger {
    writer: Writer,
    folder: tempfile::TempDir,
}

impl Ledger {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let writer = Writer::open(&folder.path().join("checkrun.db"), NOW_US).unwrap();
        Self { writer, folder }
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("checkrun.db")
    }

    fn reader(&self) -> Reader {
        Reader::open(&self.path()).unwrap()
    }

    /// Something about a job on a target is so bad from this minute on, or well.
    fn set(
        &self,
        target: &str,
        job: &str,
        minute: i64,
        severity: Option<StoredStatus>,
        was_open: bool,
    ) {
        let movement = MovementRecord {
            object: "verdict".to_owned(),
            watch: severity.map(|severity| WatchRecord {
                object: "verdict".to_owned(),
                phase: StoredPhase::Firing,
                severity,
                since_us: NOW_US + minute * MINUTE,
                count: 0,
                worse: 0,
                better: 0,
            }),
            change: match (severity, was_open) {
                (Some(_), false) => ChangeRecord::Opens,
                (Some(_), true) => ChangeRecord::GoesOn,
                (None, _) => ChangeRecord::Closes,
            },
            reason: severity.map(|_| ("it is bad".to_owned(), Some("mend it".to_owned()))),
        };
        let consider: Consider = Arc::new(move |_| vec![movement.clone()]);
        let (sender, answer) = channel();
        let mut run = run(job, target, NOW_US + minute * MINUTE);
        run.slot = Some(SlotRecord {
            due_us: run.started_us,
            overlapped: 0,
            missed: 0,
            suspended: 0,
        });
        self.writer.record_and_consider(
            run,
            consider,
            Box::new(move |it| sender.send(it).unwrap()),
        );
        answer.recv().unwrap().unwrap();
    }

    /// Decides with this function at this minute; what it saw, and what is due.
    fn reconcile(
        &self,
        minute: i64,
        decide: impl Fn(&Situation) -> Vec<Dispatch> + Send + Sync + 'static,
    ) -> (Situation, Vec<DueMessage>) {
        let seen = Arc::new(Mutex::new(Situation::default()));
        let see = Arc::clone(&seen);
        let decide: Decide = Arc::new(move |situation| {
            *see.lock().unwrap() = situation.clone();
            decide(situation)
        });
        let now_us = NOW_US + minute * MINUTE;
        let question = Question {
            now_us,
            turns_since_us: now_us - 60 * MINUTE,
            messages_since_us: now_us - 10 * MINUTE,
            stuck_before_us: now_us - 10 * MINUTE,
            gate_check: "checkrun/connection",
            routes: &["ops".to_owned(), "spare".to_owned()],
        };
        let due = wait(|done| self.writer.reconcile(question, decide, done)).unwrap();
        let seen = seen.lock().unwrap().clone();
        (seen, due)
    }

    fn look(&self, minute: i64) -> (Situation, Vec<DueMessage>) {
        self.reconcile(minute, |_| Vec::new())
    }

    /// Tells `ops` of everything that is open or was told.
    fn tell_all(&self, minute: i64) -> Vec<DueMessage> {
        self.reconcile(minute, everything).1
    }

    fn seal(&self, id: MessageId, content: &str) {
        wait(|done| self.writer.seal(NOW_US, id, content.to_owned(), done)).unwrap();
    }

    fn settle(
        &self,
        id: MessageId,
        minute: i64,
        state: MessageState,
        fates: &[(&str, &'static str)],
    ) {
        let settlement = Settlement {
            id,
            state,
            next_us: NOW_US + (minute + 1) * MINUTE,
            now_us: NOW_US + minute * MINUTE,
            error: None,
            recipients: fates
                .iter()
                .map(|(recipient, fate)| RecipientFate {
                    recipient: (*recipient).to_owned(),
                    fate,
                    said: None,
                })
                .collect(),
        };
        wait(|done| self.writer.settle(settlement, done)).unwrap();
    }
}

pub fn wait<T: Send + 'static>(what: impl FnOnce(Done<T>)) -> Result<T, Error> {
    let (sender, answer) = channel();
    what(Box::new(move |result| sender.send(result).unwrap()));
    answer.recv().unwrap()
}

/// Tells `ops` of everything that it does not know.
pub fn everything(situation: &Situation) -> Vec<Dispatch> {
    let mut by_target: BTreeMap<i64, Vec<MessageItem>> = BTreeMap::new();
    for standing in &situation.standings {
        let told = situation
            .told
            .get(&("ops".to_owned(), standing.key.clone()))
            .map(|told| told.severity);
        if told == standing.severity {
            continue;
        }
        by_target
            .entry(standing.target_id)
            .or_default()
            .push(MessageItem {
                key: standing.key.clone(),
                incident: standing.incident,
                before: told,
                after: standing.severity,
                flapping: None,
            });
    }
    by_target
        .into_iter()
        .map(|(target_id, items)| {
            let last = situation.last.get(&("ops".to_owned(), Some(target_id)));
            Dispatch {
                route: "ops".to_owned(),
                target_id: Some(target_id),
                kind: Kind::News,
                thread: last.map(|last| last.thread.clone()),
                joins: last.filter(|last| last.is_open).map(|last| last.id),
                fallback_of: None,
                items,
            }
        })
        .collect()
}

fn severities(message: &DueMessage) -> Vec<(Option<StoredStatus>, Option<StoredStatus>)> {
    message
        .items
        .iter()
        .map(|item| (item.before, item.after))
        .collect()
}

#[test]
fn what_is_wrong_is_seen_with_where_it_belongs() {
    let ledger = Ledger::new();
    ledger.set("orders", "health", 0, Some(Critical), false);
    ledger.set("shop", "health", 1, Some(Warning), false);
    let (seen, due) = ledger.look(2);
    assert_eq!(due, []);
    let standings: Vec<_> = seen
        .standings
        .iter()
        .map(|one| {
            (
                one.target.as_str(),
                one.job.as_str(),
                one.severity,
                one.changed_us - NOW_US,
            )
        })
        .collect();
    assert_eq!(
        standings,
        [
            ("orders", "health", Some(Critical), 0),
            ("shop", "health", Some(Warning), MINUTE),
        ]
    );
    assert_eq!(seen.standings[0].labels, labels(&[("env", "prod")]));
    assert_eq!(seen.standings[0].turns_us, [NOW_US]);
    assert_eq!(seen.told, BTreeMap::new());
}

#[test]
fn what_a_message_says_of_an_incident() {
    let ledger = Ledger::new();
    for (minute, severity, was_open) in [
        (0, Some(Warning), false),
        (5, None, true),
        (10, Some(Critical), false),
    ] {
        ledger.set("orders", "health", minute, severity, was_open);
    }
    let (seen, _) = ledger.look(11);
    let id = seen.standings[0].incident;
    let question = FactsQuestion {
        incidents: vec![IncidentId(99), id],
        target: None,
        more: Vec::new(),
        others_max: 0,
        now_us: NOW_US + 11 * MINUTE,
        turns_since_us: NOW_US + 5 * MINUTE,
    };
    let facts = ledger.reader().message_facts(&question).unwrap().told;
    assert_eq!(facts.len(), 1, "what is unknown is left out");
    let facts = &facts[0];
    assert_eq!(facts.incident.text, "it is bad");
    assert_eq!(facts.past.len(), 1);
    assert_eq!(facts.past[0].peak, Warning);
    assert_eq!(facts.past[0].closed_us, NOW_US + 5 * MINUTE);
    assert_eq!(
        facts.turns, 2,
        "it was over and opened; what was before counts no more"
    );
    assert_eq!(facts.measured, None, "a verdict is no metric");
}

/// SQLite finds nothing wrong with it.
pub fn assert_sound(path: &Path) {
    let conn = rusqlite::Connection::open(path).unwrap();
    let answer: String = conn
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(answer, "ok");
}

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
use checkrun_history::{Done, Error, NotAcknowledged, Reader, Writer};

use crate::records::*;

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
                joins: last.and_then(|last| last.open),
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
fn a_message_from_the_decision_to_its_end() {
    let ledger = Ledger::new();
    ledger.set("orders", "health", 0, Some(Critical), false);
    let due = ledger.tell_all(1);
    assert_eq!(due.len(), 1);
    let message = &due[0];
    assert_eq!(severities(message), [(None, Some(Critical))]);
    assert_eq!(message.target.as_deref(), Some("orders"));
    assert_eq!(
        message.thread,
        format!("{}.{}", NOW_US + MINUTE, message.id.0)
    );
    ledger.seal(message.id, "as it is");
    let (seen, due) = ledger.look(2);
    assert_eq!(due, [], "it is being handed over");
    assert_eq!(
        seen.told
            .values()
            .map(|told| told.severity)
            .collect::<Vec<_>>(),
        [Critical]
    );
    ledger.settle(
        message.id,
        3,
        MessageState::Partly,
        &[("a@b", "accepted"), ("c@d", "deferred")],
    );
    let (_, due) = ledger.look(3);
    assert_eq!(due, [], "not yet");
    let (_, due) = ledger.look(4);
    assert_eq!(
        due[0].content.as_deref(),
        Some("as it is"),
        "to the last byte"
    );
    assert_eq!(due[0].settled, ["a@b"]);
    assert_eq!(due[0].attempts, 1);
    ledger.settle(message.id, 5, MessageState::Sent, &[("c@d", "accepted")]);
    assert_eq!(ledger.look(60).1, []);
    let messages = ledger.reader().messages(10).unwrap();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].state, MessageState::Sent);
    assert_eq!(messages[0].ended_us, Some(NOW_US + 5 * MINUTE));
}

#[test]
fn what_nobody_has_yet_says_what_is_true_when_it_leaves() {
    let ledger = Ledger::new();
    ledger.set("orders", "health", 0, Some(Warning), false);
    let id = ledger.tell_all(1)[0].id;
    ledger.seal(id, "a warning");
    ledger.settle(id, 1, MessageState::Open, &[("a@b", "deferred")]);
    ledger.set("orders", "health", 2, Some(Critical), true);
    ledger.set("orders", "size", 2, Some(Warning), false);
    let due = ledger.tell_all(3);
    assert_eq!(due.len(), 1, "one message, not two");
    assert_eq!((due[0].id, due[0].content.as_deref()), (id, None));
    assert_eq!(
        severities(&due[0]),
        [(None, Some(Critical)), (None, Some(Warning))]
    );
    // It is over before anybody heard of it: that it came and went is what there is to tell.
    ledger.set("orders", "health", 4, None, true);
    let due = ledger.tell_all(5);
    assert_eq!(severities(&due[0]), [(None, Some(Warning)), (None, None)]);
}

#[test]
fn a_message_that_has_nothing_to_tell_any_more_is_taken_back() {
    let ledger = Ledger::new();
    ledger.set("orders", "health", 0, Some(Warning), false);
    let id = ledger.tell_all(1)[0].id;
    ledger.seal(id, "a warning");
    ledger.settle(id, 1, MessageState::Sent, &[("a@b", "accepted")]);
    ledger.set("orders", "health", 2, None, true);
    let second = ledger.tell_all(3)[0].id;
    assert_ne!(second, id);
    // Nobody has the end yet, and it is bad again: they know that.
    ledger.set("orders", "health", 4, Some(Warning), false);
    assert_eq!(ledger.tell_all(5), []);
    assert_eq!(ledger.reader().messages(10).unwrap().len(), 1);
    ledger.set("orders", "health", 6, None, true);
    let third = ledger.tell_all(7)[0].id;
    assert!(
        third > second,
        "no number is given twice: {third:?} {second:?}"
    );
}

#[test]
fn a_later_message_waits_for_the_one_before_it() {
    let ledger = Ledger::new();
    ledger.set("orders", "health", 0, Some(Warning), false);
    let first = ledger.tell_all(1)[0].id;
    ledger.seal(first, "a warning");
    ledger.set("orders", "health", 2, None, true);
    assert_eq!(ledger.tell_all(3), [], "the first one is on its way");
    ledger.settle(first, 4, MessageState::Partly, &[("a@b", "uncertain")]);
    let due = ledger.look(5).1;
    assert_eq!(
        due.iter().map(|message| message.id).collect::<Vec<_>>(),
        [first]
    );
    ledger.settle(first, 6, MessageState::Sent, &[("a@b", "accepted")]);
    let due = ledger.look(7).1;
    assert_eq!(severities(&due[0]), [(Some(Warning), None)]);
}

#[test]
fn what_was_being_handed_over_when_the_program_was_killed_is_handed_over_again() {
    let ledger = Ledger::new();
    ledger.set("orders", "health", 0, Some(Warning), false);
    let id = ledger.tell_all(1)[0].id;
    ledger.seal(id, "as it is");
    let Ledger { writer, folder } = ledger;
    drop(writer);
    let writer = Writer::open(&folder.path().join("checkrun.db"), NOW_US).unwrap();
    let ledger = Ledger { writer, folder };
    assert_eq!(ledger.look(2).1, []);
    let resumed = wait(|done| ledger.writer.resume_deliveries(NOW_US + 2 * MINUTE, done));
    assert_eq!(resumed.unwrap(), 1);
    let due = ledger.look(2).1;
    assert_eq!(
        (due[0].id, due[0].content.as_deref()),
        (id, Some("as it is"))
    );
}

#[test]
fn a_message_that_cannot_be_written_changes_nothing() {
    let ledger = Ledger::new();
    ledger.set("orders", "health", 0, Some(Warning), false);
    let impossible = |situation: &Situation| {
        let mut messages = everything(situation);
        messages[0].target_id = Some(999);
        messages
    };
    let now_us = NOW_US + MINUTE;
    let question = Question {
        now_us,
        turns_since_us: now_us,
        messages_since_us: now_us,
        stuck_before_us: now_us,
        gate_check: "",
        routes: &["ops".to_owned()],
    };
    wait(|done| {
        ledger
            .writer
            .reconcile(question, Arc::new(impossible), done)
    })
    .unwrap_err();
    let (seen, due) = ledger.look(2);
    assert_eq!((seen.told.len(), due.len()), (0, 0));
    assert_eq!(ledger.tell_all(2).len(), 1);
}

#[test]
fn what_nobody_could_be_given_is_stuck_until_another_stands_in() {
    let ledger = Ledger::new();
    ledger.set("orders", "health", 0, Some(Critical), false);
    let id = ledger.tell_all(0)[0].id;
    ledger.seal(id, "x");
    ledger.settle(id, 0, MessageState::Open, &[("a@b", "deferred")]);
    assert_eq!(ledger.look(9).0.stuck, []);
    let stuck = ledger.look(11).0.stuck;
    assert_eq!(stuck.len(), 1);
    assert_eq!(stuck[0].id, id);
    let stand_in = move |situation: &Situation| {
        situation
            .stuck
            .iter()
            .map(|stuck| Dispatch {
                route: "spare".to_owned(),
                target_id: stuck.target_id,
                kind: Kind::News,
                thread: None,
                joins: None,
                fallback_of: Some(stuck.id),
                items: Vec::new(),
            })
            .collect()
    };
    let (_, due) = ledger.reconcile(11, stand_in);
    let of_spare: Vec<_> = due
        .iter()
        .filter(|message| message.route == "spare")
        .collect();
    assert_eq!(
        severities(of_spare[0]),
        [(None, Some(Critical))],
        "the same"
    );
    let (seen, _) = ledger.look(12);
    assert_eq!(seen.stuck, []);
    assert!(seen.told.keys().all(|(route, _)| route == "ops"));
}

#[test]
fn silences_and_acknowledgements_hold_for_their_time() {
    let ledger = Ledger::new();
    ledger.set("orders", "health", 0, Some(Warning), false);
    let silence = |starts: i64, ends: i64| Silence {
        id: 0,
        target: "ord*".to_owned(),
        job: "*".to_owned(),
        labels: labels(&[("env", "p*")]),
        starts_us: NOW_US + starts * MINUTE,
        ends_us: NOW_US + ends * MINUTE,
        author: "anna".to_owned(),
        comment: "moving the rack".to_owned(),
        created_us: NOW_US,
        lifted_us: None,
    };
    let first = wait(|done| ledger.writer.silence(silence(5, 10), done)).unwrap();
    let second = wait(|done| ledger.writer.silence(silence(5, 60), done)).unwrap();
    let held = |minute: i64| -> Vec<i64> {
        ledger
            .look(minute)
            .0
            .silences
            .iter()
            .map(|one| one.id)
            .collect()
    };
    assert_eq!(held(4), [0; 0]);
    assert_eq!(held(5), [first, second]);
    assert_eq!(held(10), [second]);
    assert_eq!(ledger.reader().silences(NOW_US).unwrap().len(), 2);
    let lift =
        |id| wait(|done| ledger.writer.lift_silence(id, NOW_US + 11 * MINUTE, done)).unwrap();
    assert!(lift(second));
    assert!(!lift(second), "only once");
    assert!(!lift(first), "it is over");
    assert!(!lift(77), "there is none");
    assert_eq!(held(12), [0; 0]);
    let backwards = wait(|done| ledger.writer.silence(silence(9, 9), done));
    backwards.unwrap_err();

    let taken = |until: i64| Acknowledgement {
        author: "anna".to_owned(),
        comment: "on it".to_owned(),
        created_us: NOW_US + MINUTE,
        until_us: NOW_US + until * MINUTE,
        severity: Critical,
        is_sticky: false,
    };
    let take =
        |id: i64| wait(|done| ledger.writer.acknowledge(IncidentId(id), taken(30), done)).unwrap();
    assert_eq!(take(1), Ok(()));
    assert_eq!(take(99), Err(NotAcknowledged::Unknown));
    let known = |minute: i64| ledger.look(minute).0.standings[0].acknowledged.clone();
    let acknowledged = known(2).unwrap();
    assert_eq!(
        acknowledged.severity, Warning,
        "as bad as it is, whatever was given"
    );
    assert_eq!(known(30), None);
    ledger.set("orders", "health", 40, None, true);
    assert_eq!(take(1), Err(NotAcknowledged::Over));
}

#[test]
fn jobs_that_are_gone_take_their_incidents_with_them() {
    let ledger = Ledger::new();
    ledger.set("orders", "health", 0, Some(Warning), false);
    ledger.set("orders", "size", 0, Some(Warning), false);
    let id = ledger.tell_all(1)[0].id;
    ledger.seal(id, "x");
    ledger.settle(id, 1, MessageState::Sent, &[("a@b", "accepted")]);
    let configured = vec![("orders".to_owned(), "health".to_owned())];
    let ended = wait(|done| {
        ledger
            .writer
            .retire(configured.clone(), NOW_US + 2 * MINUTE, done)
    });
    assert_eq!(ended.unwrap(), 1);
    let ended = wait(|done| ledger.writer.retire(configured, NOW_US + 3 * MINUTE, done));
    assert_eq!(ended.unwrap(), 0, "once");
    let due = ledger.tell_all(3);
    assert_eq!(severities(&due[0]), [(Some(Warning), None)]);
    let facts = ledger
        .reader()
        .told_facts(&[due[0].items[0].incident], NOW_US)
        .unwrap();
    assert!(facts[0].is_removed);
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
    let facts = ledger
        .reader()
        .told_facts(&[IncidentId(99), id], NOW_US + 11 * MINUTE)
        .unwrap();
    assert_eq!(facts.len(), 1, "what is unknown is left out");
    let facts = &facts[0];
    assert_eq!(facts.incident.text, "it is bad");
    assert_eq!(facts.past.len(), 1);
    assert_eq!(facts.past[0].peak, Warning);
    assert_eq!(facts.past[0].closed_us, NOW_US + 5 * MINUTE);
    assert_eq!(facts.measured, None, "a verdict is no metric");
}

#[test]
fn routes_that_are_gone_begin_anew() {
    let ledger = Ledger::new();
    ledger.set("orders", "health", 0, Some(Warning), false);
    let other = |situation: &Situation| {
        let mut messages = everything(situation);
        messages
            .iter_mut()
            .for_each(|message| message.route = "gone".to_owned());
        messages
    };
    let _ = ledger.reconcile(1, other);
    assert_eq!(ledger.look(2).0.told, BTreeMap::new());
}

#[test]
fn messages_are_kept_for_a_month() {
    let ledger = Ledger::new();
    ledger.set("orders", "health", 0, Some(Warning), false);
    let id = ledger.tell_all(1)[0].id;
    ledger.seal(id, "x");
    ledger.settle(id, 1, MessageState::Sent, &[("a@b", "accepted")]);
    let days = |days: i64| days * 24 * 60;
    let _ = ledger.look(days(30));
    assert_eq!(ledger.reader().messages(10).unwrap().len(), 1);
    let _ = ledger.look(days(31));
    assert_eq!(ledger.reader().messages(10).unwrap().len(), 0);
}

/// Several writers, as `run` by cron beside a schedule: nobody sees half of a decision.
#[test]
fn another_process_mutes_while_this_one_decides() {
    let ledger = Ledger::new();
    ledger.set("orders", "health", 0, Some(Warning), false);
    let other = Writer::open(&ledger.path(), NOW_US).unwrap();
    for round in 0..20 {
        let silence = Silence {
            id: 0,
            target: "*".to_owned(),
            job: "*".to_owned(),
            labels: BTreeMap::new(),
            starts_us: NOW_US,
            ends_us: NOW_US + MINUTE,
            author: "anna".to_owned(),
            comment: round.to_string(),
            created_us: NOW_US,
            lifted_us: None,
        };
        let (sender, answer) = channel();
        other.silence(silence, Box::new(move |it| sender.send(it).unwrap()));
        let _ = ledger.tell_all(1);
        answer.recv().unwrap().unwrap();
    }
    assert_eq!(ledger.look(0).0.silences.len(), 20);
    assert_sound(&ledger.path());
}

pub fn assert_sound(path: &Path) {
    let conn = rusqlite::Connection::open(path).unwrap();
    let answer: String = conn
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(answer, "ok");
}

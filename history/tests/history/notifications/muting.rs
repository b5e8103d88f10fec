//! What people mute and take on, and jobs that are gone.

use super::*;

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
    let listed = |minute: i64| {
        let taken = ledger.reader().acknowledgements(NOW_US + minute * MINUTE);
        taken.unwrap().into_keys().collect::<Vec<_>>()
    };
    assert_eq!(listed(29), [IncidentId(1)]);
    assert_eq!(listed(30), [], "its time is over");
    ledger.set("orders", "health", 5, Some(Critical), true);
    assert_eq!(listed(6), [], "it is worse than what was taken on");
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
    let question = FactsQuestion {
        incidents: vec![due[0].items[0].incident],
        target: None,
        more: Vec::new(),
        others_max: 0,
        now_us: NOW_US,
        turns_since_us: NOW_US,
    };
    let facts = ledger.reader().message_facts(&question).unwrap();
    assert!(facts.told[0].is_removed);
}

#[test]
fn a_run_by_hand_does_not_make_a_job_somebody_elses() {
    let ledger = Ledger::new();
    ledger.set("orders", "health", 0, Some(Warning), false);
    let (sender, answer) = channel();
    let by_hand = run("health", "orders", NOW_US + MINUTE);
    ledger
        .writer
        .record(by_hand, Box::new(move |it| sender.send(it).unwrap()));
    answer.recv().unwrap().unwrap();
    let ended = wait(|done| ledger.writer.retire(Vec::new(), NOW_US + 2 * MINUTE, done));
    assert_eq!(ended.unwrap(), 1);
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

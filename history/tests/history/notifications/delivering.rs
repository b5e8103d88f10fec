//! A message from the decision to its end, through failures, kills and what changes meanwhile.

use super::*;

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
    assert_eq!(due[0].accepted, ["a@b"]);
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
fn whoever_has_the_earlier_message_does_not_wait_for_the_others() {
    let ledger = Ledger::new();
    let course = |due: &[DueMessage]| -> Vec<(i64, Option<Vec<String>>)> {
        due.iter()
            .map(|message| (message.id.0, message.only_for.clone()))
            .collect()
    };
    let only = |who: &str| Some(vec![who.to_owned()]);
    ledger.set("orders", "health", 0, Some(Warning), false);
    let first = ledger.tell_all(1)[0].id;
    ledger.seal(first, "a warning");
    let has_it = [("a@b", "accepted"), ("c@d", "deferred")];
    ledger.settle(first, 1, MessageState::Partly, &has_it);
    ledger.set("orders", "health", 2, None, true);
    assert_eq!(
        course(&ledger.tell_all(2)),
        [(1, None), (2, only("a@b"))],
        "it is over, for one; the other gets the first message before"
    );
    let second = MessageId(2);
    ledger.seal(second, "it is over");
    ledger.settle(second, 2, MessageState::Partly, &[("a@b", "accepted")]);
    ledger.set("orders", "health", 3, Some(Critical), false);
    assert_eq!(
        course(&ledger.tell_all(3)),
        [(1, None), (3, only("a@b"))],
        "and goes on for that one"
    );
    ledger.settle(first, 4, MessageState::Sent, &[("c@d", "accepted")]);
    assert_eq!(
        course(&ledger.look(5).1),
        [(2, None), (3, only("a@b"))],
        "one after the other"
    );
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
fn a_reminder_that_nobody_has_says_what_has_happened_since() {
    let ledger = Ledger::new();
    ledger.set("orders", "health", 0, Some(Critical), false);
    let told = ledger.tell_all(0)[0].id;
    ledger.seal(told, "x");
    ledger.settle(told, 0, MessageState::Sent, &[("a@b", "accepted")]);
    let again = |situation: &Situation| {
        let standing = &situation.standings[0];
        vec![Dispatch {
            route: "ops".to_owned(),
            target_id: Some(standing.target_id),
            kind: Kind::Reminder,
            thread: None,
            joins: None,
            fallback_of: None,
            items: vec![MessageItem {
                key: standing.key.clone(),
                incident: standing.incident,
                before: standing.severity,
                after: standing.severity,
                flapping: None,
            }],
        }]
    };
    let id = ledger.reconcile(240, again).1[0].id;
    ledger.seal(id, "still critical");
    ledger.settle(id, 240, MessageState::Open, &[("a@b", "deferred")]);
    ledger.set("orders", "health", 250, None, true);
    let due = ledger.tell_all(251);
    assert_eq!((due.len(), due[0].id, due[0].kind), (1, id, Kind::News));
    assert_eq!(severities(&due[0]), [(Some(Critical), None)]);
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

/// All news in one message.
fn flood(situation: &Situation) -> Vec<Dispatch> {
    let of_targets = everything(situation);
    vec![Dispatch {
        route: "ops".to_owned(),
        target_id: None,
        kind: Kind::Storm,
        thread: None,
        joins: None,
        fallback_of: None,
        items: of_targets.into_iter().flat_map(|one| one.items).collect(),
    }]
}

#[test]
fn what_goes_on_from_a_flood_waits_for_it_and_nothing_else_does() {
    let ledger = Ledger::new();
    ledger.set("orders", "health", 0, Some(Critical), false);
    ledger.set("shop", "health", 0, Some(Critical), false);
    let (_, due) = ledger.reconcile(1, flood);
    ledger.seal(due[0].id, "a flood");
    ledger.set("orders", "health", 2, None, true);
    ledger.set("stock", "health", 2, Some(Warning), false);
    let due = ledger.tell_all(2);
    let targets: Vec<_> = due.iter().map(|one| one.target.as_deref()).collect();
    assert_eq!(targets, [Some("stock")]);
    ledger.settle(MessageId(1), 2, MessageState::Sent, &[("a@b", "accepted")]);
    let (_, due) = ledger.look(3);
    let targets: Vec<_> = due.iter().map(|one| one.target.as_deref()).collect();
    assert_eq!(targets, [Some("orders"), Some("stock")]);
}

#[test]
fn a_clock_that_is_set_back_lets_no_message_wait_and_counts_none_twice() {
    let ledger = Ledger::new();
    ledger.set("orders", "health", 0, Some(Critical), false);
    let id = ledger.tell_all(0)[0].id;
    ledger.seal(id, "x");
    ledger.settle(id, 0, MessageState::Open, &[("a@b", "deferred")]);
    let ops = |seen: &Situation| seen.load.get("ops").map_or(0, |load| load.messages);
    let (seen, due) = ledger.look(0);
    assert_eq!((ops(&seen), due.len()), (1, 0), "in a minute again");
    let (seen, due) = ledger.look(-600);
    assert_eq!((ops(&seen), due.len()), (0, 1), "ten hours before that");
}

#[test]
fn while_a_message_is_being_handed_over_that_is_seen() {
    let ledger = Ledger::new();
    ledger.set("orders", "health", 0, Some(Critical), false);
    let id = ledger.tell_all(0)[0].id;
    let way = |ledger: &Ledger| {
        let (seen, _) = ledger.look(1);
        let last = seen.last.values().next().unwrap().clone();
        (last.is_open.then_some(last.id), last.is_leaving)
    };
    assert_eq!(way(&ledger), (Some(id), false));
    ledger.seal(id, "x");
    assert_eq!(way(&ledger), (None, true));
    ledger.settle(id, 1, MessageState::Partly, &[("a@b", "uncertain")]);
    assert_eq!(way(&ledger), (None, false));
}

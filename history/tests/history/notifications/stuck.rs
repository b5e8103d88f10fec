//! Messages that do not get through: what is told by another way instead, and what waits for nothing.

use super::*;

/// Tells `spare` what others could not be given.
fn stand_in(situation: &Situation) -> Vec<Dispatch> {
    let instead = |stuck: &Stuck| Dispatch {
        route: "spare".to_owned(),
        target_id: stuck.target_id,
        kind: Kind::News,
        thread: None,
        joins: None,
        fallback_of: Some(stuck.id),
        items: stuck.items.clone(),
    };
    situation.stuck.iter().map(instead).collect()
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
    let mut told: Vec<&str> = seen.told.keys().map(|(route, _)| route.as_str()).collect();
    told.sort_unstable();
    assert_eq!(told, ["ops", "spare"], "and so it can hear the end");
    // More of the same target, into the message that nobody has.
    ledger.set("orders", "size", 13, Some(Warning), false);
    let _ = ledger.reconcile(13, |situation| {
        let new = |mut message: Dispatch| {
            message.items.retain(|item| item.before.is_none());
            message
        };
        everything(situation).into_iter().map(new).collect()
    });
    let stuck = ledger.look(14).0.stuck;
    assert_eq!(stuck.len(), 1);
    assert_eq!(
        stuck[0]
            .items
            .iter()
            .map(|item| item.after)
            .collect::<Vec<_>>(),
        [Some(Warning)],
        "what nobody was told instead, and nothing else"
    );
}

#[test]
fn what_waits_behind_a_message_that_nobody_has_is_stuck_too() {
    let ledger = Ledger::new();
    ledger.set("orders", "health", 0, Some(Warning), false);
    let first = ledger.tell_all(0)[0].id;
    ledger.seal(first, "x");
    ledger.settle(first, 0, MessageState::Partly, &[("a@b", "uncertain")]);
    ledger.set("orders", "health", 1, Some(Critical), true);
    ledger.set("shop", "health", 1, Some(Critical), false);
    let _ = ledger.tell_all(1);
    let stuck = |minute: i64| {
        let stuck = ledger.look(minute).0.stuck;
        stuck.iter().map(|one| one.id.0).collect::<Vec<_>>()
    };
    assert_eq!(stuck(11), [1], "the others are not too old yet");
    assert_eq!(
        stuck(12),
        [1, 2, 3],
        "never tried, but there is no getting through"
    );
}

#[test]
fn after_a_start_nothing_is_stuck_that_was_not_tried() {
    let ledger = Ledger::new();
    ledger.set("orders", "health", 0, Some(Warning), false);
    let _ = ledger.tell_all(0);
    assert_eq!(ledger.look(600).0.stuck, []);
}

#[test]
fn a_message_that_another_route_was_told_instead_is_not_taken_back() {
    let ledger = Ledger::new();
    ledger.set("orders", "health", 0, Some(Warning), false);
    let told = ledger.tell_all(0)[0].id;
    ledger.seal(told, "x");
    ledger.settle(told, 0, MessageState::Sent, &[("a@b", "accepted")]);
    ledger.set("orders", "health", 1, Some(Critical), true);
    let id = ledger.tell_all(1)[0].id;
    ledger.seal(id, "y");
    ledger.settle(id, 1, MessageState::Open, &[("a@b", "deferred")]);
    let (seen, _) = ledger.reconcile(12, stand_in);
    assert_eq!(seen.stuck.len(), 1);
    // As bad as the route knows it already.
    ledger.set("orders", "health", 13, Some(Warning), true);
    let due = ledger.tell_all(13);
    let routes: Vec<_> = due.iter().map(|one| one.route.as_str()).collect();
    assert_eq!(routes, ["ops", "spare"], "what stands in still does");
    assert_eq!(ledger.look(13).0.stuck, [], "and nothing else does");
}

#[test]
fn a_route_that_cannot_be_reached_keeps_no_other_waiting() {
    let ledger = Ledger::new();
    for n in 0..20 {
        ledger.set(&format!("db-{n:02}"), "health", 0, Some(Warning), false);
    }
    let due = ledger.tell_all(1);
    assert_eq!(due.len(), 8, "so many of one route at once");
    ledger.set("shop", "health", 2, Some(Warning), false);
    let (_, due) = ledger.reconcile(2, |situation| {
        let mut messages = everything(situation);
        messages[0].route = "spare".to_owned();
        messages
    });
    assert!(due.iter().any(|message| message.route == "spare"));
}

#[test]
fn what_is_done_about_an_incident_waits_for_nothing_and_is_remembered() {
    let ledger = Ledger::new();
    let remedies = |situation: &Situation| {
        let is_new = |message: &Dispatch| {
            let key = ("ops".to_owned(), message.items[0].incident);
            !situation.remedied.contains(&key)
        };
        let of_each = |message: Dispatch| {
            let remedy = |item: &MessageItem| Dispatch {
                kind: Kind::Remedy,
                items: vec![item.clone()],
                ..message.clone()
            };
            message.items.iter().map(remedy).collect::<Vec<_>>()
        };
        let all = everything(situation).into_iter().flat_map(of_each);
        all.filter(is_new).collect()
    };
    ledger.set("orders", "health", 0, Some(Critical), false);
    let first = ledger.reconcile(1, remedies).1[0].id;
    ledger.seal(first, "x");
    ledger.settle(first, 1, MessageState::Open, &[("repair", "deferred")]);
    ledger.set("orders", "size", 2, Some(Critical), false);
    let due = ledger.reconcile(3, remedies).1;
    assert_eq!(due.len(), 2, "each by itself");
    for message in &due {
        ledger.seal(message.id, "x");
        let fates = [("repair", "accepted")];
        ledger.settle(message.id, 3, MessageState::Sent, &fates);
    }
    let days = |days: i64| days * 24 * 60;
    let (seen, _) = ledger.look(days(40));
    assert_eq!(seen.remedied.len(), 2, "both go on: neither is done again");
    ledger.set("orders", "size", days(40), None, true);
    let _ = ledger.look(days(41));
    assert_eq!(
        ledger.reader().messages(10).unwrap().len(),
        1,
        "what is over is forgotten"
    );
}

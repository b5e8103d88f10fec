//! What a message says of itself: how much it is about, what it leaves out, and when there is nothing to say.

use std::collections::HashMap;

use checkrun_history::incident::IncidentId;
use checkrun_history::notification::{Acknowledgement, MessageId, ObjectKey};
use jiff::tz::TimeZone;

use super::*;
use crate::model::alerting::Alerting;
use crate::model::gate::CONNECTION_JOB;
use crate::model::notification::Origin;

const NOW: Micros = Micros(1_795_456_328_000_000);

fn orders(jobs: usize) -> Orders {
    let job = |n| Arc::new(Job::plain(&format!("job-{n}"), "orders"));
    Orders {
        audiences: Vec::new(),
        channels: HashMap::new(),
        rules: Alerting::default(),
        jobs: (0..jobs).map(job).collect(),
        origin: Origin {
            host: String::new(),
            configuration: String::new(),
            version: String::new(),
        },
        zone: TimeZone::UTC,
    }
}

/// Critical, on the target `orders`.
fn told(id: i64, check: &str) -> ToldFacts {
    ToldFacts {
        incident: IncidentSummary {
            id: IncidentId(id),
            target: "orders".to_owned(),
            job: check.rsplit('/').next().unwrap_or(check).to_owned(),
            check: check.to_owned(),
            object: "verdict".to_owned(),
            severity: StoredStatus::Critical,
            peak: StoredStatus::Critical,
            is_recovering: false,
            since_us: NOW.0,
            opened_us: NOW.0,
            closed_us: None,
            text: "it is bad".to_owned(),
            advice: None,
        },
        is_removed: false,
        job_id: id,
        measured: None,
        findings: Vec::new(),
        past: Vec::new(),
        acknowledged: None,
        turns: 7,
    }
}

fn over(mut facts: ToldFacts) -> ToldFacts {
    facts.incident.closed_us = Some(NOW.0);
    facts
}

fn item(id: i64, before: Option<StoredStatus>, after: Option<StoredStatus>) -> MessageItem {
    MessageItem {
        key: ObjectKey {
            job_id: id,
            object: "verdict".to_owned(),
        },
        incident: IncidentId(id),
        before,
        after,
        flapping: None,
    }
}

fn message(target: Option<&str>, kind: Kind, items: Vec<MessageItem>) -> DueMessage {
    DueMessage {
        id: MessageId(1),
        route: "ops".to_owned(),
        target: target.map(str::to_owned),
        kind,
        thread: String::new(),
        created_us: NOW.0,
        attempts: 0,
        content: None,
        items,
        accepted: Vec::new(),
        refused: Vec::new(),
        uncertain: Vec::new(),
        only_for: None,
    }
}

fn facts(told: Vec<ToldFacts>) -> MessageFacts {
    MessageFacts {
        told,
        others: Vec::new(),
        targets: 33,
    }
}

const BAD: Option<StoredStatus> = Some(StoredStatus::Critical);

#[test]
fn a_flood_counts_everything_and_lists_the_worst() {
    let wrong = (0..60).map(|id| item(id, None, BAD));
    let ended = (60..75).map(|id| item(id, BAD, None));
    let message = message(None, Kind::Storm, wrong.chain(ended).collect());
    let question = question(&message, NOW);
    assert_eq!((question.incidents.len(), question.more.len()), (50, 25));
    let listed = (0..50).map(|id| told(id, "core/health")).collect();
    let notification = notification(facts(listed), &message, &orders(1), NOW, None).unwrap();
    let About::Storm {
        targets,
        problems,
        over,
        ..
    } = notification.about
    else {
        panic!("a flood");
    };
    assert_eq!((targets, problems, over), (33, 60, 15));
    assert_eq!((notification.news.len(), notification.left_out), (50, 25));
}

#[test]
fn what_is_left_out_of_one_target_is_counted_too() {
    let items = (0..80).map(|id| item(id, None, BAD)).collect();
    let message = message(Some("orders"), Kind::News, items);
    let listed = (0..50).map(|id| told(id, "core/health")).collect();
    let notification = notification(facts(listed), &message, &orders(1), NOW, None).unwrap();
    assert_eq!(notification.left_out, 30);
}

#[test]
fn nothing_is_done_about_what_is_over() {
    let remedy = message(Some("orders"), Kind::Remedy, vec![item(1, None, BAD)]);
    let write = |told| notification(facts(vec![told]), &remedy, &orders(1), NOW, None);
    assert!(write(told(1, "core/health")).is_some());
    assert!(write(over(told(1, "core/health"))).is_none());
}

#[test]
fn a_target_that_cannot_be_reached_suspends_its_jobs() {
    let news = message(Some("orders"), Kind::News, vec![item(1, None, BAD)]);
    let suspended = |told| {
        let written = notification(facts(vec![told]), &news, &orders(12), NOW, None);
        written.unwrap().news[0].suspended
    };
    let connection = format!("checkrun/{CONNECTION_JOB}");
    for (what, told, jobs) in [
        ("while it lasts", told(1, &connection), 12),
        ("not when it is over", over(told(1, &connection)), 0),
        ("and nothing else does", told(1, "core/health"), 0),
    ] {
        assert_eq!(suspended(told), jobs, "{what}");
    }
}

#[test]
fn it_is_said_again_unless_nobody_is_reminded() {
    let taken = Acknowledgement {
        author: "anna".to_owned(),
        comment: String::new(),
        created_us: NOW.0,
        until_us: NOW.0 + 1,
        severity: StoredStatus::Critical,
        is_sticky: false,
    };
    let taken = ToldFacts {
        acknowledged: Some(taken),
        ..told(1, "core/health")
    };
    let flapping = MessageItem {
        flapping: Some(Flapping::Begins),
        ..item(1, BAD, BAD)
    };
    let hours = |hours: u64| Some(Duration::from_secs(hours * 3600));
    for (what, item, told, after) in [
        (
            "critical",
            item(1, None, BAD),
            told(1, "core/health"),
            hours(4),
        ),
        ("taken on", item(1, None, BAD), taken, None),
        ("comes and goes", flapping, told(1, "core/health"), None),
        (
            "over",
            item(1, BAD, None),
            over(told(1, "core/health")),
            None,
        ),
    ] {
        let news = message(Some("orders"), Kind::News, vec![item]);
        let written = notification(facts(vec![told]), &news, &orders(1), NOW, None).unwrap();
        assert_eq!(written.reminder_after, after, "{what}");
    }
}

#[test]
fn it_counts_how_often_something_came_and_went() {
    let flapping = MessageItem {
        flapping: Some(Flapping::Begins),
        ..item(1, BAD, BAD)
    };
    let news = message(Some("orders"), Kind::News, vec![flapping]);
    let told = facts(vec![told(1, "core/health")]);
    let written = notification(told, &news, &orders(1), NOW, None).unwrap();
    let expected = What::Flapping {
        changes: 7,
        within: FLAPPING_WINDOW,
    };
    assert_eq!(written.news[0].what, expected);
}

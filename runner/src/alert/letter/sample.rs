//! A notification of every kind, with every field set in at least one: templates are tried on them before
//! they are used, and the tests show what each looks like.

mod facts;

use std::collections::BTreeMap;
use std::time::Duration;

use self::facts::{
    MINUTE_US, NOW, ago, connections, finding, hit_ratio, metric, migration, past, peak_and_fall,
    plain, slow_query,
};
use crate::model::incident::Severity;
use crate::model::notification::{
    About, Acknowledged, FindingFacts, Item, Measured, Notification, Origin, What,
};
use crate::model::run::Micros;

/// A name for each, and the notification.
pub fn of_every_kind() -> Vec<(&'static str, Notification)> {
    let mut all = problems();
    all.extend(endings());
    all.extend(about_the_job());
    all.extend(several());
    all.extend(circumstances());
    all
}

fn problems() -> Vec<(&'static str, Notification)> {
    let rich = Item {
        findings: vec![
            FindingFacts {
                title: "3 sessions hold connections without using them".to_owned(),
                detail: "They are idle in a transaction, the oldest for 41 min.\nNothing else can use their connections.".to_owned(),
                subject: Some("shop-worker".to_owned()),
                advice: Some("See what shop-worker waits for; set idle_in_transaction_session_timeout.".to_owned()),
                reference: Some("https://www.postgresql.org/docs/current/runtime-config-client.html".to_owned()),
                evidence: [("pid", "4123, 4124, 4190"), ("application", "shop-worker 2.3"), ("oldest", "41 min")]
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .to_vec(),
            },
            finding("max_connections is near"),
        ],
        past: vec![past(3, 12, Severity::Critical), past(9, 95, Severity::Warning)],
        ..metric(What::New, Severity::Critical)
    };
    let eased = Item {
        peak: Severity::Critical,
        ..metric(What::Eased, Severity::Warning)
    };
    let flapping = What::Flapping {
        changes: 7,
        within: Duration::from_secs(3600),
    };
    vec![
        (
            "new",
            with_others(about_orders(vec![rich]), vec![slow_query()]),
        ),
        (
            "worse",
            about_orders(vec![metric(What::Worse, Severity::Critical)]),
        ),
        ("eased", about_orders(vec![eased])),
        ("finding", about_orders(vec![migration(What::New)])),
        (
            "reminder",
            about_orders(vec![Item {
                since: ago(240),
                ..metric(What::GoesOn, Severity::Critical)
            }]),
        ),
        (
            "flapping",
            no_reminder(about_orders(vec![metric(flapping, Severity::Warning)])),
        ),
        (
            "settled",
            about_orders(vec![metric(What::Settled, Severity::Critical)]),
        ),
    ]
}

fn endings() -> Vec<(&'static str, Notification)> {
    let over = |item: Item| Item {
        until: Some(ago(1)),
        ..item
    };
    let recovered = over(metric(What::Recovered, Severity::Critical));
    let recovered = Item {
        measured: Some(connections(peak_and_fall(), 0.42)),
        ..recovered
    };
    let settled = Item {
        what: What::Settled,
        ..recovered.clone()
    };
    vec![
        (
            "recovered",
            no_reminder(about_orders(vec![recovered.clone()])),
        ),
        (
            "recovered_finding",
            no_reminder(about_orders(vec![over(migration(What::Recovered))])),
        ),
        (
            "recovered_but_not_all",
            with_others(about_orders(vec![recovered]), vec![slow_query()]),
        ),
        ("settled_and_over", no_reminder(about_orders(vec![settled]))),
        (
            "gone",
            no_reminder(about_orders(vec![migration(What::Gone)])),
        ),
    ]
}

fn about_the_job() -> Vec<(&'static str, Notification)> {
    let unreachable = |what, until| {
        Item {
        job: "connection".to_owned(),
        check: "checkrun/connection".to_owned(),
        object: "verdict".to_owned(),
        text: "no connection: nothing listens at this address and port".to_owned(),
        advice: Some("See whether the server runs, whether it listens on this interface (listen_addresses, bind-address), and whether the port of the target is right.".to_owned()),
        until,
        suspended: if until.is_none() { 12 } else { 0 },
        ..plain(what, Severity::Critical)
    }
    };
    let unjudged = |what, until| Item {
        object: "judging".to_owned(),
        text: "timed out after 10 s while waiting for the database".to_owned(),
        advice: Some(
            "Raise `timeout` for this check, or find out why the database is slow.".to_owned(),
        ),
        // What was measured before says nothing about now.
        measured: Some(connections(vec![], -1.0)),
        until,
        ..plain(what, Severity::Warning)
    };
    vec![
        (
            "unreachable",
            about_orders(vec![unreachable(What::New, None)]),
        ),
        (
            "reachable_again",
            no_reminder(about_orders(vec![unreachable(What::Recovered, Some(NOW))])),
        ),
        (
            "cannot_be_judged",
            about_orders(vec![unjudged(What::New, None)]),
        ),
        (
            "can_be_judged_again",
            no_reminder(about_orders(vec![unjudged(What::Recovered, Some(NOW))])),
        ),
        (
            "unreachable_and_more",
            about_orders(vec![
                unreachable(What::New, None),
                metric(What::New, Severity::Warning),
            ]),
        ),
    ]
}

fn several() -> Vec<(&'static str, Notification)> {
    let three = vec![
        metric(What::New, Severity::Critical),
        slow_query(),
        migration(What::GoesOn),
    ];
    let ended = Item {
        until: Some(NOW),
        ..migration(What::Recovered)
    };
    let many = (0..46).map(|n| Item {
        target: format!("orders-eu-{}", n % 12 + 1),
        incident: 4700 + n,
        ..metric(
            What::New,
            if n < 9 {
                Severity::Critical
            } else {
                Severity::Warning
            },
        )
    });
    let storm = Notification {
        about: About::Storm {
            targets: 14,
            problems: 58,
            over: 3,
            next_after: Duration::from_secs(600),
        },
        left_out: 12,
        ..about_orders(many.collect())
    };
    let calm = Notification {
        about: About::Storm {
            targets: 15,
            problems: 0,
            over: 15,
            next_after: Duration::from_secs(600),
        },
        left_out: 13,
        ..about_orders(vec![ended.clone(), ended.clone()])
    };
    vec![
        ("three_problems", about_orders(three)),
        (
            "problem_and_recovery",
            about_orders(vec![slow_query(), ended.clone()]),
        ),
        (
            "two_recoveries",
            no_reminder(about_orders(vec![ended.clone(), ended])),
        ),
        ("storm", no_reminder(storm)),
        ("storm_over", no_reminder(calm)),
    ]
}

fn circumstances() -> Vec<(&'static str, Notification)> {
    let taken = Item {
        acknowledged: Some(Acknowledged {
            by: "alice".to_owned(),
            comment: "looking at the pool".to_owned(),
            until: Micros(NOW.0 + 24 * 60 * MINUTE_US),
        }),
        ..metric(What::Worse, Severity::Critical)
    };
    let late = Notification {
        delayed_since: Some(ago(58)),
        not_stored: Some("the disk is full (/var/lib/checkrun/checkrun.db)".to_owned()),
        ..about_orders(vec![Item {
            since: ago(70),
            ..metric(What::New, Severity::Critical)
        }])
    };
    let single = Item {
        measured: Some(Measured {
            warning: None,
            median: None,
            p95: None,
            ..connections(vec![(NOW, 0.934)], 0.934)
        }),
        ..metric(What::New, Severity::Critical)
    };
    vec![
        ("taken_on", about_orders(vec![taken])),
        ("late_and_not_stored", late),
        ("first_value", about_orders(vec![single])),
        ("falling_with_a_hole", about_orders(vec![hit_ratio()])),
    ]
}

fn about_orders(news: Vec<Item>) -> Notification {
    let labels = [("env", "prod"), ("team", "shop")];
    let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Notification {
        id: "1795612450000000.17".to_owned(),
        thread: "1795612450000000.17".to_owned(),
        written: NOW,
        route: "ops".to_owned(),
        about: About::Target {
            name: "orders".to_owned(),
            labels: BTreeMap::from(labels),
        },
        news,
        left_out: 0,
        others: Vec::new(),
        delayed_since: None,
        reminder_after: Some(Duration::from_secs(4 * 3600)),
        not_stored: None,
        origin: Origin {
            host: "db-watch.example.org".to_owned(),
            configuration: "/etc/checkrun/checkrun.toml".to_owned(),
            version: "0.1.0".to_owned(),
        },
    }
}

fn with_others(notification: Notification, others: Vec<Item>) -> Notification {
    Notification {
        others,
        ..notification
    }
}

fn no_reminder(notification: Notification) -> Notification {
    Notification {
        reminder_after: None,
        ..notification
    }
}

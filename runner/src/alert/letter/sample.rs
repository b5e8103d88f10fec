//! A notification of every kind, with every field set in at least one: templates are tried on them before
//! they are used, and the tests show what each looks like.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::incident::Severity;
use crate::model::notification::{
    About, Acknowledged, FindingFacts, Item, Limit, Measured, Notification, Origin, PastIncident,
    What,
};
use crate::model::run::Micros;

/// 2026-11-25 13:14:10 UTC
const NOW: Micros = Micros(1_795_612_450_000_000);

const MINUTE_US: i64 = 60 * 1_000_000;

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
            left_out: 12,
            next_after: Duration::from_secs(600),
        },
        ..about_orders(many.collect())
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

fn ago(minutes: i64) -> Micros {
    Micros(NOW.0 - minutes * MINUTE_US)
}

fn past(days: i64, minutes: i64, peak: Severity) -> PastIncident {
    let since = ago(days * 24 * 60 + 37);
    PastIncident {
        since,
        until: Micros(since.0 + minutes * MINUTE_US),
        peak,
    }
}

/// An item without anything that need not be there.
fn plain(what: What, severity: Severity) -> Item {
    Item {
        what,
        incident: 4711,
        target: "orders".to_owned(),
        job: "connections".to_owned(),
        check: "core/connections".to_owned(),
        object: "verdict".to_owned(),
        severity,
        peak: severity,
        since: ago(12),
        until: None,
        text: String::new(),
        advice: None,
        measured: None,
        findings: Vec::new(),
        past: Vec::new(),
        acknowledged: None,
    }
}

fn metric(what: What, severity: Severity) -> Item {
    let (value, text) = match severity {
        Severity::Critical => (0.934, "used_ratio is 93.4 % (critical > 90%)"),
        Severity::Warning => (0.851, "used_ratio is 85.1 % (warning > 80%)"),
    };
    Item {
        object: "metric/used_ratio".to_owned(),
        text: text.to_owned(),
        advice: Some("See who holds the connections and close idle ones; then raise the limit (max_connections), or put a pooler in front.".to_owned()),
        measured: Some(connections(rise(value), value)),
        ..plain(what, severity)
    }
}

fn connections(day: Vec<(Micros, f64)>, value: f64) -> Measured {
    let limit = |text: &str, line| {
        Some(Limit {
            text: text.to_owned(),
            lines: vec![line],
        })
    };
    Measured {
        series: "used_ratio".to_owned(),
        unit: "ratio".to_owned(),
        value,
        warning: limit("> 80%", 0.8),
        critical: limit("> 90%", 0.9),
        day,
        median: Some(0.41),
        p95: Some(0.66),
    }
}

/// A day with a wave in it that ends with a rise to `value`, a value every five minutes.
fn rise(value: f64) -> Vec<(Micros, f64)> {
    let wave = |n: i64| 0.42 + 0.12 * (n as f64 / 46.0).sin() + 0.03 * (n as f64 / 7.0).sin();
    let steep = |n: i64| ((n - 240) as f64 / 48.0).clamp(0.0, 1.0).powi(2);
    (0..=288)
        .map(|n| {
            let height = wave(n) * (1.0 - steep(n)) + value * steep(n);
            (ago((288 - n) * 5), height)
        })
        .collect()
}

/// The same, over a minute ago.
fn peak_and_fall() -> Vec<(Micros, f64)> {
    let mut day = rise(0.97);
    for (n, (_, value)) in day.iter_mut().enumerate().skip(286) {
        *value = if n == 286 { 0.95 } else { 0.42 };
    }
    day
}

fn hit_ratio() -> Item {
    let day = rise(1.0).into_iter().enumerate();
    let day = day
        .filter(|(n, _)| !(120..170).contains(n))
        .map(|(n, (at, height))| (at, 0.95 + 0.05 * height - if n > 285 { 0.3 } else { 0.0 }));
    Item {
        job: "cache".to_owned(),
        check: "core/performance".to_owned(),
        object: "metric/hit_ratio{pool=\"main\"}".to_owned(),
        text: "hit_ratio{pool=\"main\"} is 70 % (warning < 75%)".to_owned(),
        measured: Some(Measured {
            series: "hit_ratio{pool=\"main\"}".to_owned(),
            value: 0.7,
            warning: Some(Limit {
                text: "< 75%".to_owned(),
                lines: vec![0.75],
            }),
            critical: Some(Limit {
                text: "< 50%".to_owned(),
                lines: vec![0.5],
            }),
            median: Some(0.97),
            p95: Some(0.99),
            ..connections(day.collect(), 0.7)
        }),
        ..plain(What::New, Severity::Warning)
    }
}

fn migration(what: What) -> Item {
    Item {
        incident: 4702,
        job: "migrations".to_owned(),
        check: "core/migrations".to_owned(),
        object: "finding/failed".to_owned(),
        text: "migration 20261120_add_index failed half-way".to_owned(),
        advice: Some("Mend it by hand, then mark it as done with the tool that ran it.".to_owned()),
        since: ago(190),
        findings: vec![finding("migration 20261120_add_index failed half-way")],
        ..plain(what, Severity::Warning)
    }
}

fn slow_query() -> Item {
    Item {
        incident: 4709,
        job: "performance".to_owned(),
        check: "core/performance".to_owned(),
        object: "finding/slow".to_owned(),
        text: "queries take 2.4 s, 8 times as long as usual".to_owned(),
        since: ago(34),
        ..plain(What::New, Severity::Warning)
    }
}

fn finding(title: &str) -> FindingFacts {
    FindingFacts {
        title: title.to_owned(),
        detail: String::new(),
        subject: None,
        advice: None,
        reference: None,
        evidence: Vec::new(),
    }
}

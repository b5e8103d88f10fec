//! PostgreSQL, in every state that its tables tell.

use checkrun_sdk::Rows;
use checkrun_sdk::mock::{Mock, contains, rows};
use checkrun_sdk::{NULL, Value};

use super::{report, reports};

/// A server with 100 connections, of which it keeps 3 for superusers.
fn asked() -> Mock {
    settings(0, 0, Value::Float64(61.5))
}

fn settings(reserved: i64, waiting: i64, oldest_idle: Value) -> Mock {
    Mock::postgresql("16.1").on_query(
        contains("current_setting('max_connections')"),
        rows! {
            "max_connections", "superuser_reserved", "reserved", "account", "waiting", "oldest_idle";
            100,               3,                    reserved,   "plain",   waiting,   oldest_idle;
        },
    )
}

trait Answers: Sized {
    fn counts(self, rows: Rows) -> Self;
    fn oldest(self) -> Self;
    fn limits(self, rows: Rows) -> Self;
    fn pool(self, open: i64, idle: i64, hidden: i64) -> Self;
}

impl Answers for Mock {
    fn counts(self, rows: Rows) -> Self {
        self.on_query(contains("GROUPING SETS").with([10]), rows)
    }

    fn oldest(self) -> Self {
        self.on_query(
            contains("'idle in transaction%'"),
            rows! {
                "session", "user", "application", "client", "database", "since", "seconds";
                4711, "shop", "web", "10.0.0.7", "orders", "2026-01-01T00:00:00Z", 1_830.4;
            },
        )
    }

    fn limits(self, rows: Rows) -> Self {
        self.on_query(contains("rolconnlimit").with([10]), rows)
    }

    fn pool(self, open: i64, idle: i64, hidden: i64) -> Self {
        self.on_query(
            contains("count(*) AS open"),
            rows! { "open", "idle", "hidden"; open, idle, hidden },
        )
    }
}

fn no_limits() -> Rows {
    rows! { "holder", "name", "most", "used"; }
}

/// So many sessions, all of them working.
fn working(used: i64) -> Rows {
    rows! {
        "dimension", "name", "used";
        "all", "", used;
        "application", "web", used;
        "database", "shop", used;
        "state", "active", used;
        "user", "shop", used;
    }
}

fn mixed() -> Rows {
    rows! {
        "dimension", "name", "used";
        "all", "", 60;
        "application", "web", 40;
        "application", "", 12;
        "database", "shop", 60;
        "state", "idle", 50;
        "state", "active", 7;
        "state", "idle in transaction", 2;
        "state", "idle in transaction (aborted)", 1;
        "user", "shop", 55;
        "user", "monitor", 5;
    }
}

#[test]
fn every_state_of_a_server_has_its_report() {
    let hidden = rows! {
        "dimension", "name", "used";
        "all", "", 15;
        "state", "hidden", 14;
        "state", "active", 1;
        "user", "plain", 1;
        "user", "shop", 14;
    };
    let text = reports(vec![
        (
            "a quiet server",
            asked().counts(working(12)).limits(no_limits()),
        ),
        (
            "transactions left open, and sessions that wait for them",
            settings(0, 3, 61.5.into())
                .counts(mixed())
                .oldest()
                .limits(no_limits()),
        ),
        (
            "some connections reserved for a role",
            settings(5, 0, NULL).counts(working(92)).limits(no_limits()),
        ),
        (
            "limits of roles and databases, one of them full",
            asked().counts(working(12)).limits(rows! {
                "holder", "name", "most", "used";
                "role", "\"; DROP ROLE x; --\u{1b}[31m", 5, 5;
                "database", "shop", 20, 12;
                "role", "idle", 10, 0;
            }),
        ),
        (
            "the sessions of others are hidden",
            asked()
                .parameter("application", "web")
                .counts(hidden)
                .pool(14, 0, 14)
                .limits(no_limits()),
        ),
        (
            "the pool of an application",
            asked()
                .parameter("application", "web")
                .parameter("user", "shop")
                .parameter("pool_size", 10)
                .parameter("max_overflow", 5)
                .counts(working(14))
                .pool(14, 2, 0)
                .limits(no_limits()),
        ),
        (
            "the pool of a user, of which no size is known",
            asked()
                .parameter("user", "shop")
                .counts(working(14))
                .pool(14, 2, 0)
                .limits(no_limits()),
        ),
    ]);
    insta::assert_snapshot!(text);
}

#[test]
fn every_boundary_of_the_whole_is_rated() {
    for (used, rating, advice) in [
        (0, "optimal", "room enough"),
        (48, "optimal", "room enough"),
        (49, "moderate", "Before it reaches 80 %"),
        (77, "moderate", "Before it reaches 80 %"),
        (78, "high", "Close what the largest holders leave idle"),
        (97, "high", "Close what"),
        (100, "high", "Close what"),
    ] {
        let mock = asked().counts(working(used)).limits(no_limits());
        let report = report(rating, &mock);
        assert!(
            report.summary.starts_with(rating),
            "{used}: {}",
            report.summary
        );
        let usage = &report.findings[0];
        assert_eq!(usage.key, "usage");
        assert!(
            usage.evidence.contains(&("rating".into(), rating.into())),
            "{usage}"
        );
        assert!(
            usage
                .advice
                .as_ref()
                .is_some_and(|text| text.contains(advice)),
            "{usage}"
        );
    }
}

#[test]
fn every_boundary_of_a_pool_is_rated() {
    // (open, idle, pool_size, max_overflow), overflow, utilisation, rating
    for (seen, overflow, utilisation, rating) in [
        ((0, 0, 10, 0), 0.0, 0.0, "optimal"),
        ((10, 10, 10, 0), 0.0, 0.0, "optimal"),
        ((10, 6, 10, 0), 0.0, 0.4, "optimal"),
        ((10, 5, 10, 0), 0.0, 0.5, "moderate"),
        ((10, 2, 10, 0), 0.0, 0.8, "high"),
        ((10, 0, 10, 10), 0.0, 0.5, "moderate"),
        ((15, 0, 10, 10), 5.0, 0.75, "moderate"),
        ((25, 0, 10, 10), 15.0, 1.25, "high"),
    ] {
        let (open, idle, size, most) = seen;
        let mock = asked()
            .parameter("application", "web")
            .parameter("pool_size", size)
            .parameter("max_overflow", most)
            .counts(working(30))
            .pool(open, idle, 0)
            .limits(no_limits());
        let report = report(rating, &mock);
        assert_eq!(report.value_of("pool_overflow"), Some(overflow), "{seen:?}");
        assert_eq!(report.value_of("pool_ratio"), Some(utilisation), "{seen:?}");
        let pool = report.findings.iter().find(|finding| finding.key == "pool");
        let evidence = &pool.expect("a pool").evidence;
        assert!(
            evidence.contains(&("rating".into(), rating.into())),
            "{seen:?}: {evidence:?}"
        );
    }
}

#[test]
fn a_thousand_connections_by_five_hundred_applications_stay_bounded() {
    // The server sends the ten largest of each kind only.
    let mut rows = vec![vec!["all".into(), "".into(), Value::Int64(1_000)]];
    for number in 0..10 {
        for dimension in ["application", "user", "database"] {
            let name = format!("{dimension}-{number}\u{1b}[2J");
            rows.push(vec![dimension.into(), name.into(), Value::Int64(2)]);
        }
    }
    let mock = asked()
        .counts(Rows::of(&["dimension", "name", "used"], rows))
        .limits(no_limits());
    let report = report("a thousand", &mock);
    assert!(report.metrics.len() < 50, "{}", report.metrics.len());
    let other = report
        .metrics
        .iter()
        .filter(|metric| metric.labels.iter().any(|(_, value)| value == "other"));
    assert_eq!(
        other.map(|metric| metric.value).collect::<Vec<_>>(),
        [980.0; 3]
    );
    assert!(!report.to_string().contains('\u{1b}'));
}

#[test]
fn limits_whose_names_look_alike_are_told_once() {
    let mock = asked().counts(working(1)).limits(rows! {
        "holder", "name", "most", "used";
        "role", "x".repeat(90), 5, 5;
        "role", "x".repeat(91), 5, 4;
        "database", "x".repeat(90), 5, 1;
    });
    let report = report("alike", &mock);
    let limits = report
        .metrics
        .iter()
        .filter(|metric| metric.name == "limit_ratio");
    assert_eq!(
        limits.map(|metric| metric.value).collect::<Vec<_>>(),
        [1.0, 0.2]
    );
}

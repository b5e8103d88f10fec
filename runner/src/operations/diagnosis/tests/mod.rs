//! The judgement of each stage, as tables.

use std::time::Duration;

use super::document::{Problem, Severity};
use super::login::{self, Login};
use super::speed::{CONNECT_SLOW, QUERY_SLOW, RATINGS, Sample, performance};
use super::*;
use crate::model::engine::{Engine, Version};
use crate::model::probe::{Dial, Obstacle};
use crate::model::sql::{ConnectTiming, ConnectionClass, ConnectionError, ServerFacts, SqlError};
use crate::model::target::{Address, Host, Protocol, ServerAddress, Target, Tls, TlsMode};

mod encryption;

fn host(name: &str) -> Host {
    Host::Tcp {
        name: name.to_owned(),
        port: 5432,
    }
}

fn target(protocol: Protocol) -> Target {
    Target {
        name: "orders".into(),
        address: Address::Server(ServerAddress {
            protocol,
            host: host("db1.example"),
            user: "o\"brien".into(),
            password: None,
            database: Some("orders".into()),
            tls: Tls {
                mode: TlsMode::VerifyFull,
                ca: None,
                client: None,
            },
        }),
        labels: std::collections::BTreeMap::new(),
        allow_privileged: false,
        connect_timeout: Duration::from_secs(5),
        connect_attempts: 1,
        max_parallel: 1,
    }
}

/// Outcome and classes of a stage in one word.
fn said(stage: &StageReport) -> String {
    let classes = stage.problems.iter().map(|problem| problem.class.as_str());
    let words: Vec<_> = std::iter::once(stage.outcome.as_str())
        .chain(classes)
        .collect();
    words.join(" ")
}

#[test]
fn a_login_that_fails_says_which_stage_failed() {
    let postgres = target(Protocol::Postgresql);
    for class in ConnectionClass::ALL {
        let login = Login {
            result: Err(ConnectionError {
                class,
                message: "the server's words".into(),
                attempts: 1,
            }),
            took: Duration::from_millis(9),
        };
        let stages = login::server(&postgres, &login);
        let (last, before) = stages.split_last().expect("at least one stage");
        assert!(
            before.iter().all(|stage| said(stage) == "passed"),
            "{class:?}"
        );
        assert_eq!(said(last), format!("failed {}", class.as_str()));
        let expected = match class {
            ConnectionClass::Dns => Stage::Dns,
            ConnectionClass::Tls => Stage::Tls,
            ConnectionClass::UnknownDatabase | ConnectionClass::DatabaseRefused => Stage::Database,
            ConnectionClass::AccountRefused => Stage::Privileges,
            _ => Stage::Authentication,
        };
        assert_eq!(last.stage, expected, "{class:?}");
        let statement = last.problems[0].statement.as_deref();
        let grant = "GRANT CONNECT ON DATABASE \"orders\" TO \"o\"\"brien\"";
        let expected = (class == ConnectionClass::DatabaseRefused).then_some(grant);
        assert_eq!(statement, expected, "{class:?}");
    }
}

#[test]
fn a_server_that_only_answers_reads_is_a_warning() {
    for (engine, in_recovery, expected) in [
        (Engine::Postgresql, Some(true), "warning standby"),
        (Engine::Postgresql, Some(false), "passed"),
        (Engine::Mariadb, Some(true), "warning read-only"),
        (Engine::Mysql, None, "passed"),
    ] {
        let facts = ServerFacts {
            engine,
            version: Version {
                major: 15,
                minor: 18,
                patch: 0,
            },
            version_text: "15.18".into(),
            database: None,
            in_recovery,
        };
        let timing = ConnectTiming {
            dns: None,
            tcp: None,
            tls: None,
            login: None,
            total: Duration::from_millis(4),
            attempts: 1,
        };
        let login = Login {
            result: Ok((timing, facts)),
            took: timing.total,
        };
        let stages = login::server(&target(Protocol::Postgresql), &login);
        assert_eq!(said(&stages[1]), expected, "{engine}");
    }
}

#[test]
fn addresses_that_fail_alike_are_one_problem_and_one_that_accepts_makes_it_a_warning() {
    let dial = |to: &str, class: Option<ConnectionClass>| Dial {
        to: to.into(),
        took: Duration::from_millis(1),
        obstacle: class.map(|class| Obstacle {
            class,
            message: "the system's words".into(),
        }),
    };
    let (refused, timeout) = (
        Some(ConnectionClass::Refused),
        Some(ConnectionClass::Timeout),
    );
    for (dials, expected) in [
        (vec![dial("[::1]:5432", None)], "passed"),
        (
            vec![dial("[::1]:5432", refused), dial("127.0.0.1:5432", None)],
            "warning address-dead",
        ),
        (
            vec![
                dial("10.0.0.1:5432", refused),
                dial("10.0.0.2:5432", refused),
            ],
            "failed refused",
        ),
        (
            vec![
                dial("10.0.0.1:5432", refused),
                dial("10.0.0.2:5432", timeout),
            ],
            "failed refused connect-timeout",
        ),
    ] {
        assert_eq!(said(&network::tcp(&dials)), expected);
    }
}

#[test]
fn speed_is_rated_by_both_means_and_never_without_a_sample() {
    let sample = |connect: u64, query: u64| {
        Ok(Sample {
            connect: Duration::from_millis(connect),
            query: Duration::from_millis(query),
        })
    };
    let refused = || Err(SqlError::Timeout(Duration::from_secs(5)));
    for (rounds, rating, expected) in [
        (vec![sample(99, 49), sample(99, 49)], "excellent", "passed"),
        (vec![sample(100, 1)], "good", "passed"),
        (vec![sample(1, 50)], "good", "passed"),
        (vec![sample(499, 199)], "good", "passed"),
        (
            vec![sample(500, 1)],
            "acceptable",
            "warning slow-connecting",
        ),
        (vec![sample(1, 200)], "acceptable", "warning slow-query"),
        (vec![sample(1, 999)], "acceptable", "warning slow-query"),
        (
            vec![sample(2000, 2000)],
            "poor",
            "warning slow-connecting slow-query",
        ),
        (
            vec![sample(1, 1), refused()],
            "excellent",
            "warning round-failed",
        ),
        (vec![refused(), refused()], "error", "failed no-sample"),
        (vec![], "error", "failed no-sample"),
    ] {
        let stage = performance(&rounds, Duration::from_millis(10));
        let fact = stage.facts.iter().find(|fact| fact.name == "rating");
        assert_eq!(fact.expect("a rating").value, rating, "{rounds:?}");
        assert_eq!(said(&stage), expected, "{rounds:?}");
    }
}

/// The cuts of `core/performance`, as its source has them: the word and the mean below which it holds.
fn cuts_of_the_check(name: &str) -> Vec<(&'static str, Duration)> {
    let source = include_str!("../../../../../checks/core/src/performance/rating.rs");
    let begin = format!("pub const {name}: Cuts = Cuts {{\n");
    let (_, body) = source.split_once(&begin).expect("the cuts are there");
    let (body, _) = body.split_once("};").expect("they end");
    let cut = |line: &'static str| {
        let (word, value) = line.trim().split_once(": ")?;
        let millis = value.strip_prefix("Duration::from_millis(")?;
        let millis = millis.strip_suffix("),")?.replace('_', "");
        Some((word, Duration::from_millis(millis.parse().ok()?)))
    };
    body.lines()
        .map(|line| cut(line).unwrap_or_else(|| panic!("`{line}` is no cut")))
        .collect()
}

#[test]
fn diagnosis_and_check_rate_by_the_same_cuts() {
    let own = |part: fn(&(Duration, Duration, &'static str)) -> Duration| {
        let cut = move |rating| (rating, part(rating));
        let cuts = RATINGS.iter().map(cut);
        cuts.map(|((.., word), mean)| (*word, mean))
            .collect::<Vec<_>>()
    };
    let (connecting, asking) = (cuts_of_the_check("CONNECTING"), cuts_of_the_check("ASKING"));
    assert_eq!(own(|(connect, ..)| *connect), connecting);
    assert_eq!(own(|(_, query, _)| *query), asking);
    // Both advise from where good ends.
    let good = |cuts: &[(&str, Duration)]| cuts.iter().find(|cut| cut.0 == "good").map(|cut| cut.1);
    assert_eq!(good(&connecting), Some(CONNECT_SLOW));
    assert_eq!(good(&asking), Some(QUERY_SLOW));
}

#[test]
fn the_worst_problem_comes_first_and_of_equal_ones_the_most_upstream() {
    let of = |name: &str, stages: Vec<StageReport>| TargetDiagnosis {
        target: name.into(),
        engine: None,
        address: None,
        outcome: ranking::worst(&stages),
        duration_ms: 0.0,
        stages,
    };
    let failed =
        |stage| StageReport::along(stage).with_problem(Problem::failed("x", "message", "advice"));
    let warned =
        |stage| StageReport::along(stage).with_problem(Problem::warning("x", "message", "advice"));
    let targets = [
        of("a", vec![warned(Stage::Tls), failed(Stage::Privileges)]),
        of("b", vec![failed(Stage::Tcp)]),
        of(
            "c",
            vec![
                failed(Stage::Tcp),
                StageReport::skipped(Stage::Tls, "tcp failed"),
            ],
        ),
        of("d", vec![StageReport::along(Stage::Query)]),
    ];
    let ranked: Vec<_> = ranking::rank(&targets)
        .into_iter()
        .map(|it| {
            let severity = match it.problem.severity {
                Severity::Failed => "failed",
                Severity::Warning => "warning",
            };
            format!("{} {} {} {severity}", it.rank, it.target, it.stage.as_str())
        })
        .collect();
    let expected = [
        "1 b tcp failed",
        "2 c tcp failed",
        "3 a privileges failed",
        "4 a tls warning",
    ];
    assert_eq!(ranked, expected);
    assert_eq!(targets[0].outcome, Outcome::Failed);
    assert_eq!(targets[3].outcome, Outcome::Passed);
}

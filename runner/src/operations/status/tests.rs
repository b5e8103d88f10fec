//! How outcomes are summed up, as tables.

use super::*;
use crate::model::report::Finding;
use crate::operations::Remark;
use crate::operations::observation::Measured;

fn outcome(target: &str, check: &str, status: Status) -> Observation {
    let summary = format!("{check} says {status}");
    Observation {
        run_id: Some(7),
        job: check.into(),
        check: check.into(),
        target: target.into(),
        labels: BTreeMap::new(),
        engine: Some("postgresql".into()),
        started: Micros(1_000_000),
        duration: Duration::from_millis(3),
        status,
        summary: summary.clone(),
        reasons: match status {
            Status::Ok => Vec::new(),
            status => vec![Reason {
                object: None,
                status,
                text: summary,
                advice: Some(format!("advice for {status}")),
            }],
        },
        failure: None,
        metrics: Vec::new(),
        findings: Vec::new(),
    }
}

fn known(target: &str, seen: Vec<Observation>) -> Known {
    Known::Outcomes {
        target: target.into(),
        labels: BTreeMap::new(),
        seen,
        hindrances: Vec::new(),
    }
}

fn summary(known: &[Known]) -> Summary {
    Summary::new(Source::Live, Micros(4_000_000), Duration::ZERO, known, None)
}

#[test]
fn a_database_is_as_good_as_its_worst_outcome() {
    use Status::{Critical, Ok, Unknown, Warning};
    for (statuses, condition) in [
        (vec![Ok], Condition::Healthy),
        (vec![Ok, Warning], Condition::Degraded),
        (vec![Warning, Unknown], Condition::Unknown),
        (vec![Unknown, Critical, Ok], Condition::Unhealthy),
        (vec![], Condition::Unknown),
    ] {
        let seen: Vec<_> = statuses
            .iter()
            .map(|status| outcome("orders", "core/query", *status))
            .collect();
        let summary = summary(&[known("orders", seen)]);
        assert_eq!(summary.databases[0].status, condition, "{statuses:?}");
        assert_eq!(summary.status, condition, "{statuses:?}");
    }
}

#[test]
fn a_database_that_could_not_be_reached_since_is_not_as_its_checks_left_it() {
    let mut health = outcome("orders", health::CHECK, Status::Ok);
    health.metrics = ["response_time", "connect_time"]
        .map(|name| Measured {
            name: name.into(),
            labels: BTreeMap::new(),
            value: 0.002,
        })
        .into();
    let mut connection = outcome("orders", CONNECTION_CHECK, Status::Critical);
    connection.started = Micros(3_000_000);
    connection.findings = vec![Finding {
        key: "connection".into(),
        severity: Status::Critical,
        title: "No connection".into(),
        detail: "127.0.0.1:5432: connection refused".into(),
        subject: None,
        advice: Some("See whether the server runs.".into()),
        reference: None,
        evidence: vec![("error_class".into(), "refused".into())],
    }];
    let before = summary(&[known("orders", vec![health.clone()])]);
    assert_eq!(before.databases[0].connected, Some(true));
    let since = summary(&[known("orders", vec![health, connection])]);
    let database = &since.databases[0];
    assert_eq!(database.status, Condition::Unhealthy);
    assert_eq!(database.connected, Some(false));
    assert_eq!(database.response_time_ms, None, "that was before");
    let error = database.error.as_ref().expect("why");
    assert_eq!(error.class, "refused");
    assert_eq!(database.age_seconds, Some(1.0));
}

#[test]
fn a_job_that_was_asked_without_its_folder_is_not_judged() {
    use Status::{Critical, Ok};
    let folder = Hindrance {
        job: "core/health".into(),
        remark: Remark {
            text: "the folder `migrations` does not exist".into(),
            advice: Some("create it".into()),
        },
    };
    for (status, condition, alerts) in [
        (Ok, Condition::Unknown, 1),
        (Critical, Condition::Unhealthy, 2),
    ] {
        let hindered = Known::Outcomes {
            target: "orders".into(),
            labels: BTreeMap::new(),
            seen: vec![outcome("orders", "core/health", status)],
            hindrances: vec![folder.clone()],
        };
        let other = known("billing", vec![outcome("billing", "core/health", Ok)]);
        let summary = summary(&[hindered, other]);
        let conditions = [summary.databases[0].status, summary.databases[1].status];
        assert_eq!(conditions, [condition, Condition::Healthy]);
        assert_eq!(summary.alerts.len(), alerts, "{:#?}", summary.alerts);
        let told = summary.alerts.last().expect("an alert");
        assert_eq!(told.text, folder.remark.text);
        assert_eq!(told.job.as_deref(), Some("core/health"));
    }
}

#[test]
fn of_several_counts_of_connections_the_fullest_is_shown() {
    let counted = |job: &str, used: f64| {
        let of = |name: &str, value| Measured {
            name: name.into(),
            labels: BTreeMap::new(),
            value,
        };
        Observation {
            job: job.into(),
            metrics: vec![
                of("used", used),
                of("capacity", 100.0),
                of("used_ratio", used / 100.0),
            ],
            ..outcome("orders", "core/connections", Status::Ok)
        }
    };
    let nothing = outcome("orders", "core/connections", Status::Unknown);
    let seen = vec![counted("all", 12.0), counted("shop", 80.0), nothing];
    let summary = summary(&[known("orders", seen)]);
    let shown = summary.databases[0].connections.expect("a count");
    assert_eq!(shown.used, 80.0);
    assert_eq!(
        summary.databases[0].jobs.len(),
        3,
        "each is there by itself"
    );
}

#[test]
fn the_whole_is_as_good_as_its_worst_database_and_each_is_counted_once() {
    let not_asked = Known::NotAsked(NotAsked {
        target: "ordres".into(),
        labels: BTreeMap::from([("env".into(), "prod".into())]),
        engine: Some("mysql".into()),
        trouble: Trouble {
            class: "unknown-target".into(),
            message: "there is no target `ordres`".into(),
            advice: Some("did you mean `orders`?".into()),
        },
    });
    let of = |target: &str, status| known(target, vec![outcome(target, "core/health", status)]);
    let summary = summary(&[
        of("a", Status::Ok),
        of("b", Status::Warning),
        of("c", Status::Critical),
        not_asked,
    ]);
    assert_eq!(summary.status, Condition::Unhealthy);
    let counts = summary.breakdown;
    let each = [
        counts.healthy,
        counts.degraded,
        counts.unknown,
        counts.unhealthy,
    ];
    assert_eq!((counts.total, each), (4, [1, 1, 1, 1]));
    let order: Vec<_> = summary
        .alerts
        .iter()
        .map(|alert| alert.target.as_str())
        .collect();
    assert_eq!(order, ["c", "ordres", "b"], "worst first");
    let not_asked = &summary.databases[3];
    assert_eq!(not_asked.labels["env"], "prod", "labels are kept");
    assert_eq!(not_asked.engine.as_deref(), Some("mysql"));
}

#[test]
fn the_same_advice_is_given_once() {
    let of = |target: &str| {
        known(
            target,
            vec![outcome(target, "core/health", Status::Warning)],
        )
    };
    let summary = summary(&[of("a"), of("b")]);
    assert_eq!(summary.alerts.len(), 2);
    assert_eq!(summary.advice, ["advice for warning"]);
}

#[test]
fn a_verdict_is_no_alert_of_its_own_where_findings_say_more() {
    let mut seen = outcome("a", "core/health", Status::Critical);
    seen.reasons.push(Reason {
        object: None,
        status: Status::Critical,
        text: "No connection: nothing listens".into(),
        advice: None,
    });
    let summary = summary(&[known("a", vec![seen])]);
    let texts: Vec<_> = summary
        .alerts
        .iter()
        .map(|alert| alert.text.as_str())
        .collect();
    assert_eq!(texts, ["No connection: nothing listens"]);
}

#[test]
fn what_health_and_connections_measured_is_shown() {
    let measured = |name: &str, value| Measured {
        name: name.into(),
        labels: BTreeMap::new(),
        value,
    };
    let mut health = outcome("a", health::CHECK, Status::Ok);
    health.metrics = vec![
        measured("connect_time", 0.012),
        measured("response_time", 0.001_5),
    ];
    let mut connections = outcome("a", connections::CHECK, Status::Ok);
    connections.metrics = vec![
        measured("used", 12.0),
        measured("capacity", 96.0),
        measured("used_ratio", 0.125),
    ];
    let summary = summary(&[known("a", vec![connections, health])]);
    let database = &summary.databases[0];
    assert_eq!(database.connected, Some(true));
    assert_eq!(database.connect_time_ms, Some(12.0));
    assert_eq!(database.response_time_ms, Some(1.5));
    assert_eq!(database.connections.map(|usage| usage.used), Some(12.0));
    assert_eq!(database.age_seconds, Some(3.0));
    assert_eq!(database.jobs[0].run_id, Some(7));
}

#[test]
fn without_an_outcome_it_is_said_what_to_do() {
    let summary = summary(&[known("a", Vec::new())]);
    assert_eq!(summary.status, Condition::Unknown);
    assert!(summary.advice[0].contains("checkrun run"));
}

fn finding(key: &str, evidence: &[(&str, &str)]) -> Finding {
    Finding {
        key: key.into(),
        severity: Status::Ok,
        title: format!("about {key}"),
        detail: String::new(),
        subject: None,
        advice: Some("do this".into()),
        reference: None,
        evidence: evidence
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

#[test]
fn what_is_degraded_for_being_slow_says_so() {
    let mut slow = outcome("a", health::CHECK, Status::Ok);
    slow.findings = vec![finding("slow", &[])];
    let summary = summary(&[known("a", vec![slow])]);
    assert_eq!(summary.status, Condition::Degraded);
    let [alert] = &summary.alerts[..] else {
        panic!("one alert: {:?}", summary.alerts);
    };
    assert_eq!(
        (alert.severity.as_str(), alert.text.as_str()),
        ("warning", "about slow")
    );
    assert_eq!(summary.advice, ["do this"]);
}

#[test]
fn pending_migrations_are_shown_once_and_degrade_nothing() {
    let pending = |check: &str| {
        let mut run = outcome("a", check, Status::Ok);
        let evidence = [("tool", "flyway"), ("state", "pending"), ("pending", "2")];
        run.findings = vec![finding("migrations/flyway", &evidence)];
        run.metrics = vec![Measured {
            name: "connect_time".into(),
            labels: BTreeMap::new(),
            value: 0.01,
        }];
        run
    };
    let runs = vec![pending(health::CHECK), pending(health::MIGRATIONS_CHECK)];
    let summary = summary(&[known("a", runs)]);
    assert_eq!(summary.status, Condition::Healthy);
    assert_eq!(summary.alerts, []);
    let states: Vec<_> = summary.databases[0]
        .migrations
        .iter()
        .map(|tool| (tool.tool.as_str(), tool.state.as_str(), tool.pending))
        .collect();
    assert_eq!(states, [("flyway", "pending", Some(2))]);
    let text = crate::report::status::for_people(&summary, crate::report::tone::Colour::None);
    assert!(text.contains("flyway pending"), "{text}");
}

#[test]
fn of_several_health_jobs_the_worst_counts() {
    let measured = |name: &str, value| Measured {
        name: name.into(),
        labels: BTreeMap::new(),
        value,
    };
    let mut fast = outcome("a", health::CHECK, Status::Ok);
    fast.metrics = vec![
        measured("connect_time", 0.01),
        measured("response_time", 0.001),
    ];
    let mut no = outcome("a", health::CHECK, Status::Warning);
    no.metrics = vec![measured("connect_time", 0.02)];
    no.findings = vec![Finding {
        severity: Status::Warning,
        ..finding("answer", &[])
    }];
    let summary = summary(&[known("a", vec![fast, no])]);
    let database = &summary.databases[0];
    assert_eq!(database.status, Condition::Degraded);
    assert_eq!(database.connect_time_ms, Some(20.0));
    assert_eq!(database.response_time_ms, Some(1.0));
    let class = database.error.as_ref().map(|error| error.class.as_str());
    assert_eq!(class, Some("answer"));
}

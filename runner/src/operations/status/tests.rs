//! How outcomes are summed up, as tables.

use super::*;
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
    }
}

fn summary(known: &[Known]) -> Summary {
    Summary::new(
        Source::Live,
        Micros(4_000_000),
        Duration::ZERO,
        known,
        Vec::new(),
    )
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
fn the_whole_is_as_good_as_its_worst_database_and_each_is_counted_once() {
    let not_asked = Known::NotAsked(NotAsked {
        target: "ordres".into(),
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

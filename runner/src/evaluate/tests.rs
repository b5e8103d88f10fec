//! What makes an outcome ok, and what does not.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::*;
use crate::model::report::Finding;
use crate::model::sql::{ConnectionClass, ConnectionError, ServerError, SqlError};

fn metric(name: &str, value: f64, unit: &str) -> Metric {
    Metric {
        name: name.into(),
        value,
        unit: unit.into(),
        labels: BTreeMap::new(),
    }
}

fn report(status: Status, metrics: Vec<Metric>) -> Report {
    Report {
        status,
        summary: "what the check says".into(),
        metrics,
        findings: Vec::new(),
    }
}

fn thresholds(metric: &str, unit: &str, warning: &str, critical: &str) -> MetricThresholds {
    let parse = |text: &str| (!text.is_empty()).then(|| Threshold::parse(text, unit).expect(text));
    MetricThresholds {
        metric: metric.into(),
        warning: parse(warning),
        critical: parse(critical),
        clear: None,
        configured: true,
    }
}

/// Why, what the check reported, and the status that follows.
fn worst_of() -> Vec<(&'static str, Report, Status)> {
    vec![
        (
            "nothing stands against it",
            report(Status::Ok, vec![metric("response_time", 0.5, "seconds")]),
            Status::Ok,
        ),
        (
            "a warning threshold",
            report(Status::Ok, vec![metric("response_time", 0.6, "seconds")]),
            Status::Warning,
        ),
        (
            "both: the critical one counts",
            report(Status::Ok, vec![metric("response_time", 3.0, "seconds")]),
            Status::Critical,
        ),
        (
            "the check's verdict is worse than the threshold's",
            report(
                Status::Critical,
                vec![metric("response_time", 0.6, "seconds")],
            ),
            Status::Critical,
        ),
        (
            "a configured threshold without its metric",
            report(Status::Ok, vec![]),
            Status::Unknown,
        ),
        (
            "a critical check need not have measured",
            report(Status::Critical, vec![]),
            Status::Critical,
        ),
        (
            "one of several labelled metrics",
            report(
                Status::Ok,
                vec![
                    metric("response_time", 0.1, "seconds"),
                    Metric {
                        labels: [("query".into(), "a\"b".into())].into(),
                        ..metric("response_time", 2.5, "seconds")
                    },
                ],
            ),
            Status::Critical,
        ),
        (
            "a finding",
            Report {
                findings: vec![Finding {
                    key: "k".into(),
                    severity: Status::Warning,
                    title: "unused index".into(),
                    detail: String::new(),
                    subject: Some("orders_idx".into()),
                    advice: Some("Drop it.".into()),
                    reference: None,
                    evidence: vec![],
                }],
                ..report(Status::Ok, vec![metric("response_time", 0.1, "seconds")])
            },
            Status::Warning,
        ),
    ]
}

#[test]
fn the_status_is_the_worst_of_verdict_thresholds_and_findings() {
    let slow = || thresholds("response_time", "seconds", "> 500ms", "> 2s");
    let mut shown = String::new();
    for (why, report, expected) in worst_of() {
        let outcome = judge_report(&[slow()], report);
        assert_eq!(outcome.status, expected, "{why}");
        writeln!(shown, "{why}: {}", outcome.status).expect("a String");
        for reason in &outcome.reasons {
            writeln!(shown, "  {} {}", reason.status, reason.text).expect("a String");
        }
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn a_declared_default_threshold_does_not_demand_its_metric() {
    let declared = MetricThresholds {
        configured: false,
        ..thresholds("lag", "seconds", "> 1s", "")
    };
    assert_eq!(
        judge_report(&[declared], report(Status::Ok, vec![])).status,
        Status::Ok
    );
}

#[test]
fn every_failure_says_what_and_what_next() {
    let server = ServerError {
        sqlstate: Some("42P01".into()),
        message: "relation \"x\" does not exist".into(),
        ..ServerError::default()
    };
    let connection = ConnectionError {
        class: ConnectionClass::Refused,
        message: "127.0.0.1:5432 refused the connection (2 attempts)".into(),
        attempts: 2,
    };
    let failures = [
        Failure::NotApplicable("SQLite has no connections to count".into()),
        Failure::BadParameter {
            parameter: "sql".into(),
            why: "is empty".into(),
        },
        Failure::MissingPrivilege("GRANT pg_monitor TO monitor".into()),
        Failure::Database(SqlError::UndefinedObject(server.clone())),
        Failure::Database(SqlError::PermissionDenied(server.clone())),
        Failure::Database(SqlError::Server(server)),
        Failure::Database(SqlError::Connection(connection)),
        Failure::Database(SqlError::Timeout(std::time::Duration::from_secs(5))),
        Failure::Database(SqlError::Forbidden("`DELETE` writes".into())),
        Failure::TimedOut {
            limit: std::time::Duration::from_secs(10),
            during: "waiting for query 3 (select …)".into(),
        },
        Failure::LimitReached("memory limit 64 MiB reached (asked for 71 MiB)".into()),
        Failure::Crashed("panicked at src/lib.rs:5: no".into()),
        Failure::BadReport("metric `x` is NaN".into()),
        Failure::Internal("no idea".into()),
        Failure::Pack("it is not WebAssembly".into()),
    ];
    let mut shown = String::new();
    for failure in failures {
        let outcome = failure::judge(failure);
        writeln!(shown, "{:9}{}", outcome.status, outcome.summary).expect("a String");
        for reason in outcome.reasons {
            writeln!(shown, "         → {}", reason.advice.unwrap_or_default()).expect("a String");
        }
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn the_operator_reads_the_address_that_the_check_could_not() {
    let address = Address::File("/srv/shop.db".into());
    let connection = ConnectionError {
        class: ConnectionClass::UnknownDatabase,
        message: "cannot open <address>: no such file".into(),
        attempts: 1,
    };
    let failure = Failure::Database(SqlError::Connection(connection));
    let outcome = with_address(failure::judge(failure), &address);
    assert!(outcome.summary.contains("/srv/shop.db"), "{outcome:?}");
    assert_eq!(outcome.reasons[0].text, outcome.summary);

    let mut passed_on = report(Status::Critical, Vec::new());
    passed_on.findings.push(Finding {
        key: "connection".into(),
        severity: Status::Critical,
        title: "No connection: cannot open <address>".into(),
        detail: "cannot open <address>".into(),
        subject: None,
        advice: None,
        reference: None,
        evidence: Vec::new(),
    });
    let outcome = with_address(judge_report(&[], passed_on), &address);
    let title = "No connection: cannot open /srv/shop.db";
    assert_eq!(outcome.findings[0].title, title);
    assert_eq!(outcome.findings[0].detail, "cannot open /srv/shop.db");
    assert_eq!(outcome.reasons[1].text, title);
}

#[test]
fn a_metric_in_another_unit_than_declared_is_not_judged() {
    let declared = [MetricSpec {
        name: "wait".into(),
        description: String::new(),
        unit: "seconds".into(),
        warning: None,
        critical: None,
    }];
    for (why, reported, refused) in [
        ("the declared unit", metric("wait", 1.0, "seconds"), false),
        ("another metric", metric("size", 1.0, "bytes"), false),
        ("another unit", metric("wait", 1000.0, "ms"), true),
    ] {
        let refusal = other_unit(&declared, &[reported]);
        assert_eq!(refusal.is_some(), refused, "{why}: {refusal:?}");
    }
}

#[test]
fn a_breach_has_the_advice_of_the_finding_that_has_the_number_among_its_evidence() {
    let finding = |table: &str, evidence: &str, severity: Status| Finding {
        key: format!("migrations/{table}"),
        severity,
        title: "two are pending".into(),
        detail: String::new(),
        subject: None,
        advice: Some(format!("Migrate {table}.")),
        reference: None,
        evidence: vec![
            ("table".into(), table.into()),
            (evidence.into(), "2".into()),
        ],
    };
    for (why, findings, expected) in [
        ("no finding", vec![], None),
        (
            "another number",
            vec![finding("orders", "failed", Status::Ok)],
            None,
        ),
        (
            "another table",
            vec![finding("items", "pending", Status::Ok)],
            None,
        ),
        (
            "this number of this table",
            vec![
                finding("items", "pending", Status::Ok),
                finding("orders", "pending", Status::Ok),
            ],
            Some("Migrate orders."),
        ),
        (
            "it is a reason of its own",
            vec![finding("orders", "pending", Status::Warning)],
            None,
        ),
    ] {
        let mut pending = metric("pending", 2.0, "count");
        pending.labels.insert("table".into(), "orders".into());
        let mut report = report(Status::Ok, vec![pending]);
        report.findings = findings;
        let thresholds = [thresholds("pending", "count", "> 0", "")];
        let outcome = judge_report(&thresholds, report);
        let breach = outcome
            .reasons
            .iter()
            .find(|reason| reason.text.starts_with("pending"))
            .expect("a breach");
        assert_eq!(breach.advice.as_deref(), expected, "{why}");
    }
}

//! Reports that are refused, and what the others look like.

use proptest::prelude::*;

use super::*;
use crate::model::sql::ConnectionClass;

fn report() -> guest::Report {
    guest::Report {
        status: guest::Status::Warning,
        summary: "3 tables are bloated".into(),
        metrics: vec![metric("bloat")],
        findings: vec![finding("bloat:orders")],
    }
}

fn metric(name: &str) -> guest::Metric {
    guest::Metric {
        name: name.into(),
        value: 0.5,
        unit: "ratio".into(),
        labels: vec![("table".into(), "orders".into())],
    }
}

fn finding(key: &str) -> guest::Finding {
    guest::Finding {
        key: key.into(),
        severity: guest::Status::Warning,
        title: "orders is bloated".into(),
        detail: "first line\nsecond line".into(),
        subject: Some("public.orders".into()),
        advice: None,
        reference: None,
        evidence: vec![("dead rows".into(), "120".into())],
    }
}

#[test]
fn a_good_report_stays_as_it_is() {
    let accepted = accept(report()).expect("a good report");
    assert_eq!(accepted.status, Status::Warning);
    assert_eq!(accepted.metrics[0].labels["table"], "orders");
    assert_eq!(accepted.findings[0].detail, "first line\nsecond line");
}

/// What is changed in a good report, and how.
type Row = (&'static str, fn(&mut guest::Report));

#[test]
fn what_is_refused_says_why() {
    let rows: [Row; 12] = [
        ("NaN", |r| r.metrics[0].value = f64::NAN),
        ("infinity", |r| r.metrics[0].value = f64::NEG_INFINITY),
        ("an upper-case name", |r| r.metrics[0].name = "Bloat".into()),
        ("no unit", |r| r.metrics[0].unit.clear()),
        ("a label twice", |r| {
            r.metrics[0].labels.push(("table".into(), "x".into()));
        }),
        ("a label's key", |r| r.metrics[0].labels[0].0 = "a b".into()),
        ("65 labels", |r| {
            let labels = (0..65).map(|n| (format!("l{n}"), String::new()));
            r.metrics[0].labels = labels.collect();
        }),
        ("the same metric twice", |r| r.metrics.push(metric("bloat"))),
        ("the same finding twice", |r| {
            r.findings.push(finding("bloat:orders"));
        }),
        ("a finding without a key", |r| r.findings[0].key.clear()),
        ("501 findings", |r| {
            r.findings = (0..501).map(|n| finding(&n.to_string())).collect();
        }),
        ("more than 1 MiB in all", |r| {
            r.findings = (0..20).map(|n| finding(&n.to_string())).collect();
            for finding in &mut r.findings {
                finding.detail = "x".repeat(60_000);
            }
        }),
    ];
    let refusals = rows.map(|(what, change)| {
        let mut report = report();
        change(&mut report);
        match accept(report) {
            Err(Failure::BadReport(text)) => format!("{what}: {text}"),
            other => panic!("{what}: {other:?}"),
        }
    });
    insta::assert_snapshot!(refusals.join("\n"));
}

/// Every text of an error.
fn texts(error: &SqlError) -> Vec<&String> {
    match error {
        SqlError::Server(error)
        | SqlError::PermissionDenied(error)
        | SqlError::UndefinedObject(error) => {
            let optional = [&error.sqlstate, &error.detail, &error.hint];
            let optional = optional.into_iter().flatten();
            optional.chain([&error.message]).collect()
        }
        SqlError::Forbidden(text)
        | SqlError::InvalidParameter(text)
        | SqlError::LimitExceeded(text) => vec![text],
        SqlError::Connection(error) => vec![&error.message],
        SqlError::Timeout(_) => Vec::new(),
    }
}

#[test]
fn a_database_error_that_the_check_made_up_is_cut_and_safe_to_show() {
    let text = format!("\u{1b}[2J{}", "x".repeat(limits::REPORT_TEXT_BYTES));
    let error = || ServerError {
        sqlstate: Some(text.clone()),
        code: None,
        message: text.clone(),
        detail: Some(text.clone()),
        hint: Some(text.clone()),
    };
    let connection = ConnectionError {
        class: ConnectionClass::Refused,
        message: text.clone(),
        attempts: u32::MAX,
    };
    for made_up in [
        SqlError::Server(error()),
        SqlError::PermissionDenied(error()),
        SqlError::UndefinedObject(error()),
        SqlError::Forbidden(text.clone()),
        SqlError::InvalidParameter(text.clone()),
        SqlError::LimitExceeded(text.clone()),
        SqlError::Connection(connection),
    ] {
        let kind = made_up.kind();
        let failure = accept_failure(guest::Failure::Database(made_up.into()));
        let Failure::Database(accepted) = failure else {
            panic!("{kind}: {failure:?}");
        };
        for shown in texts(&accepted) {
            assert!(!shown.contains(char::is_control), "{kind}");
            assert!(shown.len() < limits::REPORT_TEXT_BYTES + 10, "{kind}");
        }
    }
}

proptest! {
    #[test]
    fn whatever_is_accepted_is_safe_to_show(text in "\\PC*|.*", name in ".{0,12}", value: f64) {
        let mut hostile = report();
        hostile.summary.clone_from(&text);
        hostile.metrics[0].labels[0].1.clone_from(&text);
        hostile.metrics.push(metric(&name));
        hostile.metrics[0].value = value;
        hostile.findings[0].title = text;
        if let Ok(accepted) = accept(hostile) {
            let labels = accepted.metrics.iter().flat_map(|metric| metric.labels.values());
            for shown in labels.chain([&accepted.summary, &accepted.findings[0].title]) {
                prop_assert!(!shown.contains(char::is_control));
            }
            prop_assert!(accepted.metrics.iter().all(|metric| metric.value.is_finite()));
        }
    }
}

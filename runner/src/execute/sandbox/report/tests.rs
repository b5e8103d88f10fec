//! Reports that are refused, and what the others look like.

use proptest::prelude::*;

use super::*;

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

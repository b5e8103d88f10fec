//! What is read of a run; the real check is behind it in the end-to-end tests.

use super::*;
use crate::model::report::Finding;
use crate::operations::observation::Measured;

fn finding(key: &str, advice: Option<&str>, evidence: &[(&str, &str)]) -> Finding {
    Finding {
        key: key.into(),
        severity: Status::Ok,
        title: format!("about {key}"),
        detail: String::new(),
        subject: None,
        advice: advice.map(str::to_owned),
        reference: None,
        evidence: evidence
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

fn seen(metrics: &[(&str, Option<&str>, f64)], findings: Vec<Finding>) -> Observation {
    Observation {
        run_id: None,
        job: CHECK.into(),
        check: CHECK.into(),
        target: "orders".into(),
        labels: BTreeMap::new(),
        engine: None,
        started: Micros(0),
        duration: Duration::ZERO,
        status: Status::Ok,
        summary: "good".into(),
        reasons: Vec::new(),
        failure: None,
        metrics: metrics
            .iter()
            .map(|(name, query, value)| Measured {
                name: (*name).into(),
                labels: query
                    .iter()
                    .map(|query| ("query".to_owned(), (*query).to_owned()))
                    .collect(),
                value: *value,
            })
            .collect(),
        findings,
    }
}

#[test]
fn times_are_milliseconds_and_each_query_has_its_own() {
    let findings = vec![
        finding(
            "rating",
            None,
            &[("rating", "good"), ("connection_rating", "good")],
        ),
        finding("connection", None, &[]),
        finding(
            "query/1",
            None,
            &[("query", "select 1"), ("samples", "3 of 3")],
        ),
        finding("query/2", Some("look at it"), &[("query", "select 2")]),
    ];
    let metrics = [
        ("connect_time", None, 0.2),
        ("connect_success_rate", None, 1.0),
        ("query_time", None, 0.01),
        ("each_query_time", Some("1"), 0.005),
        ("each_query_time", Some("2"), 0.015),
    ];
    let read = DatabasePerformance::read(&seen(&metrics, findings), None);
    assert_eq!(read.rating, "good");
    assert_eq!(read.connecting.mean_ms, Some(200.0));
    assert_eq!(read.connecting.min_ms, None);
    assert_eq!(read.asking.mean_ms, Some(10.0));
    let means: Vec<_> = read.queries.iter().map(|query| query.mean_ms).collect();
    assert_eq!(means, [Some(5.0), Some(15.0)]);
    assert_eq!(read.remarks.len(), 1);
    assert_eq!(read.error, None);
}

#[test]
fn nothing_measured_is_an_error_and_never_fast() {
    let read = DatabasePerformance::read(&seen(&[], Vec::new()), None);
    assert_eq!(read.rating, "error");
    assert_eq!(read.connecting.mean_ms, None);
    let failed = Observation {
        failure: Some("timed-out".into()),
        ..seen(&[], Vec::new())
    };
    let read = DatabasePerformance::read(&failed, None);
    assert_eq!(read.rating, "error");
    assert_eq!(
        read.error.map(|error| error.class),
        Some("timed-out".into())
    );
    assert_eq!(read.remarks.len(), 1);
}

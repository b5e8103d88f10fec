//! What it means that a target was asked whether it can be reached.

use super::with_address;
use crate::model::advice::explain_no_connection;
use crate::model::gate::Knock;
use crate::model::incident::Object;
use crate::model::report::{Finding, Metric};
use crate::model::run::{About, JudgedMetric, Outcome, Reason};
use crate::model::sql::ConnectionError;
use crate::model::status::Status;
use crate::model::target::Address;
use crate::model::unit::format_duration;

/// The finding's key, and the name of its evidence: as `core/health` has them, so that whoever reads
/// that one can read this one.
const FINDING: &str = "connection";
const ERROR_CLASS: &str = "error_class";

/// Judges what came of asking: ok or critical, there is nothing between.
#[must_use]
pub fn judge_knock(address: &Address, knock: Knock) -> Outcome {
    let (summary, metrics) = match knock {
        Knock::Failed(error) => return with_address(failed(error), address),
        Knock::Witnessed => ("a check has reached it".to_owned(), Vec::new()),
        Knock::Answered { connect, answer } => (
            format!(
                "answered in {}; connected in {}",
                format_duration(answer),
                format_duration(connect)
            ),
            vec![
                seconds("response_time", answer),
                seconds("connect_time", connect),
            ],
        ),
    };
    Outcome {
        status: Status::Ok,
        summary,
        reasons: Vec::new(),
        metrics,
        findings: Vec::new(),
        failure: None,
        held: Vec::new(),
        about: About::Job,
    }
}

fn failed(error: ConnectionError) -> Outcome {
    let (summary, advice) = explain_no_connection(&error);
    let finding = Finding {
        key: FINDING.into(),
        severity: Status::Critical,
        title: "No connection".into(),
        detail: error.message,
        subject: None,
        advice: Some(advice.into()),
        reference: None,
        evidence: vec![(ERROR_CLASS.into(), error.class.as_str().into())],
    };
    Outcome {
        status: Status::Critical,
        // The verdict and not the finding: there is one thing to be said of a connection.
        reasons: vec![Reason {
            object: Some(Object::verdict()),
            status: Status::Critical,
            text: summary.clone(),
            advice: Some(advice.into()),
        }],
        summary,
        metrics: Vec::new(),
        findings: vec![finding],
        failure: None,
        held: Vec::new(),
        about: About::Job,
    }
}

fn seconds(name: &str, value: std::time::Duration) -> JudgedMetric {
    JudgedMetric {
        metric: Metric {
            name: name.into(),
            value: value.as_secs_f64(),
            unit: "seconds".into(),
            labels: [].into(),
        },
        status: Status::Ok,
        warning: None,
        critical: None,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;
    use std::path::PathBuf;
    use std::time::Duration;

    use super::*;
    use crate::model::sql::ConnectionClass;

    #[test]
    fn every_class_is_critical_and_says_what_and_what_to_do() {
        let address = Address::File(PathBuf::from("/srv/shop.db"));
        let mut shown = String::new();
        for class in ConnectionClass::ALL {
            let error = ConnectionError {
                class,
                message: "<address>: as the system says".into(),
                attempts: 1,
            };
            let outcome = judge_knock(&address, Knock::Failed(error));
            let [reason] = &outcome.reasons[..] else {
                panic!("one reason: {outcome:?}");
            };
            assert_eq!(outcome.status, Status::Critical);
            assert_eq!(reason.object, Some(Object::verdict()));
            assert!(reason.advice.is_some(), "{class:?}");
            let evidence = &outcome.findings[0].evidence;
            assert_eq!(evidence[0].1, class.as_str());
            writeln!(shown, "{}", reason.text).expect("a String");
        }
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn an_answer_is_ok_with_its_times() {
        let address = Address::File(PathBuf::from("/srv/shop.db"));
        let answered = Knock::Answered {
            connect: Duration::from_millis(12),
            answer: Duration::from_micros(300),
        };
        let outcome = judge_knock(&address, answered);
        assert_eq!(outcome.status, Status::Ok);
        assert_eq!(outcome.summary, "answered in 300 µs; connected in 12 ms");
        let values: Vec<_> = outcome
            .metrics
            .iter()
            .map(|judged| (judged.metric.name.as_str(), judged.metric.value))
            .collect();
        assert_eq!(values, [("response_time", 0.0003), ("connect_time", 0.012)]);
        let witnessed = judge_knock(&address, Knock::Witnessed);
        assert_eq!((witnessed.status, witnessed.metrics.len()), (Status::Ok, 0));
    }
}

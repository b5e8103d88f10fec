//! What a report says of what it mentions, and of what it does not.

use super::*;
use crate::model::report::{Finding, Metric};
use crate::model::run::JudgedMetric;

fn metric(name: &str) -> JudgedMetric {
    JudgedMetric {
        metric: Metric {
            name: name.into(),
            value: 1.0,
            unit: "count".into(),
            labels: BTreeMap::new(),
        },
        status: Status::Ok,
        warning: None,
        critical: None,
    }
}

fn reason(object: Option<Object>, status: Status) -> Reason {
    Reason {
        object,
        status,
        text: "why".into(),
        advice: None,
    }
}

/// A report with this verdict, a metric `n`, a finding `seen` for information, and these reasons.
fn report(verdict: Status, reasons: Vec<Reason>) -> Outcome {
    let own = (verdict > Status::Ok).then(|| reason(None, verdict));
    Outcome {
        status: verdict,
        summary: "what the check says".into(),
        reasons: own.into_iter().chain(reasons).collect(),
        metrics: vec![metric("n")],
        findings: vec![Finding {
            key: "seen".into(),
            severity: Status::Ok,
            title: "Seen".into(),
            detail: String::new(),
            subject: None,
            advice: None,
            reference: None,
            evidence: Vec::new(),
        }],
        failure: None,
        held: Vec::new(),
        about: About::Job,
    }
}

/// The incidents that are open, each with this severity; `m{…}` is another metric with a label.
fn open(severity: Severity) -> BTreeMap<Object, Watch> {
    let objects = [
        Object::metric("n"),
        Object::metric("m"),
        Object::metric("m{table=\"orders\"}"),
        Object::finding("seen"),
        Object::finding("gone"),
        Object::verdict(),
        Object::judging(),
    ];
    let watch = Watch {
        phase: Phase::Firing {
            worse: 0,
            better: 0,
        },
        severity,
        since: Micros(1),
    };
    objects.map(|object| (object, watch)).into()
}

/// Which of them seem to be over.
fn recovering(outcome: &Outcome) -> Vec<String> {
    consider(
        &open(Severity::Warning),
        outcome,
        Micros(2),
        &Rules::default(),
    )
    .into_iter()
    .filter(|movement| {
        movement
            .watch
            .is_some_and(|watch| matches!(watch.phase, Phase::Recovering { .. }))
    })
    .map(|movement| movement.object.as_str().to_owned())
    .collect()
}

#[test]
fn a_check_that_could_not_judge_ends_nothing_that_it_does_not_mention() {
    let missing = reason(Some(Object::metric("m")), Status::Unknown);
    let all =
        "finding/gone finding/seen judging metric/m metric/m{table=\"orders\"} metric/n verdict";
    for (what, outcome, expected) in [
        ("it judged", report(Status::Ok, vec![]), all),
        (
            "a configured metric is missing: so are its labels",
            report(Status::Ok, vec![missing]),
            "finding/gone finding/seen judging metric/n verdict",
        ),
        (
            "it is unwell, and has not measured everything",
            report(Status::Critical, vec![]),
            "finding/gone finding/seen judging metric/n verdict",
        ),
        (
            "it could not judge",
            report(Status::Unknown, vec![]),
            "finding/seen judging metric/n",
        ),
    ] {
        assert_eq!(recovering(&outcome).join(" "), expected, "{what}");
    }
}

#[test]
fn what_cannot_be_judged_any_more_stays_as_bad_as_it_was() {
    let unknown = report(
        Status::Ok,
        vec![reason(Some(Object::metric("n")), Status::Unknown)],
    );
    let mut known = open(Severity::Critical);
    for times in 1..=4 {
        let movements = consider(&known, &unknown, Micros(2), &Rules::default());
        let own = movements
            .into_iter()
            .find(|movement| movement.object == Object::metric("n"))
            .expect("what is wrong is said anew");
        assert_eq!(own.change, None, "after {times}");
        assert!(own.reason.is_some());
        let watch = own.watch.expect("still known");
        assert_eq!(watch.severity, Severity::Critical, "after {times}");
        known.insert(own.object, watch);
    }
}

#[test]
fn where_nothing_was_known_that_it_cannot_be_judged_is_a_warning() {
    let rules = Rules::default();
    let unknown = report(
        Status::Ok,
        vec![reason(Some(Object::metric("n")), Status::Unknown)],
    );
    let mut known = BTreeMap::new();
    let mut changes = Vec::new();
    for _ in 0..3 {
        for movement in consider(&known, &unknown, Micros(2), &rules) {
            changes.extend(movement.change);
            known.extend(movement.watch.map(|watch| (movement.object, watch)));
        }
    }
    let watch = known[&Object::metric("n")];
    assert_eq!(watch.severity, Severity::Warning);
    assert_eq!(changes, [crate::model::incident::Change::Opened]);
}

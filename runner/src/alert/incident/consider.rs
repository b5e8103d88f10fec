//! [`consider`]: what one outcome means for every object of its job.

use std::collections::{BTreeMap, BTreeSet};

use super::{Sign, step};
use crate::model::incident::{Movement, Object, Phase, Rules, Severity, Watch};
use crate::model::report::Failure;
use crate::model::run::{About, Micros, Outcome, Reason};
use crate::model::status::Status;

/// What an outcome at this time changes, given what is known of the job's objects.
///
/// With a report, every object that it does not mention is good, unless the check says that it could not
/// judge. Without one, only `judging` is bad, and nothing is known of the others; where
/// a check has nothing to judge any more, nothing is left that could be bad. What is only about the target
/// leaves everything of the job as it was.
#[must_use]
pub fn consider(
    known: &BTreeMap<Object, Watch>,
    outcome: &Outcome,
    at: Micros,
    rules: &Rules,
) -> Vec<Movement> {
    let signs = signs(known, outcome);
    let mut movements = Vec::new();
    for (object, (sign, reason)) in signs {
        let before = known.get(&object).copied();
        let (watch, change) = step(before, sign, at, rules);
        if watch != before || change.is_some() || reason.is_some() {
            movements.push(Movement {
                object,
                watch,
                change,
                reason,
            });
        }
    }
    movements
}

/// Whether something was seen bad, and is no incident yet.
#[must_use]
pub fn is_young(movements: &[Movement]) -> bool {
    let phases = movements.iter().filter_map(|movement| movement.watch);
    phases
        .into_iter()
        .any(|watch| matches!(watch.phase, Phase::Pending { .. }))
}

type Signs = BTreeMap<Object, (Sign, Option<Reason>)>;

fn signs(known: &BTreeMap<Object, Watch>, outcome: &Outcome) -> Signs {
    let mut signs = Signs::new();
    if outcome.about == About::Target {
        return signs;
    }
    match &outcome.failure {
        Some(Failure::NotApplicable(_)) => {
            let known = known.keys().cloned();
            return known.map(|object| (object, (Sign::Absent, None))).collect();
        }
        None => {
            let mentioned = mentioned(outcome);
            for object in known.keys() {
                let sign = match mentioned.contains(object) {
                    true => Sign::Good,
                    false => unmentioned(object, outcome),
                };
                signs.insert(object.clone(), (sign, None));
            }
            for object in &outcome.held {
                signs.insert(object.clone(), (Sign::Held, None));
            }
        }
        Some(_) => {}
    }
    // Two reasons about one object: the worse one counts. They come worst first.
    let mut told = BTreeSet::new();
    for reason in &outcome.reasons {
        let Some(object) = &reason.object else {
            continue;
        };
        if let Some(sign) = bad(reason.status, known.get(object))
            && told.insert(object)
        {
            signs.insert(object.clone(), (sign, Some(reason.clone())));
        }
    }
    signs
}

/// What the report has, be it good or bad. That there is one says that the job can be judged.
fn mentioned(outcome: &Outcome) -> BTreeSet<Object> {
    let metrics = outcome.metrics.iter();
    let metrics = metrics.map(|judged| Object::metric(&judged.metric.series()));
    let findings = outcome.findings.iter();
    let findings = findings.map(|finding| Object::finding(&finding.key));
    metrics.chain(findings).chain([Object::judging()]).collect()
}

/// A check that judged is the authority on what it leaves out: that is good. One that could not judge says
/// nothing about it, one that is critical need not have come to measure everything, and a metric that had to
/// be there and was not may hide any of its labels.
fn unmentioned(object: &Object, outcome: &Outcome) -> Sign {
    let is_known = match outcome.verdict() {
        Status::Unknown => false,
        Status::Critical => !object.is_metric(),
        Status::Ok | Status::Warning => !outcome.reasons.iter().any(|reason| {
            let missing = reason.object.as_ref();
            reason.status == Status::Unknown && missing.is_some_and(|it| object.is_labelled(it))
        }),
    };
    if is_known { Sign::Good } else { Sign::Held }
}

/// How bad a reason of this status is for its object; none where that is ok. Whoever cannot judge any more
/// has not seen that something critical is less so.
fn bad(status: Status, known: Option<&Watch>) -> Option<Sign> {
    let severity = Severity::of(status)?;
    let is_critical = known.is_some_and(|watch| {
        watch.severity == Severity::Critical && !matches!(watch.phase, Phase::Pending { .. })
    });
    Some(match (status, is_critical) {
        (Status::Unknown, true) => Sign::Held,
        _ => Sign::Bad(severity),
    })
}

#[cfg(test)]
mod tests;

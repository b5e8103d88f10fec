//! [`consider`]: what one outcome means for every object of its job.

use std::collections::BTreeMap;

use super::{Sign, step};
use crate::model::incident::{Movement, Object, Rules, Severity, Watch};
use crate::model::report::Failure;
use crate::model::run::{About, Micros, Outcome, Reason};

/// What an outcome at this time changes, given what is known of the job's objects.
///
/// With a report, every object that it does not mention is good. Without one, only `judging` is bad,
/// and nothing is known of the others; a check that has nothing to judge here, or has not run, says
/// nothing at all. What is only about the target leaves everything of the job as it was.
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

type Signs = BTreeMap<Object, (Sign, Option<Reason>)>;

fn signs(known: &BTreeMap<Object, Watch>, outcome: &Outcome) -> Signs {
    let mut signs = Signs::new();
    if outcome.about == About::Target {
        return signs;
    }
    match &outcome.failure {
        Some(Failure::NotApplicable(_)) => return signs,
        None => {
            for object in known.keys() {
                signs.insert(object.clone(), (Sign::Good, None));
            }
            for object in &outcome.held {
                signs.insert(object.clone(), (Sign::Held, None));
            }
        }
        Some(_) => {}
    }
    for reason in &outcome.reasons {
        let (Some(object), Some(severity)) = (&reason.object, Severity::of(reason.status)) else {
            continue;
        };
        let sign = Sign::Bad(severity);
        // Two reasons about one object: the worse one counts. They come worst first.
        let told = signs
            .get(object)
            .is_some_and(|(sign, _)| matches!(sign, Sign::Bad(_)));
        if !told {
            signs.insert(object.clone(), (sign, Some(reason.clone())));
        }
    }
    signs
}

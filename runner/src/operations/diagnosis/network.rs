//! The stages `dns` and `tcp`: does the name resolve, and does an address accept?

use std::time::Duration;

use super::document::{Problem, Severity, Stage, StageReport};
use crate::model::advice::{Cause, explain};
use crate::model::probe::{Dial, LookUp, Obstacle};
use crate::model::unit::format_duration;

/// Addresses that are shown one by one.
const SHOWN_MAX: usize = 16;

/// Judges the look-up of a name.
#[must_use]
pub fn dns(host: &str, seen: &LookUp) -> StageReport {
    let stage = StageReport::passed(Stage::Dns, seen.took).with_fact("name", host);
    match &seen.addresses {
        Ok(addresses) => addresses
            .iter()
            .take(SHOWN_MAX)
            .fold(stage, |stage, address| {
                stage.with_fact("address", address.to_string())
            }),
        Err(obstacle) => stage.with_problem(failed(obstacle)),
    }
}

/// Judges the attempts to connect, of which only the last one may have succeeded.
#[must_use]
pub fn tcp(dials: &[Dial]) -> StageReport {
    let took = dials.iter().map(|dial| dial.took).sum::<Duration>();
    let mut stage = StageReport::passed(Stage::Tcp, took);
    for dial in dials.iter().take(SHOWN_MAX) {
        let took = format_duration(dial.took);
        stage = match &dial.obstacle {
            None => stage.with_fact("accepted", format!("{} in {took}", dial.to)),
            // The problem says it all.
            Some(_) if dials.len() == 1 => stage,
            Some(obstacle) => {
                let why = format!("{} in {took}: {}", dial.to, obstacle.message);
                stage.with_fact(obstacle.class.as_str(), why)
            }
        };
    }
    let Some((last, before)) = dials.split_last() else {
        return stage;
    };
    match (&last.obstacle, before) {
        (None, []) => stage,
        (None, [first, ..]) => {
            let cause = Cause::AddressDead {
                dead: &first.to,
                alive: &last.to,
            };
            stage.with_problem(Problem::of(Severity::Warning, &cause))
        }
        (Some(_), _) => dials
            .iter()
            .filter_map(|dial| Some((dial, dial.obstacle.as_ref()?)))
            .fold(stage, |stage, (dial, obstacle)| {
                let same = |problem: &Problem| problem.class == obstacle.class.as_str();
                // Several addresses that fail alike are one problem.
                match stage.problems.iter().any(same) {
                    true => stage,
                    false => stage.with_problem(at(&dial.to, obstacle)),
                }
            }),
    }
}

fn at(place: &str, obstacle: &Obstacle) -> Problem {
    let problem = failed(obstacle);
    Problem {
        message: format!("{place}: {}", problem.message),
        ..problem
    }
}

/// An obstacle with the meaning and the advice of its class.
pub(super) fn failed(obstacle: &Obstacle) -> Problem {
    let explanation = explain(obstacle.class);
    let message = format!("{} ({})", explanation.meaning, obstacle.message);
    Problem::failed(obstacle.class.as_str(), message, explanation.advice)
}

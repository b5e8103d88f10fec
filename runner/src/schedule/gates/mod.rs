//! [`Gates`]: which targets can be reached, when each is to be asked, and whether what a run says of its
//! job is to be believed.
//!
//! A run that could not connect says nothing about its job; the target's own incident tells it. Unless
//! the target answers each time somebody asks it, and this one job never gets in: then that is the job's
//! own trouble, and must not be hidden ([`REFUTED_MAX`]).

pub(super) mod gate;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

pub use self::gate::{Answer, BAD_TO_CLOSE, GOOD_TO_OPEN, Standing, Turn};

use self::gate::Gate;
use super::{TICK, micros};
use crate::model::gate::Reach;
use crate::model::incident::Phase;
use crate::model::run::{About, Micros};

/// So many times a job could not reach a target that then answered, before its runs count for itself.
pub const REFUTED_MAX: u32 = 3;

/// Which targets can be reached. All times are on the steady timeline.
#[derive(Clone, Debug, Default)]
pub struct Gates {
    targets: HashMap<String, OfTarget>,
}

#[derive(Clone, Debug)]
struct OfTarget {
    gate: Gate,
    /// Jobs that could not reach it since it was asked last.
    accusing: HashSet<String>,
    /// By job: how often it could not reach it in a row, and then it answered.
    refuted: HashMap<String, u32>,
}

impl OfTarget {
    fn with(gate: Gate) -> Self {
        Self {
            gate,
            accusing: HashSet::new(),
            refuted: HashMap::new(),
        }
    }
}

impl Gates {
    /// Goes on with these targets: what is known of those that were there before stays. Those that do
    /// not answer are asked soon, because perhaps the configuration was what was wrong.
    pub fn replace<'a>(&mut self, targets: impl IntoIterator<Item = &'a str>, now: Micros) {
        let mut before = std::mem::take(&mut self.targets);
        for target in targets {
            if self.targets.contains_key(target) {
                continue;
            }
            let mut known = before
                .remove(target)
                .unwrap_or_else(|| OfTarget::with(Gate::OPEN));
            known.gate.hurry(now);
            self.targets.insert(target.to_owned(), known);
        }
    }

    /// Begins with what the history has of a target; nothing for one that is not there.
    pub fn recall(&mut self, target: &str, phase: Phase, now: Micros) {
        if let Some(known) = self.targets.get_mut(target) {
            *known = OfTarget::with(Gate::recalled(phase, now));
        }
    }

    /// A run of this job has learnt something of its target.
    pub fn take(&mut self, target: &str, job: &str, reach: &Reach, now: Micros) {
        let Some(known) = self.targets.get_mut(target) else {
            return;
        };
        match reach {
            Reach::Untried => {}
            Reach::Reached => {
                known.accusing.remove(job);
                known.refuted.remove(job);
            }
            Reach::Doubtful => known.gate.doubt(now),
            Reach::Unreachable(_) => {
                known.accusing.insert(job.to_owned());
                known.gate.doubt(now);
            }
        }
    }

    /// Somebody else says that a target is not simply open.
    pub fn doubt(&mut self, target: &str, now: Micros) {
        if let Some(known) = self.targets.get_mut(target) {
            known.gate.doubt(now);
        }
    }

    /// The targets that are to be asked now. Each is then being asked until [`Self::answered`].
    pub fn take_due(&mut self, now: Micros) -> Vec<String> {
        let mut due: Vec<_> = self
            .targets
            .iter_mut()
            .filter_map(|(name, known)| known.gate.ask_if_due(now).then(|| name.clone()))
            .collect();
        due.sort();
        due
    }

    /// What came of asking; what that changes for the target's jobs.
    pub fn answered(&mut self, target: &str, answer: Answer, now: Micros) -> Option<Turn> {
        let known = self.targets.get_mut(target)?;
        let turn = known.gate.answered(answer, now);
        if answer == Answer::Good {
            for job in known.accusing.drain() {
                let refuted = known.refuted.entry(job).or_insert(0);
                *refuted = refuted.saturating_add(1);
            }
        }
        if let Standing::Closed { .. } = known.gate.standing {
            // They were right.
            known.accusing.clear();
            known.refuted.clear();
        }
        turn
    }

    /// How a target stands; open when there is none of this name.
    #[must_use]
    pub fn standing(&self, target: &str) -> Standing {
        self.targets
            .get(target)
            .map_or(Standing::Open, |known| known.gate.standing)
    }

    /// Whether nothing is to be run on it.
    #[must_use]
    pub fn is_closed(&self, target: &str) -> bool {
        matches!(self.standing(target), Standing::Closed { .. })
    }

    /// What the outcome of a run that learnt this is about.
    #[must_use]
    pub fn about(&self, target: &str, job: &str, reach: &Reach) -> About {
        let refuted = self
            .targets
            .get(target)
            .and_then(|known| known.refuted.get(job));
        match (reach, self.standing(target)) {
            (Reach::Untried | Reach::Reached, _) => About::Job,
            // A query that takes too long is the job's matter, unless nobody gets an answer.
            (Reach::Doubtful, Standing::Open | Standing::Doubted { bad: 0 }) => About::Job,
            (Reach::Doubtful, Standing::Doubted { .. } | Standing::Closed { .. }) => About::Target,
            (Reach::Unreachable(_), _) if refuted.is_some_and(|times| *times >= REFUTED_MAX) => {
                About::Job
            }
            (Reach::Unreachable(_), _) => About::Target,
        }
    }

    /// How long nobody is to be asked; at most [`TICK`].
    #[must_use]
    pub fn idle_for(&self, now: Micros) -> Duration {
        let due = self.targets.values().filter_map(|known| known.gate.due);
        let first = due.map(|due| due.0.saturating_sub(now.0)).min();
        let microseconds = first.unwrap_or(i64::MAX).clamp(0, micros(TICK));
        Duration::from_micros(microseconds.unsigned_abs())
    }
}

//! [`Gate`]: whether one target can be reached, and when to ask next.
//!
//! | is | happens | becomes | asked again |
//! |---|---|---|---|
//! | open | a run could not connect, or ran out of time | doubted | at once |
//! | doubted | it answers | open | |
//! | doubted | no answer | doubted | [`CONFIRM_EVERY`] |
//! | doubted | no answer, [`BAD_TO_CLOSE`] times in a row | closed | [`ASKED_EVERY`] |
//! | closed | it answers | closed | [`RECOVER_EVERY`] |
//! | closed | it answers, [`GOOD_TO_OPEN`] times in a row | open | |
//! | closed | no answer | closed | [`ASKED_EVERY`] |
//!
//! Times are counted from the beginning of one attempt to the beginning of the next. While it is open
//! nobody asks: the checks that reach their database are the evidence.

use std::time::Duration;

use crate::model::gate::ASKED_EVERY;
use crate::model::incident::Phase;
use crate::model::run::Micros;
use crate::schedule::{later, micros};

/// So many times in a row there was no answer, before nothing is run on a target any more.
pub const BAD_TO_CLOSE: u32 = 3;

/// So many times in a row it answered, before its jobs run again.
pub const GOOD_TO_OPEN: u32 = 2;

/// How often it is asked while it is doubted.
pub(in crate::schedule) const CONFIRM_EVERY: Duration = Duration::from_secs(10);

/// How often it is asked while it has answered, and not often enough.
pub(in crate::schedule) const RECOVER_EVERY: Duration = Duration::from_secs(5);

/// A target is not asked more often, whoever doubts it.
pub(in crate::schedule) const ASKED_EVERY_MIN: Duration = Duration::from_secs(5);

/// Whether a target can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// As far as anybody knows.
    Open,
    /// A run has failed to, and so did this many attempts in a row since.
    Doubted {
        /// Less than [`BAD_TO_CLOSE`].
        bad: u32,
    },
    /// No; this many attempts in a row have succeeded since.
    Closed {
        /// Less than [`GOOD_TO_OPEN`].
        good: u32,
    },
}

/// What came of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It answered.
    Good,
    /// It did not.
    Bad,
    /// Nobody knows: the attempt itself went wrong.
    Lost,
}

/// What an answer changed for the target's jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// They are suspended.
    Closed,
    /// They run again.
    Opened,
}

/// One target's gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gate {
    pub(super) standing: Standing,
    /// When to ask next; none while it is open, or being asked.
    pub(super) due: Option<Micros>,
    /// When it was asked last.
    asked: Option<Micros>,
}

impl Gate {
    pub(super) const OPEN: Self = Self {
        standing: Standing::Open,
        due: None,
        asked: None,
    };

    /// As the history has it; asked at once unless it is open.
    pub(super) fn recalled(phase: Phase, now: Micros) -> Self {
        let standing = match phase {
            Phase::Pending { count } => Standing::Doubted {
                bad: count.min(BAD_TO_CLOSE - 1),
            },
            Phase::Firing { .. } => Standing::Closed { good: 0 },
            Phase::Recovering { count } => Standing::Closed {
                good: count.min(GOOD_TO_OPEN - 1),
            },
        };
        Self {
            standing,
            due: Some(now),
            asked: None,
        }
    }

    /// A run could not reach it, or somebody else says so.
    pub(super) fn doubt(&mut self, now: Micros) {
        if self.standing == Standing::Open {
            self.standing = Standing::Doubted { bad: 0 };
            self.due = Some(self.not_before(now));
        }
    }

    /// Perhaps it is another one now: asks as soon as that is allowed.
    pub(super) fn hurry(&mut self, now: Micros) {
        let soon = self.not_before(now);
        self.due = self.due.map(|due| due.min(soon));
    }

    /// Whether to ask it now; then it is being asked until [`Self::answered`].
    pub(super) fn ask_if_due(&mut self, now: Micros) -> bool {
        let is_due = self.due.is_some_and(|due| due <= now);
        if is_due {
            self.due = None;
            self.asked = Some(now);
        }
        is_due
    }

    pub(super) fn answered(&mut self, answer: Answer, now: Micros) -> Option<Turn> {
        let before = self.standing;
        self.standing = next(before, answer);
        let pause = match (self.standing, answer) {
            (Standing::Open, _) => None,
            (Standing::Doubted { .. }, _) => Some(CONFIRM_EVERY),
            (Standing::Closed { .. }, Answer::Good) => Some(RECOVER_EVERY),
            (Standing::Closed { .. }, Answer::Bad | Answer::Lost) => Some(ASKED_EVERY),
        };
        let began = self.asked.unwrap_or(now);
        self.due = pause.map(|pause| later(began, micros(pause)).max(now));
        match (before, self.standing) {
            (Standing::Doubted { .. }, Standing::Closed { .. }) => Some(Turn::Closed),
            (Standing::Closed { .. }, Standing::Open) => Some(Turn::Opened),
            _ => None,
        }
    }

    fn not_before(&self, now: Micros) -> Micros {
        self.asked
            .map_or(now, |asked| later(asked, micros(ASKED_EVERY_MIN)).max(now))
    }
}

fn next(standing: Standing, answer: Answer) -> Standing {
    match (standing, answer) {
        (Standing::Open, _) | (Standing::Doubted { .. }, Answer::Good) => Standing::Open,
        (unknown, Answer::Lost) => unknown,
        (Standing::Doubted { bad }, Answer::Bad) if bad + 1 < BAD_TO_CLOSE => {
            Standing::Doubted { bad: bad + 1 }
        }
        (Standing::Closed { good }, Answer::Good) if good + 1 >= GOOD_TO_OPEN => Standing::Open,
        (Standing::Closed { good }, Answer::Good) => Standing::Closed { good: good + 1 },
        (Standing::Doubted { .. } | Standing::Closed { .. }, Answer::Bad) => {
            Standing::Closed { good: 0 }
        }
    }
}

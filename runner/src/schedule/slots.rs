//! [`Slots`]: the times at which a job runs, one after the other, on its own timeline.

use std::time::Duration;

use super::{Now, cron, micros, phase};
use crate::model::job::Job;
use crate::model::run::Micros;
use crate::model::schedule::{CronLine, Schedule};

/// Times of a cron line that are counted when they are passed over; more say nothing more.
const COUNTED_MAX: u32 = 1000;

/// A clock that is set back by at most this much is corrected a little: what ran by it does not run
/// again. One that is set back further was wrong, and so were the times at which things ran.
const SET_BACK_MAX: Duration = Duration::from_secs(3 * 3600);

/// The times of one job.
#[derive(Clone, Debug)]
pub(super) enum Slots {
    /// `phase + k × interval`, on the steady timeline.
    Every {
        /// Microseconds, at least 1.
        interval: i64,
        /// Microseconds, less than the interval.
        phase: i64,
    },
    /// On the wall clock.
    Cron(Box<CronLine>),
}

/// What was passed over, and where it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Passed {
    /// Slots up to now, the one that was due included.
    pub(super) slots: u32,
    /// The first one after now.
    pub(super) next: Option<Micros>,
}

impl Slots {
    pub(super) fn of(job: &Job) -> Self {
        match &job.schedule {
            Schedule::Every(interval) => {
                let interval = micros(*interval).max(1);
                Self::Every {
                    interval,
                    phase: phase::of(job, interval),
                }
            }
            Schedule::Cron(line) => Self::Cron(line.clone()),
        }
    }

    /// Which of the two timelines it is on.
    pub(super) fn now(&self, now: Now) -> Micros {
        match self {
            Self::Every { .. } => now.steady,
            Self::Cron(_) => now.wall,
        }
    }

    /// The first slot after this time.
    pub(super) fn after(&self, time: Micros) -> Option<Micros> {
        match self {
            Self::Every { interval, phase } => {
                let since = time.0.saturating_sub(*phase).rem_euclid(*interval);
                Some(Micros(time.0.saturating_add(interval - since)))
            }
            Self::Cron(line) => cron::next(line, time),
        }
    }

    /// From this slot to the one after it, in microseconds.
    pub(super) fn period(&self, slot: Micros) -> i64 {
        match self {
            Self::Every { interval, .. } => *interval,
            Self::Cron(_) => match self.after(slot) {
                Some(next) => next.0.saturating_sub(slot.0),
                None => i64::MAX,
            },
        }
    }

    /// What is over, when this slot was due and it is `now` on the same timeline.
    pub(super) fn pass(&self, slot: Micros, now: Micros) -> Passed {
        match self {
            Self::Every { interval, .. } => {
                let over = now.0.saturating_sub(slot.0) / interval;
                Passed {
                    slots: u32::try_from(over).unwrap_or(u32::MAX).saturating_add(1),
                    next: self.after(now),
                }
            }
            Self::Cron(line) => {
                let mut slots = 1;
                let mut next = cron::next(line, slot);
                while slots < COUNTED_MAX
                    && let Some(time) = next.filter(|time| *time <= now)
                {
                    slots += 1;
                    next = cron::next(line, time);
                }
                if next.is_some_and(|next| next <= now) {
                    next = cron::next(line, now);
                }
                Passed { slots, next }
            }
        }
    }

    /// The next slot after the wall clock was set back, when everything up to `done` has run. None
    /// where that changes nothing.
    pub(super) fn set_back(&self, done: Option<Micros>, wall: Micros) -> Option<Micros> {
        let Self::Cron(line) = self else {
            return None;
        };
        let finished = done.filter(|done| {
            !line.is_every_hour()
                && done.0 > wall.0
                && done.0.saturating_sub(wall.0) <= micros(SET_BACK_MAX)
        });
        cron::next(line, finished.unwrap_or(wall))
    }
}

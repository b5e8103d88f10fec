//! The stage that says when which job runs. Pure: the time comes in as [`Now`], starts go out as [`Start`].
//!
//! - [`Timetable`]: every job's next run; what is due, what is skipped, what a pause or a jump of the
//!   clock changes
//! - [`ClockWatch`]: notices that the clock was set, or that this process stood still
//! - [`Gates`]: which targets can be reached, and when to ask them
//! - `liveness`: which jobs do not run although they should
//! - `phase`: where in its interval a job runs, the same after every restart
//! - `cron`: the times of a cron line, with the hours that a clock change leaves out or repeats
//! - `slots`: the times of either kind, one after the other
//!
//! Intervals are counted on a timeline that nobody can set (`steady`), cron lines on the wall clock.

mod clock_watch;
mod cron;
mod entry;
mod gates;
mod liveness;
mod phase;
mod slots;
#[cfg(test)]
mod tests;
mod timetable;

use std::time::Duration;

use crate::model::run::Micros;

pub use self::clock_watch::{ClockEvent, ClockWatch};
pub use self::cron::next as next_time;
pub use self::entry::Start;
pub use self::gates::{Answer, BAD_TO_CLOSE, GOOD_TO_OPEN, Gates, Turn};
pub use self::liveness::Noticed;
pub use self::timetable::{Changes, JobId, Timetable};

/// The longest time between two looks at the clock.
pub const TICK: Duration = Duration::from_secs(1);

/// After a start, a pause or a change, everything runs once within this time, or within its own
/// interval where that is shorter.
pub const FIRST_RUN_WITHIN: Duration = Duration::from_secs(60);

/// How soon a job runs again after a run that left something open, where its interval is not shorter anyway.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// A run that begins later than this, or than half its interval where that is shorter, is late.
pub const LATE_AFTER: Duration = Duration::from_secs(30);

/// One moment on both timelines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// The wall clock when the process began, plus the time since then by a clock that only runs
    /// forward.
    pub steady: Micros,
    /// The wall clock, which people and daemons set.
    pub wall: Micros,
}

/// Microseconds of a duration.
fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// So much later.
fn later(time: Micros, by: i64) -> Micros {
    Micros(time.0.saturating_add(by))
}

//! [`Pulse`]: the few things by which another task sees whether the loop is alive and useful.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::model::run::Stored;
use crate::schedule::TICK;

/// What the loop leaves for others to see.
#[derive(Debug)]
pub struct Pulse(Mutex<Seen>);

#[derive(Debug)]
struct Seen {
    looked: Instant,
    late: Duration,
    /// When a result of a job was committed last, or since when one could have been.
    committed: Instant,
    expects_within: Option<Duration>,
    is_writable: bool,
    all_stand_still: bool,
}

/// What is seen of it at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// How late the loop is with looking at the clock.
    pub late: Duration,
    /// For how long no result was committed, and how long that may be; none when none is due.
    pub quiet: Option<(Duration, Duration)>,
    /// The newest result could be stored.
    pub is_writable: bool,
    /// No job runs.
    pub all_stand_still: bool,
}

impl Default for Pulse {
    fn default() -> Self {
        let now = Instant::now();
        Self(Mutex::new(Seen {
            looked: now,
            late: Duration::ZERO,
            committed: now,
            expects_within: None,
            is_writable: false,
            all_stand_still: false,
        }))
    }
}

impl Pulse {
    pub(super) fn looked(&self, late: Duration) {
        let mut seen = self.lock();
        (seen.looked, seen.late) = (Instant::now(), late);
    }

    pub(super) fn stored(&self, stored: &Stored) {
        let mut seen = self.lock();
        seen.is_writable = matches!(stored, Stored::Yes(_));
        if seen.is_writable {
            seen.committed = Instant::now();
        }
    }

    /// The run of the schedule itself says whether there is a history, and nothing about jobs.
    pub(super) fn stored_own(&self, stored: &Stored) {
        self.lock().is_writable = matches!(stored, Stored::Yes(_));
    }

    pub(super) fn expects(&self, within: Option<Duration>) {
        let mut seen = self.lock();
        if seen.expects_within != within {
            (seen.expects_within, seen.committed) = (within, Instant::now());
        }
    }

    pub(super) fn all_stand_still(&self, all: bool) {
        self.lock().all_stand_still = all;
    }

    /// What is seen of it now.
    #[must_use]
    pub fn at(&self, now: Instant) -> Beat {
        let seen = self.lock();
        let overdue = now
            .saturating_duration_since(seen.looked)
            .saturating_sub(TICK);
        let quiet = now.saturating_duration_since(seen.committed);
        Beat {
            late: seen.late.max(overdue),
            quiet: seen.expects_within.map(|within| (quiet, within)),
            is_writable: seen.is_writable,
            all_stand_still: seen.all_stand_still,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

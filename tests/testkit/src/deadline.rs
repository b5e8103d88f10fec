//! Waiting for something to come true, never longer than a limit.

use std::time::{Duration, Instant};

/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// A moment until which something has to come true; for loops that wait in their own way, such as
/// asynchronous ones.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    started: Instant,
    limit: Duration,
}

impl Deadline {
    /// A deadline `limit` from now.
    #[must_use]
    pub fn within(limit: Duration) -> Self {
        Self {
            started: Instant::now(),
            limit,
        }
    }

    /// Whether the time is up.
    #[must_use]
    pub fn has_passed(&self) -> bool {
        self.started.elapsed() > self.limit
    }

    /// Returns while there is time left.
    ///
    /// # Panics
    /// When the time is up, with `what` as that which did not come true.
    #[track_caller]
    pub fn check(&self, what: &str) {
        assert!(!self.has_passed(), "not within {:?}: {what}", self.limit);
    }
}

/// Calls `probe` every 20 ms until it gives a value.
///
/// # Panics
/// When it has given none within `limit`, with `what` as that which did not come true.
#[track_caller]
pub fn eventually<T>(what: &str, limit: Duration, mut probe: impl FnMut() -> Option<T>) -> T {
    let deadline = Deadline::within(limit);
    loop {
        if let Some(value) = probe() {
            return value;
        }
        deadline.check(what);
        std::thread::sleep(PAUSE);
    }
}

/// Like [`eventually`], but gives `None` when the time is up.
pub(crate) fn poll<T>(limit: Duration, mut probe: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Deadline::within(limit);
    loop {
        let value = probe();
        if value.is_some() || deadline.has_passed() {
            return value;
        }
        std::thread::sleep(PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_is_asked_until_it_answers() {
        let mut calls = 0;
        let answer = eventually("third call", Duration::from_secs(10), || {
            calls += 1;
            (calls == 3).then_some(calls)
        });
        assert_eq!(answer, 3);
    }

    #[test]
    #[should_panic(expected = "not within 1ns: the moon is full")]
    fn what_never_comes_true_is_named() {
        eventually::<()>("the moon is full", Duration::from_nanos(1), || None);
    }
}

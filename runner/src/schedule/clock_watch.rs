//! [`ClockWatch`]: compares the two timelines at every look, and notices what happened in between.

use std::time::Duration;

use super::{Now, TICK, micros};

/// A wall clock that moved by more than this against the steady one was set, or the machine slept.
const JUMP_MIN: Duration = Duration::from_secs(2);

/// A look at the clock that comes later than this after the one before means that the process stood
/// still.
const PAUSE_MIN: Duration = Duration::from_secs(3);

/// Something about the time that people should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockEvent {
    /// The wall clock is ahead of where it should be: set forward, or the machine was suspended.
    Forward(Duration),
    /// The wall clock was set back.
    Back(Duration),
    /// The process stood still, this long.
    Paused(Duration),
}

/// Remembers the look before.
#[derive(Clone, Copy, Debug)]
pub struct ClockWatch {
    last: Now,
}

impl ClockWatch {
    /// Begins with this look.
    #[must_use]
    pub fn new(now: Now) -> Self {
        Self { last: now }
    }

    /// What happened since the look before; looks are at most [`TICK`] apart.
    pub fn look(&mut self, now: Now) -> Option<ClockEvent> {
        let steady = now.steady.0.saturating_sub(self.last.steady.0);
        let wall = now.wall.0.saturating_sub(self.last.wall.0);
        self.last = now;
        let ahead = wall.saturating_sub(steady);
        let jump = Duration::from_micros(ahead.unsigned_abs());
        if jump > JUMP_MIN {
            let forward = ahead > 0;
            return Some(if forward {
                ClockEvent::Forward(jump)
            } else {
                ClockEvent::Back(jump)
            });
        }
        (steady > micros(PAUSE_MIN)).then(|| {
            let since_due = steady.saturating_sub(micros(TICK));
            ClockEvent::Paused(Duration::from_micros(since_due.unsigned_abs()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::run::Micros;

    #[test]
    fn what_happened_between_two_looks_is_told() {
        let seconds = Duration::from_secs;
        for (reason, steady, wall, event) in [
            ("nothing", 1.0, 1.0, None),
            ("the clock is slewed", 1.0, 1.0005, None),
            ("a small correction", 1.0, 2.9, None),
            (
                "set forward, or suspended",
                1.0,
                3601.0,
                Some(ClockEvent::Forward(seconds(3600))),
            ),
            (
                "set back",
                1.0,
                -3599.0,
                Some(ClockEvent::Back(seconds(3600))),
            ),
            ("stopped", 11.0, 11.0, Some(ClockEvent::Paused(seconds(10)))),
            (
                "stopped, and set forward",
                11.0,
                71.0,
                Some(ClockEvent::Forward(seconds(60))),
            ),
            ("a busy machine", 2.5, 2.5, None),
        ] {
            let at = |seconds: f64| Micros((seconds * 1e6) as i64);
            let mut watch = ClockWatch::new(Now {
                steady: at(0.0),
                wall: at(0.0),
            });
            let now = Now {
                steady: at(steady),
                wall: at(wall),
            };
            assert_eq!(watch.look(now), event, "{reason}");
        }
    }
}

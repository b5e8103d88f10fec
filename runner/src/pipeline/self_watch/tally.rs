//! [`Tally`]: what happened to the loop since the look before. Pure; times are those of the steady timeline.

use std::collections::VecDeque;
use std::time::Duration;

use crate::model::run::{FinishedRun, Micros, Stored};
use crate::model::self_watch::{SAYS_SET_ASIDE_FOR, Signs};

/// For how long it is remembered that the clock was set.
const JUMPS_WITHIN: Duration = Duration::from_secs(60 * 60);

/// Jumps that are remembered; more say nothing more.
const JUMPS_MAX: usize = 1000;

/// Damaged histories that are named; more say nothing more.
const SET_ASIDE_MAX: usize = 5;

/// What happened since the look before.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// When the loop should look at the clock again.
    planned: Option<Micros>,
    last: Option<Micros>,
    tick_delay: Duration,
    starts: u32,
    late_starts: u32,
    not_stored: u32,
    because: Option<String>,
    jumps: VecDeque<Micros>,
    /// Damaged histories, and when it was noticed that they were set aside.
    set_aside: VecDeque<(Micros, String)>,
}

impl Tally {
    /// How late the loop is.
    pub(super) fn looked(&mut self, now: Micros) -> Duration {
        let late = self
            .planned
            .map_or(Duration::ZERO, |planned| since(planned, now));
        self.tick_delay = self.tick_delay.max(late);
        self.last = Some(now);
        self.planned = None;
        late
    }

    /// The loop waits for at most so long; what it does before it waits counts as lateness.
    pub(super) fn waits(&mut self, idle: Duration) {
        let idle = i64::try_from(idle.as_micros()).unwrap_or(i64::MAX);
        self.planned = self.last.map(|last| Micros(last.0.saturating_add(idle)));
    }

    pub(super) fn clock_was_set(&mut self, now: Micros) {
        self.jumps.push_back(now);
        if self.jumps.len() > JUMPS_MAX {
            self.jumps.pop_front();
        }
    }

    pub(super) fn set_aside(&mut self, file: String, now: Micros) {
        self.set_aside.push_back((now, file));
        if self.set_aside.len() > SET_ASIDE_MAX {
            self.set_aside.pop_front();
        }
    }

    pub(super) fn finished(&mut self, run: &FinishedRun) {
        if let Some(occasion) = run.occasion {
            self.starts = self.starts.saturating_add(1);
            self.late_starts += u32::from(occasion.late_by(run.started).is_some());
        }
        self.kept(&run.stored);
    }

    /// Whether a result is in the history: of a job, or of what the schedule looks at by itself.
    pub(super) fn kept(&mut self, stored: &Stored) {
        match stored {
            Stored::Yes(_) => {}
            Stored::NotAsked => self.lost("the history could not be opened"),
            Stored::Failed(why) => self.lost(why),
        }
    }

    fn lost(&mut self, why: &str) {
        self.not_stored = self.not_stored.saturating_add(1);
        self.because = Some(why.to_owned());
    }

    /// All of it, and begins anew.
    pub(super) fn take(&mut self, now: Micros) -> Signs {
        while self
            .jumps
            .front()
            .is_some_and(|at| since(*at, now) > JUMPS_WITHIN)
        {
            self.jumps.pop_front();
        }
        self.set_aside
            .retain(|(at, _)| since(*at, now) <= SAYS_SET_ASIDE_FOR);
        Signs {
            set_aside: self
                .set_aside
                .iter()
                .map(|(_, file)| file.clone())
                .collect(),
            tick_delay: std::mem::take(&mut self.tick_delay),
            starts: std::mem::take(&mut self.starts),
            late_starts: std::mem::take(&mut self.late_starts),
            not_stored: std::mem::take(&mut self.not_stored),
            not_stored_because: self.because.take(),
            clock_jumps: u32::try_from(self.jumps.len()).unwrap_or(u32::MAX),
            ..Signs::default()
        }
    }
}

fn since(earlier: Micros, later: Micros) -> Duration {
    Duration::from_micros(u64::try_from(later.0.saturating_sub(earlier.0)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn late_is_what_comes_after_the_planned_time_whatever_took_it() {
        let mut tally = Tally::default();
        assert_eq!(tally.looked(Micros(0)), Duration::ZERO, "the first look");
        tally.waits(Duration::from_secs(1));
        assert_eq!(
            tally.looked(Micros(SECOND / 2)),
            Duration::ZERO,
            "woken early"
        );
        tally.waits(Duration::from_secs(1));
        assert_eq!(tally.looked(Micros(9 * SECOND / 2)), Duration::from_secs(3));
        tally.waits(Duration::from_secs(1));
        tally.looked(Micros(11 * SECOND / 2));
        assert_eq!(
            tally.take(Micros(6 * SECOND)).tick_delay,
            Duration::from_secs(3),
            "the worst"
        );
        assert_eq!(tally.take(Micros(6 * SECOND)), Signs::default(), "once");
    }

    #[test]
    fn a_history_that_was_damaged_is_named_for_hours() {
        let mut tally = Tally::default();
        tally.set_aside("a".into(), Micros(0));
        tally.set_aside("b".into(), Micros(3600 * SECOND));
        let mut named = |hour: i64| tally.take(Micros(hour * 3600 * SECOND)).set_aside;
        assert_eq!(named(1), ["a", "b"]);
        assert_eq!(named(6), ["a", "b"]);
        assert_eq!(named(7), ["b"]);
        assert_eq!(named(8), [""; 0]);
    }

    #[test]
    fn a_clock_that_was_set_is_remembered_for_an_hour() {
        let mut tally = Tally::default();
        for minute in [0, 1, 50] {
            tally.clock_was_set(Micros(minute * 60 * SECOND));
        }
        let jumps =
            |tally: &mut Tally, minute: i64| tally.take(Micros(minute * 60 * SECOND)).clock_jumps;
        assert_eq!(jumps(&mut tally, 59), 3);
        assert_eq!(jumps(&mut tally, 62), 1);
        assert_eq!(jumps(&mut tally, 111), 0);
    }
}

//! What becomes of the slots of a target that cannot be reached.

use super::*;
use crate::model::schedule::LeftOpen;

const SECOND: i64 = 1_000_000;

/// A timetable and the time; runs end at once.
struct Play {
    timetable: Timetable,
    now: Now,
    began: i64,
}

impl Play {
    fn new(jobs: &[Arc<Job>]) -> Self {
        let now = both(at("2026-06-01T12:00:00Z"));
        Self {
            timetable: Timetable::new(jobs, now),
            now,
            began: now.steady.0,
        }
    }

    fn step(&mut self) -> Vec<Start> {
        self.now = both(later(self.now.steady, SECOND / 10));
        self.timetable.take_due(self.now)
    }

    /// The starts of so many seconds: who, in which second, and how many slots were suspended before.
    fn pass(&mut self, seconds: i64) -> Vec<(String, i64, u32)> {
        let mut starts = Vec::new();
        for _ in 0..seconds * 10 {
            for start in self.step() {
                let second = (self.now.steady.0 - self.began) / SECOND;
                let suspended = start.occasion.suspended;
                starts.push((start.job.name.clone(), second, suspended));
                assert_eq!((start.occasion.overlapped, start.occasion.missed), (0, 0));
                self.timetable
                    .finished(start.id, LeftOpen::Nothing, self.now);
            }
        }
        starts
    }
}

#[test]
fn nothing_runs_on_it_and_everything_runs_once_soon_after() {
    let jobs = [
        job("often", "down", every(10)),
        job("hourly", "down", every(3600)),
        job("often", "up", every(10)),
    ];
    let mut play = Play::new(&jobs);
    play.pass(60);
    assert_eq!(play.timetable.suspend("down"), 2);
    let meanwhile = play.pass(600);
    assert_eq!(meanwhile.len(), 60, "the other target's: {meanwhile:?}");
    assert_eq!(play.timetable.resume("down", play.now), 2);
    let mut after = play.pass(60);
    after.retain(|(name, _, suspended)| name == "hourly" || *suspended > 0);
    after.sort();
    let told: Vec<_> = after
        .iter()
        .map(|(name, _, suspended)| (name.as_str(), *suspended))
        .collect();
    assert_eq!(told, [("hourly", 0), ("often", 60)], "within a minute");
    let rest = play.pass(60);
    assert!(rest.iter().all(|(_, _, suspended)| *suspended == 0));
}

#[test]
fn after_a_long_time_they_do_not_come_all_at_once() {
    let jobs: Vec<_> = (0..40)
        .map(|n| job(&format!("j{n}"), "down", every(300)))
        .collect();
    let mut play = Play::new(&jobs);
    play.timetable.suspend("down");
    assert_eq!(play.pass(1000), []);
    play.timetable.resume("down", play.now);
    let mut starts: Vec<_> = play.pass(60).into_iter().map(|it| it.1).collect();
    assert_eq!(starts.len(), 40);
    starts.dedup();
    assert!(starts.len() >= 20, "spread over a minute: {starts:?}");
}

#[test]
fn a_cron_line_runs_only_where_it_has_missed_a_time() {
    let jobs = [
        job("came", "down", cron("5 12 * * *", "UTC")),
        job("did-not", "down", cron("5 18 * * *", "UTC")),
    ];
    let mut play = Play::new(&jobs);
    play.timetable.suspend("down");
    assert_eq!(play.pass(600), []);
    play.timetable.resume("down", play.now);
    let starts = play.pass(60);
    assert_eq!(starts.len(), 1, "{starts:?}");
    assert_eq!((starts[0].0.as_str(), starts[0].2), ("came", 1));
}

#[test]
fn a_cron_line_that_ran_into_the_outage_runs_again_once_that_is_over() {
    for (left_open, runs) in [
        (LeftOpen::Nothing, 0),
        // What was to be looked at again has to wait.
        (LeftOpen::Something, 1),
        (LeftOpen::Everything, 1),
    ] {
        let mut play = Play::new(&[job("daily", "down", cron("5 12 * * *", "UTC"))]);
        let start = loop {
            if let Some(start) = play.step().pop() {
                break start;
            }
        };
        play.timetable.finished(start.id, left_open, play.now);
        assert_eq!(play.pass(20), []);
        play.timetable.suspend("down");
        assert_eq!(play.pass(600), []);
        play.timetable.resume("down", play.now);
        assert_eq!(play.pass(60).len(), runs, "{left_open:?}");
        // The next time there is nothing to make up for.
        play.timetable.suspend("down");
        play.pass(60);
        play.timetable.resume("down", play.now);
        assert_eq!(play.pass(60), [], "{left_open:?}");
    }
}

#[test]
fn a_run_that_waited_for_its_place_until_the_target_was_down_is_suspended_too() {
    let mut play = Play::new(&[job("a", "down", every(10))]);
    let start = loop {
        if let Some(start) = play.step().pop() {
            break start;
        }
    };
    // Two more slots overlap with the wait.
    assert_eq!(play.pass(20), []);
    play.timetable.suspend("down");
    play.timetable.not_begun(start.id, &start.occasion);
    assert_eq!(play.pass(20), []);
    play.timetable.resume("down", play.now);
    let next = loop {
        if let Some(start) = play.step().pop() {
            break start.occasion;
        }
    };
    assert_eq!((next.overlapped, next.suspended), (2, 3));
}

#[test]
fn a_new_configuration_does_not_bring_them_back() {
    let before = job("a", "down", every(10));
    let mut play = Play::new(&[before]);
    play.timetable.suspend("down");
    let jobs = [
        job("a", "down", every(20)),
        job("new", "down", every(10)),
        job("other", "up", every(10)),
    ];
    play.timetable.replace(&jobs, play.now);
    let starts = play.pass(60);
    assert!(starts.iter().all(|it| it.0 == "other"), "{starts:?}");
    // A target that was gone meanwhile begins anew.
    play.timetable.replace(&jobs[2..], play.now);
    play.timetable.replace(&jobs, play.now);
    let starts = play.pass(60);
    assert!(starts.iter().any(|it| it.0 == "new"), "{starts:?}");
}

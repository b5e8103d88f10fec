//! What the timetable hands out, step by step.

use super::*;
use crate::model::schedule::LeftOpen;

const SECOND: i64 = 1_000_000;

/// A timetable, the time, and what was started.
struct Play {
    timetable: Timetable,
    now: Now,
    running: Vec<JobId>,
    /// `name second`, and what was skipped before.
    told: Vec<String>,
}

impl Play {
    fn new(jobs: &[Arc<Job>]) -> Self {
        let now = both(at("2026-06-01T12:00:00Z"));
        Self {
            timetable: Timetable::new(jobs, now),
            now,
            running: Vec::new(),
            told: Vec::new(),
        }
    }

    /// Runs that end at once, for so many seconds.
    fn pass(&mut self, seconds: i64, left_open: LeftOpen) {
        for _ in 0..seconds * 10 {
            self.step(SECOND / 10);
            for id in std::mem::take(&mut self.running) {
                self.timetable.finished(id, left_open, self.now);
            }
        }
    }

    fn step(&mut self, by: i64) {
        self.now = Now {
            steady: later(self.now.steady, by),
            wall: later(self.now.wall, by),
        };
        let began = at("2026-06-01T12:00:00Z");
        for start in self.timetable.take_due(self.now) {
            self.running.push(start.id);
            let second = (self.now.steady.0 - began.0) / SECOND;
            let mut text = format!("{} {second}", start.job.name);
            if start.occasion.overlapped + start.occasion.missed > 0 {
                let (overlapped, missed) = (start.occasion.overlapped, start.occasion.missed);
                text.push_str(&format!(" -{overlapped} -{missed}"));
            }
            if start.occasion.late_by(self.now.wall).is_some() {
                text.push_str(" late");
            }
            self.told.push(text);
        }
    }

    /// Only to be looked at where the seconds are.
    fn starts(&mut self) -> usize {
        std::mem::take(&mut self.told).len()
    }
}

#[test]
fn intervals_hold_their_phase_over_restarts() {
    let jobs = [
        job("a", "x", every(10)),
        job("a", "y", every(10)),
        job("b", "x", every(10)),
    ];
    let mut play = Play::new(&jobs);
    play.pass(40, LeftOpen::Nothing);
    assert_eq!(play.starts(), 12);
    let phases: Vec<i64> = jobs.iter().map(|job| phase::of(job, 10 * SECOND)).collect();
    // What is here is what every installation has: another hash would move every job.
    assert_eq!(phases, [5_605_622, 5_594_290, 5_201_220]);
}

#[test]
fn a_long_interval_runs_within_a_minute_and_not_twice_in_a_row() {
    for (name, interval) in [
        ("a", 3600),
        ("b", 3600),
        ("c", 90),
        ("d", 61),
        ("e", 86_400),
    ] {
        let mut play = Play::new(&[job(name, "x", every(interval))]);
        play.pass(60, LeftOpen::Nothing);
        assert_eq!(play.starts(), 1, "{name}: within the first minute");
        let interval = i64::try_from(interval).expect("small");
        play.pass((interval * 3 / 2).min(10_000), LeftOpen::Nothing);
        assert!(play.starts() <= 2, "{name}: no run close to the first");
    }
}

#[test]
fn a_cron_line_runs_at_its_time_only() {
    let mut play = Play::new(&[job("a", "x", cron("2 12 * * *", "UTC"))]);
    play.pass(119, LeftOpen::Nothing);
    assert_eq!(play.told, [] as [&str; 0]);
    play.pass(200, LeftOpen::Nothing);
    assert_eq!(play.told, ["a 120"]);
}

#[test]
fn a_run_that_goes_on_is_not_run_beside_itself() {
    let mut play = Play::new(&[job("a", "x", every(2))]);
    while play.running.is_empty() {
        play.step(SECOND / 10);
    }
    for _ in 0..70 {
        play.step(SECOND / 10);
    }
    assert_eq!(play.starts(), 1);
    let id = play.running.remove(0);
    play.timetable.finished(id, LeftOpen::Nothing, play.now);
    play.pass(3, LeftOpen::Nothing);
    assert!(play.told[0].ends_with(" -3 -0"), "{:?}", play.told);
}

#[test]
fn what_is_left_open_is_looked_at_again_after_thirty_seconds_until_it_is_decided() {
    let jobs = [job("a", "x", every(600))];
    let mut play = Play::new(&jobs);
    while play.told.len() < 2 {
        play.pass(1, LeftOpen::Something);
    }
    play.pass(200, LeftOpen::Nothing);
    let seconds: Vec<i64> = play
        .told
        .iter()
        .map(|text| text[2..].parse().expect("a second"))
        .collect();
    let [first, second, third] = seconds[..] else {
        panic!("three runs: {seconds:?}");
    };
    assert_eq!((second - first, third - second), (30, 30));
    // The phase is where it was.
    let next = play.timetable.in_order(play.now).len();
    assert_eq!(next, 1);
    play.told.clear();
    play.pass(600, LeftOpen::Nothing);
    let phase = phase::of(&jobs[0], 600 * SECOND) / SECOND;
    let began = at("2026-06-01T12:00:00Z").0 / SECOND;
    let slot: i64 = play.told[0][2..].parse().expect("a second");
    assert_eq!((began + slot).rem_euclid(600), phase);
}

#[test]
fn a_pause_is_followed_by_one_run_of_each_and_no_burst() {
    for interval in [30, 60, 300, 3600] {
        let jobs: Vec<_> = (0..100)
            .map(|n| job(&format!("j{n}"), "x", every(interval)))
            .collect();
        let mut play = Play::new(&jobs);
        play.pass(120, LeftOpen::Nothing);
        play.told.clear();
        play.step(3 * 3600 * SECOND);
        assert_eq!(play.starts(), 0, "all are later than their interval");
        let mut most = 0;
        let mut runs = 0;
        for _ in 0..interval.min(60) {
            play.pass(1, LeftOpen::Nothing);
            let starts = play.starts();
            most = most.max(starts);
            runs += starts;
        }
        assert!(
            most <= 15,
            "every {interval} s: {most} starts within a second"
        );
        assert!(
            (100..=104).contains(&runs),
            "every {interval} s: {runs} runs"
        );
    }
}

#[test]
fn what_is_a_little_late_runs_and_says_so() {
    let mut play = Play::new(&[job("a", "x", every(40))]);
    play.pass(40, LeftOpen::Nothing);
    play.told.clear();
    let slot = play.timetable.idle_for(play.now);
    assert!(slot <= TICK);
    // One slot passes, and a bit more than half an interval.
    play.step(39 * SECOND + 21 * SECOND);
    assert!(
        play.told.iter().all(|text| text.ends_with("late")),
        "{:?}",
        play.told
    );
}

#[test]
fn a_pause_that_is_shorter_than_the_interval_makes_no_burst_either() {
    let jobs: Vec<_> = (0..100)
        .map(|n| job(&format!("j{n}"), "x", every(3600)))
        .collect();
    let mut play = Play::new(&jobs);
    play.pass(120, LeftOpen::Nothing);
    play.told.clear();
    play.step(3000 * SECOND);
    assert!(play.starts() <= 3, "a third of them is overdue");
    let (mut most, mut runs) = (0, 0);
    for _ in 0..60 {
        play.pass(1, LeftOpen::Nothing);
        let started = play.starts();
        most = most.max(started);
        runs += started;
    }
    assert!((20..50).contains(&runs), "{runs} run within a minute");
    assert!(most <= 6, "{most} in one second");
}

#[test]
fn a_reload_keeps_what_is_unchanged_and_what_runs() {
    let (a, b, c) = (every(60), every(60), every(60));
    let before = [job("a", "x", a), job("b", "x", b), job("c", "x", c)];
    let mut play = Play::new(&before);
    while play.running.is_empty() {
        play.step(SECOND / 10);
    }
    let busy = play.told[0][..1].to_owned();
    let times = |play: &Play| {
        let order = play.timetable.in_order(play.now);
        order.iter().map(|job| job.name.clone()).collect::<Vec<_>>()
    };
    let order = times(&play);
    let again = [
        job("a", "x", every(60)),
        job("b", "x", every(60)),
        job("c", "x", every(60)),
    ];
    let kept = Changes {
        kept: 3,
        ..Changes::default()
    };
    assert_eq!(play.timetable.replace(&again, play.now), kept);
    assert_eq!(times(&play), order);

    // It goes, comes back while its run goes on, and does not run beside it.
    let without: Vec<_> = again
        .iter()
        .filter(|job| job.name != busy)
        .cloned()
        .collect();
    let removed = Changes {
        kept: 2,
        removed: 1,
        ..Changes::default()
    };
    assert_eq!(play.timetable.replace(&without, play.now), removed);
    assert_eq!(play.timetable.len(), 2);
    let added = Changes {
        kept: 2,
        added: 1,
        ..Changes::default()
    };
    assert_eq!(play.timetable.replace(&again, play.now), added);
    play.told.clear();
    for _ in 0..1300 {
        play.step(SECOND / 10);
    }
    assert!(
        play.told.iter().all(|text| !text.starts_with(&busy)),
        "{:?}",
        play.told
    );

    // When that has ended, it does.
    play.told.clear();
    for id in std::mem::take(&mut play.running) {
        play.timetable.finished(id, LeftOpen::Nothing, play.now);
    }
    play.pass(61, LeftOpen::Nothing);
    assert_eq!(play.starts(), 3);

    let faster = [job("a", "x", every(5))];
    let changes = play.timetable.replace(&faster, play.now);
    assert_eq!((changes.rescheduled, changes.removed), (1, 2));
}

#[test]
fn the_wall_clock_decides_about_cron_lines_alone() {
    let jobs = [
        job("interval", "x", every(300)),
        job("daily", "x", cron("5 12 * * *", "UTC")),
        job("minutes", "x", cron("*/10 * * * *", "UTC")),
    ];
    for (reason, jump, expected) in [
        ("nothing happens", 0, [2, 1, 1]),
        (
            "back by an hour: what ran at its time does not run again",
            -3600,
            [2, 1, 1],
        ),
        (
            "back by ten years: the clock was wrong, times begin anew",
            -315_360_060,
            [2, 2, 1],
        ),
    ] {
        let mut play = Play::new(&jobs);
        play.pass(310, LeftOpen::Nothing);
        play.told.clear();
        play.now.wall = later(play.now.wall, jump * SECOND);
        if jump != 0 {
            let by = Duration::from_secs(jump.unsigned_abs());
            play.timetable.clock_changed(ClockEvent::Back(by), play.now);
        }
        play.pass(600, LeftOpen::Nothing);
        let of = |name: &str| {
            play.told
                .iter()
                .filter(|text| text.starts_with(name))
                .count()
        };
        let runs = [of("interval"), of("daily") + 1, of("minutes")];
        assert_eq!(runs, expected, "{reason}: {:?}", play.told);
    }
}

#[test]
fn a_retry_that_is_overdue_after_a_pause_waits_for_its_turn() {
    let jobs: Vec<_> = (0..50)
        .map(|n| job(&format!("j{n}"), "x", every(50)))
        .collect();
    let mut play = Play::new(&jobs);
    play.pass(50, LeftOpen::Something);
    play.told.clear();
    play.step(3600 * SECOND);
    assert_eq!(play.starts(), 0);
    play.pass(50, LeftOpen::Nothing);
    assert_eq!(play.starts(), 50);
}

//! Days of virtual time: runs of any length, pauses, clocks that jump. Whatever happens, a job never
//! runs beside itself, no slot runs twice, nothing comes in bursts, and nothing is forgotten.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::model::schedule::LeftOpen;

const SECOND: i64 = 1_000_000;

/// What happens between two looks at the clock.
#[derive(Clone, Copy, Debug)]
enum Happening {
    /// Nothing: the loop looks after this many microseconds.
    Tick(i64),
    /// The process stands still for so many seconds.
    Pause(i64),
    /// The wall clock is set by so many seconds.
    Jump(i64),
}

/// A small generator, so that a seed is all there is to say about a simulation.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn happening(&mut self) -> Happening {
        let sign = if self.roll(2) == 0 { 1 } else { -1 };
        let size = [1, 5, 60, 3600, 86_400, 86_400 * 3650][self.roll(6) as usize];
        match self.roll(3000) {
            0 => Happening::Pause(1 + self.roll(1200) as i64),
            1 => Happening::Jump(sign * (1 + self.roll(size) as i64)),
            _ => Happening::Tick(1 + self.roll(SECOND as u64) as i64),
        }
    }
}

/// What is known of one job.
#[derive(Default)]
struct Seen {
    runs_until: Option<i64>,
    /// On the steady timeline.
    started: i64,
    /// How long the process had stood still by then, and how often the time had been disturbed.
    started_after: (i64, i64),
    due: Option<i64>,
    runs: u32,
}

struct World {
    seed: u64,
    now: Now,
    timetable: Timetable,
    jobs: Vec<(Arc<Job>, i64)>,
    seen: HashMap<String, Seen>,
    running: Vec<(i64, JobId, String)>,
    watch: ClockWatch,
    /// How long the process has stood still, and how often that or a jump has happened.
    disturbed: (i64, i64),
    longest_run: i64,
}

impl World {
    fn new(seed: u64) -> Self {
        let now = both(at("2026-03-27T00:00:00Z"));
        let intervals = [1, 5, 30, 60, 61, 300, 3600];
        let mut jobs: Vec<_> = (0..40)
            .map(|n| {
                let interval = intervals[n % intervals.len()];
                let own = job(&format!("j{n}"), "x", every(interval));
                (own, interval as i64 * SECOND)
            })
            .collect();
        jobs.push((
            job("minutes", "x", cron("*/5 * * * *", "Europe/Berlin")),
            300 * SECOND,
        ));
        jobs.push((
            job("hours", "x", cron("17 * * * *", "Australia/Lord_Howe")),
            5400 * SECOND,
        ));
        let all: Vec<_> = jobs.iter().map(|(job, _)| Arc::clone(job)).collect();
        Self {
            seed,
            now,
            timetable: Timetable::new(&all, now),
            jobs,
            seen: HashMap::new(),
            running: Vec::new(),
            watch: ClockWatch::new(now),
            disturbed: (0, 0),
            longest_run: 0,
        }
    }

    fn pass(&mut self, happening: Happening) {
        let (steady, wall) = match happening {
            Happening::Tick(by) => (by, by),
            Happening::Pause(seconds) => (seconds * SECOND, seconds * SECOND),
            Happening::Jump(seconds) => (SECOND, seconds * SECOND),
        };
        self.now = Now {
            steady: later(self.now.steady, steady),
            wall: later(self.now.wall, wall),
        };
        match happening {
            Happening::Tick(_) => {}
            Happening::Pause(seconds) => {
                self.disturbed.0 += seconds * SECOND;
                self.disturbed.1 += 1;
            }
            Happening::Jump(_) => self.disturbed.1 += 1,
        }
        let ended: Vec<_> = self
            .running
            .extract_if(.., |run| run.0 <= self.now.steady.0)
            .collect();
        for (_, id, name) in ended {
            self.seen.entry(name).or_default().runs_until = None;
            self.timetable.finished(id, LeftOpen::Nothing, self.now);
        }
        if let Some(event) = self.watch.look(self.now) {
            self.timetable.clock_changed(event, self.now);
        }
    }

    /// How many were started.
    fn start_due(&mut self, dice: &mut Dice) -> usize {
        let starts = self.timetable.take_due(self.now);
        let count = starts.len();
        for start in starts {
            let seen = self.seen.entry(start.job.name.clone()).or_default();
            let name = &start.job.name;
            assert!(
                seen.runs_until.is_none(),
                "seed {}: {name} runs beside itself",
                self.seed
            );
            if let Schedule::Every(_) = start.job.schedule {
                let due = start.occasion.due.0 - self.now.wall.0 + self.now.steady.0;
                assert!(
                    seen.due.is_none_or(|before| before < due),
                    "seed {}: {name} runs twice for one slot",
                    self.seed
                );
                seen.due = Some(due);
            }
            let takes = match dice.roll(200) {
                0 => dice.roll(90 * SECOND as u64) as i64,
                _ => dice.roll(SECOND as u64 / 5) as i64,
            };
            self.longest_run = self.longest_run.max(takes);
            let until = self.now.steady.0 + takes;
            (seen.runs_until, seen.started) = (Some(until), self.now.steady.0);
            seen.started_after = self.disturbed;
            seen.runs += 1;
            self.running.push((until, start.id, name.clone()));
        }
        count
    }

    /// While the process is awake, nobody is silent for longer than two intervals, and one more for
    /// each disturbance.
    fn nothing_is_forgotten(&self, began: i64) {
        for (job, interval) in &self.jobs {
            let seen = self.seen.get(&job.name);
            let last = seen.map_or(began, |seen| seen.started);
            let (paused, disturbed) = seen.map_or((0, 0), |seen| seen.started_after);
            let silent = self.now.steady.0 - last - (self.disturbed.0 - paused);
            let allowed =
                (2 + self.disturbed.1 - disturbed) * interval + self.longest_run + 3 * SECOND;
            assert!(
                silent <= allowed,
                "seed {}: {} is silent for {} s, and may be for {} s",
                self.seed,
                job.name,
                silent / SECOND,
                allowed / SECOND
            );
        }
    }
}

/// Some hours, whatever the seed says.
fn simulate(seed: u64, looks: usize) {
    let mut dice = Dice(seed | 1);
    let mut world = World::new(seed);
    let began = world.now.steady.0;
    for look in 0..looks {
        world.pass(dice.happening());
        let starts = world.start_due(&mut dice);
        assert!(
            starts <= world.jobs.len(),
            "seed {seed}: a burst of {starts}"
        );
        let idle = world.timetable.idle_for(world.now);
        assert!(idle <= TICK, "seed {seed}: idle for {idle:?}");
        if look % 50 == 0 {
            world.nothing_is_forgotten(began);
        }
    }
}

#[test]
fn days_of_virtual_time_with_pauses_and_jumps() {
    // About two days each.
    for seed in 1..=4 {
        simulate(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed), 300_000);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_seed_keeps_the_promises(seed in any::<u64>()) {
        simulate(seed, 4_000);
    }

    #[test]
    fn slots_are_evenly_spaced_and_strictly_ahead(
        seconds in 1_u64..100_000, name in "[a-z]{1,8}", time in 0_i64..4_000_000_000_000_000,
    ) {
        let slots = slots::Slots::of(&job(&name, "x", every(seconds)));
        let first = slots.after(Micros(time)).expect("another");
        let interval = seconds as i64 * SECOND;
        prop_assert!(first.0 > time && first.0 <= time + interval);
        prop_assert_eq!(slots.after(first), Some(Micros(first.0 + interval)));
    }
}

//! [`Play`]: one virtual time in which everything happens: runs, faults, what people say, kills.

mod absence;
mod happening;
mod telling;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use checkrun_history::notification::{Acknowledgement, DueMessage, MessageState, Silence};
use checkrun_history::record::StoredStatus;
use rusqlite::Connection;

use self::absence::{Absent, Home};
use super::dice::Dice;
use super::orders::{ONCALL, orders};
use super::post::{Person, Post};
use super::promises::Promises;
use super::truth::Truth;
use super::world::{Mood, World, no_connection};
use crate::clock::Clock;
use crate::evaluate;
use crate::model::delivery::{Attempt, Fate};
use crate::model::gate::{CONNECTION_JOB, Knock};
use crate::model::incident::Rules;
use crate::model::job::Job;
use crate::model::run::{Micros, Outcome, Stored, Usage};
use crate::model::schedule::Occasion;
use crate::model::status::Status;
use crate::pipeline::messenger::parcel::Parcel;
use crate::pipeline::messenger::{Messenger, News};
use crate::pipeline::{CONNECTION_RULES, considering};
use crate::record::{JudgedRun, Recorder, stored_gates};
use crate::schedule::{Answer, Gates};

pub const SECOND: i64 = 1_000_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// Lines of the trace that a failure shows.
const TRACE_MAX: usize = 120;

/// A message that somebody is taking, or not.
struct Flight {
    parcel: Parcel,
    attempt: Attempt,
    /// For whom the other side takes it at the end.
    taken: Vec<String>,
    ends: i64,
}

pub struct Play {
    pub seed: u64,
    pub dice: Dice,
    /// On a timeline that nobody sets.
    pub steady: i64,
    /// What the clock shows.
    pub wall: i64,
    began: i64,
    home: Home,
    path: PathBuf,
    /// Another program's connection, which only looks.
    pub conn: Connection,
    recorder: Arc<Recorder>,
    messenger: Messenger,
    is_begun: bool,
    gates: Gates,
    knocked: Vec<String>,
    pub world: World,
    with_oncall: bool,
    pub post: Post,
    pub truth: Truth,
    pub promises: Promises,
    flights: Vec<Flight>,
    /// The folder of the history is away until then, on the steady timeline.
    away_until: i64,
    /// What only the memory has.
    absent: Option<Absent>,
    calm: bool,
    trace: VecDeque<String>,
    pub runs: u64,
    pub kills: u64,
    /// Of the kills, those that took with them what only the memory had.
    pub losses: u64,
    network_until: i64,
}

fn at(time: &str) -> i64 {
    time.parse::<jiff::Timestamp>()
        .expect("a time")
        .as_microsecond()
}

impl Play {
    pub fn new(seed: u64, targets: usize, jobs: usize) -> Self {
        let mut dice = Dice::new(seed);
        // The nights in which the clocks of Berlin change, and another one.
        let began = dice.pick::<&str>(&[
            "2026-03-28T12:00:00Z",
            "2026-10-24T12:00:00Z",
            "2026-06-05T12:00:00Z",
        ]);
        let began = at(began);
        let home = Home::new();
        let path = home.path();
        let recorder = Recorder::open_for_simulation(&path, Micros(began)).expect("a history");
        let recorder = Arc::new(recorder);
        let world = World::new(targets, jobs, began);
        let messenger = Messenger::new(
            Arc::new(orders(world.jobs(), true)),
            Arc::clone(&recorder),
            path.clone(),
            Clock::Fixed(Micros(began)),
        );
        let mut gates = Gates::default();
        gates.replace(world.targets.iter().map(String::as_str), Micros(began));
        Self {
            seed,
            dice,
            steady: began,
            wall: began,
            began,
            conn: Connection::open(&path).expect("a connection"),
            home,
            path,
            recorder,
            messenger,
            is_begun: false,
            gates,
            knocked: Vec::new(),
            world,
            with_oncall: true,
            post: Post::default(),
            truth: Truth::default(),
            promises: Promises::new(began),
            flights: Vec::new(),
            away_until: 0,
            absent: None,
            calm: false,
            trace: VecDeque::new(),
            runs: 0,
            kills: 0,
            losses: 0,
            network_until: 0,
        }
    }

    pub fn note(&mut self, line: impl FnOnce() -> String) {
        if self.trace.len() >= TRACE_MAX {
            self.trace.pop_front();
        }
        let passed = self.steady - self.began;
        let (hours, minutes) = (passed / HOUR, passed % HOUR / MINUTE);
        let seconds = passed % MINUTE / SECOND;
        let line = format!("{hours:4}:{minutes:02}:{seconds:02} {}", line());
        self.trace.push_back(line);
    }

    /// What happened last.
    pub fn trace(&self) -> String {
        let lines: Vec<&str> = self.trace.iter().map(String::as_str).collect();
        lines.join("\n")
    }

    /// A promise is broken: the seed, what happened before, and the messages.
    pub fn broken(&self, what: &str) -> ! {
        let (seed, trace, messages) = (self.seed, self.trace(), self.messages().join("\n"));
        panic!("seed {seed}: {what}\n{trace}\n{messages}\nseed {seed}: {what}");
    }

    /// The newest, one a line: who is told what by them, and where they are.
    fn messages(&self) -> Vec<String> {
        let mut statement = self
            .conn
            .prepare(
                "SELECT outbox_id || ' ' || route || ' ' || kind || ' about ' || coalesce(target_id, 'several')
                     || ', ' || state || coalesce(', instead of ' || fallback_of, '') || ': '
                     || (SELECT group_concat('job ' || job_id || ' incident ' || incident_id || ' '
                              || coalesce(before, '-') || '>' || coalesce(after, '-')
                              || coalesce(' ' || flapping, ''), '; ')
                         FROM outbox_item WHERE outbox_item.outbox_id = outbox.outbox_id)
                 FROM outbox ORDER BY outbox_id DESC LIMIT 80",
            )
            .expect("a statement");
        let rows = statement.query_map([], |row| row.get::<_, Option<String>>(0));
        let lines = rows.expect("rows").map(|line| line.expect("a line"));
        lines.map(Option::unwrap_or_default).collect()
    }

    pub fn hold(&self, promise: Result<(), String>) {
        if let Err(what) = promise {
            self.broken(&what);
        }
    }

    /// So much time passes, and everything that is due in it happens.
    pub async fn step(&mut self, by: i64) {
        self.steady += by;
        self.wall += by;
        if !self.calm {
            self.happen().await;
        }
        self.mend_disk().await;
        self.run_what_is_due().await;
        self.turn().await;
    }

    /// No more faults: what is wrong stays as it is, and all ways are open.
    pub fn calm_down(&mut self) {
        self.calm = true;
        self.post.is_sound = true;
        self.post.away_until = 0;
        self.post.full_until.clear();
        self.network_until = 0;
        self.world.away.clear();
        let restless = self.world.workers.iter_mut();
        for worker in restless.filter(|worker| worker.mood == Mood::Restless) {
            worker.mood = Mood::Well;
        }
        self.note(|| "calm".to_owned());
    }

    async fn run_what_is_due(&mut self) {
        let now = Micros(self.steady);
        for place in self.world.take_due(self.steady) {
            let job = Arc::clone(&self.world.workers[place].job);
            let (target, name) = (&job.target.name, &job.name);
            if self.gates.is_closed(target) {
                continue;
            }
            let (mut outcome, reach) = self.world.run(place, &mut self.dice);
            outcome.about = self.gates.about(target, name, &reach);
            self.gates.take(target, name, &reach, now);
            self.world.ran(place, outcome.status, self.steady);
            self.record(&job, &outcome, &job.rules).await;
        }
        for target in self.gates.take_due(now) {
            self.knocked.push(target);
        }
        for target in std::mem::take(&mut self.knocked) {
            let is_away = self.world.away.contains(&target);
            let (knock, answer) = match is_away {
                true => (Knock::Failed(no_connection()), Answer::Bad),
                false => {
                    let (connect, answer) = (Duration::from_millis(2), Duration::from_millis(1));
                    (Knock::Answered { connect, answer }, Answer::Good)
                }
            };
            let plain = Job::plain("any", &target);
            let job = Job::connection(&plain.target);
            let outcome = evaluate::judge_knock(&job.target.address, knock);
            self.record(&job, &outcome, &CONNECTION_RULES).await;
            if let Some(turn) = self.gates.answered(&target, answer, now) {
                self.note(|| format!("the gate of {target}: {turn:?}"));
            }
        }
    }

    async fn record(&mut self, job: &Job, outcome: &Outcome, rules: &Rules) {
        let started = Micros(self.wall);
        let occasion = Occasion {
            due: started,
            late_after: Duration::from_secs(30),
            overlapped: 0,
            missed: 0,
            suspended: 0,
        };
        let run = JudgedRun {
            job,
            pack: None,
            occasion: (!job.is_connection()).then_some(occasion),
            started,
            duration: Duration::from_millis(3),
            outcome,
            usage: &Usage::default(),
            state_changes: &[],
        };
        let stored = self
            .recorder
            .record(run, considering(job, outcome, started))
            .await;
        self.runs += 1;
        let (target, name) = (&job.target.name, &job.name);
        match stored {
            Stored::Yes(_) => {
                self.truth
                    .recorded(target, name, outcome, rules, self.steady);
                if outcome.status != Status::Ok {
                    self.note(|| {
                        format!("{target} {name}: {} {:?}", outcome.status, outcome.about)
                    });
                }
            }
            // Not kept, but it counts.
            Stored::Failed(_) if self.is_without_file() => {
                self.truth
                    .recorded(target, name, outcome, rules, self.steady);
                self.note(|| format!("{target} {name}: {}, in memory", outcome.status));
            }
            Stored::Failed(why) => self.broken(&format!("{target} {name} is not stored: {why}")),
            Stored::NotAsked => self.note(|| format!("{target} {name}: not asked")),
        }
    }
}

/// Whether the process still lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fortune {
    Lives,
    Killed,
}

impl Fortune {
    pub(super) fn is_killed(self) -> bool {
        self == Self::Killed
    }
}

pub fn person(message: &DueMessage, recipient: &str) -> Person {
    (message.route.clone(), recipient.to_owned())
}

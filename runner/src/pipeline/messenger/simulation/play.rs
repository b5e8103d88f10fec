//! [`Play`]: one virtual time in which everything happens: runs, faults, what people say, kills.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use checkrun_history::notification::{Acknowledgement, DueMessage, Silence};
use checkrun_history::record::StoredStatus;
use rusqlite::Connection;
use tempfile::TempDir;

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
use crate::pipeline::messenger::{Handed, IN_FLIGHT_MAX, Messenger, News, Parcel};
use crate::pipeline::{CONNECTION_RULES, considering};
use crate::record::{JudgedRun, Recorder, stored_gates};
use crate::schedule::{Answer, Gates};

pub const SECOND: i64 = 1_000_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// Lines of the trace that a failure shows.
const TRACE_MAX: usize = 120;

/// A newer layout: the writer refuses it, as it does when a disk is full.
const UNWRITABLE: i64 = 99;

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
    _folder: TempDir,
    path: PathBuf,
    /// Another program's connection: it looks, and spoils the file.
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
    disk_full_until: i64,
    calm: bool,
    trace: VecDeque<String>,
    pub runs: u64,
    pub kills: u64,
    network_until: i64,
}

/// In memory where that can be: otherwise each commit would wait for a disk that is of no interest here.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .expect("a folder")
}

fn at(time: &str) -> i64 {
    time.parse::<jiff::Timestamp>().expect("a time").as_microsecond()
}

impl Play {
    pub fn new(seed: u64, targets: usize, jobs: usize) -> Self {
        let mut dice = Dice::new(seed);
        // The nights in which the clocks of Berlin change, and another one.
        let began = at(*dice.pick(&[
            "2026-03-28T12:00:00Z",
            "2026-10-24T12:00:00Z",
            "2026-06-05T12:00:00Z",
        ]));
        let folder = folder();
        let path = folder.path().join("history.db");
        let recorder = Arc::new(Recorder::open(&path, Micros(began)).expect("a history"));
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
            _folder: folder,
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
            disk_full_until: 0,
            calm: false,
            trace: VecDeque::new(),
            runs: 0,
            kills: 0,
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

    /// A promise is broken: the seed, and what happened before.
    pub fn broken(&self, what: &str) -> ! {
        let trace: Vec<&str> = self.trace.iter().map(String::as_str).collect();
        panic!(
            "seed {}: {what}\n{}\nseed {}: {what}",
            self.seed,
            trace.join("\n"),
            self.seed
        );
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
        self.mend_disk();
        self.run_what_is_due().await;
        self.turn().await;
    }

    /// No more faults: what is wrong stays as it is, and all ways are open.
    pub fn calm_down(&mut self) {
        self.calm = true;
        self.post.is_sound = true;
        self.post.away_until = 0;
        self.disk_full_until = 0;
        self.network_until = 0;
        self.world.away.clear();
        let restless = self.world.workers.iter_mut();
        for worker in restless.filter(|worker| worker.mood == Mood::Restless) {
            worker.mood = Mood::Well;
        }
        self.note(|| "calm".to_owned());
    }

    async fn happen(&mut self) {
        if self.steady >= self.network_until && self.network_until != 0 {
            self.network_until = 0;
            self.world.away.clear();
            self.note(|| "the network is back".to_owned());
        }
        match self.dice.roll(6000) {
            0..60 => {
                let place = self.dice.place(self.world.workers.len());
                let moods = [
                    Mood::Well,
                    Mood::Well,
                    Mood::Well,
                    Mood::Warning,
                    Mood::Critical,
                    Mood::Restless,
                    Mood::Broken,
                ];
                let mood = *self.dice.pick(&moods);
                let worker = &mut self.world.workers[place];
                worker.mood = mood;
                let name = format!("{} {}", worker.job.target.name, worker.job.name);
                self.note(|| format!("{name} is {mood:?}"));
            }
            60..75 => {
                let target = self.dice.pick(&self.world.targets).clone();
                let gone = !self.world.away.remove(&target);
                if gone {
                    self.world.away.insert(target.clone());
                }
                self.note(|| format!("{target} {}", if gone { "goes away" } else { "comes back" }));
            }
            75..77 => {
                self.world.away = self.world.targets.iter().cloned().collect();
                self.network_until = self.steady + self.dice.seconds(60, 3600);
                self.note(|| "no network".to_owned());
            }
            77..79 => {
                let mood = *self.dice.pick(&[Mood::Critical, Mood::Well, Mood::Warning]);
                for worker in &mut self.world.workers {
                    worker.mood = mood;
                }
                self.note(|| format!("everything is {mood:?}"));
            }
            79..85 => {
                self.post.away_until = self.steady + self.dice.seconds(60, 4 * 3600);
                self.note(|| "mail is away".to_owned());
            }
            85..89 => {
                self.disk_full_until = self.steady + self.dice.seconds(10, 1200);
                self.conn
                    .pragma_update(None, "user_version", UNWRITABLE)
                    .expect("written");
                self.note(|| "the disk is full".to_owned());
            }
            89..95 => self.silence().await,
            95..105 => self.acknowledge().await,
            105..112 => self.reload().await,
            112..117 => {
                let size = *self.dice.pick(&[10, 600, 7200, 2 * 86_400]);
                let by = self.dice.seconds(1, size);
                let by = if self.dice.once_in(2) { by } else { -by };
                self.wall += by;
                self.promises.clock_was_set(&self.conn);
                self.note(|| format!("the clock is set by {} s", by / SECOND));
            }
            117..122 => self.kill().await,
            _ => {}
        }
    }

    fn mend_disk(&mut self) {
        if self.disk_full_until != 0 && self.steady >= self.disk_full_until || self.calm {
            self.restore();
        }
    }

    fn restore(&mut self) {
        let version: i64 = self
            .conn
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .expect("a version");
        if version == UNWRITABLE {
            let newest = "SELECT max(version) FROM schema_migration";
            let known: i64 = self.conn.query_row(newest, [], |row| row.get(0)).expect("read");
            self.conn.pragma_update(None, "user_version", known).expect("written");
            self.note(|| "the disk has space".to_owned());
        }
        self.disk_full_until = 0;
    }

    async fn silence(&mut self) {
        let silence = Silence {
            id: 0,
            target: self.dice.pick(&self.world.targets).clone(),
            job: "*".to_owned(),
            labels: [].into(),
            starts_us: self.wall,
            ends_us: self.wall + self.dice.seconds(60, 3 * 3600),
            author: "me".to_owned(),
            comment: String::new(),
            created_us: self.wall,
            lifted_us: None,
        };
        let target = silence.target.clone();
        let is_stored = self.recorder.silence(silence).await.is_ok();
        self.note(|| format!("a silence of {target}, stored: {is_stored}"));
    }

    async fn acknowledge(&mut self) {
        let open = "SELECT incident_id FROM incident WHERE closed_us IS NULL ORDER BY 1";
        let open: Vec<i64> = self.column(open);
        if open.is_empty() {
            return;
        }
        let incident = *self.dice.pick(&open);
        let given = Acknowledgement {
            author: "me".to_owned(),
            comment: String::new(),
            created_us: self.wall,
            until_us: self.wall + self.dice.seconds(60, 6 * 3600),
            severity: StoredStatus::Warning,
            is_sticky: self.dice.once_in(2),
        };
        let id = checkrun_history::incident::IncidentId(incident);
        let is_stored = self.recorder.acknowledge(id, given).await.is_ok();
        self.note(|| format!("incident {incident} is taken on, stored: {is_stored}"));
    }

    pub fn column(&self, sql: &str) -> Vec<i64> {
        let mut statement = self.conn.prepare(sql).expect("a statement");
        let rows = statement.query_map([], |row| row.get(0)).expect("rows");
        rows.collect::<Result<_, _>>().expect("numbers")
    }

    /// Another configuration: with or without a job, and with or without a route.
    async fn reload(&mut self) {
        if self.dice.once_in(3) {
            self.with_oncall = !self.with_oncall;
        } else {
            let place = self.dice.place(self.world.workers.len());
            let job = &self.world.workers[place].job;
            if job.name == "job-0" {
                // Each target keeps one, and so its gate.
                return;
            }
            let name = (job.target.name.clone(), job.name.clone());
            if !self.world.unconfigured.remove(&name) {
                self.world.unconfigured.insert(name);
            }
        }
        let orders = orders(self.world.jobs(), self.with_oncall);
        self.messenger.replace(Arc::new(orders));
        self.is_begun = false;
        let (oncall, without) = (self.with_oncall, self.world.unconfigured.len());
        self.note(|| format!("reload: on call {oncall}, without {without} jobs"));
    }

    /// The process ends where it is; what was being handed over may have been taken.
    async fn kill(&mut self) {
        self.kills += 1;
        self.note(|| "killed".to_owned());
        for flight in std::mem::take(&mut self.flights) {
            if self.dice.once_in(2) {
                let arrived = self.take(&flight);
                self.hold(arrived);
                self.allow_again(&flight);
            }
        }
        // A program that cannot open its history does not begin.
        self.restore();
        let now = Micros(self.wall);
        let orders = Arc::clone(&self.messenger.orders);
        // The writer ends with the last of them.
        let idle = Recorder::open(&self.path, now).expect("a history");
        self.recorder = Arc::new(idle);
        self.messenger = Messenger::new(
            orders,
            Arc::clone(&self.recorder),
            self.path.clone(),
            Clock::Fixed(now),
        );
        self.is_begun = false;
        self.knocked.clear();
        self.gates = Gates::default();
        let (targets, steady) = (self.world.targets.clone(), Micros(self.steady));
        self.gates.replace(targets.iter().map(String::as_str), steady);
        for (target, phase) in stored_gates(&self.path).expect("gates") {
            self.gates.recall(&target, phase, steady);
        }
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
        let stored = self.recorder.record(run, considering(job, outcome, started)).await;
        self.runs += 1;
        let (target, name) = (&job.target.name, &job.name);
        match stored {
            Stored::Yes(_) => {
                self.truth.recorded(target, name, outcome, rules, self.steady);
                if outcome.status != Status::Ok {
                    self.note(|| format!("{target} {name}: {} {:?}", outcome.status, outcome.about));
                }
            }
            Stored::Failed(_) | Stored::NotAsked => self.note(|| format!("{target} {name}: not stored")),
        }
    }

    /// As `checkrun schedule` has it, with a kill perhaps at every seam.
    async fn turn(&mut self) {
        self.messenger.clock = Clock::Fixed(Micros(self.wall));
        if !self.is_begun {
            self.begin().await;
        }
        if self.settle_what_ended().await.is_killed() {
            return;
        }
        let due = self.messenger.decide().await;
        if due.is_ok() && !self.with_oncall {
            self.post.forget(ONCALL);
        }
        if self.may_be_killed().await.is_killed() {
            return;
        }
        let Ok(due) = due else { return };
        let promise = self.promises.decided(&self.conn, self.steady, self.wall);
        self.hold(promise);
        let free = IN_FLIGHT_MAX.saturating_sub(self.flights.len());
        for message in due.into_iter().take(free) {
            let promise = self.promises.is_true(&self.conn, &self.truth, &message);
            self.hold(promise);
            let id = message.id;
            let kept = message.clone();
            let Some(parcel) = self.messenger.prepare(message, &mut |_: News<'_>| {}).await else {
                self.note(|| format!("message {} is not handed over", id.0));
                self.after_settling(&kept);
                continue;
            };
            self.note(|| {
                format!("message {} to {} leaves: {:?}", id.0, kept.route, kept.items)
            });
            if self.may_be_killed().await.is_killed() {
                return;
            }
            self.fly(parcel);
        }
        let _ = self.settle_what_ended().await;
    }

    fn fly(&mut self, parcel: Parcel) {
        let (attempt, taken) = self.post.attempt(&parcel.open, self.steady, &mut self.dice);
        let takes = match self.calm {
            true => 0,
            false => *self.dice.pick(&[0, 0, 0, 1, 5, 30, 300]) * SECOND,
        };
        self.flights.push(Flight {
            parcel,
            attempt,
            taken,
            ends: self.steady + takes,
        });
    }

    async fn settle_what_ended(&mut self) -> Fortune {
        while let Some(place) = self.flights.iter().position(|one| one.ends <= self.steady) {
            let flight = self.flights.remove(place);
            let arrived = self.take(&flight);
            self.hold(arrived);
            // Between the server's word and ours.
            if !self.calm && self.dice.once_in(300) {
                self.allow_again(&flight);
                self.kill().await;
                return Fortune::Killed;
            }
            let Flight { parcel, attempt, .. } = flight;
            let (message, id) = (parcel.message, parcel.content.id());
            for delivery in &attempt.deliveries {
                let person = person(&message, &delivery.recipient);
                match delivery.fate {
                    Fate::Uncertain if self.post.has(&person, &id) => self.post.allow(&person, &id),
                    Fate::Refused if !self.post.counts(&person, message.id.0) => {
                        let promise = self.post.missed(&person, &message);
                        self.hold(promise);
                    }
                    _ => {}
                }
            }
            let means = parcel.channel.means();
            let fates: Vec<_> = attempt.deliveries.iter().map(|one| one.fate).collect();
            self.note(|| format!("message {} to {}: {fates:?}", message.id.0, message.route));
            let kept = message.clone();
            let handed = Handed { message, attempt, means };
            self.messenger.settle(Ok(handed), &mut |_: News<'_>| {}).await;
            self.after_settling(&kept);
            if self.may_be_killed().await.is_killed() {
                return Fortune::Killed;
            }
        }
        Fortune::Lives
    }

    /// The other side keeps it.
    fn take(&mut self, flight: &Flight) -> Result<(), String> {
        let message = &flight.parcel.message;
        let (id, text) = (flight.parcel.content.id(), flight.parcel.content.to_text());
        for recipient in &flight.taken {
            self.post.arrive(&person(message, recipient), &id, &text, message)?;
        }
        Ok(())
    }

    /// Nobody will have written down that it was taken.
    fn allow_again(&mut self, flight: &Flight) {
        for recipient in &flight.taken {
            let person = person(&flight.parcel.message, recipient);
            self.post.allow(&person, &flight.parcel.content.id());
        }
    }

    async fn may_be_killed(&mut self) -> Fortune {
        if self.calm || !self.dice.once_in(3000) {
            return Fortune::Lives;
        }
        self.kill().await;
        Fortune::Killed
    }

    async fn begin(&mut self) {
        if self.messenger.begin().await.is_ok() {
            self.is_begun = true;
            let jobs = &self.messenger.orders.jobs;
            let is_configured = |target: &str, job: &str| {
                job == CONNECTION_JOB
                    || jobs
                        .iter()
                        .any(|known| known.target.name == target && known.name == job)
            };
            self.truth.removed(is_configured, self.steady);
        }
    }

    /// What became of it, when it is given up: nobody else will have it.
    fn after_settling(&mut self, message: &DueMessage) {
        let state = "SELECT state FROM outbox WHERE outbox_id = ?1";
        let state: Result<String, _> = self.conn.query_row(state, [message.id.0], |row| row.get(0));
        if state.as_deref() != Ok("failed") {
            return;
        }
        let route = self.messenger.orders.channels.get(&message.route);
        let Some(channel) = route.cloned() else { return };
        for recipient in channel.recipients() {
            let person = person(message, recipient);
            let id = message.id.0;
            if !self.post.counts(&person, id) {
                let promise = self.post.missed(&person, message);
                self.hold(promise);
            }
        }
    }
}

/// Whether the process still lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fortune {
    Lives,
    Killed,
}

impl Fortune {
    fn is_killed(self) -> bool {
        self == Self::Killed
    }
}

pub fn person(message: &DueMessage, recipient: &str) -> Person {
    (message.route.clone(), recipient.to_owned())
}

//! [`World`]: databases that go away and come back, and jobs on them that are well, ill, or cannot decide.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::dice::Dice;
use crate::evaluate;
use crate::model::gate::Reach;
use crate::model::job::Job;
use crate::model::report::{Failure, Report};
use crate::model::run::Outcome;
use crate::model::sql::{ConnectionClass, ConnectionError, SqlError};
use crate::model::status::Status;

/// Between two runs of a job, and of one that is otherwise than before, microseconds.
const EVERY: i64 = 300 * 1_000_000;
const AGAIN_AFTER: i64 = 60 * 1_000_000;

/// So many runs alike confirm each other.
const CONFIRMED: u32 = 3;

/// How a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Well,
    Warning,
    Critical,
    /// Different each time.
    Restless,
    /// The check breaks.
    Broken,
}

pub struct Worker {
    pub job: Arc<Job>,
    pub mood: Mood,
    /// On the steady timeline.
    pub next: i64,
    /// What its last runs said, and how many of them.
    last: (Status, u32),
}

pub struct World {
    pub workers: Vec<Worker>,
    pub targets: Vec<String>,
    /// Targets that cannot be reached.
    pub away: BTreeSet<String>,
    /// What the configuration leaves out.
    pub unconfigured: BTreeSet<(String, String)>,
}

impl World {
    pub fn new(targets: usize, jobs: usize, now: i64) -> Self {
        let names: Vec<String> = (0..targets).map(|n| format!("db-{n:02}")).collect();
        let pairs = names
            .iter()
            .flat_map(|target| (0..jobs).map(move |n| (target, n)));
        let workers = pairs.enumerate().map(|(place, (target, n))| Worker {
            job: Arc::new(Job::plain(&format!("job-{n}"), target)),
            mood: Mood::Well,
            // Spread over the interval.
            next: now + i64::try_from(place).expect("few") * 7_000_000 % EVERY,
            last: (Status::Ok, CONFIRMED),
        });
        Self {
            workers: workers.collect(),
            targets: names.clone(),
            away: BTreeSet::new(),
            unconfigured: BTreeSet::new(),
        }
    }

    pub fn is_configured(&self, worker: &Worker) -> bool {
        let name = (worker.job.target.name.clone(), worker.job.name.clone());
        !self.unconfigured.contains(&name)
    }

    /// The jobs of the configuration that is in force.
    pub fn jobs(&self) -> Vec<Arc<Job>> {
        let configured = self.workers.iter().filter(|one| self.is_configured(one));
        configured.map(|worker| Arc::clone(&worker.job)).collect()
    }

    /// The jobs that run now, and their next time.
    pub fn take_due(&mut self, now: i64) -> Vec<usize> {
        let due = |(place, worker): (usize, &Worker)| (worker.next <= now).then_some(place);
        let due: Vec<usize> = self.workers.iter().enumerate().filter_map(due).collect();
        let configured = |place: &usize| self.is_configured(&self.workers[*place]);
        let kept = due.iter().copied().filter(configured).collect();
        for place in due {
            self.workers[place].next = now + EVERY;
        }
        kept
    }

    /// It looks again soon until that is confirmed.
    pub fn ran(&mut self, place: usize, status: Status, now: i64) {
        let worker = &mut self.workers[place];
        worker.last = match worker.last {
            (before, times) if before == status => (status, times + 1),
            _ => (status, 1),
        };
        if worker.last.1 < CONFIRMED {
            worker.next = now + AGAIN_AFTER;
        }
    }

    /// What a run of it says, and what it learns of its target.
    pub fn run(&self, place: usize, dice: &mut Dice) -> (Outcome, Reach) {
        let worker = &self.workers[place];
        if self.away.contains(&worker.job.target.name) {
            let error = no_connection();
            let failure = Failure::Database(SqlError::Connection(error.clone()));
            let outcome = evaluate::judge(&worker.job, Err(failure));
            return (outcome, Reach::Unreachable(error));
        }
        let report = |status| {
            Ok(Report {
                status,
                summary: format!("it is {status}"),
                metrics: Vec::new(),
                findings: Vec::new(),
            })
        };
        let answer = match worker.mood {
            Mood::Well => report(Status::Ok),
            Mood::Warning => report(Status::Warning),
            Mood::Critical => report(Status::Critical),
            Mood::Restless => report(*dice.pick(&[
                Status::Ok,
                Status::Ok,
                Status::Warning,
                Status::Critical,
                Status::Critical,
            ])),
            Mood::Broken => Err(Failure::Crashed("it broke".to_owned())),
        };
        (evaluate::judge(&worker.job, answer), Reach::Reached)
    }
}

pub fn no_connection() -> ConnectionError {
    ConnectionError {
        class: ConnectionClass::Refused,
        message: "nobody listens".to_owned(),
        attempts: 1,
    }
}

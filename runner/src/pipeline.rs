//! The way of a run through the stages: execute → evaluate → record → whoever shows it.
//!
//! The only code that names several stages. Runs are concurrent, within two bounds: so many at
//! once in all, and so many on one target. A run is handed on only after it is recorded.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use checkrun_history::record::PackRecord;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::JoinSet;

use crate::alert::incident::{Rules, consider};
use crate::clock::Clock;
use crate::evaluate;
use crate::execute::database::session::Session;
use crate::execute::sandbox::{Pack, RunRequest};
use crate::model::job::Job;
use crate::model::report::Failure;
use crate::model::run::{FinishedRun, Micros, Outcome, RunResult, Stored, Usage};
use crate::record::{Consider, JudgedRun, Memory, Recorder};

/// Runs whose outcome may wait for the disk while others execute already: enough for one large
/// transaction, and a bound on what is kept in memory.
const IN_FLIGHT_MAX: usize = 512;

/// A pack that is ready, with what the history says of it.
#[derive(Clone)]
pub struct LoadedPack {
    /// Ready to run.
    pub pack: Arc<Pack>,
    /// Name, version and hash.
    pub record: Arc<PackRecord>,
}

/// Everything that runs need.
pub struct Pipeline {
    /// By name.
    pub packs: HashMap<String, LoadedPack>,
    /// Absent: nothing is kept.
    pub recorder: Option<Recorder>,
    /// What checks remembered; read once, before the first run.
    pub memory: Memory,
    /// Where the time comes from.
    pub clock: Clock,
    /// Runs at once, in all.
    pub parallel: usize,
}

impl Pipeline {
    /// Runs every job once, concurrently; `finished` gets each run when it is recorded.
    pub async fn run_once(
        self: &Arc<Self>,
        jobs: Vec<Arc<Job>>,
        mut finished: impl FnMut(FinishedRun),
    ) {
        let bounds = Arc::new(Bounds::new(&jobs, self.parallel));
        let mut running = JoinSet::new();
        let mut by_task = HashMap::new();
        for job in jobs {
            let (pipeline, bounds) = (Arc::clone(self), Arc::clone(&bounds));
            let own = Arc::clone(&job);
            let task = running.spawn(async move { pipeline.run_job(&bounds, own).await });
            by_task.insert(task.id(), job);
        }
        while let Some(ended) = running.join_next_with_id().await {
            match ended {
                Ok((_, run)) => finished(run),
                // A defect of ours in one run must not hide that it ran, nor touch the others.
                Err(error) => {
                    if let Some(job) = by_task.get(&error.id()) {
                        let failure = Failure::Defect("checkrun itself failed in this run".into());
                        let (job, now) = (Arc::clone(job), self.clock.now());
                        finished(self.judge_and_record(job, now, failed(failure)).await);
                    }
                }
            }
        }
    }

    /// One run through all stages.
    async fn run_job(&self, bounds: &Bounds, job: Arc<Job>) -> FinishedRun {
        let place = bounds.enter(&job).await;
        let started = self.clock.now();
        let result = self.execute(&job, started).await;
        let _in_flight = place.leave();
        self.judge_and_record(job, started, result).await
    }

    async fn judge_and_record(
        &self,
        job: Arc<Job>,
        started: Micros,
        result: RunResult,
    ) -> FinishedRun {
        let RunResult {
            answer,
            log,
            state_changes,
            usage,
            duration,
        } = result;
        let outcome = evaluate::judge(&job, answer);
        let stored = match &self.recorder {
            None => Stored::NotAsked,
            Some(recorder) => {
                let pack = self.packs.get(&job.pack).map(|loaded| &*loaded.record);
                let consider = considering(&outcome, started);
                let (outcome, usage, state_changes) = (&outcome, &usage, &state_changes[..]);
                let run = JudgedRun {
                    job: &job,
                    pack,
                    started,
                    duration,
                    outcome,
                    usage,
                    state_changes,
                };
                recorder.record(run, consider).await
            }
        };
        FinishedRun {
            job,
            started,
            duration,
            outcome,
            log,
            usage,
            stored,
        }
    }

    async fn execute(&self, job: &Arc<Job>, started: Micros) -> RunResult {
        let Some(loaded) = self.packs.get(&job.pack) else {
            return failed(Failure::Pack(format!("there is no pack `{}`", job.pack)));
        };
        let application = format!("checkrun/{}", job.check.id);
        let session = Session::new(Arc::clone(&job.target), application, self.clock);
        let request = RunRequest {
            check: job.check.id.clone(),
            target: job.target.name.clone(),
            labels: job.target.labels.clone(),
            parameters: job.parameters.clone(),
            started,
            timeout: job.timeout,
            state: self.memory.of(job),
            database: Box::new(session),
        };
        loaded.pack.run(request).await
    }
}

/// What an outcome means for the incidents of its job.
fn considering(outcome: &Outcome, at: Micros) -> Consider {
    let outcome = outcome.clone();
    let rules = Rules::default();
    Arc::new(move |known| consider(known, &outcome, at, &rules))
}

fn failed(failure: Failure) -> RunResult {
    RunResult {
        answer: Err(failure),
        log: Vec::new(),
        state_changes: Vec::new(),
        usage: Usage::default(),
        duration: Duration::ZERO,
    }
}

/// How many runs there may be at once: in all, on each target, and between execution and the disk.
struct Bounds {
    in_flight: Semaphore,
    in_all: Semaphore,
    by_target: HashMap<String, Semaphore>,
}

impl Bounds {
    fn new(jobs: &[Arc<Job>], parallel: usize) -> Self {
        let by_target = jobs
            .iter()
            .map(|job| {
                (
                    job.target.name.clone(),
                    Semaphore::new(job.target.max_parallel as usize),
                )
            })
            .collect();
        Self {
            in_flight: Semaphore::new(IN_FLIGHT_MAX),
            in_all: Semaphore::new(parallel),
            by_target,
        }
    }

    /// Waits until the job may run. The target comes first, so that the queue of a slow one keeps
    /// nothing from the others. None of them is ever closed, so waiting does not fail.
    #[expect(clippy::indexing_slicing, reason = "made from the same jobs")]
    async fn enter(&self, job: &Job) -> Place<'_> {
        Place {
            _on_target: self.by_target[&job.target.name].acquire().await.ok(),
            in_flight: self.in_flight.acquire().await.ok(),
            _in_all: self.in_all.acquire().await.ok(),
        }
    }
}

/// What a run holds while it executes.
struct Place<'a> {
    _on_target: Option<SemaphorePermit<'a>>,
    in_flight: Option<SemaphorePermit<'a>>,
    _in_all: Option<SemaphorePermit<'a>>,
}

impl<'a> Place<'a> {
    /// Others may execute; what is left is held until the run is recorded.
    fn leave(self) -> Option<SemaphorePermit<'a>> {
        self.in_flight
    }
}

#[cfg(test)]
mod tests;

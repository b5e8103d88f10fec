//! The way of a run through the stages: execute → evaluate → record → whoever shows it.
//!
//! The only code beside `cli`, which begins and ends it, that names several stages. Runs are concurrent, within two bounds: so many at
//! once in all, and so many on one target. A run is handed on only after it is recorded.
//! [`Pipeline::run_once`] runs jobs once, [`scheduler::Scheduler`] by their schedules and for ever.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use checkrun_history::record::PackRecord;
use tokio::task::JoinSet;

use self::bounds::{Bounds, Queue};
pub use self::gatekeeper::Gatekeeper;
pub(crate) use self::self_watch::history_file;
use crate::alert::incident::{consider, is_young};
use crate::clock::Clock;
use crate::evaluate;
use crate::execute::database::session::Session;
use crate::execute::sandbox::{Pack, RunRequest};
use crate::model::gate::Reach;
use crate::model::incident::Rules;
use crate::model::job::Job;
use crate::model::report::Failure;
use crate::model::run::{About, FinishedRun, Micros, Outcome, RunResult, Stored, Usage};
use crate::model::schedule::{LeftOpen, Occasion};
use crate::record::{Consider, JudgedRun, Memory, Recorder};
use crate::schedule::{BAD_TO_CLOSE, GOOD_TO_OPEN};

/// The incident of a target that cannot be reached opens and closes as its gate closes and opens.
const CONNECTION_RULES: Rules = Rules {
    confirm: BAD_TO_CLOSE,
    escalate_confirm: 1,
    recover_after: GOOD_TO_OPEN,
};

/// A pack that is ready, with what the history says of it.
#[derive(Clone)]
pub struct LoadedPack {
    /// Ready to run.
    pub pack: Arc<Pack>,
    /// Name, version and hash.
    pub record: Arc<PackRecord>,
}

/// Everything that runs need.
#[derive(Clone)]
pub struct Pipeline {
    /// By name.
    pub packs: HashMap<String, LoadedPack>,
    /// Absent: nothing is kept.
    pub recorder: Option<Arc<Recorder>>,
    /// What checks remember.
    pub memory: Arc<Memory>,
    /// Where the time comes from.
    pub clock: Clock,
    /// Runs at once, in all.
    pub parallel: usize,
    /// Which targets can be reached.
    pub gatekeeper: Arc<Gatekeeper>,
}

/// How a run ended that was to begin.
enum Ended {
    /// It is over.
    Finished(Box<FinishedRun>),
    /// It has not begun: by then its target could not be reached any more.
    Suspended,
    /// It has not begun: nothing is to be started any more.
    GivenUp,
}

impl Pipeline {
    /// Runs every job once, concurrently; `finished` gets each run when it is recorded.
    pub async fn run_once(
        self: &Arc<Self>,
        jobs: Vec<Arc<Job>>,
        mut finished: impl FnMut(FinishedRun),
    ) {
        let bounds = Bounds::new(&jobs, self.parallel);
        let mut running = JoinSet::new();
        let mut by_task = HashMap::new();
        for job in jobs {
            let (pipeline, queue) = (Arc::clone(self), bounds.queue(&job));
            let own = Arc::clone(&job);
            let task = running.spawn(async move { pipeline.run_job(queue, own, None).await });
            by_task.insert(task.id(), job);
        }
        while let Some(ended) = running.join_next_with_id().await {
            match ended {
                Ok((_, Ended::Finished(run))) => finished(*run),
                Ok((_, Ended::Suspended | Ended::GivenUp)) => {}
                // A defect of ours in one run must not hide that it ran, nor touch the others.
                Err(error) => {
                    if let Some(job) = by_task.get(&error.id()) {
                        finished(self.defective(Arc::clone(job), None).await);
                    }
                }
            }
        }
    }

    /// One run through all stages.
    async fn run_job(&self, queue: Queue, job: Arc<Job>, occasion: Option<Occasion>) -> Ended {
        let Some(place) = queue.enter().await else {
            return Ended::GivenUp;
        };
        if self.gatekeeper.gates().is_closed(&job.target.name) {
            return Ended::Suspended;
        }
        let started = self.clock.now();
        let result = self.execute(&job, started).await;
        let _in_flight = place.leave();
        let run = self.judge_and_record(job, occasion, started, result);
        Ended::Finished(Box::new(run.await))
    }

    /// What is said of a run that ended by a defect of ours.
    async fn defective(&self, job: Arc<Job>, occasion: Option<Occasion>) -> FinishedRun {
        let failure = Failure::Defect("checkrun itself failed in this run".into());
        let now = self.clock.now();
        self.judge_and_record(job, occasion, now, failed(failure))
            .await
    }

    async fn judge_and_record(
        &self,
        job: Arc<Job>,
        occasion: Option<Occasion>,
        started: Micros,
        result: RunResult,
    ) -> FinishedRun {
        let RunResult {
            answer,
            log,
            state_changes,
            usage,
            duration,
            reach,
        } = result;
        let about = {
            let gates = self.gatekeeper.gates();
            gates.about(&job.target.name, &job.name, &reach)
        };
        let outcome = Outcome {
            about,
            ..evaluate::judge(&job, answer)
        };
        let (stored, is_young) = self
            .record_and_ask(JudgedRun {
                job: &job,
                pack: self.packs.get(&job.pack).map(|loaded| &*loaded.record),
                occasion,
                started,
                duration,
                outcome: &outcome,
                usage: &usage,
                state_changes: &state_changes,
            })
            .await;
        self.memory.learn(&job, &state_changes);
        FinishedRun {
            job,
            occasion,
            started,
            duration,
            outcome,
            log,
            usage,
            reach,
            stored,
            left_open: match about {
                About::Target => LeftOpen::Everything,
                About::Job if is_young => LeftOpen::Something,
                About::Job => LeftOpen::Nothing,
            },
        }
    }

    async fn record(&self, run: JudgedRun<'_>) -> Stored {
        self.record_and_ask(run).await.0
    }

    /// Also whether something about the job was bad and is no incident yet; without a history there are none.
    async fn record_and_ask(&self, run: JudgedRun<'_>) -> (Stored, bool) {
        let Some(recorder) = &self.recorder else {
            return (Stored::NotAsked, false);
        };
        // The writer asks again where a transaction has to be repeated: the last answer is what is stored.
        let young = Arc::new(AtomicBool::new(false));
        let (asked, consider) = (
            Arc::clone(&young),
            considering(run.job, run.outcome, run.started),
        );
        let noting: Consider = Arc::new(move |known| {
            let movements = consider(known);
            asked.store(is_young(&movements), Ordering::Release);
            movements
        });
        let stored = recorder.record(run, noting).await;
        (stored, young.load(Ordering::Acquire))
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
fn considering(job: &Job, outcome: &Outcome, at: Micros) -> Consider {
    let outcome = outcome.clone();
    let rules = match job.is_connection() {
        true => CONNECTION_RULES,
        false => job.rules,
    };
    Arc::new(move |known| consider(known, &outcome, at, &rules))
}

fn failed(failure: Failure) -> RunResult {
    RunResult {
        answer: Err(failure),
        log: Vec::new(),
        state_changes: Vec::new(),
        usage: Usage::default(),
        duration: Duration::ZERO,
        reach: Reach::Untried,
    }
}

mod bounds;
mod gatekeeper;
pub mod heartbeat;
mod knocking;
pub mod messenger;
mod retiring;
pub mod scheduler;
mod self_watch;
#[cfg(test)]
mod tests;

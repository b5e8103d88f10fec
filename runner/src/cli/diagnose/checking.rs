//! [`Checking`]: runs checks on a target once, without recording them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::clock::Clock;
use crate::config::{PlannedJob, TargetEntry};
use crate::model::job::Job;
use crate::model::run::{FinishedRun, RUNS_AT_ONCE_MAX};
use crate::model::target::Target;
use crate::operations::diagnosis::limits::CHECKS_AT_ONCE;
use crate::pipeline::{LoadedPack, Pipeline};
use crate::record::Memory;

/// The bundled pack, whose checks stand in where none is configured.
const CORE: &str = "core";

/// Runs checks, for all targets of one command.
pub struct Checking {
    pipeline: Arc<Pipeline>,
    /// As many targets at once as there is room for in the sandbox.
    places: Semaphore,
}

impl Checking {
    /// With these packs.
    #[must_use]
    pub fn new(packs: HashMap<String, LoadedPack>, clock: Clock) -> Self {
        let pipeline = Pipeline {
            packs,
            recorder: None,
            memory: Memory::default().into(),
            clock,
            parallel: CHECKS_AT_ONCE as usize,
            gatekeeper: Arc::default(),
        };
        Self {
            pipeline: Arc::new(pipeline),
            places: Semaphore::new((RUNS_AT_ONCE_MAX / CHECKS_AT_ONCE) as usize),
        }
    }

    /// Runs the jobs, all of one target, within `limit`. Those that have not ended by then are missing
    /// from the answer.
    pub async fn run(&self, jobs: Vec<Job>, limit: Duration) -> Vec<FinishedRun> {
        // Never closed, so waiting does not fail.
        let _place = self.places.acquire().await;
        let jobs = jobs.into_iter().map(|job| {
            Arc::new(Job {
                timeout: job.timeout.min(limit),
                ..job
            })
        });
        let mut runs = Vec::new();
        let running = self.pipeline.run_once(jobs.collect(), |run| runs.push(run));
        // Whoever is late is missing.
        let _ = timeout(limit, running).await;
        runs.sort_by(|a, b| a.job.name.cmp(&b.job.name));
        runs
    }

    /// A check of the bundled pack with its defaults; nothing when the pack has none of this name, or
    /// it does not work on this target.
    #[must_use]
    pub fn stand_in(
        &self,
        check: &str,
        entry: &Arc<TargetEntry>,
        target: &Arc<Target>,
    ) -> Option<Job> {
        let core = self.pipeline.packs.get(CORE)?;
        let planned = PlannedJob::by_default(core.pack.info(), check, entry)?;
        Some(planned.on(target))
    }
}

//! [`Gatekeeper`]: the gates of all targets, between the loop that asks them and the runs that ask it;
//! and the runs of [`Job::connection`], which are kept like all others.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Pipeline;
use crate::evaluate;
use crate::execute::database::knock::knock;
use crate::model::gate::{Knock, Reach};
use crate::model::incident::Phase;
use crate::model::job::Job;
use crate::model::run::{FinishedRun, Usage};
use crate::model::schedule::LeftOpen;
use crate::record::JudgedRun;
use crate::schedule::Gates;

/// The gates of all targets. Without any, every target counts as one that can be reached.
#[derive(Debug, Default)]
pub struct Gatekeeper(Mutex<Gates>);

impl Gatekeeper {
    pub(super) fn gates(&self) -> MutexGuard<'_, Gates> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pipeline {
    /// Asks the target of this job, see [`Job::connection`], and keeps what comes of it.
    pub(super) async fn knock(&self, job: Arc<Job>) -> FinishedRun {
        let (began, started) = (self.clock.start(), self.clock.now());
        let knock = knock(&job.target, self.clock).await;
        let duration = began.elapsed();
        let run = FinishedRun {
            started,
            duration,
            ..self.answered(job, knock)
        };
        self.keep_connection(run).await
    }

    /// After jobs were run once: keeps for each target what they say of whether it can be reached, as
    /// `known` needs it. One that could not connect says so for all; nobody asks again.
    pub async fn conclude(&self, runs: &[FinishedRun], known: &[(String, Phase)]) {
        let mut targets: Vec<_> = runs.iter().map(|run| &run.job.target).collect();
        targets.sort_by(|a, b| a.name.cmp(&b.name));
        targets.dedup_by(|a, b| a.name == b.name);
        for target in targets {
            let learnt = runs
                .iter()
                .filter(|run| run.job.target.name == target.name)
                .map(|run| &run.reach);
            let is_known = known.iter().any(|(name, _)| *name == target.name);
            if let Some(knock) = conclusion(learnt, is_known) {
                let run = self.answered(Arc::new(Job::connection(target)), knock);
                let _ = self.keep_connection(run).await;
            }
        }
    }

    fn answered(&self, job: Arc<Job>, knock: Knock) -> FinishedRun {
        let reach = match &knock {
            Knock::Answered { .. } | Knock::Witnessed => Reach::Reached,
            Knock::Failed(error) => Reach::Unreachable(error.clone()),
        };
        FinishedRun {
            outcome: evaluate::judge_knock(&job.target.address, knock),
            job,
            occasion: None,
            started: self.clock.now(),
            duration: std::time::Duration::ZERO,
            log: Vec::new(),
            usage: Usage::default(),
            reach,
            stored: crate::model::run::Stored::NotAsked,
            left_open: LeftOpen::Nothing,
        }
    }

    async fn keep_connection(&self, mut run: FinishedRun) -> FinishedRun {
        run.stored = self
            .record(JudgedRun {
                job: &run.job,
                pack: None,
                occasion: None,
                started: run.started,
                duration: run.duration,
                outcome: &run.outcome,
                usage: &run.usage,
                state_changes: &[],
            })
            .await;
        run
    }
}

/// What runs say together of their target: that one could not connect weighs more than that others
/// could, or nobody would hear of it. Good news are kept only where bad ones were.
fn conclusion<'a>(learnt: impl Iterator<Item = &'a Reach>, is_known: bool) -> Option<Knock> {
    let mut was_reached = false;
    for reach in learnt {
        match reach {
            Reach::Unreachable(error) => return Some(Knock::Failed(error.clone())),
            Reach::Reached => was_reached = true,
            Reach::Untried | Reach::Doubtful => {}
        }
    }
    (was_reached && is_known).then_some(Knock::Witnessed)
}

#[cfg(test)]
mod tests;

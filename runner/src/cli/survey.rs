//! [`Survey`]: every chosen target is asked the same questions, at the same time, and nothing is kept.
//!
//! A name that fits no target, a secret that is missing, a folder that cannot be read, or a question that a
//! target cannot be asked is part of the answer; it does not keep the others from being asked.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::setup;
use crate::clock::Clock;
use crate::config::{Choice, Config, Environment, Need, Plan, PlannedJob, Problems, TargetEntry};
use crate::model::advice::Situation;
use crate::model::job::Job;
use crate::model::pack::PackInfo;
use crate::model::parameter::ParameterValue;
use crate::model::run::RUNS_AT_ONCE_MAX;
use crate::operations::observation::Observation;
use crate::operations::{Hindrance, NotAsked, Remark, Trouble};
use crate::pipeline::{LoadedPack, Pipeline};

/// What is needed to ask.
pub struct Survey {
    /// The configuration.
    pub config: Config,
    /// What the packs say of themselves.
    pub infos: Vec<PackInfo>,
    /// The packs.
    pub packs: HashMap<String, LoadedPack>,
    /// Every configured job.
    pub plan: Plan,
    /// Which targets.
    pub choice: Choice,
}

/// What one target is asked, or why it is asked nothing.
pub enum Asked {
    /// These jobs.
    Jobs(Vec<Arc<Job>>),
    /// Why not.
    Not(NotAsked),
}

impl Survey {
    /// Reads the configuration, loads the packs and chooses the targets.
    ///
    /// # Errors
    /// Shown already; how the command ends.
    pub async fn prepare(
        location: super::args::ConfigLocation,
        targets: &[String],
        environment: &Environment,
    ) -> Result<Self, super::exit::Exit> {
        let path = setup::find(location.config, environment)?;
        let prepared = setup::prepare(&path, Need::Targets, environment).await?;
        let choice = prepared.config.choose(targets);
        Ok(Self {
            config: prepared.config,
            infos: prepared.infos,
            packs: prepared.packs,
            plan: prepared.plan,
            choice,
        })
    }

    /// These jobs with the secret of their target, all at the same time: a target that does not answer
    /// takes its time once. Jobs of one target only.
    pub fn resolve(
        &self,
        target: &TargetEntry,
        planned: &[PlannedJob],
        environment: &Environment,
    ) -> Asked {
        let mut jobs = Vec::new();
        let at_once = u32::try_from(planned.len()).unwrap_or(u32::MAX);
        for job in planned {
            match job.resolve(&self.config, environment) {
                Ok((mut job, doubts)) => {
                    let target = Arc::make_mut(&mut job.target);
                    target.max_parallel = target.max_parallel.max(at_once);
                    if jobs.is_empty() {
                        setup::warn(&doubts);
                    }
                    jobs.push(Arc::new(job));
                }
                Err(problems) => return Asked::Not(without_secret(target, &problems)),
            }
        }
        Asked::Jobs(jobs)
    }

    /// The names that fit no target.
    pub fn unknown(&self) -> impl Iterator<Item = NotAsked> {
        self.choice.unknown.iter().map(|unknown| NotAsked {
            target: unknown.asked.clone(),
            labels: BTreeMap::new(),
            engine: None,
            trouble: Trouble {
                class: "unknown-target".into(),
                message: unknown.message.clone(),
                advice: Some(unknown.hint.clone()).filter(|hint| !hint.is_empty()),
            },
        })
    }

    /// Runs the jobs, all at once as far as there is room; a slow target keeps no other waiting.
    pub async fn ask(&self, jobs: Vec<Arc<Job>>, clock: Clock) -> Vec<Observation> {
        let pipeline = Arc::new(Pipeline {
            packs: self.packs.clone(),
            recorder: None,
            memory: Arc::default(),
            clock,
            parallel: RUNS_AT_ONCE_MAX as usize,
            gatekeeper: Arc::default(),
        });
        let mut seen = Vec::with_capacity(jobs.len());
        pipeline
            .run_once(jobs, |run| seen.push(Observation::from(&run)))
            .await;
        seen
    }
}

/// What these jobs are asked without.
pub fn hindrances(planned: &[PlannedJob]) -> Vec<Hindrance> {
    let of_job = |job: &PlannedJob| {
        let told = job.hindrances.iter().map(|problem| Hindrance {
            job: job.name.clone(),
            remark: Remark::from(&Situation::FolderNotRead {
                job: &job.name,
                why: &problem.message,
                hint: problem.hint.as_deref(),
            }),
        });
        told.collect::<Vec<_>>()
    };
    planned.iter().flat_map(of_job).collect()
}

fn without_secret(target: &TargetEntry, problems: &Problems) -> NotAsked {
    let first = problems.0.first();
    let trouble = Trouble {
        class: "secret".into(),
        message: first.map_or_else(String::new, |problem| problem.message.clone()),
        advice: first.and_then(|problem| problem.hint.clone()),
    };
    not_asked(target, trouble)
}

/// No pack has the check with which the target was to be asked, or it does not work there.
pub fn without_check(target: &TargetEntry, check: &str) -> NotAsked {
    not_asked(target, Trouble::from(&Situation::NoCheck { check }))
}

fn not_asked(target: &TargetEntry, trouble: Trouble) -> NotAsked {
    NotAsked {
        target: target.name().to_owned(),
        labels: target.labels().clone(),
        engine: target.engine_word().map(str::to_owned),
        trouble,
    }
}

/// Gives the job this value; not where its check has no such parameter.
pub fn set(job: &mut PlannedJob, name: &str, value: ParameterValue) {
    if !job.check.parameters.iter().any(|spec| spec.name == name) {
        return;
    }
    job.parameters.retain(|(own, _)| own != name);
    job.parameters.push((name.to_owned(), value));
}

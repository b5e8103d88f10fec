//! The last pass: looks up the secrets, and gives complete jobs.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Plan, PlannedJob};
use crate::config::collector::Collector;
use crate::config::elements::target::TargetEntry;
use crate::config::environment::Environment;
use crate::config::problem::Problems;
use crate::config::suggest;
use crate::config::{Config, Problem};
use crate::model::job::Job;
use crate::model::target::Target;

/// Jobs that can be run, and what is doubtful about their secrets.
#[derive(Clone, Debug)]
pub struct ResolvedPlan {
    /// The jobs, in the order of the plan.
    pub jobs: Vec<Job>,
    /// Secrets that were found but are not safe where they are.
    pub warnings: Problems,
}

impl Plan {
    /// Looks up the secrets of the targets in this plan. The secret of a target that no job needs
    /// may be missing: a run on one target does not fail because of another.
    ///
    /// # Errors
    /// Every secret that is missing or cannot be read.
    pub fn resolve(&self, environment: &Environment) -> Result<ResolvedPlan, Problems> {
        let mut problems = Collector::new(&self.source);
        let mut targets: HashMap<&str, Option<Arc<Target>>> = HashMap::new();
        let mut jobs = Vec::new();
        for job in &self.jobs {
            let target = targets
                .entry(job.target.name())
                .or_insert_with(|| resolve(&job.target, environment, &mut problems).map(Arc::new));
            jobs.extend(target.as_ref().map(|target| job.on(target)));
        }
        let warnings = problems.finish()?;
        Ok(ResolvedPlan { jobs, warnings })
    }
}

impl PlannedJob {
    /// The job on its complete target.
    #[must_use]
    pub fn on(&self, target: &Arc<Target>) -> Job {
        Job {
            name: self.name.clone(),
            pack: self.pack.clone(),
            check: Arc::clone(&self.check),
            target: Arc::clone(target),
            parameters: self.parameters.clone(),
            thresholds: self.thresholds.clone(),
            timeout: self.timeout,
            schedule: self.schedule.clone(),
            rules: self.rules,
        }
    }
}

impl Config {
    /// The target with its secret, and what is doubtful about that.
    ///
    /// # Errors
    /// The secret is missing or cannot be read.
    pub fn complete(
        &self,
        entry: &TargetEntry,
        environment: &Environment,
    ) -> Result<(Arc<Target>, Problems), Problems> {
        let mut problems = Collector::new(&self.source);
        let target = resolve(entry, environment, &mut problems);
        let problems = problems.finish()?;
        match target {
            Some(target) => Ok((Arc::new(target), problems)),
            None => Err(problems),
        }
    }

    /// The target with this name, complete, for commands that look at one target without a check.
    ///
    /// # Errors
    /// There is no such target, or its secret is missing or cannot be read.
    pub fn resolve_target(
        &self,
        name: &str,
        environment: &Environment,
    ) -> Result<Arc<Target>, Problems> {
        let Some(entry) = self.targets.iter().find(|target| target.name() == name) else {
            let names = self.targets.iter().map(|target| target.name());
            let problem = Problem::of_file(self.file(), format!("there is no target `{name}`"));
            return Err(problem
                .with_hint(suggest::hint(name, names, "add a `[[target]]`"))
                .into());
        };
        self.complete(entry, environment).map(|(target, _)| target)
    }

    /// Looks up every secret, needed or not, for `config check`.
    ///
    /// # Errors
    /// Every secret that is missing or cannot be read; otherwise the warnings.
    pub fn check_secrets(&self, environment: &Environment) -> Result<Problems, Problems> {
        let mut problems = Collector::new(&self.source);
        for target in &self.targets {
            resolve(target, environment, &mut problems);
        }
        if let Some(email) = &self.email {
            email.complete(environment, &mut problems);
        }
        for route in &self.routes {
            route.complete(environment, &mut problems);
        }
        if let Some(heartbeat) = &self.heartbeat {
            heartbeat.complete(environment, &mut problems);
        }
        problems.finish()
    }
}

/// `None` after an error that was noted.
fn resolve(
    entry: &TargetEntry,
    environment: &Environment,
    problems: &mut Collector<'_>,
) -> Option<Target> {
    let Some(reference) = entry.password() else {
        return Some(entry.with_password(None));
    };
    let secret = reference.look_up(environment, problems)?;
    Some(entry.with_password(Some(secret)))
}

//! [`Plan::questions`]: one check on one target, for commands that ask every target the same.

use std::sync::Arc;

use super::{Plan, PlannedJob, thresholds};
use crate::config::elements::check::TIMEOUT;
use crate::config::elements::target::TargetEntry;
use crate::config::{Config, Environment, Problems};
use crate::model::incident::Rules;
use crate::model::job::Job;
use crate::model::pack::PackInfo;

impl Plan {
    /// This check on this target as often as it is configured; otherwise once, with its defaults.
    /// Empty when no pack has it, it does not work on the target's engine, or it needs a parameter
    /// that nobody gave.
    #[must_use]
    pub fn questions(
        &self,
        packs: &[PackInfo],
        target: &Arc<TargetEntry>,
        name: &str,
    ) -> Vec<PlannedJob> {
        let configured = self.configured(target, name);
        if !configured.is_empty() {
            return configured;
        }
        let by_default = || {
            let (pack, check) = name.split_once('/')?;
            let pack = packs.iter().find(|info| info.name == pack)?;
            PlannedJob::by_default(pack, check, target)
        };
        by_default().into_iter().collect()
    }

    /// The jobs with this check on this target, in the order of the file.
    #[must_use]
    pub fn configured(&self, target: &TargetEntry, name: &str) -> Vec<PlannedJob> {
        let fits =
            |job: &&PlannedJob| job.check_name() == name && job.target.name() == target.name();
        self.jobs.iter().filter(fits).cloned().collect()
    }
}

impl PlannedJob {
    /// A check that nobody configured, with its defaults. None when the pack does not have it, it does
    /// not work on the target's engine, or it needs a parameter.
    #[must_use]
    pub fn by_default(pack: &PackInfo, check: &str, target: &Arc<TargetEntry>) -> Option<Self> {
        let check = pack.check(check)?;
        let mut parameters = Vec::new();
        for spec in &check.parameters {
            match &spec.default {
                Some(default) => parameters.push((spec.name.clone(), default.clone())),
                None if spec.required => return None,
                None => {}
            }
        }
        target.suits(check).then(|| Self {
            name: format!("{}/{}", pack.name, check.id),
            pack: pack.name.clone(),
            check: Arc::new(check.clone()),
            target: Arc::clone(target),
            parameters,
            thresholds: thresholds::declared(check),
            timeout: TIMEOUT,
            schedule: check.suggested_schedule(),
            rules: Rules::default(),
            hindrances: Vec::new(),
        })
    }

    /// `pack/check`.
    #[must_use]
    pub fn check_name(&self) -> String {
        format!("{}/{}", self.pack, self.check.id)
    }

    /// The complete job, with the secret of its target; and what is doubtful about that.
    ///
    /// # Errors
    /// The secret is missing or cannot be read.
    pub fn resolve(
        &self,
        config: &Config,
        environment: &Environment,
    ) -> Result<(Job, Problems), Problems> {
        let (target, doubts) = config.complete(&self.target, environment)?;
        Ok((self.on(&target), doubts))
    }
}

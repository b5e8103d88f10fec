//! [`Plan::question`]: one check on one target, for commands that ask every target the same.

use std::sync::Arc;

use super::{Plan, PlannedJob, thresholds};
use crate::config::elements::check::TIMEOUT;
use crate::config::elements::target::TargetEntry;
use crate::config::{Config, Environment, Problems};
use crate::model::job::Job;
use crate::model::pack::{CheckInfo, PackInfo};

impl Plan {
    /// This check on this target as it is configured, the first one where it is configured several
    /// times; otherwise with its defaults. None when no pack has it, it does not work on the target's
    /// engine, or it needs a parameter that nobody gave.
    #[must_use]
    pub fn question(
        &self,
        packs: &[PackInfo],
        target: &Arc<TargetEntry>,
        name: &str,
    ) -> Option<PlannedJob> {
        let configured = self
            .jobs
            .iter()
            .find(|job| job.check_name() == name && job.target.name() == target.name());
        if let Some(job) = configured {
            return Some(job.clone());
        }
        let (pack, check) = name.split_once('/')?;
        let pack = packs.iter().find(|info| info.name == pack)?;
        let check = pack.check(check)?;
        let is_complete = check
            .parameters
            .iter()
            .all(|spec| spec.default.is_some() || !spec.required);
        (is_complete && target.suits(check)).then(|| by_default(&pack.name, check, target))
    }
}

fn by_default(pack: &str, check: &CheckInfo, target: &Arc<TargetEntry>) -> PlannedJob {
    let default = |spec: &crate::model::parameter::ParameterSpec| {
        let value = spec.default.clone()?;
        Some((spec.name.clone(), value))
    };
    PlannedJob {
        name: format!("{pack}/{}", check.id),
        pack: pack.to_owned(),
        check: Arc::new(check.clone()),
        target: Arc::clone(target),
        parameters: check.parameters.iter().filter_map(default).collect(),
        thresholds: thresholds::declared(check),
        timeout: TIMEOUT,
        schedule: check.suggested_schedule(),
    }
}

impl PlannedJob {
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

//! [`Plan`]: what is to be run, once the packs have said what their checks are.
//!
//! Needs every pack's description, and no secret: a plan can be made, shown and narrowed down
//! ([`super::select`]) on a machine that has none. [`Plan::resolve`] then looks up the secrets of
//! the targets that are left.

mod folder;
mod parameters;
mod question;
mod resolve;
pub(super) mod targets;
mod thresholds;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

pub use self::resolve::ResolvedPlan;

use super::collector::{Collector, Remark};
use super::elements::check::CheckEntry;
use super::elements::target::TargetEntry;
use super::problem::{Problem, Problems, Severity};
use super::source::{Source, Span};
use super::{Config, Need, suggest};
use crate::model::gate::{CONNECTION_CHECK, OWN_PACK};
use crate::model::incident::Rules;
use crate::model::job::MetricThresholds;
use crate::model::pack::{CheckInfo, PackInfo};
use crate::model::parameter::ParameterValue;
use crate::model::schedule::Schedule;

/// The jobs of a configuration, without secrets.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) source: Arc<Source>,
    /// Every configured target, with jobs or without.
    pub(super) targets: Vec<Arc<TargetEntry>>,
    pub(super) jobs: Vec<PlannedJob>,
}

/// A job whose target has no password yet.
#[derive(Clone, Debug)]
pub struct PlannedJob {
    /// The configured name, `pack/check` by default. Unique together with the target.
    pub name: String,
    /// The pack's name.
    pub pack: String,
    /// What the pack declares.
    pub check: Arc<CheckInfo>,
    /// Where it runs.
    pub target: Arc<TargetEntry>,
    /// Every declared parameter that is configured or has a default.
    pub parameters: Vec<(String, ParameterValue)>,
    /// By metric name: configured ones override the declared ones, level by level.
    pub thresholds: Vec<MetricThresholds>,
    /// Wall time of one run.
    pub timeout: Duration,
    /// As configured, or what the check suggests.
    pub schedule: Schedule,
    /// How many runs in a row count.
    pub rules: Rules,
    /// What is left out of its parameters, as it could not be read here and now. Empty in a plan for
    /// [`Need::Jobs`].
    pub hindrances: Vec<Problem>,
}

impl Plan {
    /// The jobs, in the order of the checks in the file and then of the targets.
    #[must_use]
    pub fn jobs(&self) -> &[PlannedJob] {
        &self.jobs
    }
}

impl Config {
    /// Plans every job; there may be none.
    ///
    /// # Errors
    /// Every check, parameter, metric, threshold or target that does not exist or does not fit.
    pub fn plan(&self, packs: &[PackInfo], need: Need) -> Result<Plan, Problems> {
        let mut planner = Planner {
            config: self,
            packs,
            need,
            problems: Collector::new(&self.source),
            jobs: Vec::new(),
            seen: HashMap::new(),
        };
        for entry in &self.checks {
            planner.add(entry);
        }
        targets::refuse_empty(&self.gaps.stray_targets, self, &mut planner.problems);
        let (problems, jobs) = (planner.problems, planner.jobs);
        let mut found = problems.finish().err().unwrap_or_default();
        found.0.extend(self.without_targets());
        if !found.is_empty() {
            return Err(found);
        }
        Ok(Plan {
            source: Arc::clone(&self.source),
            targets: self.targets.clone(),
            jobs,
        })
    }
}

impl Config {
    fn without_targets(&self) -> Option<Problem> {
        if !self.targets.is_empty() || self.gaps.targets {
            return None;
        }
        let problem =
            Problem::of_file(self.file(), "there is no [[target]], so nothing to look at");
        Some(problem.with_hint(
            "write `[[target]]` with `name = \"orders\"` and `url = \"postgres://user@host/database\"`; \
             a file of `checkrun config init` has examples to begin with",
        ))
    }
}

struct Planner<'c> {
    config: &'c Config,
    packs: &'c [PackInfo],
    need: Need,
    problems: Collector<'c>,
    jobs: Vec<PlannedJob>,
    /// Which entry has which name on which target.
    seen: HashMap<(&'c str, &'c str), &'c CheckEntry>,
}

impl<'c> Planner<'c> {
    fn add(&mut self, entry: &'c CheckEntry) {
        let Some(check) = self.find(entry) else {
            targets::refuse_empty(&entry.targets, self.config, &mut self.problems);
            return;
        };
        let check = Arc::new(check.clone());
        let settled = parameters::settle(entry, &check, &self.config.source, &mut self.problems);
        let hindrances = self.without(settled.unread);
        let thresholds = thresholds::settle(entry, &check, &mut self.problems);
        let schedule = entry
            .schedule
            .clone()
            .unwrap_or_else(|| check.suggested_schedule());
        for target in targets::choose(entry, &check, self.config, &mut self.problems) {
            if let Some(other) = self.earlier(entry, target) {
                self.refuse_twice(entry, other, target);
                break;
            }
            self.jobs.push(PlannedJob {
                name: entry.name.clone(),
                pack: entry.pack.clone(),
                check: Arc::clone(&check),
                target: Arc::clone(target),
                parameters: settled.parameters.clone(),
                thresholds: thresholds.clone(),
                timeout: entry.timeout,
                schedule: schedule.clone(),
                rules: entry.rules,
                hindrances: hindrances.clone(),
            });
        }
    }

    /// Whoever asks about targets hears it with the target that it is about; the others go on.
    fn without(&mut self, unread: Vec<(Span, Remark)>) -> Vec<Problem> {
        let mut hindrances = Vec::new();
        for (at, remark) in unread {
            match self.need {
                Need::Jobs => self.problems.error(&at, remark),
                Need::Targets => {
                    hindrances.push(self.problems.problem(Severity::Error, &at, &remark));
                }
            }
        }
        hindrances
    }

    /// Another entry with the same name on this target.
    fn earlier(
        &mut self,
        entry: &'c CheckEntry,
        target: &'c TargetEntry,
    ) -> Option<&'c CheckEntry> {
        if entry.hides_name {
            return None;
        }
        let other = self.seen.insert((&entry.name, target.name()), entry)?;
        // Two targets of one name are a problem of their own.
        (!std::ptr::eq(other, entry)).then_some(other)
    }

    fn refuse_twice(&mut self, entry: &CheckEntry, other: &CheckEntry, target: &TargetEntry) {
        let line = self.config.source.line(&other.use_at);
        let message = format!(
            "`{}` is configured twice for `{}`",
            entry.name,
            target.name()
        );
        let remark = Remark::new(message).with_hint(format!(
            "the other one is on line {line}: give one of them a `name`, or other `targets`"
        ));
        self.problems.error(&entry.use_at, remark);
    }

    fn refuse_own(&mut self, entry: &CheckEntry) {
        let remark = Remark::new(format!(
            "`{}` cannot be configured: `{OWN_PACK}` is no pack, but what checkrun does by itself",
            entry.uses()
        ))
        .with_hint(format!(
            "remove this `[[check]]`: `{CONNECTION_CHECK}` watches every target that has a check"
        ));
        self.problems.error(&entry.use_at, remark);
    }

    fn find(&mut self, entry: &CheckEntry) -> Option<&'c CheckInfo> {
        let pack = self.packs.iter().find(|pack| pack.name == entry.pack);
        if let Some(check) = pack.and_then(|pack| pack.check(&entry.check)) {
            return Some(check);
        }
        if entry.pack == OWN_PACK {
            self.refuse_own(entry);
            return None;
        }
        if pack.is_none() && self.config.gaps.packs {
            return None;
        }
        let names: Vec<String> = self
            .packs
            .iter()
            .flat_map(|pack| {
                pack.checks
                    .iter()
                    .map(|check| format!("{}/{}", pack.name, check.id))
            })
            .collect();
        let remark = match pack {
            Some(pack) => Remark::new(format!(
                "the pack `{}` has no check `{}`",
                pack.name, entry.check
            )),
            None => Remark::new(format!("there is no pack `{}`", entry.pack)),
        };
        let mut hint = suggest::hint(
            &entry.uses(),
            names.iter().map(String::as_str),
            "no pack is loaded",
        );
        if pack.is_none() && !hint.starts_with("did") {
            hint.push_str("; own packs need a `[[pack]]` with their `path`");
        }
        self.problems.error(&entry.use_at, remark.with_hint(hint));
        None
    }
}

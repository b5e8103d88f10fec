//! [`Draft`]: a configuration file with whatever problems it has, so that all of them can be told at once.
//!
//! A file that is TOML is understood as far as it goes: an element that is broken stays in its place,
//! marked with what could not be read of it, and what depends on that is not looked at. Only a draft
//! without errors becomes a [`Config`] that others get to see.

mod targets;

use std::path::Path;
use std::sync::Arc;

use super::collector::Collector;
use super::elements::{Context, alerting, alerts, check, heartbeat, history, pack, route, target};
use super::shape::extents::extents;
use super::shape::fields::Fields;
use super::source::Source;
use super::{
    Config, Environment, Gaps, Loaded, PackEntry, Plan, Problem, Problems, read, shape, syntax,
};
use crate::model::pack::PackInfo;

pub use self::targets::DraftTarget;

/// A file as far as it is understood, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Draft {
    config: Config,
    problems: Problems,
    targets: Vec<DraftTarget>,
}

/// The packs that could be loaded.
#[derive(Clone, Debug, Default)]
pub struct KnownPacks {
    /// What they say of themselves.
    pub infos: Vec<PackInfo>,
    /// Why others could not be loaded.
    pub refused: Problems,
}

/// What a command has nothing to do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Checks on targets, each as it is configured.
    Jobs,
    /// Targets, each by itself: a job that cannot be as it is configured says so
    /// ([`PlannedJob::hindrances`](super::PlannedJob::hindrances)), and stops no other.
    Targets,
}

/// A configuration without errors, and its jobs.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The configuration.
    pub config: Config,
    /// Every job.
    pub plan: Plan,
    /// What works, though perhaps not as meant.
    pub warnings: Problems,
}

impl Draft {
    /// Reads the configuration file at `path`.
    ///
    /// # Errors
    /// The file cannot be read, or is not TOML.
    pub fn load(path: &Path) -> Result<Self, Problems> {
        Self::of_text(path, &read::read(path)?)
    }

    pub(super) fn of_text(path: &Path, text: &str) -> Result<Self, Problems> {
        let source = Arc::new(Source::new(path, text));
        let mut problems = Collector::new(&source);
        let (config, extents) = {
            let tree = syntax::parse(&source)?;
            shape::check::check(tree.get_ref(), &mut problems);
            let mut context = Context {
                source: &source,
                problems: &mut problems,
            };
            let root = Fields::new(tree.get_ref(), &(0..0));
            let config = decode(root, Arc::clone(&source), &mut context);
            (config, extents(root, "target"))
        };
        let placed = problems.placed();
        Ok(Self {
            targets: targets::with_problems(&config, &extents, &placed),
            config,
            problems: Problems(placed.into_iter().map(|(_, problem)| problem).collect()),
        })
    }

    /// The configuration.
    ///
    /// # Errors
    /// Every problem with the file, and its warnings.
    pub fn finish(self) -> Result<Loaded, Problems> {
        if self.problems.has_error() {
            return Err(self.problems);
        }
        Ok(Loaded {
            config: self.config,
            warnings: self.problems,
        })
    }

    /// The file it was read from.
    #[must_use]
    pub fn file(&self) -> &Path {
        self.config.file()
    }

    /// The packs to load from files, as far as they could be read.
    #[must_use]
    pub fn packs(&self) -> &[PackEntry] {
        self.config.packs()
    }

    /// How many targets there are, those that could not be read included.
    #[must_use]
    pub fn targets(&self) -> usize {
        self.config.targets.len()
    }

    /// Plans every job.
    ///
    /// # Errors
    /// Every problem with the file and with its packs, checks, parameters, thresholds and targets,
    /// except for those that may only come from another one; and the warnings.
    pub fn plan(&self, packs: &KnownPacks, need: Need) -> Result<Planned, Problems> {
        let mut config = self.config.clone();
        config.gaps.packs |= !packs.refused.is_empty();
        let (plan, mut problems) = match config.plan(&packs.infos, need) {
            Ok(plan) => (Some(plan), Problems::default()),
            Err(problems) => (None, problems),
        };
        problems.0.extend(packs.refused.0.iter().cloned());
        if need == Need::Jobs {
            problems.0.extend(self.without_checks());
        }
        let problems = self.problems.clone().and(problems);
        match plan {
            Some(plan) if !problems.has_error() => Ok(Planned {
                config,
                plan,
                warnings: problems,
            }),
            _ => Err(problems),
        }
    }

    /// Every secret that is missing, cannot be read or is not safe where it is.
    #[must_use]
    pub fn check_secrets(&self, environment: &Environment) -> Problems {
        match self.config.check_secrets(environment) {
            Ok(problems) | Err(problems) => problems,
        }
    }

    fn without_checks(&self) -> Option<Problem> {
        let config = &self.config;
        let there_may_be = !config.checks.is_empty() || config.gaps.checks;
        // Without targets it was said already that there is nothing to do.
        (!there_may_be && !config.targets.is_empty()).then(|| {
            Problem::of_file(config.file(), "there is no [[check]], so nothing to run")
                .with_hint("add `[[check]]` with `use = \"core/health\"` and `targets = [\"*\"]`")
        })
    }
}

/// Every element, as far as it could be read.
fn decode(root: Fields<'_>, source: Arc<Source>, context: &mut Context<'_, '_>) -> Config {
    let email = alerting::decode_email(root.table("email"), context);
    let routes = route::decode_all(root, context);
    let alerts = alerts::decode(root.table("alerts"), &root.tables("maintenance"), context);
    let heartbeat = heartbeat::decode(root.table("heartbeat"), context);
    let history = history::decode_path(root.table("history"), context);
    let targets = target::decode_all(&root.tables("target"), context);
    let packs = pack::decode_all(&root.tables("pack"), context);
    let checks = check::decode_all(&root.tables("check"), context);
    Config {
        source,
        history,
        parallel: history::decode_parallel(root.table("run")),
        gaps: Gaps {
            targets: root.hides_tables("target"),
            packs: root.hides_tables("pack") || packs.iter().any(Option::is_none),
            checks: root.attempts("check"),
            stray_targets: checks.stray_targets,
        },
        targets: targets.into_iter().map(Arc::new).collect(),
        packs: packs.into_iter().flatten().collect(),
        checks: checks.entries,
        email,
        routes,
        alerts,
        heartbeat,
    }
}

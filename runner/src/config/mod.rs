//! Configuration: from `checkrun.toml` to jobs.
//!
//! Every pass has its own input and output, and reports all of its problems; a [`Draft`] gathers those
//! of all passes, so that they are told at once:
//!
//! 1. [`read`]: file → text, within limits
//! 2. [`syntax`]: text → TOML tree with places
//! 3. [`shape`]: is every key known, there, and of the right type?
//! 4. [`elements`]: tree → [`Config`], with the meaning of every value checked
//! 5. [`plan`]: [`Config`] × packs → [`Plan`], which knows every job but no secret. A [`draft`] is
//!    planned too; what may be there but could not be read is no problem of its own then ([`Gaps`])
//! 6. [`select`]: [`Plan`] → [`Plan`] with the jobs that were asked for
//! 7. [`Plan::resolve`]: looks up the secrets of those jobs only, and gives the jobs
//!
//! Nothing here reads the clock or the environment; [`Environment`] is handed in. A secret is never
//! part of a problem: see [`concealment`].

mod choose;
mod collector;
mod concealment;
mod discovery;
mod draft;
mod elements;
mod environment;
mod init;
mod pattern;
mod plan;
mod problem;
mod read;
mod select;
mod shape;
mod source;
mod suggest;
mod syntax;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use self::choose::{Choice, UnknownTarget};
pub use self::discovery::discover;
pub use self::draft::{Draft, DraftTarget, KnownPacks, Need, Planned};
pub use self::elements::check::CheckEntry;
pub use self::elements::pack::PackEntry;
pub use self::elements::route::RouteEntry;
pub use self::elements::target::TargetEntry;
pub use self::environment::Environment;
pub use self::init::{DEFAULT_FILE, init};
pub use self::plan::{Plan, PlannedJob, ResolvedPlan};
pub use self::problem::{Excerpt, Problem, Problems, Severity};
pub use self::select::Selection;
pub use self::shape::schema::schema;

use toml::Spanned;

use self::elements::alerting::EmailEntry;
use self::elements::heartbeat::HeartbeatEntry;
use self::pattern::Pattern;
use self::source::Source;
use crate::model::alerting::Alerting;

/// A configuration without problems. Secrets are references still.
#[derive(Clone, Debug)]
pub struct Config {
    source: Arc<Source>,
    history: PathBuf,
    parallel: u32,
    targets: Vec<Arc<TargetEntry>>,
    packs: Vec<PackEntry>,
    checks: Vec<CheckEntry>,
    email: Option<EmailEntry>,
    routes: Vec<RouteEntry>,
    alerts: Alerting,
    heartbeat: Option<HeartbeatEntry>,
    /// Empty in a configuration without problems.
    gaps: Gaps,
}

/// What a configuration with problems leaves open.
#[derive(Clone, Debug, Default)]
struct Gaps {
    /// There may be more targets.
    targets: bool,
    /// There may be more packs.
    packs: bool,
    /// There may be more checks.
    checks: bool,
    /// The `targets` of checks whose `use` could not be read.
    stray_targets: Vec<Spanned<Pattern>>,
}

/// A configuration and what is doubtful about it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// What works, though perhaps not as meant.
    pub warnings: Problems,
}

/// Reads the configuration file at `path`.
///
/// # Errors
/// Every problem with the file, and its warnings.
pub fn load(path: &Path) -> Result<Loaded, Problems> {
    parse(path, &read::read(path)?)
}

/// Reads `text` as the configuration file at `path`, which need not exist.
///
/// # Errors
/// Every problem with the text, and its warnings.
pub fn parse(path: &Path, text: &str) -> Result<Loaded, Problems> {
    Draft::of_text(path, text)?.finish()
}

impl Config {
    /// The file it was read from.
    #[must_use]
    pub fn file(&self) -> &Path {
        self.source.file()
    }

    /// The SQLite file with the history.
    #[must_use]
    pub fn history(&self) -> &Path {
        &self.history
    }

    /// Runs at the same time over all targets, at least 1.
    #[must_use]
    pub fn parallel(&self) -> u32 {
        self.parallel
    }

    /// When people are told.
    #[must_use]
    pub fn alerts(&self) -> &Alerting {
        &self.alerts
    }

    /// The targets, in the order of the file.
    pub fn targets(&self) -> impl ExactSizeIterator<Item = &TargetEntry> {
        self.targets.iter().map(Arc::as_ref)
    }

    /// The packs to load from files, in the order of the file.
    #[must_use]
    pub fn packs(&self) -> &[PackEntry] {
        &self.packs
    }

    /// The checks, in the order of the file.
    #[must_use]
    pub fn checks(&self) -> &[CheckEntry] {
        &self.checks
    }
}

//! What a pack says of itself: its checks, their parameters and metrics.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::engine::{Engine, Version};
use super::parameter::ParameterSpec;
use super::schedule::Schedule;

/// A pack's description, as `describe` returned it and the host checked it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PackInfo {
    /// `[a-z][a-z0-9-]*`; the first half of its checks' names.
    pub name: String,
    /// The pack's own version.
    pub version: String,
    /// For people.
    pub description: String,
    /// At least one; ids are unique.
    pub checks: Vec<CheckInfo>,
}

impl PackInfo {
    /// The check with this id (without the pack's name).
    #[must_use]
    pub fn check(&self, id: &str) -> Option<&CheckInfo> {
        self.checks.iter().find(|check| check.id == id)
    }
}

/// One check as its pack declares it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckInfo {
    /// `[a-z][a-z0-9_-]*`, without the pack's name.
    pub id: String,
    /// A few words for people.
    pub title: String,
    /// What it looks at and why.
    pub description: String,
    /// For selection.
    pub tags: Vec<String>,
    /// Where it applies; empty means every engine.
    pub engines: Vec<EngineRequirement>,
    /// What it can be given.
    pub parameters: Vec<ParameterSpec>,
    /// What it measures; other metrics are kept too, without a default threshold.
    pub metrics: Vec<MetricSpec>,
    /// What the account needs, as statements for the reader.
    pub privileges: Vec<String>,
    /// How often it is worth running.
    pub suggested_interval_seconds: u32,
    /// Further metrics get their names from the configuration, so it may set thresholds on any name.
    pub free_metrics: bool,
}

impl CheckInfo {
    /// As often as the check says that it is worth running.
    #[must_use]
    pub fn suggested_schedule(&self) -> Schedule {
        let seconds = self.suggested_interval_seconds.max(1);
        Schedule::Every(Duration::from_secs(seconds.into()))
    }
}

/// An engine that a check works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct EngineRequirement {
    /// The engine.
    pub engine: Engine,
    /// The oldest version it works on.
    pub min_version: Option<Version>,
}

impl EngineRequirement {
    /// Whether the check works on this server.
    #[must_use]
    pub fn admits(&self, engine: Engine, version: Version) -> bool {
        self.engine == engine && self.min_version.is_none_or(|least| version >= least)
    }
}

impl fmt::Display for EngineRequirement {
    /// `postgresql from 14.0.0`, or the engine alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.min_version {
            Some(least) => write!(f, "{} from {least}", self.engine),
            None => write!(f, "{}", self.engine),
        }
    }
}

/// A metric as the check declares it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MetricSpec {
    /// `[a-z][a-z0-9_]*`
    pub name: String,
    /// For people.
    pub description: String,
    /// `ratio`, `bytes`, `seconds`, `count`, `per-second`, or the pack's own word.
    pub unit: String,
    /// Default threshold in the configuration's own language, such as `> 80%`.
    pub warning: Option<String>,
    /// As `warning`.
    pub critical: Option<String>,
}

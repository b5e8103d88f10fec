//! [`Job`]: check × target, as configured and resolved.

use std::sync::Arc;
use std::time::Duration;

use super::incident::Rules;
use super::pack::CheckInfo;
use super::parameter::ParameterValue;
use super::schedule::Schedule;
use super::target::Target;
use super::threshold::Threshold;

/// One check on one target, with everything resolved; what `run` and `schedule` execute.
#[derive(Clone, Debug)]
pub struct Job {
    /// The configured name, `pack/check` by default. Unique together with the target.
    pub name: String,
    /// The pack's name.
    pub pack: String,
    /// What the pack declares.
    pub check: Arc<CheckInfo>,
    /// Where it runs.
    pub target: Arc<Target>,
    /// Every declared parameter that is configured or has a default.
    pub parameters: Vec<(String, ParameterValue)>,
    /// By metric name: configured ones override the declared ones, level by level.
    pub thresholds: Vec<MetricThresholds>,
    /// Wall time of one run.
    pub timeout: Duration,
    /// When `checkrun schedule` runs it.
    pub schedule: Schedule,
    /// How many runs in a row count.
    pub rules: Rules,
}

impl Job {
    /// `pack/check`.
    #[must_use]
    pub fn check_name(&self) -> String {
        format!("{}/{}", self.pack, self.check.id)
    }
}

/// The thresholds of one metric. With several metrics of that name (labels), each is held against them.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricThresholds {
    /// The metric's name.
    pub metric: String,
    /// Breached: at least a warning.
    pub warning: Option<Threshold>,
    /// Breached: critical.
    pub critical: Option<Threshold>,
    /// Back under this, the problem is over; for alerts.
    pub clear: Option<Threshold>,
    /// Somebody configured at least one of them, so a report without this metric cannot be judged;
    /// a default threshold is held only against what is there.
    pub configured: bool,
}

#[cfg(test)]
impl Job {
    /// A job with nothing special about it, for tests of what is done with jobs.
    pub(crate) fn plain(name: &str, target: &str) -> Self {
        let check = CheckInfo {
            id: "health".into(),
            title: String::new(),
            description: String::new(),
            tags: Vec::new(),
            engines: Vec::new(),
            parameters: Vec::new(),
            metrics: Vec::new(),
            privileges: Vec::new(),
            suggested_interval_seconds: 60,
            free_metrics: false,
        };
        let target = Target {
            name: target.into(),
            address: super::target::Address::File("shop.db".into()),
            labels: std::collections::BTreeMap::new(),
            allow_privileged: false,
            connect_timeout: Duration::from_secs(5),
            connect_attempts: 1,
            max_parallel: 2,
        };
        Self {
            name: name.into(),
            pack: "core".into(),
            check: Arc::new(check),
            target: Arc::new(target),
            parameters: Vec::new(),
            thresholds: Vec::new(),
            timeout: Duration::from_secs(10),
            schedule: Schedule::Every(Duration::from_secs(60)),
            rules: Rules::default(),
        }
    }
}

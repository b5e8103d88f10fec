//! [`Alerting`]: when people are told, `[alerts]` and `[[maintenance]]`.

use std::time::Duration;

use super::route::Scope;
use super::schedule::CronLine;

/// When people are told.
#[derive(Clone, Debug, PartialEq)]
pub struct Alerting {
    /// From the first trouble of a target to the message about it, so that it has all of it.
    pub group_wait: Duration,
    /// Between two messages about a target, unless it gets worse.
    pub group_interval: Duration,
    /// How often it is said again that something is a warning; none for never.
    pub remind_warning: Option<Duration>,
    /// How often it is said again that something is critical; none for never.
    pub remind_critical: Option<Duration>,
    /// Messages to one route, at most, within [`Self::messages_within`]; more becomes one.
    pub messages_max: u32,
    /// See [`Self::messages_max`].
    pub messages_within: Duration,
    /// Times at which nobody is told of anything new.
    pub maintenance: Vec<Maintenance>,
}

/// A recurring time at which nobody is told of anything new about some targets.
#[derive(Clone, Debug, PartialEq)]
pub struct Maintenance {
    /// Of what.
    pub scope: Scope,
    /// When it begins.
    pub begins: CronLine,
    /// How long it takes, elapsed time.
    pub lasts: Duration,
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

impl Default for Alerting {
    fn default() -> Self {
        Self {
            group_wait: Duration::from_secs(30),
            group_interval: Duration::from_secs(5 * MINUTE),
            remind_warning: Some(Duration::from_secs(24 * HOUR)),
            remind_critical: Some(Duration::from_secs(4 * HOUR)),
            messages_max: 10,
            messages_within: Duration::from_secs(10 * MINUTE),
            maintenance: Vec::new(),
        }
    }
}

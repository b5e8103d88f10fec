//! [`Orders`]: what the configuration says of telling people, complete with its secrets.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::alert::channel::Channel;
use crate::alert::telling::Audience;
use crate::model::alerting::Alerting;
use crate::model::job::Job;
use crate::model::notification::Origin;

/// What the configuration says of telling people.
#[derive(Clone, Debug)]
pub struct Orders {
    /// Every route.
    pub audiences: Vec<Audience>,
    /// How each is told.
    pub channels: HashMap<String, Channel>,
    /// When people are told.
    pub rules: Alerting,
    /// Every job, for its thresholds.
    pub jobs: Vec<Arc<Job>>,
    /// Who sends.
    pub origin: Origin,
    /// In which zone people read times.
    pub zone: TimeZone,
}

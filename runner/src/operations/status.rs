//! `checkrun status`: how are all databases, now or when they were last looked at?
//!
//! | status | means |
//! |---|---|
//! | healthy | every outcome is ok |
//! | degraded | the worst outcome is a warning, or it answers slower than `core/health` calls fast |
//! | unknown | something could not be judged, or there is no outcome at all |
//! | unhealthy | an outcome is critical: no connection, or a critical threshold is breached |

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::health::{self, Health, Migrations};
use super::observation::Observation;
use super::{Hindrance, NotAsked, Trouble, connections};
use crate::model::advice::Situation;
use crate::model::gate::CONNECTION_CHECK;
use crate::model::run::{Micros, Reason};
use crate::model::status::Status;

/// The version of this document; it changes when a field changes its meaning or goes away.
pub const SCHEMA_VERSION: u32 = 1;

/// How a database is, best first: not being able to judge is worse than a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Condition {
    /// Nothing to do.
    Healthy,
    /// It works, but not as it should.
    Degraded,
    /// It could not be judged.
    Unknown,
    /// It does not work, or will soon not.
    Unhealthy,
}

impl From<Status> for Condition {
    fn from(status: Status) -> Self {
        match status {
            Status::Ok => Self::Healthy,
            Status::Warning => Self::Degraded,
            Status::Unknown => Self::Unknown,
            Status::Critical => Self::Unhealthy,
        }
    }
}

/// Where the outcomes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The databases were asked now.
    Live,
    /// The newest outcomes in the history.
    Recorded,
}

/// What `checkrun status --format json` prints.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Summary {
    /// Version of this document.
    pub schema_version: u32,
    /// Asked now, or read from the history.
    pub source: Source,
    /// RFC 3339, UTC.
    pub started: String,
    /// Wall time, milliseconds.
    pub duration_ms: f64,
    /// The worst of all databases.
    pub status: Condition,
    /// How many databases are in which condition.
    pub breakdown: Breakdown,
    /// One for each, in the order of the configuration; names that are not in it come last.
    pub databases: Vec<DatabaseStatus>,
    /// Everything that is not ok now, worst first.
    pub alerts: Vec<Alert>,
    /// What is confirmed and not over, newest first, as the history has it; null where there is no
    /// history that can be read.
    pub incidents: Option<Vec<OpenIncident>>,
    /// What to do, each once, in the order of the alerts.
    pub advice: Vec<String>,
}

/// How many databases are in which condition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Breakdown {
    /// All.
    pub total: usize,
    /// Nothing to do.
    pub healthy: usize,
    /// Working, but not as they should.
    pub degraded: usize,
    /// Not judged.
    pub unknown: usize,
    /// Not working.
    pub unhealthy: usize,
}

/// One database.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DatabaseStatus {
    /// The target's name, or what was typed where there is none of that name.
    pub target: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// `postgresql`, `mysql`, `sqlite` …, as its URL says.
    pub engine: Option<String>,
    /// The worst of its outcomes.
    pub status: Condition,
    /// Whether there was a connection; null where `core/health` has no outcome.
    pub connected: Option<bool>,
    /// From sending the validation query to its last row.
    pub response_time_ms: Option<f64>,
    /// Opening the connection.
    pub connect_time_ms: Option<f64>,
    /// How many connections the server has and may have, where `core/connections` has an outcome; of
    /// several jobs with it, the one with the highest `used_ratio`.
    pub connections: Option<connections::Usage>,
    /// By migration tool; empty when none was found or looked for.
    pub migrations: Vec<Migrations>,
    /// Why it could not be asked, or did not answer.
    pub error: Option<Trouble>,
    /// When it was last looked at, RFC 3339, UTC.
    pub observed: Option<String>,
    /// How long ago that was.
    pub age_seconds: Option<f64>,
    /// The newest outcome of every job that was looked at.
    pub jobs: Vec<JobStatus>,
}

/// One outcome.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct JobStatus {
    /// The job's configured name.
    pub job: String,
    /// `ok`, `warning`, `unknown` or `critical`.
    pub status: String,
    /// One line for people.
    pub summary: String,
    /// For `checkrun history show`.
    pub run_id: Option<i64>,
}

/// One reason why a database is not healthy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Alert {
    /// The database.
    pub target: String,
    /// The job that noticed; null where the database was not asked.
    pub job: Option<String>,
    /// `warning`, `unknown` or `critical`.
    pub severity: String,
    /// What was seen, with the measured value and the threshold where there are such.
    pub text: String,
    /// What to try first.
    pub advice: Option<String>,
}

/// An incident that is not over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OpenIncident {
    /// For `checkrun alerts list`.
    pub id: i64,
    /// The database.
    pub target: String,
    /// The job.
    pub job: String,
    /// `warning` or `critical`.
    pub severity: String,
    /// The first bad run, RFC 3339, UTC.
    pub since: String,
    /// What was seen last.
    pub text: String,
}

/// What is known of one target.
#[derive(Clone, Debug)]
pub enum Known {
    /// Its outcomes; none when the history has none.
    Outcomes {
        /// The target's name.
        target: String,
        /// Its labels, as configured.
        labels: BTreeMap<String, String>,
        /// Of as many jobs as were looked at.
        seen: Vec<Observation>,
        /// What jobs were asked without.
        hindrances: Vec<Hindrance>,
    },
    /// It was not asked.
    NotAsked(NotAsked),
}

impl Summary {
    /// Sums up.
    #[must_use]
    pub fn new(
        source: Source,
        started: Micros,
        duration: Duration,
        known: &[Known],
        incidents: Option<Vec<OpenIncident>>,
    ) -> Self {
        let databases: Vec<_> = known.iter().map(|one| database(one, started)).collect();
        let mut alerts: Vec<_> = known.iter().flat_map(alerts).collect();
        alerts.sort_by_key(|(status, _)| std::cmp::Reverse(*status));
        let alerts: Vec<_> = alerts.into_iter().map(|(_, alert)| alert).collect();
        let mut told = BTreeSet::new();
        let advice = alerts.iter().filter_map(|alert| alert.advice.as_ref());
        let advice: Vec<_> = advice.filter(|text| told.insert(*text)).cloned().collect();
        let count = |condition| {
            databases
                .iter()
                .filter(|one| one.status == condition)
                .count()
        };
        let breakdown = Breakdown {
            total: databases.len(),
            healthy: count(Condition::Healthy),
            degraded: count(Condition::Degraded),
            unknown: count(Condition::Unknown),
            unhealthy: count(Condition::Unhealthy),
        };
        let conditions = databases.iter().map(|database| database.status);
        Self {
            schema_version: SCHEMA_VERSION,
            source,
            started: started.to_string(),
            duration_ms: super::milliseconds(duration.as_secs_f64()),
            status: conditions.max().unwrap_or(Condition::Healthy),
            breakdown,
            databases,
            alerts,
            incidents,
            advice,
        }
    }
}

fn database(known: &Known, now: Micros) -> DatabaseStatus {
    match known {
        Known::Outcomes {
            target,
            labels,
            seen,
            hindrances,
        } => {
            let mut database = from_outcomes(target, labels, seen, now);
            if !hindrances.is_empty() {
                database.status = database.status.max(Condition::Unknown);
            }
            database
        }
        Known::NotAsked(why) => DatabaseStatus {
            error: Some(why.trouble.clone()),
            engine: why.engine.clone(),
            ..unobserved(&why.target, &why.labels)
        },
    }
}

fn unobserved(target: &str, labels: &BTreeMap<String, String>) -> DatabaseStatus {
    DatabaseStatus {
        target: target.to_owned(),
        labels: labels.clone(),
        engine: None,
        status: Condition::Unknown,
        connected: None,
        response_time_ms: None,
        connect_time_ms: None,
        connections: None,
        migrations: Vec::new(),
        error: None,
        observed: None,
        age_seconds: None,
        jobs: Vec::new(),
    }
}

fn from_outcomes(
    target: &str,
    labels: &BTreeMap<String, String>,
    seen: &[Observation],
    now: Micros,
) -> DatabaseStatus {
    let nothing = unobserved(target, labels);
    let Some(newest) = seen.iter().map(|one| one.started).max() else {
        return nothing;
    };
    let of = |check| seen.iter().filter(move |one| one.check == check);
    let mut health: Vec<_> = of(CONNECTION_CHECK).map(health::read).collect();
    if health.is_empty() {
        // With it, what others have seen is from before then.
        health = of(health::CHECK).map(health::read).collect();
    }
    let worst = seen.iter().map(|one| Condition::from(one.status)).max();
    let slow = match health.iter().any(|health| health.slow) {
        true => Condition::Degraded,
        false => Condition::Healthy,
    };
    // Of several jobs with core/health the worst one counts.
    let slowest =
        |time: fn(&Health) -> Option<f64>| health.iter().filter_map(time).reduce(f64::max);
    DatabaseStatus {
        engine: seen.iter().find_map(|one| one.engine.clone()),
        status: worst.unwrap_or(Condition::Unknown).max(slow),
        connected: health.iter().map(|health| health.connected).min(),
        response_time_ms: slowest(|health| health.response_time_ms),
        connect_time_ms: slowest(|health| health.connect_time_ms),
        connections: connections::fullest(of(connections::CHECK)),
        migrations: migrations(seen, &health),
        error: health.into_iter().find_map(|health| health.trouble),
        observed: Some(newest.to_string()),
        #[expect(clippy::cast_precision_loss, reason = "an age for people")]
        age_seconds: Some((now.0 - newest.0).max(0) as f64 / 1e6),
        jobs: seen.iter().map(job).collect(),
        ..nothing
    }
}

/// Each once: several jobs see the same. What cannot be reached has nothing to say of its migrations.
fn migrations(seen: &[Observation], health: &[Health]) -> Vec<Migrations> {
    let mut all = Vec::new();
    if health.iter().any(|health| !health.connected) {
        return all;
    }
    let telling = [health::CHECK, health::MIGRATIONS_CHECK];
    let runs = seen
        .iter()
        .filter(|one| telling.contains(&one.check.as_str()));
    for tool in runs.flat_map(health::migrations) {
        if !all.contains(&tool) {
            all.push(tool);
        }
    }
    all
}

fn job(seen: &Observation) -> JobStatus {
    JobStatus {
        job: seen.job.clone(),
        status: seen.status.to_string(),
        summary: seen.summary.clone(),
        run_id: seen.run_id,
    }
}

/// Everything that is not ok about one target, with its status to sort by.
fn alerts(known: &Known) -> Vec<(Status, Alert)> {
    match known {
        Known::NotAsked(why) => vec![(
            Status::Unknown,
            Alert {
                target: why.target.clone(),
                job: None,
                severity: Status::Unknown.to_string(),
                text: why.trouble.message.clone(),
                advice: why.trouble.advice.clone(),
            },
        )],
        Known::Outcomes { target, seen, .. } if seen.is_empty() => vec![(
            Status::Unknown,
            Alert {
                target: target.clone(),
                job: None,
                severity: Status::Unknown.to_string(),
                text: Situation::NoOutcome.text(),
                advice: Some(Situation::NoOutcome.advice()),
            },
        )],
        Known::Outcomes {
            target,
            seen,
            hindrances,
            ..
        } => {
            let unread = hindrances.iter().map(|one| unread(target, one));
            unread.chain(seen.iter().flat_map(alerts_of)).collect()
        }
    }
}

/// A job that was asked without something was not judged as it is configured.
fn unread(target: &str, hindrance: &Hindrance) -> (Status, Alert) {
    let alert = Alert {
        target: target.to_owned(),
        job: Some(hindrance.job.clone()),
        severity: Status::Unknown.to_string(),
        text: hindrance.remark.text.clone(),
        advice: hindrance.remark.advice.clone(),
    };
    (Status::Unknown, alert)
}

fn alerts_of(seen: &Observation) -> Vec<(Status, Alert)> {
    // The check's own verdict repeats in other words what its findings say.
    let is_verdict = |reason: &&Reason| reason.text == seen.summary;
    let has_more = seen.reasons.iter().any(|reason| !is_verdict(&reason));
    seen.reasons
        .iter()
        .filter(|reason| !(has_more && is_verdict(reason)))
        .map(|reason| {
            let alert = Alert {
                target: seen.target.clone(),
                job: Some(seen.job.clone()),
                severity: reason.status.to_string(),
                text: reason.text.clone(),
                advice: reason.advice.clone(),
            };
            (reason.status, alert)
        })
        .chain(slowness(seen))
        .collect()
}

/// What `core/health` calls slow breaches no threshold, and the database is degraded for it.
fn slowness(seen: &Observation) -> Option<(Status, Alert)> {
    let finding = seen
        .finding("slow")
        .filter(|_| seen.check == health::CHECK)?;
    let text = finding.headline();
    let is_told = seen.reasons.iter().any(|reason| reason.text == text);
    (!is_told).then(|| {
        let alert = Alert {
            target: seen.target.clone(),
            job: Some(seen.job.clone()),
            severity: Status::Warning.to_string(),
            text,
            advice: finding.advice.clone(),
        };
        (Status::Warning, alert)
    })
}

#[cfg(test)]
mod tests;

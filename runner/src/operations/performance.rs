//! `checkrun performance`: how long do connecting and asking take?
//!
//! The ratings are those of `core/performance`, by the means of connecting and of all queries:
//! excellent below 100 and 50 ms, good below 500 and 200, acceptable below 1000 and 1000, else poor;
//! `error` where nothing succeeded.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::observation::{Observation, evidence};
use super::{NotAsked, Remark, Trouble, connections, milliseconds};
use crate::model::run::Micros;
use crate::model::status::Status;

/// The check's name.
pub const CHECK: &str = "core/performance";

/// The version of this document; it changes when a field changes its meaning or goes away.
pub const SCHEMA_VERSION: u32 = 1;

/// What `checkrun performance --format json` prints.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Performance {
    /// Version of this document.
    pub schema_version: u32,
    /// RFC 3339, UTC.
    pub started: String,
    /// Wall time, milliseconds.
    pub duration_ms: f64,
    /// `ok`, `warning`, `unknown` or `critical`: the worst of all databases.
    pub status: String,
    /// One for each, in the order of the configuration; names that are not in it come last.
    pub databases: Vec<DatabasePerformance>,
}

/// One database.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DatabasePerformance {
    /// The target's name, or what was typed where there is none of that name.
    pub target: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// `ok`, `warning`, `unknown` or `critical`.
    pub status: String,
    /// `excellent`, `good`, `acceptable`, `poor` or `error`: the worse of connecting and asking.
    pub rating: String,
    /// How many rounds were made of how many, such as `3 of 3`.
    pub rounds: Option<String>,
    /// One line for people.
    pub summary: String,
    /// Opening a connection.
    pub connecting: Times,
    /// All queries in all rounds.
    pub asking: Times,
    /// Each query by itself, in the configured order.
    pub queries: Vec<QueryTimes>,
    /// How many connections the server has and may have, where that can be known.
    pub connections: Option<connections::Usage>,
    /// Why it could not be asked, or did not answer.
    pub error: Option<Trouble>,
    /// What is slow or failed, and what to do about it.
    pub remarks: Vec<Remark>,
}

/// Statistics over samples, milliseconds; null without a successful one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Times {
    /// `excellent` … `error`, by the mean.
    pub rating: Option<String>,
    /// The fastest.
    pub min_ms: Option<f64>,
    /// The mean.
    pub mean_ms: Option<f64>,
    /// The median.
    pub p50_ms: Option<f64>,
    /// The 95th percentile, by nearest rank.
    pub p95_ms: Option<f64>,
    /// The slowest.
    pub max_ms: Option<f64>,
    /// Successful ones of those that were tried, 0 to 1.
    pub success_rate: Option<f64>,
}

/// One query.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct QueryTimes {
    /// The statement, cut when it is long.
    pub query: String,
    /// `excellent` … `error`, by the mean.
    pub rating: Option<String>,
    /// Successful ones of those that were sent, such as `3 of 3`.
    pub samples: Option<String>,
    /// The mean, milliseconds.
    pub mean_ms: Option<f64>,
    /// The 95th percentile, milliseconds.
    pub p95_ms: Option<f64>,
}

impl DatabasePerformance {
    /// Reads one run of `core/performance`, and one of `core/connections` if there was one.
    #[must_use]
    pub fn read(seen: &Observation, connections: Option<&Observation>) -> Self {
        let rating = seen.finding("rating");
        let of_rating = |name| rating.and_then(|finding| evidence(finding, name));
        let error = error(seen);
        Self {
            target: seen.target.clone(),
            labels: seen.labels.clone(),
            status: seen.status.to_string(),
            rating: of_rating("rating").unwrap_or("error").to_owned(),
            rounds: of_rating("rounds").map(str::to_owned),
            summary: seen.summary.clone(),
            connecting: times(seen, "connect", of_rating("connection_rating")),
            asking: times(seen, "query", of_rating("query_rating")),
            queries: queries(seen),
            connections: connections.and_then(connections::read),
            remarks: remarks(seen),
            error,
        }
    }

    /// A database that was not asked has no rating but `error`.
    #[must_use]
    pub fn not_asked(why: &NotAsked) -> Self {
        Self {
            target: why.target.clone(),
            labels: why.labels.clone(),
            status: Status::Unknown.to_string(),
            rating: "error".into(),
            rounds: None,
            summary: why.trouble.message.clone(),
            connecting: Times::default(),
            asking: Times::default(),
            queries: Vec::new(),
            connections: None,
            error: Some(why.trouble.clone()),
            remarks: vec![Remark {
                text: why.trouble.message.clone(),
                advice: why.trouble.advice.clone(),
            }],
        }
    }
}

/// The metrics are called `connect_time`, `connect_time_min` … `connect_success_rate`.
fn times(seen: &Observation, of: &str, rating: Option<&str>) -> Times {
    let time = |statistic: &str| {
        seen.metric(&format!("{of}_time{statistic}"))
            .map(milliseconds)
    };
    Times {
        rating: rating.map(str::to_owned),
        min_ms: time("_min"),
        mean_ms: time(""),
        p50_ms: time("_p50"),
        p95_ms: time("_p95"),
        max_ms: time("_max"),
        success_rate: seen.metric(&format!("{of}_success_rate")),
    }
}

fn queries(seen: &Observation) -> Vec<QueryTimes> {
    seen.findings
        .iter()
        .filter_map(|finding| Some((finding, finding.key.strip_prefix("query/")?)))
        .map(|(finding, number)| {
            let text = |name| evidence(finding, name).map(str::to_owned);
            let time = |metric| seen.labelled(metric, "query", number).map(milliseconds);
            QueryTimes {
                query: text("query").unwrap_or_default(),
                rating: text("rating"),
                samples: text("samples"),
                mean_ms: time("each_query_time"),
                p95_ms: time("each_query_time_p95"),
            }
        })
        .collect()
}

fn error(seen: &Observation) -> Option<Trouble> {
    if let Some(failure) = &seen.failure {
        return Some(Trouble {
            class: failure.clone(),
            message: seen.summary.clone(),
            advice: seen.reasons.iter().find_map(|one| one.advice.clone()),
        });
    }
    let failed = seen
        .findings
        .iter()
        .find_map(|finding| Some((finding, evidence(finding, "error_class")?)));
    failed.map(|(finding, class)| Trouble {
        class: class.to_owned(),
        message: format!("{}: {}", finding.headline(), finding.detail),
        advice: finding.advice.clone(),
    })
}

/// Every finding with advice; what the configuration's own thresholds say; and why there is no report.
fn remarks(seen: &Observation) -> Vec<Remark> {
    let with_advice = seen
        .findings
        .iter()
        .filter(|finding| finding.advice.is_some());
    let mut remarks: Vec<_> = with_advice
        .map(|finding| Remark {
            text: match finding.detail.as_str() {
                "" => finding.headline(),
                detail => format!("{}: {detail}", finding.headline()),
            },
            advice: finding.advice.clone(),
        })
        .collect();
    let is_told = |text: &str| {
        text == seen.summary
            || seen
                .findings
                .iter()
                .any(|finding| finding.headline() == text)
    };
    let further = seen.reasons.iter().filter(|reason| !is_told(&reason.text));
    remarks.extend(further.map(|reason| Remark {
        text: reason.text.clone(),
        advice: reason.advice.clone(),
    }));
    if seen.failure.is_some() && remarks.is_empty() {
        remarks.push(Remark {
            text: seen.summary.clone(),
            advice: seen.reasons.iter().find_map(|one| one.advice.clone()),
        });
    }
    remarks
}

impl Performance {
    /// Sums up.
    #[must_use]
    pub fn new(
        started: Micros,
        duration: Duration,
        worst: Status,
        databases: Vec<DatabasePerformance>,
    ) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            started: started.to_string(),
            duration_ms: milliseconds(duration.as_secs_f64()),
            status: worst.to_string(),
            databases,
        }
    }
}

#[cfg(test)]
mod tests;

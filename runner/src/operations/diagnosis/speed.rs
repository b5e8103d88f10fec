//! The stages `query` and `performance`: does a query get an answer, and how fast?

use std::time::Duration;

use super::document::{Problem, Severity, Stage, StageReport};
use super::limits::ROUNDS;
use crate::model::advice::{Cause, explain};
use crate::model::sql::{ServerError, SqlError};
use crate::model::unit::format_duration;

/// Means of connecting and asking under which the rating is this one, best first: the cuts that
/// `core/performance` has in `checks/core/src/performance/rating.rs`, to which a test holds them.
pub(super) const RATINGS: [(Duration, Duration, &str); 3] = [
    (
        Duration::from_millis(100),
        Duration::from_millis(50),
        "excellent",
    ),
    (
        Duration::from_millis(500),
        Duration::from_millis(200),
        "good",
    ),
    (
        Duration::from_millis(1000),
        Duration::from_millis(1000),
        "acceptable",
    ),
];

/// What is slower than all of them.
const POOR: &str = "poor";

/// From this on, connecting is what there is advice for: what the check does not call good.
pub(super) const CONNECT_SLOW: Duration = Duration::from_millis(500);

/// From this on, asking is.
pub(super) const QUERY_SLOW: Duration = Duration::from_millis(200);

/// One round: a connection of its own, and a query on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// From nothing to a connection that can be asked.
    pub connect: Duration,
    /// From the question to its answer.
    pub query: Duration,
}

/// Judges the first query.
#[must_use]
pub fn query(asked: &Result<Duration, SqlError>, sql: &str, took: Duration) -> StageReport {
    let stage = StageReport::passed(Stage::Query, took).with_fact("query", sql);
    match asked {
        Ok(elapsed) => stage.with_fact("answered", format!("in {}", format_duration(*elapsed))),
        Err(error) => stage.with_problem(failed(error)),
    }
}

/// Judges the rounds; those that failed come as their errors.
#[must_use]
pub fn performance(rounds: &[Result<Sample, SqlError>], took: Duration) -> StageReport {
    let stage = StageReport::passed(Stage::Performance, took);
    let samples: Vec<Sample> = rounds
        .iter()
        .filter_map(|round| round.clone().ok())
        .collect();
    let error = rounds.iter().find_map(|round| round.as_ref().err());
    let stage = stage.with_fact("rounds", format!("{} of {ROUNDS} succeeded", samples.len()));
    let Some((connect, query)) = means(&samples) else {
        let why = error.map_or_else(|| "no round was gone through".to_owned(), described);
        return stage.with_fact("rating", "error").with_problem(Problem::of(
            Severity::Failed,
            &Cause::NoSample { said: &why },
        ));
    };
    let stage = stage
        .with_fact("rating", rating(connect, query))
        .with_fact(
            "connecting",
            spread(&samples, connect, |sample| sample.connect),
        )
        .with_fact("query", spread(&samples, query, |sample| sample.query));
    let stage = match error {
        None => stage,
        Some(error) => {
            let said = described(error);
            let cause = Cause::RoundFailed { said: &said };
            stage.with_problem(Problem::of(Severity::Warning, &cause))
        }
    };
    slow(stage, connect, query)
}

fn slow(mut stage: StageReport, connect: Duration, query: Duration) -> StageReport {
    let connecting = Cause::SlowConnecting {
        mean: connect,
        slow_from: CONNECT_SLOW,
    };
    let asking = Cause::SlowQuery {
        mean: query,
        slow_from: QUERY_SLOW,
    };
    for (is_slow, cause) in [
        (connect >= CONNECT_SLOW, connecting),
        (query >= QUERY_SLOW, asking),
    ] {
        if is_slow {
            stage = stage.with_problem(Problem::of(Severity::Warning, &cause));
        }
    }
    stage
}

fn rating(connect: Duration, query: Duration) -> &'static str {
    RATINGS
        .iter()
        .find(|(connect_max, query_max, _)| connect < *connect_max && query < *query_max)
        .map_or(POOR, |(.., word)| *word)
}

fn means(samples: &[Sample]) -> Option<(Duration, Duration)> {
    let count = u32::try_from(samples.len())
        .ok()
        .filter(|count| *count > 0)?;
    let sum = |part: fn(&Sample) -> Duration| samples.iter().map(part).sum::<Duration>() / count;
    Some((sum(|sample| sample.connect), sum(|sample| sample.query)))
}

fn spread(samples: &[Sample], mean: Duration, part: fn(&Sample) -> Duration) -> String {
    let times = || samples.iter().map(part);
    let (least, most) = (times().min().unwrap_or(mean), times().max().unwrap_or(mean));
    format!(
        "in {} on average, in {} at best, in {} at worst",
        format_duration(mean),
        format_duration(least),
        format_duration(most)
    )
}

fn failed(error: &SqlError) -> Problem {
    let said = described(error);
    match error {
        SqlError::Connection(error) => {
            Problem::failed(error.class.as_str(), said, explain(error.class).advice)
        }
        SqlError::Timeout(after) => {
            Problem::of(Severity::Failed, &Cause::QueryLate { after: *after })
        }
        _ => Problem::of(Severity::Failed, &Cause::QueryFailed { said: &said }),
    }
}

fn described(error: &SqlError) -> String {
    match error {
        SqlError::Server(ServerError { message, .. })
        | SqlError::PermissionDenied(ServerError { message, .. })
        | SqlError::UndefinedObject(ServerError { message, .. })
        | SqlError::Forbidden(message)
        | SqlError::InvalidParameter(message)
        | SqlError::LimitExceeded(message) => message.clone(),
        SqlError::Timeout(after) => format!("no answer within {}", format_duration(*after)),
        SqlError::Connection(error) => {
            format!("{} ({})", explain(error.class).meaning, error.message)
        }
    }
}

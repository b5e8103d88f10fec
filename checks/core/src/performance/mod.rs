//! The check `core/performance`: how long do a connection and some queries take, over several rounds?
//!
//! | what happened | rating | verdict |
//! |---|---|---|
//! | everything answered | excellent, good, acceptable | ok |
//! | everything answered | poor | warning |
//! | some connections or queries failed | by those that did not | warning |
//! | connected, but no query answered | error | warning |
//! | no connection, or it broke before any query answered | error | critical |
//!
//! [`measuring`] collects, [`statistics`] and [`rating`] judge, [`findings`] and [`metrics`] tell.

mod findings;
mod measuring;
mod metrics;
mod queries;
mod rating;
mod statistics;

use checkrun_sdk::ConnectionError;
use checkrun_sdk::prelude::*;

use crate::text::time;
use findings::Ratings;
use measuring::{Ended, Measured, measure};
use queries::{Plan, Settings};

/// Opens a connection and asks some queries, over several rounds, and rates how long both took.
///
/// Excellent, good and acceptable are ok; poor, and anything that failed beside what succeeded, is a
/// warning; critical means that there is no connection. Nothing measured is rated `error`, never fast.
#[check(
    title = "Performance",
    tags = ["performance"],
    metrics = [
        metrics::CONNECT_TIME,
        metrics::CONNECT_TIME_MIN,
        metrics::CONNECT_TIME_P50,
        metrics::CONNECT_TIME_P95,
        metrics::CONNECT_TIME_MAX,
        metrics::CONNECT_SUCCESS_RATE,
        metrics::QUERY_TIME,
        metrics::QUERY_TIME_MIN,
        metrics::QUERY_TIME_P50,
        metrics::QUERY_TIME_P95,
        metrics::QUERY_TIME_MAX,
        metrics::QUERY_SUCCESS_RATE,
        metrics::EACH_QUERY_TIME,
        metrics::EACH_QUERY_TIME_P95,
    ],
    privileges = ["SELECT on whatever `queries` read; the default ones need the login alone"],
    interval = "15m",
)]
pub fn performance(ctx: &Ctx, settings: Settings) -> Result<Report> {
    let measured = measure(ctx, &Plan::of(settings)?)?;
    let ratings = Ratings::of(&measured);
    let findings = findings::all(&measured, ratings);
    Ok(
        Report::new(verdict(&measured, &findings), summary(&measured, ratings))
            .metrics(metrics::all(&measured))
            .findings(findings),
    )
}

/// As bad as the worst finding; a connection that broke before any answer is as none at all.
fn verdict(measured: &Measured, findings: &[Finding]) -> Status {
    if broken(measured).is_some() {
        return Status::Critical;
    }
    findings
        .iter()
        .map(|finding| finding.severity)
        .max()
        .unwrap_or(Status::Ok)
}

/// Why the connection broke, when no query was answered because of that.
fn broken(measured: &Measured) -> Option<&ConnectionError> {
    let mut errors = measured
        .queries
        .iter()
        .filter_map(|query| query.samples.last_error());
    match errors.next_back() {
        Some(DatabaseError::Connection(error)) if measured.all_queries().is_none() => Some(error),
        _ => None,
    }
}

fn summary(measured: &Measured, ratings: Ratings) -> String {
    let rating = ratings.overall();
    if let (Some(error), 0) = (
        measured.connections.last_error(),
        measured.connections.succeeded(),
    ) {
        return format!("{rating}: no connection{}: {}", tried(error), error.meaning);
    }
    let connected = match measured.connections.statistics() {
        Some(times) => format!("connected in {}", time(times.mean)),
        None => "not connected".to_owned(),
    };
    if let Some(error) = broken(measured) {
        return format!(
            "{rating}: {connected}, but the connection broke before any answer: {}",
            error.meaning
        );
    }
    let answered = match measured.all_queries() {
        Some(times) => format!(", queries answered in {}", time(times.mean)),
        None => ", but no query was answered".to_owned(),
    };
    format!(
        "{rating}: {connected}{answered} ({}){}",
        rounds(measured),
        failures(measured)
    )
}

fn tried(error: &ConnectionError) -> String {
    match error.attempts {
        0 | 1 => String::new(),
        several => format!(" after {several} attempts"),
    }
}

fn rounds(measured: &Measured) -> String {
    let (done, wanted) = (measured.rounds, measured.rounds_wanted);
    let why = match measured.ended {
        Ended::Complete if wanted == 1 => return "1 round".to_owned(),
        Ended::Complete => return format!("means of {wanted} rounds"),
        Ended::OutOfTime => "the time was over",
        Ended::NoConnection => "the connection was gone",
        Ended::LimitReached => "a limit was reached",
    };
    format!("{done} of {wanted} rounds, then {why}")
}

fn failures(measured: &Measured) -> String {
    let connections = measured.connections.failures();
    let queries = || measured.queries.iter().map(|query| &query.samples);
    let failed = queries().filter(|it| it.failures() > 0).count();
    let unsent = queries().filter(|it| it.tried() == 0).count();
    let mut text = String::new();
    if connections > 0 {
        text += &format!(
            "; {connections} of {} connections failed",
            measured.connections.tried()
        );
    }
    if failed > 0 {
        text += &format!("; {failed} of {} queries failed", measured.queries.len());
    }
    if unsent > 0 {
        text += &format!("; {unsent} of {} queries not sent", measured.queries.len());
    }
    text
}

#[cfg(test)]
mod tests;

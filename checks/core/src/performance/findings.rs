//! What the check noticed, with the measured values as evidence: one finding for the rating, one for
//! the connections, one for each query. The parts carry severity and advice; the rating sums up.

use std::time::Duration;

use checkrun_sdk::prelude::*;
use checkrun_sdk::{ConnectionError, Engine};

use super::measuring::{Ended, Measured, MeasuredQuery};
use super::rating::{ASKING, CONNECTING, Cuts, Rating};
use super::statistics::Samples;
use crate::advice::performance::Situation;
use crate::text::{cut, time};

/// Characters of a statement, and of a server's message, that a finding keeps.
const TEXT_CHARS_MAX: usize = 2_000;

/// The ratings of a run: of connecting, of asking, and the worse of the two.
#[derive(Clone, Copy, Debug)]
pub struct Ratings {
    /// By the mean of all connections.
    pub connecting: Rating,
    /// By the mean of all queries in all rounds.
    pub asking: Rating,
}

impl Ratings {
    /// From the means.
    pub fn of(measured: &Measured) -> Self {
        let mean = measured.connections.statistics().map(|it| it.mean);
        Self {
            connecting: CONNECTING.rate(mean),
            asking: ASKING.rate(measured.all_queries().map(|it| it.mean)),
        }
    }

    /// The worse one.
    pub fn overall(self) -> Rating {
        self.connecting.max(self.asking)
    }
}

/// All findings.
pub fn all(measured: &Measured, ratings: Ratings) -> Vec<Finding> {
    let mut findings = vec![
        rating(measured, ratings),
        connection(&measured.connections, ratings.connecting),
    ];
    for (query, number) in measured.queries.iter().zip(1_u32..) {
        findings.push(query_finding(query, number, measured, ratings.asking));
    }
    findings
}

fn rating(measured: &Measured, ratings: Ratings) -> Finding {
    let overall = ratings.overall();
    let mut finding = Finding::new("rating", Status::Ok, format!("Performance: {overall}"))
        .evidence("rating", overall)
        .evidence("connection_rating", ratings.connecting)
        .evidence("query_rating", ratings.asking)
        .evidence(
            "rounds",
            format_args!("{} of {}", measured.rounds, measured.rounds_wanted),
        );
    if let Some(times) = measured.connections.statistics() {
        finding = finding.evidence("connect_time", time(times.mean));
    }
    if let Some(times) = measured.all_queries() {
        finding = finding.evidence("query_time", time(times.mean));
    }
    finding
}

fn connection(samples: &Samples<ConnectionError>, rating: Rating) -> Finding {
    let failed = samples.failures();
    let (severity, title) = match samples.last_error() {
        Some(error) if samples.succeeded() == 0 => (
            Status::Critical,
            format!("No connection: {}", error.meaning),
        ),
        Some(error) => (
            Status::Warning,
            format!(
                "{failed} of {} connections failed: {}",
                samples.tried(),
                error.meaning
            ),
        ),
        None if rating == Rating::Poor => (Status::Warning, "Connecting is slow".to_owned()),
        None => (Status::Ok, "Connecting".to_owned()),
    };
    let finding = with_times(Finding::new("connection", severity, title), samples, rating);
    match samples.last_error() {
        Some(error) => finding
            .detail(cut(&error.message, TEXT_CHARS_MAX))
            .advice(&error.advice)
            .evidence("error_class", error.class)
            .evidence("attempts", error.attempts),
        None if rating > Rating::Good => finding
            .detail(shown_mean(samples, CONNECTING))
            .advice(Situation::SlowConnection.advice()),
        None => finding,
    }
}

/// One slow query among fast ones is told, and is no warning as long as the mean of all is not poor.
fn query_finding(
    query: &MeasuredQuery,
    number: u32,
    measured: &Measured,
    of_all: Rating,
) -> Finding {
    let samples = &query.samples;
    let rating = ASKING.rate(samples.statistics().map(|it| it.mean));
    let (severity, title) = if samples.tried() == 0 {
        (Status::Warning, format!("Query {number} was not sent"))
    } else if samples.succeeded() == 0 {
        (Status::Warning, format!("Query {number} failed"))
    } else if samples.failures() > 0 {
        let (failed, tried) = (samples.failures(), samples.tried());
        let title = format!("Query {number} failed {failed} of {tried} times");
        (Status::Warning, title)
    } else if rating == Rating::Poor && of_all == Rating::Poor {
        (Status::Warning, format!("Query {number} is slow"))
    } else {
        (Status::Ok, format!("Query {number}"))
    };
    let finding = Finding::new(format!("query/{number}"), severity, title)
        .evidence("query", cut(&query.sql, TEXT_CHARS_MAX));
    let finding = with_times(finding, samples, rating);
    match samples.last_error() {
        Some(error) => with_error(finding, error, measured.engine),
        None if samples.tried() == 0 => not_sent(finding, measured.ended),
        None if rating > Rating::Good => finding
            .detail(shown_mean(samples, ASKING))
            .advice(Situation::SlowQuery.advice()),
        None => finding,
    }
}

fn shown_mean<E>(samples: &Samples<E>, cuts: Cuts) -> String {
    let mean = samples.statistics().map_or(Duration::ZERO, |it| it.mean);
    format!(
        "It takes {} on average; from {} on that is poor.",
        time(mean),
        time(cuts.poor_from())
    )
}

fn not_sent(finding: Finding, ended: Ended) -> Finding {
    match ended {
        Ended::OutOfTime => finding
            .detail("The run's time was over before its turn.")
            .advice(Situation::NotSent.advice()),
        Ended::LimitReached => {
            finding.detail("The run had read as much as it may before its turn.")
        }
        Ended::Complete | Ended::NoConnection => {
            finding.detail("The connection broke before its turn.")
        }
    }
}

fn with_error(finding: Finding, error: &DatabaseError, engine: Option<Engine>) -> Finding {
    let mut finding = finding.detail(cut(&message(error), TEXT_CHARS_MAX));
    if let DatabaseError::Connection(error) = error {
        return finding
            .advice(&error.advice)
            .evidence("error_class", error.class);
    }
    let server = error.server().cloned().unwrap_or_default();
    for (name, value) in [
        ("sqlstate", server.sqlstate),
        ("code", server.code.map(|code| code.to_string())),
        ("detail", server.detail),
        ("hint", server.hint),
    ] {
        if let Some(value) = value {
            finding = finding.evidence(name, cut(&value, TEXT_CHARS_MAX));
        }
    }
    match situation(error, engine) {
        Some(situation) => finding.advice(situation.advice()),
        None => finding,
    }
}

/// The error's own text shows a timeout with all its digits.
fn message(error: &DatabaseError) -> String {
    match error {
        DatabaseError::Timeout(limit) => format!("no answer within {}", time(*limit)),
        other => other.to_string(),
    }
}

fn situation(error: &DatabaseError, engine: Option<Engine>) -> Option<Situation> {
    Some(match error {
        DatabaseError::PermissionDenied(_) => Situation::MissingPrivilege(engine?),
        DatabaseError::UndefinedObject(_) => Situation::UndefinedObject,
        DatabaseError::Timeout(_) => Situation::NoAnswer,
        DatabaseError::LimitExceeded(_) => Situation::TooMuch,
        DatabaseError::Server(_)
        | DatabaseError::Forbidden(_)
        | DatabaseError::InvalidParameter(_) => Situation::Refused,
        // The host has some by class.
        DatabaseError::Connection(_) => return None,
    })
}

fn with_times<E>(finding: Finding, samples: &Samples<E>, rating: Rating) -> Finding {
    let (succeeded, tried) = (samples.succeeded(), samples.tried());
    let mut finding = finding
        .evidence("rating", rating)
        .evidence("samples", format_args!("{succeeded} of {tried}"));
    if let Some(percent) = (succeeded * 100).checked_div(tried) {
        finding = finding.evidence("success_rate", format_args!("{percent}%"));
    }
    let Some(times) = samples.statistics() else {
        return finding;
    };
    for (name, value) in [
        ("min", times.min),
        ("mean", times.mean),
        ("p50", times.p50),
        ("p95", times.p95),
        ("max", times.max),
    ] {
        finding = finding.evidence(name, time(value));
    }
    finding
}

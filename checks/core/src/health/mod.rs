//! The check `core/health`: can this database be reached, does it answer, and how fast?
//!
//! A dead database is a result, not a failure of the check. The words in its texts and evidence:
//!
//! | word | means | verdict |
//! |---|---|---|
//! | healthy | connected, the validation query answered | ok |
//! | degraded | … but slower than `slow` | ok: whether that matters, the threshold of `response_time` says |
//! | degraded | connected, the validation query failed, or returned no row, NULL or false | warning |
//! | degraded | migrations are not as `migrations = "require"` wants them | warning |
//! | unhealthy | no connection, or it broke during the query | critical |
//!
//! An account that may do too much, and a validation query that checkrun does not allow, say nothing
//! about the database: they are failures, so the status is unknown.

use std::time::Duration;

use checkrun_sdk::prelude::*;
use checkrun_sdk::{ConnectTiming, ConnectionClass, ConnectionError, FolderNames};

use self::answer::Answer;
use self::schema::Schema;
use crate::advice::health::Situation;
use crate::text::{cut, time};

mod answer;
mod schema;

const RESPONSE_TIME: MetricSpec = MetricSpec::seconds(
    "response_time",
    "From sending the validation query to its last row",
)
.warning("> 5s");
const CONNECT_TIME: MetricSpec = MetricSpec::seconds(
    "connect_time",
    "Opening the connection: name, network, encryption and login",
);
const ATTEMPTS: MetricSpec = MetricSpec::count(
    "attempts",
    "Attempts to connect; 1 when the first one succeeded",
);
const MIGRATIONS_PENDING: MetricSpec = MetricSpec::count(
    "migrations_pending",
    "Migrations that are expected and not applied, of all tools",
);
const MIGRATIONS_FAILED: MetricSpec = MetricSpec::count(
    "migrations_failed",
    "Migrations that failed, of all tools that keep those",
);

/// Characters of a server's message that the summary shows; the host wants one line of it.
const SUMMARY_MESSAGE_CHARS_MAX: usize = 200;
/// Characters of a server's message, detail or hint that a finding keeps, so that no server can make
/// a report too long for the host.
const MESSAGE_CHARS_MAX: usize = 4_000;

/// How health is judged.
#[derive(Params)]
pub struct Settings {
    /// The validation query: one that answers at once as long as the database works. No row, NULL or
    /// false means that it does not. If left out, `SELECT 1`; on PgBouncer, whose console knows no
    /// SELECT, `SHOW VERSION`.
    query: Option<String>,
    /// Beyond this response time the database is called degraded, with advice. Set the threshold of
    /// `response_time` to the same value to be warned of it.
    #[param(default = "5s")]
    slow: Duration,
    /// Whether to look at the tables of migration tools, and whether what stands there matters to health.
    #[param(default = "report", choices = ["ignore", "report", "require"])]
    migrations: String,
    /// The version of the schema that the code expects.
    migrations_expected: Option<String>,
    /// The folder with the code's migrations; only the names of its files are looked at.
    migrations_folder: Option<FolderNames>,
}

/// Connects, runs a validation query, and measures both.
///
/// Ok means that the database answered; warning that it let us in but the validation query failed;
/// critical that there is no connection, with what to try first. Where migration tools stand is
/// told beside it; it only matters to the verdict with `migrations = "require"`.
#[check(
    title = "Database health",
    tags = ["availability"],
    metrics = [RESPONSE_TIME, CONNECT_TIME, ATTEMPTS, MIGRATIONS_PENDING, MIGRATIONS_FAILED],
    privileges = ["SELECT on the tables of migration tools; what is missing is told as a GRANT"],
    interval = "1m",
)]
pub fn health(ctx: &Ctx, settings: Settings) -> Result<Report> {
    let wanted = schema::wanted(
        &settings.migrations,
        settings.migrations_expected,
        settings.migrations_folder,
    )?;
    let timing = match ctx.connect() {
        Ok(timing) => timing,
        Err(DatabaseError::Connection(error)) => return unhealthy(error),
        Err(DatabaseError::Timeout(limit)) => return Ok(given_up(limit)),
        Err(error) => return Err(error.into()),
    };
    let query = match &settings.query {
        Some(query) => query,
        None => default_query(ctx.engine()?),
    };
    let report = match ctx.query(query, ()) {
        Ok(rows) => match answer::of(&rows) {
            Answer::Yes => {
                let schema = wanted.map(|wanted| schema::look(ctx, &wanted));
                answered(&timing, rows.elapsed(), settings.slow, schema)
            }
            Answer::No(what) => denied(&timing, rows.elapsed(), what),
        },
        Err(DatabaseError::Forbidden(why) | DatabaseError::InvalidParameter(why)) => {
            return Err(Error::bad_parameter("query", why));
        }
        Err(DatabaseError::Connection(error)) => return unhealthy(error),
        Err(error @ DatabaseError::LimitExceeded(_)) => return Err(error.into()),
        Err(error) => query_failed(&timing, &error),
    };
    Ok(report
        .metric(CONNECT_TIME.value(timing.total.as_secs_f64()))
        .metric(ATTEMPTS.value(timing.attempts.into())))
}

/// What every server of the engine answers at once.
fn default_query(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgresql | Engine::Mysql | Engine::Mariadb | Engine::Sqlite => "SELECT 1",
        Engine::Pgbouncer => "SHOW VERSION",
    }
}

fn answered(
    timing: &ConnectTiming,
    elapsed: Duration,
    slow: Duration,
    schema: Option<Schema>,
) -> Report {
    let schema = schema.unwrap_or_default();
    let is_slow = elapsed > slow;
    let mut summary = format!("answered in {}", time(elapsed));
    if is_slow {
        summary.push_str(&format!(", slower than {}", time(slow)));
    }
    summary.push_str(&format!("; {}", connected(timing)));
    let mut report = match &schema.problem {
        Some(problem) => Report::warning(format!("degraded: {summary}; migrations: {problem}")),
        None if is_slow => Report::ok(format!("degraded: {summary}")),
        None => Report::ok(format!("healthy: {summary}")),
    };
    if is_slow {
        report = report.finding(
            Finding::new("slow", Status::Ok, "The validation query is slow")
                .advice(Situation::Slow.advice())
                .evidence("status", "degraded")
                .evidence("response_time", time(elapsed))
                .evidence("slow", time(slow)),
        );
    }
    report
        .metric(RESPONSE_TIME.value(elapsed.as_secs_f64()))
        .metrics(schema.metrics)
        .findings(schema.findings)
}

/// The validation query answered with what means no.
fn denied(timing: &ConnectTiming, elapsed: Duration, what: &'static str) -> Report {
    Report::warning(format!(
        "degraded: {}, but the validation query returned {what}",
        connected(timing)
    ))
    .metric(RESPONSE_TIME.value(elapsed.as_secs_f64()))
    .finding(
        Finding::new(
            "answer",
            Status::Warning,
            format!("The validation query returned {what}"),
        )
        .advice(Situation::QueryDenies.advice())
        .evidence("status", "degraded")
        .evidence("connection", "ok")
        .evidence("query_test", "failed")
        .evidence("answer", what),
    )
}

fn query_failed(timing: &ConnectTiming, error: &DatabaseError) -> Report {
    let server = error.server().cloned().unwrap_or_default();
    let message = error.to_string();
    let mut finding = Finding::new("query", Status::Warning, "The validation query failed")
        .detail(cut(&message, MESSAGE_CHARS_MAX))
        .advice(query_situation(error).advice())
        .evidence("status", "degraded")
        .evidence("connection", "ok")
        .evidence("query_test", "failed");
    for (name, value) in [
        ("sqlstate", server.sqlstate),
        ("code", server.code.map(|code| code.to_string())),
        ("detail", server.detail),
        ("hint", server.hint),
    ] {
        if let Some(value) = value {
            finding = finding.evidence(name, cut(&value, MESSAGE_CHARS_MAX));
        }
    }
    Report::warning(format!(
        "degraded: {}, but the validation query failed: {}",
        connected(timing),
        cut(&message, SUMMARY_MESSAGE_CHARS_MAX)
    ))
    .finding(finding)
}

fn query_situation(error: &DatabaseError) -> Situation {
    match error {
        DatabaseError::PermissionDenied(_) => Situation::QueryNotPermitted,
        DatabaseError::UndefinedObject(_) => Situation::QueryNamesNothing,
        DatabaseError::Timeout(_) => Situation::QueryTimedOut,
        DatabaseError::Server(_)
        | DatabaseError::Forbidden(_)
        | DatabaseError::InvalidParameter(_)
        | DatabaseError::Connection(_)
        | DatabaseError::LimitExceeded(_) => Situation::QueryFailed,
    }
}

fn unhealthy(error: ConnectionError) -> Result<Report> {
    if error.class == ConnectionClass::AccountRefused {
        return Err(DatabaseError::Connection(error).into());
    }
    let tried = match error.attempts {
        0 | 1 => String::new(),
        several => format!(" after {several} attempts"),
    };
    let finding = no_connection(&error.meaning, &error.message, error.class)
        .advice(&error.advice)
        .evidence("attempts", error.attempts);
    Ok(Report::critical(format!(
        "unhealthy: no connection{tried}: {}",
        error.meaning
    ))
    .metric(ATTEMPTS.value(error.attempts.into()))
    .finding(finding))
}

/// The time of the run was over before there was a connection; nobody counted the attempts.
fn given_up(limit: Duration) -> Report {
    let meaning = format!("none within {}", time(limit));
    Report::critical(format!("unhealthy: no connection: {meaning}")).finding(
        no_connection(
            &meaning,
            "the run's time was over",
            ConnectionClass::Timeout,
        )
        .advice(Situation::NoConnectionInTime.advice()),
    )
}

fn no_connection(meaning: &str, message: &str, class: ConnectionClass) -> Finding {
    Finding::new(
        "connection",
        Status::Critical,
        format!("No connection: {meaning}"),
    )
    .detail(cut(message, MESSAGE_CHARS_MAX))
    .evidence("status", "unhealthy")
    .evidence("connection", "failed")
    .evidence("error_class", class)
}

fn connected(timing: &ConnectTiming) -> String {
    let total = time(timing.total);
    match timing.attempts {
        0 | 1 => format!("connected in {total}"),
        several => format!("connected in {total} at attempt {several}"),
    }
}

#[cfg(test)]
mod tests;

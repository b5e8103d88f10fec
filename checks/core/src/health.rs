//! The check `core/health`: can this database be reached, does it answer, and how fast?

use std::time::Duration;

use checkrun_sdk::prelude::*;

const RESPONSE_TIME: MetricSpec =
    MetricSpec::seconds("response_time", "Time of the validation query").warning("> 5s");

/// How health is judged.
#[derive(Params)]
pub struct Settings {
    /// The validation query.
    #[param(default = "SELECT 1")]
    query: String,
    /// Beyond this response time the database counts as degraded.
    #[param(default = "5s")]
    slow: Duration,
}

/// Connects, runs a validation query and measures both.
#[check(title = "Database health", metrics = [RESPONSE_TIME], interval = "1m")]
pub fn health(ctx: &Ctx, settings: Settings) -> Result<Report> {
    ctx.connect()?;
    let elapsed = ctx.query(&settings.query, ())?.elapsed();
    let slow = elapsed > settings.slow;
    Ok(Report::ok(if slow { "degraded" } else { "healthy" })
        .metric(RESPONSE_TIME.value(elapsed.as_secs_f64())))
}

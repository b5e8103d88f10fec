//! The check `core/query`: any SQL from the configuration, its numbers as metrics.
//!
//! The first row counts. Each of its numeric columns becomes a metric named like the column (see
//! [`names`]), each other column is shown. Further rows are only counted, in `row_count`; a column of
//! that name takes its place. What cannot be judged is never ok: no row, NULL, a number that is not
//! finite, and a row without any number make the status unknown.

mod names;
mod reading;

use checkrun_sdk::prelude::*;
use checkrun_sdk::{Row, Rows};

use crate::advice::query::Situation;
use crate::text::cut;
use names::Names;
use reading::Reading;

const ROW_COUNT: MetricSpec = MetricSpec::count(
    "row_count",
    "Rows of the answer, as far as they were fetched",
);

/// Numeric columns that become metrics; a row that is wider is a mistake in the query.
const METRICS_MAX: usize = 200;
/// Columns that the summary shows.
const SHOWN_COLUMNS_MAX: usize = 8;
/// Characters of one value that the summary shows.
const SHOWN_CHARS_MAX: usize = 60;

/// What is asked.
#[derive(Params)]
pub struct Question {
    /// One read-only statement. The numbers in its first row become metrics, named like their
    /// columns.
    sql: String,
    /// Values for the placeholders of the statement, in order, as text; cast them in the statement
    /// where it needs another type.
    parameters: Option<Vec<String>>,
    /// The unit of the metrics: `ratio`, `bytes`, `seconds`, `count`, `per-second`, or your own
    /// word. Intervals are always in seconds, booleans always counts.
    #[param(default = "count")]
    unit: String,
}

/// Runs a statement of your own and turns the numbers in its first row into metrics, ready for
/// thresholds.
///
/// True is 1 and false is 0. No row, NULL, NaN and a row without any number make the status unknown;
/// write `coalesce(…, 0)` where NULL means nothing.
#[check(
    title = "Numbers of a query",
    metrics = [ROW_COUNT],
    free_metrics,
    privileges = ["SELECT on whatever the statement reads"],
)]
pub fn query(ctx: &Ctx, question: Question) -> Result<Report> {
    if question.unit.trim().is_empty() {
        return Err(Error::bad_parameter(
            "unit",
            "it is empty; plain numbers are a `count`",
        ));
    }
    let values = question.parameters.unwrap_or_default();
    let rows = match ctx.query(&question.sql, values) {
        Ok(rows) => rows,
        Err(DatabaseError::Forbidden(why)) => return Err(Error::bad_parameter("sql", why)),
        Err(DatabaseError::InvalidParameter(why)) => {
            return Err(Error::bad_parameter("parameters", why));
        }
        Err(error) => return Err(error.into()),
    };
    let report = match rows.first() {
        None if rows.is_truncated() => return Ok(too_large()),
        None => no_row(),
        Some(row) => first_row(row, &question.unit),
    };
    Ok(counted(report, &rows))
}

fn no_row() -> Report {
    Report::unknown("the query returned no row").finding(
        Finding::new("no-row", Status::Unknown, "The query returned no row")
            .advice(Situation::NoRow.advice()),
    )
}

/// Not even one row fits into what a query may bring back.
fn too_large() -> Report {
    Report::unknown("the first row is too large to be read").finding(
        Finding::new(
            "too-large",
            Status::Unknown,
            "The first row is too large to be read",
        )
        .advice(Situation::TooLarge.advice()),
    )
}

fn first_row(row: Row<'_>, unit: &str) -> Report {
    let mut names = Names::default();
    let mut shown = Vec::new();
    let mut metrics = Vec::new();
    let mut findings = Vec::new();
    for (index, (column, value)) in row.iter().enumerate() {
        let name = names.unique(&column.name, index + 1);
        let reading = Reading::of(value);
        shown.push(format!(
            "{name} = {}",
            cut(&value.to_string(), SHOWN_CHARS_MAX)
        ));
        match reading {
            Reading::Number(number) => metrics.push(Metric::undeclared(name, unit, number)),
            Reading::Seconds(seconds) => metrics.push(Metric::undeclared(name, "seconds", seconds)),
            Reading::Flag(flag) => {
                metrics.push(Metric::undeclared(name, "count", f64::from(u8::from(flag))));
            }
            Reading::Null => findings.push(null(&name)),
            Reading::NotFinite => findings.push(not_finite(&name)),
            Reading::Text => {}
        }
    }
    if metrics.is_empty() && findings.is_empty() {
        findings.push(no_number());
    }
    if metrics.len() > METRICS_MAX {
        findings.push(too_wide(metrics.len()));
        metrics.truncate(METRICS_MAX);
    }
    Report::new(verdict(&findings), summary(&shown))
        .metrics(metrics)
        .findings(findings)
}

/// The findings of this check are all about what could not be judged.
fn verdict(findings: &[Finding]) -> Status {
    if findings.is_empty() {
        Status::Ok
    } else {
        Status::Unknown
    }
}

fn summary(shown: &[String]) -> String {
    let left_out = shown.len().saturating_sub(SHOWN_COLUMNS_MAX);
    let text = shown[..shown.len() - left_out].join(", ");
    match left_out {
        0 => text,
        more => format!("{text}, and {more} more columns"),
    }
}

fn null(name: &str) -> Finding {
    Finding::new(format!("null/{name}"), Status::Unknown, "A column is NULL")
        .subject(name)
        .advice(Situation::Null.advice())
}

fn not_finite(name: &str) -> Finding {
    Finding::new(
        format!("not-finite/{name}"),
        Status::Unknown,
        "A column is not a finite number",
    )
    .subject(name)
    .advice(Situation::NotFinite.advice())
}

fn no_number() -> Finding {
    Finding::new(
        "no-number",
        Status::Unknown,
        "The first row holds no number",
    )
    .advice(Situation::NoNumber.advice())
}

fn too_wide(numbers: usize) -> Finding {
    Finding::new(
        "too-wide",
        Status::Unknown,
        format!("Only the first {METRICS_MAX} of {numbers} numbers are measured"),
    )
    .advice(Situation::TooWide.advice())
}

/// Adds `row_count`, unless a column has that name.
#[expect(
    clippy::cast_precision_loss,
    reason = "no answer has 2^53 rows; the host's limit is far below"
)]
fn counted(mut report: Report, rows: &Rows) -> Report {
    if rows.is_truncated() {
        report.summary += &format!(" (first of more than {} rows)", rows.len());
    } else if rows.len() > 1 {
        report.summary += &format!(" (first of {} rows)", rows.len());
    }
    if report.value_of(ROW_COUNT.name).is_some() {
        return report;
    }
    report.metric(ROW_COUNT.value(rows.len() as f64))
}

#[cfg(test)]
mod tests;

//! What `checkrun performance` says to people: for each database a line with its rating, a table of
//! times, and what to do.

use std::fmt::Write;
use std::time::Duration;

use super::plain::{WIDTH, cut, cut_middle};
use super::tone::{Colour, INDENT, Tone, paint, push_advice, push_remark};
use crate::model::unit::{format_duration, format_value};
use crate::operations::performance::{DatabasePerformance, Performance, QueryTimes, Times};

/// Columns of a rating; the longest is `acceptable`.
const RATING_WIDTH: usize = 10;

/// Columns of one time.
const CELL_WIDTH: usize = 9;

/// Columns of what a row of the table is about.
const SUBJECT_WIDTH: usize = 30;

/// The whole answer.
#[must_use]
pub fn for_people(performance: &Performance, colour: Colour) -> String {
    let names = performance
        .databases
        .iter()
        .map(|one| one.target.chars().count());
    let width = names.max().unwrap_or(0).clamp(6, WIDTH / 4);
    let mut text = String::new();
    for database in &performance.databases {
        let painted = paint(
            &database.rating,
            RATING_WIDTH,
            tone(&database.rating),
            colour,
        );
        let name = cut_middle(&database.target, width);
        let room = WIDTH.saturating_sub(RATING_WIDTH + width + 4);
        // The check's own summary begins with the rating, which stands in its column already.
        let prefix = format!("{}: ", database.rating);
        let summary = database.summary.strip_prefix(&prefix);
        let whole = summary.unwrap_or(&database.summary);
        let summary = cut(whole, room);
        let is_whole = whole.chars().count() <= room;
        push(
            &mut text,
            format_args!("{painted}  {name:<width$}  {summary}"),
        );
        if database
            .asking
            .mean_ms
            .or(database.connecting.mean_ms)
            .is_some()
        {
            push_table(&mut text, database);
        }
        for remark in &database.remarks {
            match &remark.advice {
                // The line above says it already.
                Some(advice) if is_whole && remark.text == database.summary => {
                    push_advice(&mut text, advice);
                }
                advice => push_remark(&mut text, &remark.text, advice.as_deref()),
            }
        }
    }
    let count = performance.databases.len();
    let noun = if count == 1 { "database" } else { "databases" };
    let took = format_duration(Duration::from_secs_f64(performance.duration_ms / 1e3));
    push(&mut text, format_args!("{count} {noun} in {took}"));
    text
}

fn push_table(text: &mut String, database: &DatabasePerformance) {
    let heading = ["min", "mean", "p50", "p95", "max"].map(|word| format!("{word:>CELL_WIDTH$}"));
    push(
        text,
        format_args!(
            "{:INDENT$}{:SUBJECT_WIDTH$}{}  success",
            "",
            "",
            heading.concat()
        ),
    );
    push_row(text, "connecting", &database.connecting);
    push_row(text, "asking", &database.asking);
    for query in &database.queries {
        push_query(text, query);
    }
    if let Some(usage) = &database.connections {
        push(
            text,
            format_args!(
                "{:INDENT$}connections  {} of {} ({})",
                "",
                usage.used,
                usage.capacity,
                format_value(usage.used_ratio, "ratio")
            ),
        );
    }
}

fn push_row(text: &mut String, subject: &str, times: &Times) {
    let row = [
        times.min_ms,
        times.mean_ms,
        times.p50_ms,
        times.p95_ms,
        times.max_ms,
    ]
    .map(cell);
    let success = times
        .success_rate
        .map_or_else(String::new, |rate| format_value(rate, "ratio"));
    push(
        text,
        format_args!(
            "{:INDENT$}{subject:SUBJECT_WIDTH$}{}  {success:>7}",
            "",
            row.concat()
        ),
    );
}

fn push_query(text: &mut String, query: &QueryTimes) {
    let subject = format!("  {}", cut(&query.query, SUBJECT_WIDTH - 3));
    let row = [None, query.mean_ms, None, query.p95_ms, None].map(|time| match time {
        None => " ".repeat(CELL_WIDTH),
        time => cell(time),
    });
    let samples = query.samples.as_deref().unwrap_or_default();
    push(
        text,
        format_args!(
            "{:INDENT$}{subject:SUBJECT_WIDTH$}{}  {samples:>7}",
            "",
            row.concat()
        ),
    );
}

/// A time in its column.
fn cell(ms: Option<f64>) -> String {
    let time = ms.map_or_else(
        || "-".to_owned(),
        |ms| format_duration(Duration::from_secs_f64(ms / 1e3)),
    );
    format!("{time:>CELL_WIDTH$}")
}

fn tone(rating: &str) -> Tone {
    match rating {
        "excellent" | "good" | "acceptable" => Tone::Good,
        "poor" => Tone::Doubtful,
        _ => Tone::Bad,
    }
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{}", line.to_string().trim_end());
}

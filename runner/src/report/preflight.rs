//! What `checkrun preflight` says to people: one line for each database, what stands in its way and
//! what to do beneath, a sentence with the counts at the end.

use std::fmt::Write;
use std::time::Duration;

use super::plain::{WIDTH, cut, cut_middle};
use super::tone::{Colour, INDENT, Tone, WORD_WIDTH, paint, push_remark};
use crate::model::unit::format_duration;
use crate::operations::preflight::{DatabaseReadiness, Preflight, Readiness};

/// The whole answer.
#[must_use]
pub fn for_people(preflight: &Preflight, colour: Colour) -> String {
    let names = preflight
        .databases
        .iter()
        .map(|one| one.target.chars().count());
    let width = names.max().unwrap_or(0).clamp(6, WIDTH / 4);
    let mut text = String::new();
    for database in &preflight.databases {
        push_database(&mut text, database, width, colour);
    }
    text.push_str(&closing_line(preflight));
    text
}

fn push_database(text: &mut String, database: &DatabaseReadiness, width: usize, colour: Colour) {
    let painted = paint(
        word(database.status),
        WORD_WIDTH,
        tone(database.status),
        colour,
    );
    let name = cut_middle(&database.target, width);
    let room = WIDTH.saturating_sub(INDENT + width + 2);
    let facts = cut(&in_short(database), room);
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{painted}  {name:<width$}  {facts}");
    for remark in database.issues.iter().chain(&database.warnings) {
        push_remark(text, &remark.text, remark.advice.as_deref());
    }
}

/// `connected in 3.1 ms, answered in 0.4 ms; flyway at 7`
fn in_short(database: &DatabaseReadiness) -> String {
    let time = |ms: f64| format_duration(Duration::from_secs_f64(ms / 1e3));
    let mut parts = Vec::new();
    match database.connect_time_ms {
        Some(took) => parts.push(format!("connected in {}", time(took))),
        None => parts.push("not connected".to_owned()),
    }
    parts.extend(
        database
            .response_time_ms
            .map(|took| format!("answered in {}", time(took))),
    );
    for tool in &database.migrations {
        if let Some(version) = &tool.version {
            parts.push(format!("{} at {}", tool.tool, version));
        }
    }
    parts.join(", ")
}

fn closing_line(preflight: &Preflight) -> String {
    let counts = preflight.summary;
    let noun = if counts.total == 1 {
        "database"
    } else {
        "databases"
    };
    let took = format_duration(Duration::from_secs_f64(preflight.duration_ms / 1e3));
    let mut line = format!(
        "{} {noun} in {took}: {} passed",
        counts.total, counts.passed
    );
    for (count, word) in [(counts.warning, "warning"), (counts.failed, "failed")] {
        if count > 0 {
            line.push_str(&format!(", {count} {word}"));
        }
    }
    if preflight.rounds > 1 {
        line.push_str(&format!(", after {} rounds", preflight.rounds));
    }
    line.push('\n');
    line
}

fn word(status: Readiness) -> &'static str {
    match status {
        Readiness::Passed => "passed",
        Readiness::Warning => "warning",
        Readiness::Failed => "failed",
    }
}

fn tone(status: Readiness) -> Tone {
    match status {
        Readiness::Passed => Tone::Good,
        Readiness::Warning => Tone::Doubtful,
        Readiness::Failed => Tone::Bad,
    }
}

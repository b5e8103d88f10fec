//! What `checkrun status` says to people: one line for each database, then everything that is not ok
//! with what to do, and a sentence with the counts.

use std::fmt::Write;
use std::time::Duration;

use super::plain::{WIDTH, cut, cut_middle, push_wrapped};
use super::tone::{Colour, Tone, WORD_WIDTH, paint};
use crate::model::unit::{format_duration, format_value};
use crate::operations::status::{Condition, DatabaseStatus, Source, Summary};

/// The whole answer.
#[must_use]
pub fn for_people(summary: &Summary, colour: Colour) -> String {
    let names = summary
        .databases
        .iter()
        .map(|one| one.target.chars().count());
    let width = names.max().unwrap_or(0).clamp(6, WIDTH / 4);
    let mut text = String::new();
    for database in &summary.databases {
        push_database(&mut text, database, width, colour, summary.source);
    }
    push_alerts(&mut text, summary);
    push_incidents(&mut text, summary);
    text.push_str(&closing_line(summary));
    text
}

fn push_database(
    text: &mut String,
    database: &DatabaseStatus,
    width: usize,
    colour: Colour,
    source: Source,
) {
    let condition = database.status;
    let painted = paint(word(condition), WORD_WIDTH, tone(condition), colour);
    let name = cut_middle(&database.target, width);
    let room = WIDTH.saturating_sub(WORD_WIDTH + width + 4);
    let facts = cut(&facts(database, source).join(", "), room);
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "{}",
        format!("{painted}  {name:<width$}  {facts}").trim_end()
    );
}

/// `3 min ago`, `answered in 0.4 ms`, `connected in 3.1 ms`, `12 of 97 connections (12.4 %)`
fn facts(database: &DatabaseStatus, source: Source) -> Vec<String> {
    let time = |ms: f64| format_duration(Duration::from_secs_f64(ms / 1e3));
    let mut facts = Vec::new();
    if let Some(trouble) = &database.error {
        facts.push(trouble.class.clone());
    }
    if database.connected == Some(false) && database.error.is_none() {
        facts.push("not connected".to_owned());
    }
    match (source, database.age_seconds) {
        (Source::Recorded, Some(age)) => {
            let age = Duration::from_secs_f64(age);
            facts.push(format!("{} ago", format_duration(age)));
        }
        (Source::Recorded, None) if database.error.is_none() => {
            facts.push("no outcome yet".to_owned());
        }
        _ => {}
    }
    facts.extend(
        database
            .response_time_ms
            .map(|ms| format!("answered in {}", time(ms))),
    );
    facts.extend(
        database
            .connect_time_ms
            .map(|ms| format!("connected in {}", time(ms))),
    );
    let problems = database.migrations.iter();
    facts.extend(problems.filter(|tool| !tool.is_as_expected()).map(
        |tool| match tool.tool.as_str() {
            "" => format!("migrations {}", tool.state),
            name => format!("{name} {}", tool.state),
        },
    ));
    if let Some(usage) = database.connections {
        facts.push(format!(
            "{} of {} connections ({})",
            usage.used,
            usage.capacity,
            format_value(usage.used_ratio, "ratio")
        ));
    }
    facts
}

fn push_alerts(text: &mut String, summary: &Summary) {
    for (n, alert) in summary.alerts.iter().enumerate() {
        if n == 0 {
            text.push('\n');
        }
        let who = match &alert.job {
            Some(job) => format!("{} {job}", alert.target),
            None => alert.target.clone(),
        };
        push_wrapped(
            text,
            "  - ",
            &format!("{who}: {}: {}", alert.severity, alert.text),
        );
        if let Some(advice) = &alert.advice {
            push_wrapped(text, "    → ", advice);
        }
    }
    if !summary.alerts.is_empty() {
        text.push('\n');
    }
}

/// Since when, for what was confirmed by several runs.
fn push_incidents(text: &mut String, summary: &Summary) {
    let incidents = summary.incidents.as_deref().unwrap_or_default();
    for (n, incident) in incidents.iter().enumerate() {
        if n == 0 {
            text.push_str("open incidents (`checkrun alerts list`)\n");
        }
        let what = format!(
            "{} {}: {} since {}: {}",
            incident.target, incident.job, incident.severity, incident.since, incident.text
        );
        push_wrapped(text, "  - ", &what);
    }
    if !incidents.is_empty() {
        text.push('\n');
    }
}

fn closing_line(summary: &Summary) -> String {
    let counts = summary.breakdown;
    let noun = if counts.total == 1 {
        "database"
    } else {
        "databases"
    };
    let parts: Vec<_> = [
        (counts.healthy, Condition::Healthy),
        (counts.degraded, Condition::Degraded),
        (counts.unknown, Condition::Unknown),
        (counts.unhealthy, Condition::Unhealthy),
    ]
    .into_iter()
    .filter(|(count, condition)| *count > 0 || *condition == Condition::Healthy)
    .map(|(count, condition)| format!("{count} {}", word(condition)))
    .collect();
    let took = format_duration(Duration::from_secs_f64(summary.duration_ms / 1e3));
    let how = match summary.source {
        Source::Live => format!("in {took}"),
        Source::Recorded => "from the history".to_owned(),
    };
    format!("{} {noun} {how}: {}\n", counts.total, parts.join(", "))
}

fn word(condition: Condition) -> &'static str {
    match condition {
        Condition::Healthy => "healthy",
        Condition::Degraded => "degraded",
        Condition::Unknown => "unknown",
        Condition::Unhealthy => "unhealthy",
    }
}

fn tone(condition: Condition) -> Tone {
    match condition {
        Condition::Healthy => Tone::Good,
        Condition::Degraded => Tone::Doubtful,
        Condition::Unknown => Tone::Unknown,
        Condition::Unhealthy => Tone::Bad,
    }
}

//! Incidents from the history, for people and as JSON.

use std::fmt::Write;
use std::time::Duration;

use checkrun_history::incident::IncidentSummary;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::json::{SCHEMA_VERSION, pretty};
use super::past::local;
use super::plain::{WIDTH, cut, cut_middle, push_wrapped};
use crate::model::run::Micros;
use crate::model::unit::format_duration;

/// Columns of a target's and a job's name.
const NAME_WIDTH: usize = WIDTH / 4;

/// One line for each, newest first, with what to do beneath those that are open.
#[must_use]
pub fn list_for_people(incidents: &[IncidentSummary], now: Micros, zone: &TimeZone) -> String {
    if incidents.is_empty() {
        return "no incident matches\n".to_owned();
    }
    let mut text = String::new();
    for incident in incidents {
        let what = format!(
            "{} {}",
            cut_middle(&incident.target, NAME_WIDTH),
            cut_middle(&incident.job, NAME_WIDTH)
        );
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{:>6}  {:8}  {what}  {}",
            incident.id.0,
            incident.severity.as_str(),
            course(incident, now, zone)
        );
        push_wrapped(&mut text, "        - ", &cut(&incident.text, 300));
        if let (None, Some(advice)) = (incident.closed_us, &incident.advice) {
            push_wrapped(&mut text, "        → ", advice);
        }
    }
    text
}

/// `since 2026-11-23 18:04:05, for 12 min`, `…, recovering`, `from … to …, 12 min`
fn course(incident: &IncidentSummary, now: Micros, zone: &TimeZone) -> String {
    let lasted = |until: i64| {
        let micros = u64::try_from(until.saturating_sub(incident.since_us)).unwrap_or(0);
        format_duration(Duration::from_micros(micros))
    };
    let since = local(incident.since_us, zone);
    match incident.closed_us {
        None if incident.is_recovering => {
            format!("since {since}, for {}, recovering", lasted(now.0))
        }
        None => format!("since {since}, for {}", lasted(now.0)),
        Some(closed) => {
            let until = local(closed, zone);
            format!("from {since} to {until}, lasted {}", lasted(closed))
        }
    }
}

/// One JSON document.
#[must_use]
pub fn list_as_json(incidents: &[IncidentSummary]) -> String {
    let incidents: Vec<Value> = incidents.iter().map(summary).collect();
    pretty(&json!({ "schema_version": SCHEMA_VERSION, "incidents": incidents }))
}

fn summary(incident: &IncidentSummary) -> Value {
    let time = |micros: i64| Micros(micros).to_string();
    json!({
        "id": incident.id.0,
        "target": incident.target,
        "job": incident.job,
        "check": incident.check,
        "object": incident.object,
        "severity": incident.severity.as_str(),
        "peak": incident.peak.as_str(),
        "recovering": incident.is_recovering,
        "since": time(incident.since_us),
        "opened": time(incident.opened_us),
        "closed": incident.closed_us.map(time),
        "text": incident.text,
        "advice": incident.advice,
    })
}

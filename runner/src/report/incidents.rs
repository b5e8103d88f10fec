//! Incidents from the history, for people and as JSON.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use checkrun_history::incident::{IncidentId, IncidentSummary};
use checkrun_history::notification::Acknowledgement;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::json::{SCHEMA_VERSION, pretty};
use super::past::local;
use super::plain::{WIDTH, cut, cut_middle, push_wrapped};
use crate::model::run::Micros;
use crate::model::unit::format_duration;

/// Columns of a target's and a job's name.
const NAME_WIDTH: usize = WIDTH / 4;

/// Who has taken on what.
pub type Taken = BTreeMap<IncidentId, Acknowledgement>;

/// One line for each, newest first, with what to do beneath those that are open, and who does it.
#[must_use]
pub fn list_for_people(
    incidents: &[IncidentSummary],
    taken: &Taken,
    now: Micros,
    zone: &TimeZone,
) -> String {
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
        if let Some(taken) = taken.get(&incident.id) {
            push_wrapped(&mut text, "        ✓ ", &taken_on(taken, zone));
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

/// `anna has taken it on until 2026-11-24 18:04:05: moving it`
fn taken_on(taken: &Acknowledgement, zone: &TimeZone) -> String {
    let until = local(taken.until_us, zone);
    let comment = match taken.comment.as_str() {
        "" => String::new(),
        comment => format!(": {}", cut(comment, 200)),
    };
    format!(
        "{} has taken it on until {until}{comment}",
        cut(&taken.author, NAME_WIDTH)
    )
}

/// One JSON document.
#[must_use]
pub fn list_as_json(incidents: &[IncidentSummary], taken: &Taken) -> String {
    let incidents: Vec<Value> = incidents
        .iter()
        .map(|incident| summary(incident, taken.get(&incident.id)))
        .collect();
    pretty(&json!({ "schema_version": SCHEMA_VERSION, "incidents": incidents }))
}

fn summary(incident: &IncidentSummary, taken: Option<&Acknowledgement>) -> Value {
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
        "acknowledged": taken.map(|taken| json!({
            "by": taken.author,
            "comment": taken.comment,
            "at": time(taken.created_us),
            "until": time(taken.until_us),
        })),
    })
}

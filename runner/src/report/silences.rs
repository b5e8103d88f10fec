//! Silences, for people and as JSON.

use std::fmt::Write;
use std::time::Duration;

use checkrun_history::notification::Silence;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::json::{SCHEMA_VERSION, pretty};
use super::past::local;
use super::plain::{cut, one_line, push_wrapped};
use crate::model::run::Micros;
use crate::model::unit::format_duration;

/// Longest pattern that is shown.
const PATTERN_WIDTH: usize = 40;

/// One after the other, the one that ends first first.
#[must_use]
pub fn list_for_people(silences: &[Silence], now: Micros, zone: &TimeZone) -> String {
    if silences.is_empty() {
        return "nothing is silenced\n".to_owned();
    }
    let mut text = String::new();
    for silence in silences {
        let left = Duration::from_micros(silence.ends_us.abs_diff(now.0.max(silence.starts_us)));
        let when = match silence.starts_us > now.0 {
            true => format!(
                "from {} until {}",
                local(silence.starts_us, zone),
                local(silence.ends_us, zone)
            ),
            false => format!(
                "until {}, {} to go",
                local(silence.ends_us, zone),
                format_duration(Duration::from_secs(left.as_secs()))
            ),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:>6}  {}  {when}", silence.id, about(silence));
        let why = format!("{}: {}", silence.author, silence.comment);
        push_wrapped(&mut text, "        - ", &cut(&why, 300));
    }
    text
}

/// `orders core/* env=prod`
fn about(silence: &Silence) -> String {
    let mut words = vec![silence.target.clone(), silence.job.clone()];
    words.extend(
        silence
            .labels
            .iter()
            .map(|(key, value)| format!("{key}={value}")),
    );
    let words: Vec<String> = words
        .iter()
        .map(|word| cut(&one_line(word), PATTERN_WIDTH))
        .collect();
    words.join(" ")
}

/// One JSON document.
#[must_use]
pub fn list_as_json(silences: &[Silence]) -> String {
    let silences: Vec<Value> = silences.iter().map(silence).collect();
    pretty(&json!({ "schema_version": SCHEMA_VERSION, "silences": silences }))
}

fn silence(silence: &Silence) -> Value {
    let time = |micros: i64| Micros(micros).to_string();
    json!({
        "id": silence.id,
        "target": silence.target,
        "job": silence.job,
        "labels": silence.labels,
        "starts": time(silence.starts_us),
        "ends": time(silence.ends_us),
        "author": silence.author,
        "comment": silence.comment,
        "created": time(silence.created_us),
    })
}

//! Messages on their way and what became of them, for people and as JSON.

use std::fmt::Write;
use std::time::Duration;

use checkrun_history::notification::{MessageState, MessageSummary};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::json::{SCHEMA_VERSION, pretty};
use super::past::local;
use super::plain::{WIDTH, cut, cut_middle, push_wrapped};
use crate::model::run::Micros;
use crate::model::unit::format_duration;

/// Columns of a route's and a target's name.
const NAME_WIDTH: usize = WIDTH / 4;

/// One line for each, newest first, with what went wrong beneath it.
#[must_use]
pub fn list_for_people(messages: &[MessageSummary], now: Micros, zone: &TimeZone) -> String {
    if messages.is_empty() {
        return "nobody was told anything yet\n".to_owned();
    }
    let mut text = String::new();
    for message in messages {
        let about = message.target.as_deref().unwrap_or("several targets");
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{:>6}  {:7}  {}  {}  {}, {}",
            message.id.0,
            message.state.as_str(),
            local(message.created_us, zone),
            cut_middle(&message.route, NAME_WIDTH),
            cut_middle(about, NAME_WIDTH),
            message.kind.as_str(),
        );
        if let Some(error) = &message.error {
            push_wrapped(&mut text, "        - ", &cut(error, 300));
        }
        if let Some(next) = next(message, now) {
            push_wrapped(&mut text, "        → ", &next);
        }
    }
    text
}

/// What comes next, if anything.
fn next(message: &MessageSummary, now: Micros) -> Option<String> {
    match message.state {
        MessageState::Sent | MessageState::Failed => None,
        MessageState::Sending => Some("being handed over".to_owned()),
        MessageState::Open | MessageState::Partly => {
            let wait = u64::try_from(message.next_us.saturating_sub(now.0)).unwrap_or(0);
            let wait = Duration::from_secs(Duration::from_micros(wait).as_secs());
            let attempts = match message.attempts {
                0 => "not tried yet".to_owned(),
                1 => "tried once".to_owned(),
                n => format!("tried {n} times"),
            };
            Some(match wait.is_zero() {
                true => format!("{attempts}; due"),
                false => format!("{attempts}; again in {}", format_duration(wait)),
            })
        }
    }
}

/// One JSON document.
#[must_use]
pub fn list_as_json(messages: &[MessageSummary]) -> String {
    let messages: Vec<Value> = messages.iter().map(message).collect();
    pretty(&json!({ "schema_version": SCHEMA_VERSION, "messages": messages }))
}

fn message(message: &MessageSummary) -> Value {
    let time = |micros: i64| Micros(micros).to_string();
    json!({
        "id": message.id.0,
        "route": message.route,
        "target": message.target,
        "kind": message.kind.as_str(),
        "state": message.state.as_str(),
        "attempts": message.attempts,
        "items": message.items,
        "created": time(message.created_us),
        "next": time(message.next_us),
        "ended": message.ended_us.map(time),
        "error": message.error,
    })
}

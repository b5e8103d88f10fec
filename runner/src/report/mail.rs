//! What became of a test mail, for people and as JSON.

use std::fmt::Write;
use std::time::Duration;

use serde_json::{Value, json};

use super::json::{SCHEMA_VERSION, pretty};
use super::plain::{one_line, push_wrapped};
use crate::model::mail::{Attempt, Cause, End, Next, Phase, Step};
use crate::model::unit::format_duration;

/// Columns of the time before each step.
const TIME_WIDTH: usize = 9;

/// A test mail and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The configuration file.
    pub configuration: String,
    /// The way that the mail takes.
    pub way: String,
    /// Why these recipients.
    pub recipients: String,
    /// The sender.
    pub from: String,
    /// The mail's own id, by which a server's log names it.
    pub message_id: String,
    /// Every step, in order.
    pub steps: Vec<Step>,
    /// The end; none while it goes on.
    pub attempt: Option<Attempt>,
}

/// Before the first step.
#[must_use]
pub fn opening(trial: &Trial) -> String {
    format!(
        "{}\nfrom {} by way of {}\nMessage-ID {}\n\n",
        one_line(&trial.configuration),
        one_line(&trial.from),
        one_line(&trial.way),
        trial.message_id
    )
}

/// One step, and what to do if it did not end well.
#[must_use]
pub fn step(step: &Step) -> String {
    let about = step.about.as_deref().map(one_line).unwrap_or_default();
    let reply = step
        .reply
        .as_ref()
        .map(|reply| format!("{} {}", reply.code, reply.text));
    let said = match (&step.cause, reply) {
        (Some(cause), _) => Some(format!("FAILED: {}", cause.sentence())),
        (None, reply) => reply,
    };
    let line = match said {
        Some(said) if about.is_empty() => said,
        Some(said) => format!("{about}: {said}"),
        None if about.is_empty() => "done".to_owned(),
        None => about.into_owned(),
    };
    let took = milliseconds(step.took);
    let mut text = String::new();
    push_wrapped(
        &mut text,
        &format!("{took:>TIME_WIDTH$}  {:10}  ", step.phase.as_str()),
        &line,
    );
    if let Some(cause) = &step.cause {
        let indent = " ".repeat(TIME_WIDTH + 14);
        push_wrapped(&mut text, &format!("{indent}→ "), cause.advice(step.phase));
    }
    text
}

/// After the last step.
#[must_use]
pub fn closing(trial: &Trial) -> String {
    let Some(attempt) = &trial.attempt else {
        return String::new();
    };
    let mut text = String::from("\n");
    for delivery in &attempt.deliveries {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{:>TIME_WIDTH$}  {}",
            delivery.fate.as_str(),
            delivery.recipient
        );
    }
    text.push('\n');
    let is_file = trial.steps.iter().any(|step| step.phase == Phase::File);
    push_wrapped(
        &mut text,
        "",
        match attempt.end {
            End::HandedOver if is_file => {
                "The mail is a file in that folder now. Nothing sends it further."
            }
            _ => summary(attempt),
        },
    );
    text
}

fn summary(attempt: &Attempt) -> &'static str {
    let is_for_all = attempt.next() == Next::Done;
    match &attempt.end {
        End::Uncertain(_) => {
            "The mail was sent, but nobody said that it was taken: it may have arrived."
        }
        End::HandedOver if is_for_all => {
            "The mail was taken for everybody. Whether they see it, only they can say: also look among the spam."
        }
        End::HandedOver => "The mail was taken, but not for everybody.",
        End::Stopped(..) => match attempt.next() {
            Next::GiveUp => "The mail was refused for good: it would be refused again.",
            Next::Again | Next::Done => "The mail was not taken. An alert would be tried again.",
        },
    }
}

fn milliseconds(took: Duration) -> String {
    format_duration(Duration::from_micros(
        u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
    ))
}

/// One JSON document.
#[must_use]
pub fn as_json(trial: &Trial) -> String {
    let attempt = trial.attempt.as_ref();
    let deliveries = attempt
        .map(|attempt| attempt.deliveries.as_slice())
        .unwrap_or_default();
    let deliveries: Vec<Value> = deliveries
        .iter()
        .map(|delivery| {
            json!({
                "address": delivery.recipient.as_str(),
                "fate": delivery.fate.as_str(),
                "code": delivery.reply.as_ref().map(|reply| reply.code),
                "reply": delivery.reply.as_ref().map(|reply| &reply.text),
            })
        })
        .collect();
    let (outcome, failure) = match attempt.map(|attempt| &attempt.end) {
        None => (Value::Null, Value::Null),
        Some(End::HandedOver) => (json!("handed-over"), Value::Null),
        Some(End::Uncertain(cause)) => (json!("uncertain"), failure(Phase::Acceptance, cause)),
        Some(End::Stopped(phase, cause)) => (json!("stopped"), failure(*phase, cause)),
    };
    pretty(&json!({
        "schema_version": SCHEMA_VERSION,
        "configuration": trial.configuration,
        "way": trial.way,
        "from": trial.from,
        "message_id": trial.message_id,
        "outcome": outcome,
        "failure": failure,
        "next": attempt.map(|attempt| match attempt.next() {
            Next::Done => "done",
            Next::Again => "again",
            Next::GiveUp => "give-up",
        }),
        "recipients": deliveries,
        "steps": trial.steps.iter().map(step_as_json).collect::<Vec<_>>(),
    }))
}

fn step_as_json(step: &Step) -> Value {
    json!({
        "phase": step.phase.as_str(),
        "about": step.about,
        "seconds": step.took.as_secs_f64(),
        "code": step.reply.as_ref().map(|reply| reply.code),
        "reply": step.reply.as_ref().map(|reply| &reply.text),
        "failure": step.cause.as_ref().map(|cause| failure(step.phase, cause)),
    })
}

fn failure(phase: Phase, cause: &Cause) -> Value {
    json!({
        "phase": phase.as_str(),
        "cause": cause.as_str(),
        "text": cause.sentence(),
        "advice": cause.advice(phase),
    })
}

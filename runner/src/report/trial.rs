//! What became of a test message, for people and as JSON.

use std::fmt::Write;
use std::time::Duration;

use serde_json::{Value, json};

use super::json::{SCHEMA_VERSION, pretty};
use super::plain::{one_line, push_wrapped};
use crate::model::delivery::{Attempt, Cause, End, Means, Next, Phase, Step};
use crate::model::unit::format_duration;

/// Columns of the time before each step.
const TIME_WIDTH: usize = 9;

/// A test message and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The configuration file.
    pub configuration: String,
    /// By which means it is sent.
    pub means: Means,
    /// The way that it takes.
    pub way: String,
    /// The sender of a mail.
    pub from: Option<String>,
    /// By which a server's log names it; the Message-ID of a mail.
    pub id: String,
    /// Every step, in order.
    pub steps: Vec<Step>,
    /// The end; none while it goes on.
    pub attempt: Option<Attempt>,
}

/// Before the first step.
#[must_use]
pub fn opening(trial: &Trial) -> String {
    let way = one_line(&trial.way);
    let way = match &trial.from {
        Some(from) => format!(
            "from {} by way of {way}\nMessage-ID {}",
            one_line(from),
            trial.id
        ),
        None => format!("by way of {way}\nid {}", trial.id),
    };
    format!("{}\n{way}\n\n", one_line(&trial.configuration))
}

/// One step, and what to do if it did not end well.
#[must_use]
pub fn step(step: &Step, means: Means) -> String {
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
        push_wrapped(
            &mut text,
            &format!("{indent}→ "),
            cause.advice(step.phase, means),
        );
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
    let summary = match (trial.means, &attempt.end) {
        (Means::Mail, End::HandedOver) if is_file => {
            "The mail is a file in that folder now. Nothing sends it further."
        }
        (Means::Mail, _) => of_a_mail(attempt),
        (Means::Webhook, _) => of_a_request(attempt),
        (Means::Program, _) => of_a_program(attempt),
    };
    push_wrapped(&mut text, "", summary);
    text
}

fn of_a_mail(attempt: &Attempt) -> &'static str {
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

fn of_a_request(attempt: &Attempt) -> &'static str {
    match attempt.next() {
        Next::Done => "The server took the message. Whether anybody sees it, only they can say.",
        Next::GiveUp => "The server refused the message for good: it would be refused again.",
        Next::Again if matches!(attempt.end, End::Uncertain(_)) => {
            "The message was sent, but nobody said that it was taken: it may have arrived. An alert would be tried again."
        }
        Next::Again => "The message was not taken. An alert would be tried again.",
    }
}

fn of_a_program(attempt: &Attempt) -> &'static str {
    match attempt.next() {
        Next::Done => "The program ended well. Whether it did what it should, only you can say.",
        Next::GiveUp => "The program failed, and would not be run again with the same message.",
        Next::Again => "The program did not end well. An alert would be tried again.",
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
                "address": delivery.recipient,
                "fate": delivery.fate.as_str(),
                "code": delivery.reply.as_ref().map(|reply| reply.code),
                "reply": delivery.reply.as_ref().map(|reply| &reply.text),
            })
        })
        .collect();
    let means = trial.means;
    let last = match means {
        Means::Mail => Phase::Acceptance,
        Means::Webhook => Phase::Response,
        Means::Program => Phase::Program,
    };
    let (outcome, failure) = match attempt.map(|attempt| &attempt.end) {
        None => (Value::Null, Value::Null),
        Some(End::HandedOver) => (json!("handed-over"), Value::Null),
        Some(End::Uncertain(cause)) => (json!("uncertain"), failure(last, means, cause)),
        Some(End::Stopped(phase, cause)) => (json!("stopped"), failure(*phase, means, cause)),
    };
    let steps: Vec<Value> = trial
        .steps
        .iter()
        .map(|step| step_as_json(step, means))
        .collect();
    pretty(&json!({
        "schema_version": SCHEMA_VERSION,
        "configuration": trial.configuration,
        "means": means.as_str(),
        "way": trial.way,
        "from": trial.from,
        "message_id": trial.id,
        "outcome": outcome,
        "failure": failure,
        "next": attempt.map(|attempt| match attempt.next() {
            Next::Done => "done",
            Next::Again => "again",
            Next::GiveUp => "give-up",
        }),
        "recipients": deliveries,
        "steps": steps,
    }))
}

fn step_as_json(step: &Step, means: Means) -> Value {
    json!({
        "phase": step.phase.as_str(),
        "about": step.about,
        "seconds": step.took.as_secs_f64(),
        "code": step.reply.as_ref().map(|reply| reply.code),
        "reply": step.reply.as_ref().map(|reply| &reply.text),
        "failure": step.cause.as_ref().map(|cause| failure(step.phase, means, cause)),
    })
}

fn failure(phase: Phase, means: Means, cause: &Cause) -> Value {
    json!({
        "phase": phase.as_str(),
        "cause": cause.as_str(),
        "text": cause.sentence(),
        "advice": cause.advice(phase, means),
    })
}

//! The mail of `checkrun alerts test`: says where it comes from, so that whoever gets it knows which
//! runner can reach them.

use std::fmt::Write;

use jiff::Timestamp;

use super::message::{Mark, Message, MessageId};
use crate::model::mail::Mailbox;
use crate::model::run::Micros;

/// Where a test mail comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The machine's name.
    pub host: String,
    /// The configuration file.
    pub configuration: String,
    /// The way that the message takes, for people.
    pub way: String,
    /// Why these recipients: a route, or by hand.
    pub recipients: String,
    /// The program's version.
    pub version: String,
}

/// A test mail, written at `now`.
#[must_use]
pub fn message(from: &Mailbox, to: &[Mailbox], origin: &Origin, now: Micros) -> Message {
    let facts = facts(origin, now);
    let facts: Vec<(&str, &str)> = facts
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    Message {
        id: MessageId::new(&format!("test.{}", now.0), &origin.host),
        date: now,
        from: from.clone(),
        to: to.to_vec(),
        thread: None,
        list: Some(format!("checkrun.{}", origin.host)),
        subject: format!("TEST: checkrun on {} can send mail", origin.host),
        text: letter(&facts),
        html: Some(html(&facts)),
        images: Vec::new(),
        marks: vec![(Mark::State, "test".to_owned())],
    }
}

/// The same as a short text.
#[must_use]
pub fn text(headline: &str, origin: &Origin, now: Micros) -> String {
    let facts = facts(origin, now);
    let lines: Vec<String> = facts
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    format!("{headline}\n{OPENING}\n\n{}", lines.join("\n"))
}

fn facts(origin: &Origin, now: Micros) -> [(&'static str, String); 6] {
    let time = Timestamp::from_microsecond(now.0).unwrap_or(Timestamp::UNIX_EPOCH);
    [
        ("sent", time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()),
        ("by", origin.host.clone()),
        ("configuration", origin.configuration.clone()),
        ("by way of", origin.way.clone()),
        ("to you because", origin.recipients.clone()),
        ("version", origin.version.clone()),
    ]
}

const OPENING: &str = "This is a test. Nothing is wrong, and nothing has to be done.";
const CLOSING: &str =
    "Somebody ran `checkrun alerts test` to see whether alerts would reach you. They would.";

fn letter(facts: &[(&str, &str)]) -> String {
    let mut text = format!("{OPENING}\n\n");
    for (name, value) in facts {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name:>16}  {value}");
    }
    text + "\n" + CLOSING + "\n"
}

fn html(facts: &[(&str, &str)]) -> String {
    let mut rows = String::new();
    for (name, value) in facts {
        let _ = writeln!(
            rows,
            "<tr><th style=\"text-align:left;padding:2px 12px 2px 0;font-weight:normal\">{}</th><td>{}</td></tr>",
            escaped(name),
            escaped(value)
        );
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>checkrun test</title></head>\n\
         <body style=\"font-family:sans-serif;max-width:600px\">\n<p><strong>{}</strong></p>\n<table>\n{rows}</table>\n<p>{}</p>\n</body></html>\n",
        escaped(OPENING),
        escaped(CLOSING)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

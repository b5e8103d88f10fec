//! The sentences with which an item begins: what is wrong, since when, and what is special about it.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::headline::why_unreachable;
use super::matter::{Kind, is_over};
use super::moment::{between, both, span};
use super::plain::{NAME_CHARS_MAX, name, one_line};
use crate::model::incident::Severity;
use crate::model::notification::{Item, What};
use crate::model::run::Micros;
use crate::model::unit::format_value;

/// What is wrong, or no longer wrong.
pub fn lead(item: &Item, chars_max: usize) -> String {
    let target = name(&item.target, NAME_CHARS_MAX);
    let job = name(&item.job, NAME_CHARS_MAX);
    let text = one_line(&item.text, chars_max);
    if item.what == What::Gone {
        return format!("{job} is not checked on {target} any more.");
    }
    if is_over(item) {
        return over(item, &target, &job, &text);
    }
    match Kind::of(item) {
        Kind::Connection => match why_unreachable(&text) {
            "" => format!("{target} cannot be reached."),
            why => ended(format!("{target} cannot be reached: {why}")),
        },
        Kind::Judging => ended(format!("{job} on {target} cannot be judged: {text}")),
        Kind::Metric(_) | Kind::Observation => ended(format!("{target}: {text}")),
    }
}

fn over(item: &Item, target: &str, job: &str, text: &str) -> String {
    match (Kind::of(item), &item.measured) {
        (Kind::Connection, _) => format!("{target} can be reached again."),
        (Kind::Judging, _) => format!("{job} on {target} can be judged again."),
        (Kind::Metric(_), Some(measured)) => {
            let series = name(&measured.series, NAME_CHARS_MAX);
            let value = format_value(measured.value, &one_line(&measured.unit, NAME_CHARS_MAX));
            format!("{target}: {series} is {value} now.")
        }
        (Kind::Metric(series), None) => {
            let series = name(series, NAME_CHARS_MAX);
            format!("{target}: {series} is ok again.")
        }
        (Kind::Observation, _) => ended(format!("{target}: it is over that {text}")),
    }
}

/// Why so much is one message.
pub fn much(problems: usize, over: usize, targets: usize, next_after: Duration) -> String {
    if problems == 0 {
        return format!("{over} problems are over on {targets} targets: too many for a mail each.");
    }
    let over = match over {
        0 => String::new(),
        over => format!(", {over} over"),
    };
    format!(
        "{problems} problems on {targets} targets{over}: too many for a mail each. The next such summary comes in {} at the earliest.",
        span(next_after)
    )
}

/// How bad it is, since when, and for how long.
pub fn course(item: &Item, now: Micros, zone: &TimeZone) -> String {
    let since = both(item.since, zone);
    let lasted = span(between(item.since, item.until.unwrap_or(now)));
    let peak = as_it_was(item.peak);
    match item.until {
        Some(until) if is_over(item) => format!(
            "It was {peak} and lasted {lasted}, from {since} to {}.",
            both(until, zone)
        ),
        _ if is_over(item) => format!("It was {peak} and began {since}."),
        _ if item.what == What::Gone => {
            format!("It was {} and began {since}.", as_it_was(item.severity))
        }
        _ => {
            let severity = match item.severity {
                Severity::Warning => "Warning",
                Severity::Critical => "Critical",
            };
            format!("{severity}. It began {since}, {lasted} ago.")
        }
    }
}

fn as_it_was(severity: Severity) -> &'static str {
    match severity {
        Severity::Warning => "a warning",
        Severity::Critical => "critical",
    }
}

/// What is special about it, and what it keeps from being checked.
pub fn remark(item: &Item) -> Option<String> {
    let sentences: Vec<String> = suspended(item).into_iter().chain(special(item)).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn suspended(item: &Item) -> Option<String> {
    match item.suspended {
        0 => None,
        1 => Some("The target's one job is suspended until it can be reached again.".to_owned()),
        jobs => Some(format!(
            "The target's {jobs} jobs are suspended until it can be reached again."
        )),
    }
}

fn special(item: &Item) -> Option<String> {
    match &item.what {
        What::New | What::Recovered => None,
        What::Worse => Some("It was a warning before.".to_owned()),
        What::Eased => Some("It was critical before.".to_owned()),
        What::GoesOn => Some("This was said before; nothing has changed.".to_owned()),
        What::Flapping { changes, within } => Some(format!(
            "It comes and goes: {changes} changes within {}. Nothing more is said of it until it is steady.",
            span(*within)
        )),
        What::Settled => Some("It came and went, and is steady again.".to_owned()),
        What::Gone => Some(
            "Its job or target is gone from the configuration, or its check does not apply there any more. Whether it is still wrong, nobody knows."
                .to_owned(),
        ),
    }
}

/// With a full stop, unless it ends by itself.
fn ended(sentence: String) -> String {
    match sentence.ends_with(['.', '!', '?', '…', ':']) {
        true => sentence,
        false => sentence + ".",
    }
}

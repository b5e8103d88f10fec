//! A notification as a short plain text, for chats and for programs that read one text.

use std::fmt::Write;

use jiff::tz::TimeZone;

use super::headline::headline;
use super::matter::{is_over, severity_name};
use super::moment::{between, both, span};
use super::plain::{cut, name, one_line};
use crate::model::notification::{Item, Notification, What};
use crate::model::run::Micros;

/// As much as every chat takes in one message, characters.
pub const BRIEF_CHARS_MAX: usize = 3000;

/// Longest sentence about one item, characters.
const ITEM_CHARS_MAX: usize = 300;

/// Longest name, characters.
const NAME_CHARS_MAX: usize = 60;

/// News with all that is said of each; the rest is counted.
const ITEMS_MAX: usize = 6;

/// The notification in at most [`BRIEF_CHARS_MAX`] characters: lines without mark-up or control characters.
#[must_use]
pub fn brief(notification: &Notification, zone: &TimeZone) -> String {
    let mut text = headline(notification) + "\n";
    if let Some(why) = &notification.not_stored {
        let _ = writeln!(
            text,
            "The history does not have this: {}",
            one_line(why, ITEM_CHARS_MAX)
        );
    }
    if let Some(due) = notification.delayed_since {
        let late = span(between(due, notification.written));
        let _ = writeln!(text, "Delayed {late}; it was due {}.", both(due, zone));
    }
    for item in notification.news.iter().take(ITEMS_MAX) {
        push_item(&mut text, item, notification.written, zone);
    }
    let more = notification.news.len().saturating_sub(ITEMS_MAX);
    if more > 0 {
        let _ = writeln!(text, "\nand {more} more");
    }
    if !notification.others.is_empty() {
        let _ = writeln!(
            text,
            "\nAlso wrong on the target: {}",
            notification.others.len()
        );
    }
    cut(text.trim_end(), BRIEF_CHARS_MAX)
}

fn push_item(text: &mut String, item: &Item, now: Micros, zone: &TimeZone) {
    let state = match (is_over(item), &item.what) {
        (true, _) => "over",
        (_, What::Gone) => "not checked any more",
        (_, What::Flapping { .. }) => "flapping",
        _ => severity_name(item.severity),
    };
    // Writing to a String cannot fail.
    let _ = writeln!(text, "\n{state}: {}", one_line(&item.text, ITEM_CHARS_MAX));
    let lasted = span(between(item.since, item.until.unwrap_or(now)));
    let _ = writeln!(
        text,
        "{} on {}, since {}, {lasted}; incident {}",
        name(&item.job, NAME_CHARS_MAX),
        name(&item.target, NAME_CHARS_MAX),
        both(item.since, zone),
        item.incident,
    );
    if let (false, Some(advice)) = (is_over(item), &item.advice) {
        let _ = writeln!(text, "→ {}", one_line(advice, ITEM_CHARS_MAX));
    }
}

//! A notification as a short plain text, for chats and for programs that read one text.

use std::fmt::Write;

use jiff::tz::TimeZone;

use super::headline::headline;
use super::matter::is_open;
use super::moment::{between, both, span};
use super::plain::{NAME_CHARS_MAX, cut, name, one_line};
use super::sentence::{course, lead, remark};
use crate::model::notification::{Item, Notification};
use crate::model::run::Micros;

/// As much as every chat takes in one message, characters.
pub const BRIEF_CHARS_MAX: usize = 3000;

/// Longest sentence about one item, characters.
const ITEM_CHARS_MAX: usize = 300;

/// News with all that is said of each; the rest is counted.
const ITEMS_MAX: usize = 6;

/// The notification in at most [`BRIEF_CHARS_MAX`] characters: lines without mark-up or control characters.
#[must_use]
pub fn brief(notification: &Notification, zone: &TimeZone) -> String {
    let mut text = headline(notification) + "\n";
    if let Some(why) = &notification.not_stored {
        // Writing to a String cannot fail.
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
    let more = more.saturating_add(notification.left_out);
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
    // Writing to a String cannot fail.
    let _ = writeln!(text, "\n{}", lead(item, ITEM_CHARS_MAX));
    let _ = writeln!(text, "{}", course(item, now, zone));
    if let Some(remark) = remark(item) {
        let _ = writeln!(text, "{remark}");
    }
    let advice = item.advice.as_ref().filter(|_| is_open(item));
    if let Some(advice) = advice {
        let _ = writeln!(text, "→ {}", one_line(advice, ITEM_CHARS_MAX));
    }
    let job = name(&item.job, NAME_CHARS_MAX);
    let _ = writeln!(text, "Check: {job}, incident {}", item.incident);
}

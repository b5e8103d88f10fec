//! What a notification comes down to, for whoever sees one word of it only: a phone, a filter, a colour.

use crate::model::gate::CONNECTION_CHECK;
use crate::model::incident::Severity;
use crate::model::notification::{About, Item, Notification, What};

/// What a message as a whole is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matter {
    /// More than one message each could be borne.
    Storm,
    /// Something is wrong, this badly.
    Problem(Severity),
    /// Nothing has changed, and it is this bad.
    Reminder(Severity),
    /// It comes and goes, and was this bad.
    Flapping(Severity),
    /// It is over.
    Recovered,
    /// It is not looked at any more.
    Gone,
}

/// What an item is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'i> {
    /// Whether the target can be reached.
    Connection,
    /// Whether the job can be judged.
    Judging,
    /// A metric, with its labels.
    Metric(&'i str),
    /// A finding, or the check's verdict.
    Observation,
}

impl Matter {
    /// Of this message.
    #[must_use]
    pub fn of(notification: &Notification) -> Self {
        if let About::Storm { problems, .. } = notification.about {
            // Much that is over at once is good news, in one message.
            return match problems {
                0 => Self::Recovered,
                _ => Self::Storm,
            };
        }
        let news = &notification.news;
        let open: Vec<&Item> = news.iter().filter(|item| is_open(item)).collect();
        let is_told_of = |item: &Item| is_over(item) || item.what == What::Gone;
        let only_goes_on = open.iter().all(|item| item.what == What::GoesOn);
        // What merely goes on is not the news beside what has ended.
        if only_goes_on && news.iter().any(is_told_of) {
            return match news.iter().any(is_over) {
                true => Self::Recovered,
                false => Self::Gone,
            };
        }
        let worst = open.iter().map(|item| item.severity).max();
        let worst = worst.unwrap_or(Severity::Warning);
        let only_flapping = open
            .iter()
            .all(|item| matches!(item.what, What::Flapping { .. }));
        match (only_goes_on, only_flapping) {
            (true, _) => Self::Reminder(worst),
            (_, true) => Self::Flapping(worst),
            _ => Self::Problem(worst),
        }
    }

    /// The first word of a subject.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Storm => "STORM",
            Self::Problem(Severity::Critical) => "CRIT",
            Self::Problem(Severity::Warning) => "WARN",
            Self::Reminder(Severity::Critical) => "REMINDER CRIT",
            Self::Reminder(Severity::Warning) => "REMINDER WARN",
            Self::Flapping(_) => "FLAPPING",
            Self::Recovered => "OK",
            Self::Gone => "GONE",
        }
    }

    /// `critical`, `warning`, `ok`; `unknown` for what is not looked at any more.
    #[must_use]
    pub fn severity_mark(self, news: &[Item]) -> &'static str {
        let worst = || news.iter().map(|item| item.severity).max();
        match self {
            Self::Storm => worst().map_or("unknown", severity_name),
            Self::Problem(severity) | Self::Reminder(severity) | Self::Flapping(severity) => {
                severity_name(severity)
            }
            Self::Recovered => "ok",
            Self::Gone => "unknown",
        }
    }

    /// For filters and programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Storm => "storm",
            Self::Problem(_) => "problem",
            Self::Reminder(_) => "reminder",
            Self::Flapping(_) => "flapping",
            Self::Recovered => "recovered",
            Self::Gone => "gone",
        }
    }
}

impl<'i> Kind<'i> {
    /// Of this item.
    #[must_use]
    pub fn of(item: &'i Item) -> Self {
        if item.check == CONNECTION_CHECK {
            return Self::Connection;
        }
        match item.object.strip_prefix("metric/") {
            Some(series) => Self::Metric(series),
            None if item.object == "judging" => Self::Judging,
            None => Self::Observation,
        }
    }
}

/// Whether it is over, and known to be.
#[must_use]
pub fn is_over(item: &Item) -> bool {
    match item.what {
        What::Recovered => true,
        What::Settled => item.until.is_some(),
        What::New
        | What::Worse
        | What::Eased
        | What::GoesOn
        | What::Flapping { .. }
        | What::Gone => false,
    }
}

/// Whether it is wrong now, as far as anybody knows.
#[must_use]
pub fn is_open(item: &Item) -> bool {
    !is_over(item) && item.what != What::Gone
}

/// `CRIT`, `WARN`
#[must_use]
pub fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Warning => "WARN",
        Severity::Critical => "CRIT",
    }
}

/// `critical`, `warning`
#[must_use]
pub fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Warning => "warning",
        Severity::Critical => "critical",
    }
}

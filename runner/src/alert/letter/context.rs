//! [`Context`]: what templates are given, described field by field in `docs/templates.md`. Its shape is a
//! promise to everybody who wrote a template.
//!
//! All texts in it are harmless: without control characters and not longer than there is room. What is not
//! there is none, and shown as nothing.

mod detail;
mod item;
mod measured;

use jiff::tz::TimeZone;
use serde::Serialize;

pub use self::detail::Detail;
use self::item::{Card, Line};
use super::command;
use super::headline::{headline, subject, summary};
use super::matter::{Matter, is_open};
use super::moment::{between, both, short, span};
use super::plain::{NAME_CHARS_MAX, name, one_line};
use super::sentence::much;
use crate::model::incident::Severity;
use crate::model::notification::{About, Item, Notification};
use crate::model::run::Micros;

/// Labels that are shown of a target.
const LABELS_MAX: usize = 8;

/// All that a template may say.
#[derive(Debug, Serialize)]
pub struct Context {
    /// One line, with the prefix.
    pub subject: String,
    /// One line.
    pub headline: String,
    /// What is the matter, without word and target.
    pub summary: String,
    /// The headline's first word: `CRIT`.
    pub word: &'static str,
    /// `problem`, `reminder`, `recovered`, `flapping`, `storm`, `gone`
    pub state: &'static str,
    /// For colours: `critical`, `warning`, `ok`, `neutral`
    pub tone: &'static str,
    /// The notification's id.
    pub id: String,
    /// The first message's id.
    pub thread: String,
    /// When it was written.
    pub written: Time,
    /// The target; none for a storm.
    pub target: Option<Target>,
    /// Else none.
    pub storm: Option<Storm>,
    /// What has to be said first: why it is late, or not in the history.
    pub notes: Vec<String>,
    /// The worst news, with all there is to say.
    pub news: Vec<Card>,
    /// More news, in one line each.
    pub more_news: Vec<Line>,
    /// News beyond that.
    pub news_left_out: usize,
    /// What else is wrong with the target.
    pub others: Vec<Line>,
    /// Others beyond that.
    pub others_left_out: usize,
    /// To be copied into a shell.
    pub commands: Commands,
    /// The route's name.
    pub route: String,
    /// When it will be said again; none: never.
    pub reminder: Option<Reminder>,
    /// Who sends it.
    pub origin: Origin,
}

/// A point in time.
#[derive(Debug, Serialize)]
pub struct Time {
    /// `2026-11-25 14:02:10 CET (13:02:10 UTC)`
    pub full: String,
    /// `14:02`; `2026-11-24 14:02` if that is not the day on which this was written.
    pub short: String,
    /// RFC 3339 in UTC.
    pub iso: String,
}

/// The target that it is about.
#[derive(Debug, Serialize)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: Vec<Pair>,
}

/// A name and its value.
#[derive(Debug, Serialize)]
pub struct Pair {
    /// What.
    pub name: String,
    /// As text.
    pub value: String,
}

/// More than one message each could be borne.
#[derive(Debug, Serialize)]
pub struct Storm {
    /// How many targets have problems.
    pub targets: usize,
    /// How many problems there are.
    pub problems: usize,
    /// How many are over.
    pub over: usize,
    /// In how long the next such message may come: `10 min`.
    pub next_after: String,
    /// Why it is one message, in a sentence or two.
    pub sentence: String,
}

/// To be copied into a shell.
#[derive(Debug, Serialize)]
pub struct Commands {
    /// One for each incident that nobody has taken on.
    pub acknowledge: Vec<String>,
    /// One for each job.
    pub silence: Vec<String>,
}

/// When it will be said again.
#[derive(Debug, Serialize)]
pub struct Reminder {
    /// `4 h`
    pub after: String,
    /// When that is.
    pub at: Time,
}

/// Who sends it.
#[derive(Debug, Serialize)]
pub struct Origin {
    /// The machine's name.
    pub host: String,
    /// The configuration file.
    pub configuration: String,
    /// The program's version.
    pub version: String,
}

impl Context {
    /// Of this notification, in so much detail.
    pub fn of(
        notification: &Notification,
        prefix: Option<&str>,
        zone: &TimeZone,
        detail: &Detail,
    ) -> Self {
        let matter = Matter::of(notification);
        let written = notification.written;
        // A storm is a list: nobody reads so many problems one by one.
        let cards = match notification.about {
            About::Storm { .. } => 0,
            About::Target { .. } => detail.cards_max.min(notification.news.len()),
        };
        let (full, rest) = notification.news.split_at(cards);
        let line = |item: &Item| Line::of(item, zone, written, detail);
        let more_news: Vec<Line> = rest.iter().take(detail.lines_max).map(line).collect();
        let others = notification.others.iter().take(detail.lines_max);
        let others: Vec<Line> = others.map(line).collect();
        let (target, storm) = about(notification);
        Self {
            subject: subject(notification, prefix),
            headline: headline(notification),
            summary: summary(notification),
            word: matter.word(),
            state: matter.as_str(),
            tone: tone(matter),
            id: one_line(&notification.id, NAME_CHARS_MAX),
            thread: one_line(&notification.thread, NAME_CHARS_MAX),
            written: Time::of(written, written, zone),
            target,
            storm,
            notes: notes(notification, zone, detail),
            news: Card::all(full, zone, written, detail),
            news_left_out: (rest.len() - more_news.len()).saturating_add(notification.left_out),
            more_news,
            others_left_out: notification.others.len() - others.len(),
            others,
            commands: Commands::for_news(full),
            route: name(&notification.route, NAME_CHARS_MAX),
            reminder: notification.reminder_after.map(|after| {
                let micros = i64::try_from(after.as_micros()).unwrap_or(i64::MAX);
                Reminder {
                    after: span(after),
                    at: Time::of(Micros(written.0.saturating_add(micros)), written, zone),
                }
            }),
            origin: Origin {
                host: name(&notification.origin.host, NAME_CHARS_MAX),
                configuration: name(&notification.origin.configuration, 2 * NAME_CHARS_MAX),
                version: one_line(&notification.origin.version, NAME_CHARS_MAX),
            },
        }
    }
}

impl Context {
    /// Something more that has to be said first.
    pub fn push_note(&mut self, note: Option<&str>, detail: &Detail) {
        let note = note.map(|note| one_line(note, detail.sentence_chars_max));
        self.notes.extend(note);
    }
}

impl Time {
    fn of(time: Micros, now: Micros, zone: &TimeZone) -> Self {
        Self {
            full: both(time, zone),
            short: short(time, now, zone),
            iso: time.to_string(),
        }
    }
}

impl Commands {
    fn for_news(news: &[Item]) -> Self {
        let open = || news.iter().filter(|item| is_open(item));
        let acknowledge = open()
            .filter(|item| item.acknowledged.is_none())
            .map(|item| command::acknowledge(item.incident))
            .collect();
        let mut silence: Vec<String> = open()
            .filter_map(|item| command::silence(&item.target, &item.job))
            .collect();
        silence.dedup();
        Self {
            acknowledge,
            silence,
        }
    }
}

fn about(notification: &Notification) -> (Option<Target>, Option<Storm>) {
    match &notification.about {
        About::Target {
            name: target,
            labels,
        } => {
            let pair = |(label, value): (&String, &String)| Pair {
                name: name(label, NAME_CHARS_MAX),
                value: name(value, NAME_CHARS_MAX),
            };
            let target = Target {
                name: name(target, NAME_CHARS_MAX),
                labels: labels.iter().take(LABELS_MAX).map(pair).collect(),
            };
            (Some(target), None)
        }
        About::Storm {
            targets,
            problems,
            over,
            next_after,
        } => {
            let storm = Storm {
                targets: *targets,
                problems: *problems,
                over: *over,
                next_after: span(*next_after),
                sentence: much(*problems, *over, *targets, *next_after),
            };
            (None, Some(storm))
        }
    }
}

/// What changes how all the rest is to be read.
fn notes(notification: &Notification, zone: &TimeZone, detail: &Detail) -> Vec<String> {
    let late = notification.delayed_since.map(|due| {
        let late = span(between(due, notification.written));
        format!("This comes {late} late: it was due {}.", both(due, zone))
    });
    let lost = notification.not_stored.as_ref().map(|why| {
        let why = one_line(why, detail.sentence_chars_max);
        format!("The history does not have this: {why}")
    });
    late.into_iter().chain(lost).collect()
}

fn tone(matter: Matter) -> &'static str {
    match matter {
        Matter::Storm => "critical",
        Matter::Problem(severity) | Matter::Reminder(severity) | Matter::Flapping(severity) => {
            tone_of(severity)
        }
        Matter::Recovered => "ok",
        Matter::Gone => "neutral",
    }
}

fn tone_of(severity: Severity) -> &'static str {
    super::matter::severity_name(severity)
}

//! A notification in one line: how bad first, then where, then what.
//!
//! ```text
//! CRIT orders: replication lag 412 s (> 300 s)
//! CRIT orders: 3 problems (1 CRIT, 2 WARN)
//! OK orders: replication lag 3 s (was CRIT 42 min)
//! STORM: 46 problems on 12 targets (next summary in 10 min)
//! OK: 46 problems over on 12 targets
//! ```

use std::time::Duration;

use super::matter::{Kind, Matter, is_open, is_over, severity_name, severity_word};
use super::moment::{between, span};
use super::plain::{cut, name, one_line};
use crate::model::incident::Severity;
use crate::model::notification::{About, Item, Notification, What};
use crate::model::run::Micros;
use crate::model::unit::format_value;

/// As much as mail programs show of a subject, characters.
pub const HEADLINE_CHARS_MAX: usize = 78;

/// As much of what is the matter as is shown where there is more room, characters.
const TITLE_CHARS_MAX: usize = 100;

/// As much of a target's or a job's name as leaves room for what is the matter, characters.
const NAME_CHARS_MAX: usize = 28;

/// The notification in at most [`HEADLINE_CHARS_MAX`] characters, without control characters.
#[must_use]
pub fn headline(notification: &Notification) -> String {
    within(notification, HEADLINE_CHARS_MAX)
}

/// With the prefix, if there is one, in as much room.
pub fn subject(notification: &Notification, prefix: Option<&str>) -> String {
    let prefix = one_line(prefix.unwrap_or_default(), HEADLINE_CHARS_MAX / 2);
    if prefix.is_empty() {
        return headline(notification);
    }
    let room = HEADLINE_CHARS_MAX - prefix.chars().count() - 1;
    format!("{prefix} {}", within(notification, room))
}

/// What is the matter, without the first word and without the target.
pub fn summary(notification: &Notification) -> String {
    let Phrase { what, why } = phrase(notification, Matter::of(notification));
    what + &why
}

fn within(notification: &Notification, chars_max: usize) -> String {
    let matter = Matter::of(notification);
    let before = match &notification.about {
        About::Storm { .. } => format!("{}: ", matter.word()),
        About::Target { name: target, .. } => {
            format!("{} {}: ", matter.word(), name(target, NAME_CHARS_MAX))
        }
    };
    let Phrase { what, why } = phrase(notification, matter);
    let room = chars_max.saturating_sub(before.chars().count() + why.chars().count());
    one_line(&format!("{before}{}{why}", cut(&what, room)), chars_max)
}

/// What is the matter, in two parts: the first may be cut.
struct Phrase {
    what: String,
    why: String,
}

impl Phrase {
    /// The second part in brackets, if there is anything in it.
    fn new(what: &str, why: &[&str]) -> Self {
        let why: Vec<&str> = why.iter().copied().filter(|it| !it.is_empty()).collect();
        let why = one_line(&why.join(", "), HEADLINE_CHARS_MAX / 2);
        Self {
            what: one_line(what, TITLE_CHARS_MAX),
            why: match why.is_empty() {
                true => why,
                false => format!(" ({why})"),
            },
        }
    }
}

fn phrase(notification: &Notification, matter: Matter) -> Phrase {
    let news = &notification.news;
    let open: Vec<&Item> = news.iter().filter(|item| is_open(item)).collect();
    if let About::Storm {
        targets,
        problems,
        over,
        next_after,
    } = notification.about
    {
        return match problems {
            0 => much_over(over, targets),
            _ => much(problems, over, targets, next_after),
        };
    }
    let over: Vec<&Item> = news.iter().filter(|item| is_over(item)).collect();
    let gone: Vec<&Item> = news.iter().filter(|item| item.what == What::Gone).collect();
    let told = match matter {
        Matter::Recovered => &over,
        Matter::Gone => &gone,
        Matter::Storm | Matter::Problem(_) | Matter::Reminder(_) | Matter::Flapping(_) => &open,
    };
    let mut phrase = match told.as_slice() {
        [item] => one(item, notification.written),
        items => several(items, notification.written),
    };
    let left: Vec<&Item> = open.iter().copied().chain(&notification.others).collect();
    match matter {
        Matter::Recovered | Matter::Gone if !left.is_empty() => {
            phrase.why += &format!(", {} left", by_severity(&left));
        }
        Matter::Problem(_) if !over.is_empty() => {
            phrase.why += &format!(", {} over", over.len());
        }
        _ => {}
    }
    phrase
}

/// So much is wrong that it is only counted.
fn much(problems: usize, over: usize, targets: usize, next_after: Duration) -> Phrase {
    let (problems, targets) = (counted(problems, "problem"), counted(targets, "target"));
    let over = match over {
        0 => String::new(),
        over => format!("{over} over"),
    };
    let next = format!("next summary in {}", span(next_after));
    Phrase::new(&format!("{problems} on {targets}"), &[&over, &next])
}

fn much_over(over: usize, targets: usize) -> Phrase {
    let (over, targets) = (counted(over, "problem"), counted(targets, "target"));
    Phrase::new(&format!("{over} over on {targets}"), &[])
}

/// One item in a few words, without its target.
pub fn title(item: &Item, now: Micros) -> String {
    let Phrase { what, why } = one(item, now);
    cut(&what, TITLE_CHARS_MAX) + &why
}

/// One item in two parts.
fn one(item: &Item, now: Micros) -> Phrase {
    let lasted = span(between(item.since, item.until.unwrap_or(now)));
    if item.what == What::Gone {
        let what = format!(
            "{} is not checked any more",
            name(&item.job, NAME_CHARS_MAX)
        );
        return Phrase::new(&what, &[&format!("was {}", severity_word(item.severity))]);
    }
    if is_over(item) {
        let was = severity_word(item.peak);
        return Phrase::new(&ended(item), &[&format!("was {was} {lasted}")]);
    }
    let why = match &item.what {
        What::Eased => "was CRIT".to_owned(),
        What::GoesOn => lasted,
        What::Flapping { changes, within } => format!("{changes} changes in {}", span(*within)),
        What::Settled => "steady again".to_owned(),
        What::New | What::Worse | What::Recovered | What::Gone => String::new(),
    };
    let (what, limit) = wrong(item);
    Phrase::new(&what, &[&limit, &why])
}

/// What is wrong; and the threshold, where there is one.
fn wrong(item: &Item) -> (String, String) {
    match Kind::of(item) {
        Kind::Connection => (unreachable(&item.text), String::new()),
        Kind::Judging => {
            let job = name(&item.job, NAME_CHARS_MAX);
            (
                format!("{job} cannot be judged: {}", item.text),
                String::new(),
            )
        }
        Kind::Metric(series) => match reading(item, series) {
            Some((value, limit)) => (
                format!("{} {value}", words(series)),
                limit.unwrap_or_default().to_owned(),
            ),
            None => (item.text.clone(), String::new()),
        },
        Kind::Observation => (item.text.clone(), String::new()),
    }
}

/// Value and threshold of `lag is 412 s (critical > 300 s)`, the sentence that every metric beyond its
/// threshold gets. They are taken from it and not from the newest value, which may be good again.
fn reading<'i>(item: &'i Item, series: &str) -> Option<(&'i str, Option<&'i str>)> {
    let said = item.text.strip_prefix(series)?.strip_prefix(" is ")?;
    let Some((value, rule)) = said.split_once(" (") else {
        return Some((said, None));
    };
    let rule = rule.strip_suffix(')').unwrap_or(rule);
    let limit = [Severity::Warning, Severity::Critical]
        .into_iter()
        .find_map(|severity| rule.strip_prefix(severity_name(severity)))
        .unwrap_or(rule);
    Some((value, Some(limit.trim_start())))
}

/// What is no longer wrong.
fn ended(item: &Item) -> String {
    match (Kind::of(item), &item.measured) {
        (Kind::Connection, _) => "reachable again".to_owned(),
        (Kind::Judging, _) => format!("{} can be judged again", name(&item.job, NAME_CHARS_MAX)),
        (Kind::Metric(series), Some(measured)) => {
            let value = format_value(measured.value, &measured.unit);
            format!("{} {value}", words(series))
        }
        (Kind::Metric(series), None) => format!("{} is ok", words(series)),
        (Kind::Observation, _) => format!("over: {}", item.text),
    }
}

fn unreachable(text: &str) -> String {
    match why_unreachable(text) {
        "" => "unreachable".to_owned(),
        why => format!("unreachable: {why}"),
    }
}

/// Why a target cannot be reached, without saying that it cannot.
pub fn why_unreachable(text: &str) -> &str {
    ["no connection: ", "unreachable: ", "cannot connect: "]
        .into_iter()
        .find_map(|said| text.strip_prefix(said))
        .unwrap_or(text)
}

/// `used_ratio{pool="main"}` as `used ratio (main)`.
fn words(series: &str) -> String {
    let (metric, labels) = series.split_once('{').unwrap_or((series, ""));
    let metric = metric.replace('_', " ");
    let values: Vec<&str> = labels.split('"').skip(1).step_by(2).collect();
    match values.is_empty() {
        true => metric,
        false => format!("{metric} ({})", values.join(", ")),
    }
}

/// More than one of a kind.
fn several(items: &[&Item], now: Micros) -> Phrase {
    let unreachable = items
        .iter()
        .find(|item| is_open(item) && Kind::of(item) == Kind::Connection);
    if let Some(item) = unreachable {
        let more = counted(items.len() - 1, "more problem");
        let Phrase { what, why } = one(item, now);
        return Phrase {
            what,
            why: format!("{why}, {more}"),
        };
    }
    let problems = counted(items.len(), "problem");
    let worst = items.iter().map(|item| item.peak).max();
    let worst = severity_word(worst.unwrap_or(Severity::Warning));
    match items.first().map(|item| &item.what) {
        Some(What::Gone) => Phrase::new(&format!("{problems} not looked at any more"), &[]),
        Some(What::Flapping { .. }) if items.iter().all(|item| is_flapping(item)) => {
            Phrase::new(&problems, &[&format!("worst {worst}")])
        }
        Some(_) if items.iter().all(|item| is_over(item)) => Phrase::new(
            &format!("{problems} over"),
            &[&format!("worst was {worst}")],
        ),
        _ => Phrase::new(&problems, &[&by_severity(items)]),
    }
}

fn is_flapping(item: &Item) -> bool {
    matches!(item.what, What::Flapping { .. })
}

/// `1 CRIT, 2 WARN`
fn by_severity(items: &[&Item]) -> String {
    let count = |severity| {
        let count = items
            .iter()
            .filter(|item| item.severity == severity)
            .count();
        (count > 0).then(|| format!("{count} {}", severity_word(severity)))
    };
    let counts = [count(Severity::Critical), count(Severity::Warning)];
    let counts: Vec<String> = counts.into_iter().flatten().collect();
    counts.join(", ")
}

/// `1 problem`, `2 problems`
fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

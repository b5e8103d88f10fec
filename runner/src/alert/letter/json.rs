//! A notification as one JSON document, for webhooks and programs. Its schema is published as
//! `docs/schemas/notification.schema.json`.
//!
//! Texts are as the checks and servers gave them: a program that shows them has to clean them.

mod item;
mod thinned;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use self::item::ItemDocument;
use super::headline::headline;
use super::matter::Matter;
use crate::model::notification::{About, Item, Notification};

/// The version of this document; it changes when a field changes its meaning or goes away.
pub const SCHEMA_VERSION: u32 = 1;

/// Items that come with their last day: web servers refuse what is too large, often beyond 1 MB.
const DAYS_MAX: usize = 10;

/// What one notification says.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NotificationDocument {
    /// The version of this document; it changes when a field changes its meaning or goes away. New
    /// fields may come at any time.
    pub schema_version: u32,
    /// The same for every attempt to send it: whoever gets it twice can tell.
    pub id: String,
    /// The same for all notifications about one trouble: the first one's `id`.
    pub thread: String,
    /// What it comes down to.
    pub state: State,
    /// All of it in one line of at most 78 characters, without control characters.
    pub headline: String,
    /// When it was written, RFC 3339 in UTC.
    pub written: String,
    /// The name of the route that it takes.
    pub route: String,
    /// The target that it is about; null for a storm.
    pub target: Option<TargetDocument>,
    /// So much on so many targets that one notification each would be a flood; else null.
    pub storm: Option<StormDocument>,
    /// Why it is sent, worst first.
    pub news: Vec<ItemDocument>,
    /// How much of the news is not listed.
    pub news_left_out: usize,
    /// What else is wrong with the target, worst first.
    pub others: Vec<ItemDocument>,
    /// When it was due, if it is sent much later than that.
    pub delayed_since: Option<String>,
    /// When it will be said again, should nothing change: so many seconds later. Null: never.
    pub reminder_after_seconds: Option<f64>,
    /// Why the history does not have what it says; null when it does.
    pub not_stored: Option<String>,
    /// Who sends it.
    pub origin: OriginDocument,
}

/// What a notification comes down to.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// So much at once that it is not listed one by one.
    Storm,
    /// Something is wrong.
    Problem,
    /// Something is still wrong.
    Reminder,
    /// Something comes and goes.
    Flapping,
    /// It is over.
    Recovered,
    /// It is not looked at any more.
    Gone,
    /// Nothing: somebody tries the way of the route. There is no news then.
    Test,
}

/// The target that it is about.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TargetDocument {
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
}

/// Much at once.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StormDocument {
    /// On how many targets.
    pub targets: usize,
    /// How much is wrong, listed or not.
    pub problems: usize,
    /// How much is over, listed or not.
    pub over: usize,
    /// So many seconds later the next such notification may come.
    pub next_after_seconds: f64,
}

/// Who sends it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OriginDocument {
    /// The machine's name.
    pub host: String,
    /// The configuration file.
    pub configuration: String,
    /// The program's version.
    pub version: String,
}

/// The notification as a document.
#[must_use]
pub fn as_json(notification: &Notification) -> Value {
    NotificationDocument::of(notification).to_json()
}

impl NotificationDocument {
    /// As JSON.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "the document is plain values and structs, whose keys are text"
    )]
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).expect("a document")
    }

    /// Of this notification.
    #[must_use]
    pub fn of(notification: &Notification) -> Self {
        let (target, storm) = match &notification.about {
            About::Target { name, labels } => {
                let (name, labels) = (name.clone(), labels.clone());
                (Some(TargetDocument { name, labels }), None)
            }
            About::Storm {
                targets,
                problems,
                over,
                next_after,
            } => {
                let storm = StormDocument {
                    targets: *targets,
                    problems: *problems,
                    over: *over,
                    next_after_seconds: next_after.as_secs_f64(),
                };
                (None, Some(storm))
            }
        };
        Self {
            schema_version: SCHEMA_VERSION,
            id: notification.id.clone(),
            thread: notification.thread.clone(),
            state: State::of(Matter::of(notification)),
            headline: headline(notification),
            written: notification.written.to_string(),
            route: notification.route.clone(),
            target,
            storm,
            news: news(&notification.news),
            news_left_out: notification.left_out,
            others: notification
                .others
                .iter()
                .map(ItemDocument::in_short)
                .collect(),
            delayed_since: notification.delayed_since.map(|due| due.to_string()),
            reminder_after_seconds: notification.reminder_after.map(|it| it.as_secs_f64()),
            not_stored: notification.not_stored.clone(),
            origin: OriginDocument {
                host: notification.origin.host.clone(),
                configuration: notification.origin.configuration.clone(),
                version: notification.origin.version.clone(),
            },
        }
    }
}

/// With their last day as long as that is no flood.
fn news(items: &[Item]) -> Vec<ItemDocument> {
    let document = |(place, item)| match place < DAYS_MAX {
        true => ItemDocument::of(item),
        false => ItemDocument::in_short(item),
    };
    items.iter().enumerate().map(document).collect()
}

impl State {
    fn of(matter: Matter) -> Self {
        match matter {
            Matter::Storm => Self::Storm,
            Matter::Problem(_) => Self::Problem,
            Matter::Reminder(_) => Self::Reminder,
            Matter::Flapping(_) => Self::Flapping,
            Matter::Recovered => Self::Recovered,
            Matter::Gone => Self::Gone,
        }
    }
}

#[cfg(test)]
mod tests;

//! From a [`Notification`] to [`Content`]: the letter in the form that the way of a route takes.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde_json::Value;

use super::{Channel, Content, Kind};
use crate::alert::letter::{self, Letterhead, as_json, brief, severity_name};
use crate::alert::webhook::slack;
use crate::model::notification::{About, Notification};
use crate::model::route::WebhookFormat;
use crate::model::text::is_unsafe;

/// Longest value of a variable, characters.
const VARIABLE_CHARS_MAX: usize = 500;

impl Channel {
    /// The notification as it is sent, with times as people in `zone` have them.
    #[must_use]
    pub fn write(&self, notification: &Notification, zone: &TimeZone) -> Content {
        match &self.kind {
            Kind::Mail(mail) => {
                let letterhead = Letterhead {
                    from: &mail.from,
                    to: &mail.to,
                    prefix: mail.style.prefix.as_deref(),
                    zone,
                    templates: &mail.style.templates,
                };
                Content::Mail(Box::new(letter::mail(notification, &letterhead)))
            }
            Kind::Webhook(_, format) => Content::Webhook {
                id: notification.id.clone(),
                body: match format {
                    WebhookFormat::Json => as_json(notification).to_string(),
                    WebhookFormat::Slack => slack::body(&brief(notification, zone)),
                },
            },
            Kind::Program(_) => {
                let document = as_json(notification);
                Content::Program {
                    id: notification.id.clone(),
                    variables: variables(notification, &document),
                    input: format!("{document}\n"),
                }
            }
        }
    }
}

/// The basics, for programs that read no JSON.
fn variables(notification: &Notification, document: &Value) -> BTreeMap<String, String> {
    let text = |key: &str| document[key].as_str().unwrap_or_default().to_owned();
    let mut variables = vec![
        ("ID", notification.id.clone()),
        ("ROUTE", notification.route.clone()),
        ("STATE", text("state")),
        ("HEADLINE", text("headline")),
    ];
    if let About::Target { name, .. } = &notification.about {
        variables.push(("TARGET", name.clone()));
    }
    if let Some(worst) = notification.news.first() {
        variables.push(("SEVERITY", severity_name(worst.severity).to_owned()));
        variables.push(("CHECK", worst.job.clone()));
        variables.push(("INCIDENT", worst.incident.to_string()));
    }
    let named = variables
        .into_iter()
        .map(|(name, value)| (format!("CHECKRUN_{name}"), variable(&value)));
    named.collect()
}

/// Names come from others; no variable may hold a NUL, and none should act on a terminal.
pub(super) fn variable(text: &str) -> String {
    let safe = text
        .chars()
        .map(|c| if is_unsafe(c) { '\u{fffd}' } else { c });
    safe.take(VARIABLE_CHARS_MAX).collect()
}

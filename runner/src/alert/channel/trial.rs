//! The message of `checkrun alerts test`: says where it comes from, so that whoever gets it knows which
//! runner can reach them. In the form of a notification, with the state `test` and no news.

use super::written::variable;
use super::{Channel, Content, Kind};
use crate::alert::email::trial;
pub use crate::alert::email::trial::Origin;
use crate::alert::letter::json::{NotificationDocument, OriginDocument, SCHEMA_VERSION, State};
use crate::alert::webhook::slack;
use crate::model::route::WebhookFormat;
use crate::model::run::Micros;

impl Channel {
    /// A test message by way of this channel, written at `now`.
    #[must_use]
    pub fn trial(&self, route: &str, origin: &Origin, now: Micros) -> Content {
        let id = format!("test.{}", now.0);
        let headline = format!("TEST: checkrun on {} can reach you", origin.host);
        match &self.kind {
            Kind::Mail(mail) => {
                let message = trial::message(&mail.from, &mail.to, origin, now);
                Content::Mail(Box::new(message))
            }
            Kind::Webhook(_, WebhookFormat::Slack) => Content::Webhook {
                body: slack::body(&trial::text(&headline, origin, now)),
                id,
            },
            Kind::Webhook(_, WebhookFormat::Json) => Content::Webhook {
                body: document(&id, &headline, route, origin, now),
                id,
            },
            Kind::Program(_) => {
                let variables = [
                    ("ID", id.as_str()),
                    ("ROUTE", route),
                    ("STATE", "test"),
                    ("HEADLINE", headline.as_str()),
                ];
                let named =
                    variables.map(|(name, value)| (format!("CHECKRUN_{name}"), variable(value)));
                Content::Program {
                    variables: named.into(),
                    input: document(&id, &headline, route, origin, now) + "\n",
                    id,
                }
            }
        }
    }
}

fn document(id: &str, headline: &str, route: &str, origin: &Origin, now: Micros) -> String {
    let document = NotificationDocument {
        schema_version: SCHEMA_VERSION,
        id: id.to_owned(),
        thread: id.to_owned(),
        state: State::Test,
        headline: headline.to_owned(),
        written: now.to_string(),
        route: route.to_owned(),
        target: None,
        storm: None,
        news: Vec::new(),
        news_left_out: 0,
        others: Vec::new(),
        delayed_since: None,
        reminder_after_seconds: None,
        not_stored: None,
        origin: OriginDocument {
            host: origin.host.clone(),
            configuration: origin.configuration.clone(),
            version: origin.version.clone(),
        },
    };
    document.to_json().to_string()
}

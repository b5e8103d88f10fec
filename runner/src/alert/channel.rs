//! [`Channel`]: the way of a route to its people, complete with its secrets. It writes a notification down
//! as [`Content`], which can be kept, and hands that over as often as it takes.

mod content;
mod trial;
mod written;

pub use self::content::Content;
pub use self::trial::Origin;

use std::sync::Arc;

use super::email::Transport;
use super::letter::Templates;
use super::steps::Watch;
use super::{exec, webhook};
use crate::model::delivery::{Attempt, Cause, End, Fate, Means, Phase};
use crate::model::mail::{Address, MailSettings, Mailbox};
use crate::model::route::{Destination, Route, WebhookFormat};

/// The way of a route to its people.
#[derive(Clone, Debug)]
pub struct Channel {
    recipients: Vec<String>,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Mail(Box<Mail>),
    Webhook(webhook::Sender, WebhookFormat),
    Program(exec::Sender),
}

#[derive(Clone, Debug)]
struct Mail {
    transport: Transport,
    from: Mailbox,
    to: Vec<Mailbox>,
    style: Arc<Style>,
    shown: String,
}

/// What mail looks like.
#[derive(Clone, Debug)]
pub struct Style {
    /// What every subject begins with.
    pub prefix: Option<String>,
    /// How it is written.
    pub templates: Templates,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            prefix: None,
            templates: Templates::built_in(),
        }
    }
}

impl Channel {
    /// The way of this route; `host` is how this machine calls itself. None for a route by mail where there
    /// are no settings for it, which the configuration does not allow.
    #[must_use]
    pub fn new(
        route: &Route,
        mail: Option<(&MailSettings, &Arc<Style>)>,
        host: &str,
    ) -> Option<Self> {
        let kind = match &route.destination {
            Destination::Mail(to) => {
                let (settings, style) = mail?;
                Kind::Mail(Box::new(Mail {
                    transport: Transport::new(settings, host),
                    from: settings.from.clone(),
                    to: to.clone(),
                    style: Arc::clone(style),
                    shown: settings.way.shown(),
                }))
            }
            Destination::Webhook(webhook) => {
                let sender = webhook::Sender::new((**webhook).clone());
                Kind::Webhook(sender, webhook.format)
            }
            Destination::Exec(program) => {
                Kind::Program(exec::Sender::new(program.clone(), exec::Kind::EveryMessage))
            }
            Destination::OnIncident(program) => {
                Kind::Program(exec::Sender::new(program.clone(), exec::Kind::OnIncident))
            }
        };
        Some(Self {
            recipients: route.destination.recipients(),
            kind,
        })
    }

    /// By which means.
    #[must_use]
    pub fn means(&self) -> Means {
        match &self.kind {
            Kind::Mail(_) => Means::Mail,
            Kind::Webhook(..) => Means::Webhook,
            Kind::Program(_) => Means::Program,
        }
    }

    /// For people, without secrets: `smtps://mail.example:465`, `https://hooks.example`, `/usr/local/bin/page`.
    #[must_use]
    pub fn shown(&self) -> String {
        match &self.kind {
            Kind::Mail(mail) => mail.shown.clone(),
            Kind::Webhook(sender, _) => sender.shown(),
            Kind::Program(sender) => sender.shown(),
        }
    }

    /// Every recipient of a new message, as outcomes name it.
    #[must_use]
    pub fn recipients(&self) -> &[String] {
        &self.recipients
    }

    /// Hands the content over for those of its recipients that are still `open`. Ends within limits
    /// whatever the other side does; dropping it half-way may leave a message that was taken.
    pub async fn send(&self, content: &Content, open: &[String], watch: Watch<'_>) -> Attempt {
        match (&self.kind, content) {
            (Kind::Mail(mail), Content::Mail(message)) => {
                let is_open = |address: &Address| open.iter().any(|open| open == address.as_str());
                let to: Vec<Address> = message
                    .to
                    .iter()
                    .map(|to| to.address.clone())
                    .filter(is_open)
                    .collect();
                if to.is_empty() {
                    // Those who are left are no longer people of this mail.
                    let end = End::Stopped(Phase::Content, Cause::OtherMeans);
                    return Attempt::of_all(open, Fate::Refused, end);
                }
                mail.transport.send(message, &to, watch).await
            }
            (Kind::Webhook(sender, _), Content::Webhook { id, body }) => {
                sender.send(id, body, watch).await
            }
            (
                Kind::Program(sender),
                Content::Program {
                    input, variables, ..
                },
            ) => sender.send(input, variables, watch).await,
            (Kind::Mail(_) | Kind::Webhook(..) | Kind::Program(_), _) => {
                let end = End::Stopped(Phase::Content, Cause::OtherMeans);
                Attempt::of_all(open, Fate::Refused, end)
            }
        }
    }
}

#[cfg(test)]
mod tests;

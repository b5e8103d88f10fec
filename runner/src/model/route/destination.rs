//! [`Destination`]: where the messages of a route go.

use std::path::PathBuf;
use std::time::Duration;

use crate::model::mail::Mailbox;
use crate::model::secret::Secret;

/// Where the messages of a route go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// To these people, at least one, by mail.
    Mail(Vec<Mailbox>),
    /// To a web server.
    Webhook(Box<Webhook>),
    /// To a program, which gets every message.
    Exec(Program),
    /// To a program, which is run once for each incident that opens: room for remediation.
    OnIncident(Program),
}

/// A web server that takes messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Whether the connection is TLS, verified.
    pub is_tls: bool,
    /// A name, an IPv4 address, or an IPv6 address without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Path and query: whoever knows them may write there.
    pub path: Secret,
    /// How messages are written.
    pub format: WebhookFormat,
    /// Further headers, checked to be such.
    pub headers: Vec<(String, Secret)>,
    /// PEM file with the authorities to trust instead of the system's.
    pub ca: Option<PathBuf>,
    /// How long one attempt may take, from looking up the host to the end of the answer.
    pub timeout: Duration,
}

/// How messages to a web server are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WebhookFormat {
    /// All facts, as one JSON object.
    #[default]
    Json,
    /// A short text, as Slack, Mattermost, Rocket.Chat and others take it.
    Slack,
}

/// A program and its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Absolute.
    pub path: PathBuf,
    /// As they are: no shell sees them.
    pub arguments: Vec<String>,
}

impl Webhook {
    /// For people: `https://hooks.example`, without path and query; the port where it is not the usual one.
    #[must_use]
    pub fn shown(&self) -> String {
        let scheme = if self.is_tls { "https" } else { "http" };
        format!("{scheme}://{}", self.authority())
    }

    /// `host`, `host:8080`, `[::1]:8080`, as in the header `Host`.
    #[must_use]
    pub fn authority(&self) -> String {
        let host = match self.host.contains(':') {
            true => format!("[{}]", self.host),
            false => self.host.clone(),
        };
        match (self.is_tls, self.port) {
            (true, 443) | (false, 80) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }
}

impl Destination {
    /// Every recipient, as outcomes name it: addresses, the web server, the program.
    #[must_use]
    pub fn recipients(&self) -> Vec<String> {
        match self {
            Self::Mail(to) => to.iter().map(|to| to.address.to_string()).collect(),
            Self::Webhook(webhook) => vec![webhook.shown()],
            Self::Exec(program) | Self::OnIncident(program) => {
                vec![program.path.display().to_string()]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_server_is_shown_without_what_is_secret() {
        for (is_tls, host, port, shown) in [
            (true, "hooks.example", 443, "https://hooks.example"),
            (true, "hooks.example", 8443, "https://hooks.example:8443"),
            (false, "127.0.0.1", 80, "http://127.0.0.1"),
            (false, "::1", 8080, "http://[::1]:8080"),
        ] {
            let webhook = Webhook {
                is_tls,
                host: host.to_owned(),
                port,
                path: Secret::new("/services/canary".to_owned()),
                format: WebhookFormat::Json,
                headers: vec![("Authorization".to_owned(), Secret::new("canary".to_owned()))],
                ca: None,
                timeout: Duration::from_secs(10),
            };
            assert_eq!(webhook.shown(), shown);
            let debug = format!("{:?}", Destination::Webhook(Box::new(webhook)));
            assert!(!debug.contains("canary"), "{debug}");
        }
    }
}

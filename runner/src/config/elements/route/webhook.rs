//! `webhook = { url = …, … }`: a web server that is told.
//!
//! No message repeats any part of the URL behind its host, or the value of a header: whoever knows them
//! may write there.

mod header;
mod url;

use std::path::PathBuf;
use std::time::Duration;

use toml::Spanned;
use toml::de::DeValue;

use self::url::Url;
use super::super::secret::{self, SecretReference};
use crate::config::collector::{Collector, Remark};
use crate::config::elements::Context;
use crate::config::environment::Environment;
use crate::config::shape::fields::{Fields, fields_of};
use crate::config::source::Span;
use crate::model::route::{Webhook, WebhookFormat};
use crate::model::secret::Secret;

/// How long one attempt may take when nothing is said.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How to write a secret into the environment instead of the file.
const BY_REFERENCE: &str = "write `{ env = \"NAME\" }`, `{ file = \"/path\" }` or `{ credential = \"name\" }` in its place";

/// `webhook`, without its secrets.
#[derive(Clone, Debug)]
pub(in crate::config) struct WebhookEntry {
    url: Value,
    tls: Option<TlsWord>,
    format: WebhookFormat,
    headers: Vec<(String, Value)>,
    ca: Option<PathBuf>,
    timeout: Duration,
}

/// A text as it stands in the file, or where it is found.
#[derive(Clone, Debug)]
enum Value {
    Text(Span, Secret),
    Reference(SecretReference),
}

/// `tls`, and where it stands.
#[derive(Clone, Debug)]
struct TlsWord {
    is_off: bool,
    at: Span,
}

/// `None` after a problem that was noted.
pub(in crate::config) fn decode(
    fields: Fields<'_>,
    context: &mut Context<'_, '_>,
) -> Option<WebhookEntry> {
    let url = fields.entries().find(|(key, _)| *key.get_ref() == "url");
    let url = url.and_then(|(_, value)| Value::decode(value, context));
    let headers = header::decode_all(fields.table("headers"), context);
    let word = |text: Spanned<&str>| TlsWord {
        is_off: *text.get_ref() == "off",
        at: text.span(),
    };
    let format = match fields.text("format") {
        Some(word) if *word.get_ref() == "slack" => WebhookFormat::Slack,
        _ => WebhookFormat::Json,
    };
    let entry = WebhookEntry {
        url: url?,
        tls: fields.text("tls").map(word),
        format,
        headers: headers?,
        ca: fields
            .text("ca")
            .map(|ca| context.source.resolve(ca.get_ref())),
        timeout: fields.duration("timeout").unwrap_or(TIMEOUT),
    };
    if let Value::Text(at, text) = &entry.url {
        // What the file says by itself is looked at by itself.
        entry.url_of(text, at, context.problems)?;
        if format == WebhookFormat::Slack {
            let remark = Remark::new("whoever reads this file can write into that channel");
            context.problems.warning(at, remark.with_hint(BY_REFERENCE));
        }
    }
    Some(entry)
}

impl Value {
    /// `None` after a problem that was noted, here or by the shape.
    fn decode(value: &Spanned<DeValue<'_>>, context: &mut Context<'_, '_>) -> Option<Self> {
        if let Some(text) = value.get_ref().as_str() {
            let secret = Secret::new(text.to_owned());
            // The shape has noted an empty URL.
            return (!text.is_empty()).then(|| Self::Text(value.span(), secret));
        }
        let reference = secret::decode(fields_of(value)?, context)?;
        Some(Self::Reference(reference))
    }

    fn at(&self) -> &Span {
        match self {
            Self::Text(at, _) => at,
            Self::Reference(reference) => &reference.at,
        }
    }

    fn look_up(&self, environment: &Environment, problems: &mut Collector<'_>) -> Option<Secret> {
        match self {
            Self::Text(_, text) => Some(text.clone()),
            Self::Reference(reference) => reference.look_up(environment, problems),
        }
    }
}

impl WebhookEntry {
    /// What a route is called that has no name: by the host, or by where the URL is found.
    pub(super) fn name(&self) -> String {
        match &self.url {
            Value::Text(_, text) => match Url::parse(text.reveal()) {
                Ok(url) => format!("webhook {}", url.host),
                Err(_) => "webhook".to_owned(),
            },
            Value::Reference(reference) => format!("webhook {}", reference.place_in_words()),
        }
    }

    /// With its secrets; `None` after an error that was noted.
    pub(in crate::config) fn complete(
        &self,
        environment: &Environment,
        problems: &mut Collector<'_>,
    ) -> Option<Webhook> {
        let text = self.url.look_up(environment, problems);
        let url = text.and_then(|text| match &self.url {
            // It was looked at when the file was read.
            Value::Text(..) => Url::parse(text.reveal()).ok(),
            Value::Reference(reference) => self.url_of(&text, &reference.at, problems),
        });
        let mut headers = Some(Vec::new());
        for (name, value) in &self.headers {
            let secret = value.look_up(environment, problems);
            let secret = secret.filter(|secret| header::check(secret, value.at(), problems));
            match (&mut headers, secret) {
                (Some(headers), Some(secret)) => headers.push((name.clone(), secret)),
                _ => headers = None,
            }
        }
        let url = url?;
        Some(Webhook {
            is_tls: url.is_tls,
            host: url.host,
            port: url.port,
            path: Secret::new(url.path),
            format: self.format,
            headers: headers?,
            ca: self.ca.clone(),
            timeout: self.timeout,
        })
    }

    /// What the URL says, if it may be used like that.
    fn url_of(&self, text: &Secret, at: &Span, problems: &mut Collector<'_>) -> Option<Url> {
        let url = match Url::parse(text.reveal()) {
            Ok(url) => url,
            Err(remark) => {
                problems.error(at, remark);
                return None;
            }
        };
        let is_off = self.tls.as_ref().map(|word| word.is_off);
        let tls_at = self.tls.as_ref().map_or(at, |word| &word.at);
        let error = match (url.is_tls, is_off) {
            (true, Some(true)) => (
                tls_at,
                "`https://` is TLS, and `tls` switches it off",
                "write `http://`, or leave `tls` out",
            ),
            (false, Some(false)) => (
                tls_at,
                "`http://` has no TLS, and `tls` requires it",
                "write `https://`",
            ),
            (false, None) if !url.is_local() => (
                at,
                "with `http://` everybody on the network between can read and change the messages, and send some themselves",
                "write `https://`; if nobody can listen in between, `tls = \"off\"` does without",
            ),
            (false, _) if self.ca.is_some() => (
                at,
                "`ca` is given, but `http://` has no TLS",
                "leave `ca` out",
            ),
            (false, Some(true)) if !url.is_local() => {
                let remark = Remark::new(
                    "without TLS everybody on the network between can read and change the messages, and send some themselves",
                );
                problems.warning(
                    tls_at,
                    remark.with_hint("write `https://` if the server can"),
                );
                return Some(url);
            }
            _ => return Some(url),
        };
        let (at, message, hint) = error;
        problems.error(at, Remark::new(message).with_hint(hint));
        None
    }
}

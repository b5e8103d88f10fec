//! `to`, `webhook`, `exec`, `on_incident`: where the messages of a route go; exactly one of them.

use std::path::{Path, PathBuf};

use super::webhook::{self, WebhookEntry};
use crate::config::collector::{Collector, Remark};
use crate::config::elements::{Context, alerting};
use crate::config::environment::Environment;
use crate::config::shape::fields::Fields;
use crate::model::mail::Mailbox;
use crate::model::route::{Destination, Program};

/// The keys, of which there is one.
const KEYS: [&str; 4] = ["to", "webhook", "exec", "on_incident"];

/// Where the messages of a route go, without secrets.
#[derive(Clone, Debug)]
pub(super) enum DestinationEntry {
    Mail(Vec<Mailbox>),
    Webhook(Box<WebhookEntry>),
    Exec(Program),
    OnIncident(Program),
}

/// `None` after a problem that was noted.
pub(super) fn decode(
    fields: Fields<'_>,
    context: &mut Context<'_, '_>,
) -> Option<DestinationEntry> {
    let mut given = KEYS.into_iter().filter(|key| fields.has(key));
    let Some(key) = given.next() else {
        if !KEYS.iter().any(|key| fields.attempts(key)) {
            let remark = Remark::new("the route does not say who is told").with_hint(
                "write one of `to = [\"name@example.org\"]`, `webhook = { url = { env = \"NAME\" } }`, `exec = [\"/path/of/a/program\"]`, `on_incident = [\"/path/of/a/program\"]`",
            );
            context.problems.error(&fields.span(), remark);
        }
        return None;
    };
    let others: Vec<&str> = given.collect();
    for other in &others {
        let remark = Remark::new(format!("`{key}` and `{other}` exclude each other")).with_hint(
            "make each of them a [[route]] of its own; every route that fits tells its people",
        );
        context.problems.error(&fields.key_span(other), remark);
    }
    let decoded = match key {
        "to" => {
            let texts = fields.texts("to");
            let to: Vec<Mailbox> = texts
                .iter()
                .filter_map(|to| alerting::mailbox(to, context))
                .collect();
            (!to.is_empty()).then_some(DestinationEntry::Mail(to))
        }
        "webhook" => {
            let webhook = webhook::decode(fields.table("webhook")?, context);
            webhook.map(|webhook| DestinationEntry::Webhook(Box::new(webhook)))
        }
        "exec" => program(fields, "exec", context).map(DestinationEntry::Exec),
        _ => program(fields, "on_incident", context).map(DestinationEntry::OnIncident),
    };
    decoded.filter(|_| others.is_empty())
}

fn program(
    fields: Fields<'_>,
    key: &'static str,
    context: &mut Context<'_, '_>,
) -> Option<Program> {
    let texts = fields.texts(key);
    let (path, arguments) = texts.split_first()?;
    let text = *path.get_ref();
    if text.trim().is_empty() {
        return None;
    }
    if !text.starts_with('/') || text.ends_with('/') {
        let remark = Remark::new("the path of a program begins with `/` and ends with its name")
            .with_hint(format!(
                "write all of it, as in `{key} = [\"/usr/local/bin/page\", \"--team\", \"shop\"]`; no shell looks for it"
            ));
        context.problems.error(&path.span(), remark);
        return None;
    }
    if text.contains(' ') {
        let remark = Remark::new("the path of the program contains a space").with_hint(format!(
            "make each argument an entry of its own, as in `{key} = [\"/usr/local/bin/page\", \"--team\", \"shop\"]`"
        ));
        context.problems.warning(&path.span(), remark);
    }
    let arguments = arguments.iter().map(|text| (*text.get_ref()).to_owned());
    Some(Program {
        path: PathBuf::from(text),
        arguments: arguments.collect(),
    })
}

impl DestinationEntry {
    /// What a route is called that has no name: known without any secret.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Mail(to) => {
                let addresses: Vec<&str> = to.iter().map(|to| to.address.as_str()).collect();
                addresses.join(", ")
            }
            Self::Webhook(webhook) => webhook.name(),
            Self::Exec(program) | Self::OnIncident(program) => file_name(&program.path),
        }
    }

    /// Whether it is told what goes on; or only does something when it begins.
    pub(super) fn tells_people(&self) -> bool {
        match self {
            Self::Mail(_) | Self::Webhook(_) | Self::Exec(_) => true,
            Self::OnIncident(_) => false,
        }
    }

    /// With its secrets; `None` after an error that was noted.
    pub(super) fn complete(
        &self,
        environment: &Environment,
        problems: &mut Collector<'_>,
    ) -> Option<Destination> {
        Some(match self {
            Self::Mail(to) => Destination::Mail(to.clone()),
            Self::Webhook(webhook) => {
                Destination::Webhook(Box::new(webhook.complete(environment, problems)?))
            }
            Self::Exec(program) => Destination::Exec(program.clone()),
            Self::OnIncident(program) => Destination::OnIncident(program.clone()),
        })
    }
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

//! `[[route]]`: who is told about what, and by which means.

mod destination;
pub(in crate::config) mod webhook;

use std::collections::HashSet;

use self::destination::DestinationEntry;
use super::Context;
use crate::config::Config;
use crate::config::collector::{Collector, Remark};
use crate::config::environment::Environment;
use crate::config::problem::Problems;
use crate::config::shape::fields::Fields;
use crate::model::incident::Severity;
use crate::model::mail::Mailbox;
use crate::model::route::{Route, Scope};
use crate::model::text::is_unsafe;

/// Longest name, characters.
const NAME_CHARS_MAX: usize = 100;

/// `[[route]]`, without its secrets.
#[derive(Clone, Debug)]
pub struct RouteEntry {
    name: String,
    scope: Scope,
    is_fallback: bool,
    destination: DestinationEntry,
}

/// Reads every `[[route]]`, in the order of the file; those that could not be read are left out.
pub(in crate::config) fn decode_all(
    root: Fields<'_>,
    context: &mut Context<'_, '_>,
) -> Vec<RouteEntry> {
    let tables = root.tables("route");
    let mut names = HashSet::new();
    let mut entries = Vec::new();
    for fields in &tables {
        let Some(entry) = route(*fields, context) else {
            continue;
        };
        if !names.insert(entry.name.clone()) {
            let at = fields
                .text("name")
                .map_or(fields.span(), |name| name.span());
            let remark = Remark::new(format!("another route is called `{}` too", entry.name))
                .with_hint("give each a name of its own: `name = \"shop-oncall\"`; the history knows a route by it");
            context.problems.error(&at, remark);
        }
        if !entry.mailboxes().is_empty() && !root.attempts("email") {
            let remark = Remark::new("there is no [email], so no way to send mail")
                .with_hint("write `[email]` with `smtp = \"smtps://user@host:465\"`, `password = { file = \"/path\" }` and `from = \"checkrun <name@host>\"`");
            context.problems.error(&fields.key_span("to"), remark);
        }
        entries.push(entry);
    }
    let is_first = |entry: &RouteEntry| !entry.is_fallback && entry.destination.tells_people();
    if let Some(at) = tables.iter().find(|fields| fields.has("fallback"))
        && entries.len() == tables.len()
        && entries.iter().any(|entry| entry.is_fallback)
        && !entries.iter().any(is_first)
    {
        let remark = Remark::new("there are only fallbacks, so nobody is told first")
            .with_hint("take `fallback` out of one of the routes");
        context.problems.error(&at.key_span("fallback"), remark);
    }
    entries
}

fn route(fields: Fields<'_>, context: &mut Context<'_, '_>) -> Option<RouteEntry> {
    let destination = destination::decode(fields, context);
    let is_fallback = fields.boolean("fallback") == Some(true);
    if is_fallback && fields.has("match") {
        let remark = Remark::new("a fallback has no `match`").with_hint(
            "leave it out: a fallback gets what the other routes could not deliver, whatever it is",
        );
        context.problems.error(&fields.key_span("match"), remark);
    }
    if is_fallback && fields.has("on_incident") {
        let remark = Remark::new("`on_incident` tells nobody, so it is no fallback")
            .with_hint("leave `fallback` out, or write `exec`, whose program gets every message");
        context.problems.error(&fields.key_span("fallback"), remark);
    }
    // Also of a route without a destination, so that all of its problems are told.
    let given = fields.has("name").then(|| name(fields, context));
    let destination = destination?;
    Some(RouteEntry {
        name: given.unwrap_or_else(|| Some(destination.name()))?,
        scope: fields.table("match").map(scope).unwrap_or_default(),
        is_fallback,
        destination,
    })
}

/// `None` after a problem that was noted, here or by the shape.
fn name(fields: Fields<'_>, context: &mut Context<'_, '_>) -> Option<String> {
    let name = fields.text("name")?;
    let text = name.get_ref().trim();
    if text.chars().any(is_unsafe) || text.chars().count() > NAME_CHARS_MAX {
        let remark = Remark::new(format!(
            "the name of a route has at most {NAME_CHARS_MAX} characters, and none that act or hide"
        ));
        context.problems.error(&name.span(), remark);
        return None;
    }
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

fn scope(fields: Fields<'_>) -> Scope {
    let is_critical = fields
        .text("severity")
        .is_some_and(|word| *word.get_ref() == "critical");
    let labels = fields.table("labels").map(|labels| {
        let texts = labels.entries().filter_map(|(key, value)| {
            Some((
                (*key.get_ref()).to_owned(),
                value.get_ref().as_str()?.to_owned(),
            ))
        });
        texts.collect()
    });
    let globs = |key| {
        let texts = fields.texts(key);
        texts
            .iter()
            .map(|glob| (*glob.get_ref()).to_owned())
            .collect()
    };
    Scope {
        severity: if is_critical {
            Severity::Critical
        } else {
            Severity::Warning
        },
        labels: labels.unwrap_or_default(),
        checks: globs("checks"),
        targets: globs("targets"),
    }
}

impl RouteEntry {
    /// Unique; the history knows the route by it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who gets mail by it.
    #[must_use]
    pub fn mailboxes(&self) -> &[Mailbox] {
        match &self.destination {
            DestinationEntry::Mail(to) => to,
            DestinationEntry::Webhook(_)
            | DestinationEntry::Exec(_)
            | DestinationEntry::OnIncident(_) => &[],
        }
    }

    /// With its secrets; `None` after an error that was noted.
    pub(in crate::config) fn complete(
        &self,
        environment: &Environment,
        problems: &mut Collector<'_>,
    ) -> Option<Route> {
        Some(Route {
            name: self.name.clone(),
            scope: self.scope.clone(),
            is_fallback: self.is_fallback,
            destination: self.destination.complete(environment, problems)?,
        })
    }
}

impl Config {
    /// Whether there is a route by which people are told; others only do something.
    #[must_use]
    pub fn tells_people(&self) -> bool {
        self.routes
            .iter()
            .any(|route| route.destination.tells_people())
    }

    /// Who is told about what, in the order of the file, without secrets.
    #[must_use]
    pub fn routes(&self) -> &[RouteEntry] {
        &self.routes
    }

    /// Who is told about what, in the order of the file, complete; and what is doubtful about that.
    ///
    /// # Errors
    /// A secret that is missing, cannot be read, or is not what it should be.
    pub fn resolve_routes(
        &self,
        environment: &Environment,
    ) -> Result<(Vec<Route>, Problems), Problems> {
        let mut problems = Collector::new(&self.source);
        let routes = self
            .routes
            .iter()
            .filter_map(|route| route.complete(environment, &mut problems))
            .collect();
        Ok((routes, problems.finish()?))
    }

    /// The route, complete; and what is doubtful about that.
    ///
    /// # Errors
    /// One of its secrets is missing, cannot be read, or is not what it should be.
    pub fn resolve_route(
        &self,
        entry: &RouteEntry,
        environment: &Environment,
    ) -> Result<(Route, Problems), Problems> {
        let mut problems = Collector::new(&self.source);
        let route = entry.complete(environment, &mut problems);
        let problems = problems.finish()?;
        match route {
            Some(route) => Ok((route, problems)),
            None => Err(problems),
        }
    }
}

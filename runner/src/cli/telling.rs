//! What the configuration says of telling people, complete with its secrets, for the commands that tell.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::{output, setup};
use crate::alert::channel::{Channel, Style};
use crate::alert::letter::Templates;
use crate::alert::telling::{Audience, Role};
use crate::config::{Config, Environment, Problem, Problems};
use crate::model::job::Job;
use crate::model::mail::MailSettings;
use crate::model::notification::Origin;
use crate::model::route::{Destination, Route};
use crate::model::unit::format_duration;
use crate::pipeline::messenger::{GIVE_UP_AFTER, News, Orders};

/// Every route with its way, and what is doubtful about that.
///
/// # Errors
/// A secret is missing or cannot be read.
pub fn orders(
    config: &Config,
    environment: &Environment,
    jobs: &[Arc<Job>],
) -> Result<(Orders, Problems), Problems> {
    let (routes, warnings) = config.resolve_routes(environment)?;
    let by_mail = |route: &Route| matches!(route.destination, Destination::Mail(_));
    let (mail, more) = if routes.iter().any(by_mail) {
        let (settings, warnings) = config.resolve_email(environment)?;
        (Some(settings), warnings)
    } else {
        (None, Problems::default())
    };
    let origin = Origin {
        host: setup::host(),
        configuration: full_path(config),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let style = match &mail {
        Some(settings) => Arc::new(style(config, settings)?),
        None => Arc::default(),
    };
    let mail = mail.as_ref().map(|settings| (settings, &style));
    let orders = Orders {
        audiences: routes.iter().map(audience).collect(),
        channels: channels(&routes, mail, &origin.host),
        rules: config.alerts().clone(),
        jobs: jobs.to_vec(),
        origin,
        zone: TimeZone::system(),
    };
    Ok((orders, warnings.and(more)))
}

/// What mail looks like; every template is tried.
///
/// # Errors
/// A template that cannot be used.
pub fn style(config: &Config, settings: &MailSettings) -> Result<Style, Problems> {
    let templates = Templates::from_sources(&settings.templates).map_err(|error| {
        let problem = Problem::of_file(config.file(), format!("[email] templates: {error}"));
        problem.with_hint("docs/templates.md says what a template may use")
    })?;
    Ok(Style {
        prefix: settings.prefix.clone(),
        templates,
    })
}

fn audience(route: &Route) -> Audience {
    Audience {
        name: route.name.clone(),
        role: match &route.destination {
            _ if route.is_fallback => Role::Fallback,
            Destination::OnIncident(_) => Role::Remedy,
            Destination::Mail(_) | Destination::Webhook(_) | Destination::Exec(_) => Role::Told,
        },
        scope: route.scope.clone(),
    }
}

fn channels(
    routes: &[Route],
    mail: Option<(&MailSettings, &Arc<Style>)>,
    host: &str,
) -> HashMap<String, Channel> {
    routes
        .iter()
        .filter_map(|route| Some((route.name.clone(), Channel::new(route, mail, host)?)))
        .collect()
}

/// As whoever gets a message would look for it.
fn full_path(config: &Config) -> String {
    let file = config.file();
    let full = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    full.display().to_string()
}

/// Says what became of a message.
pub fn say(news: &News<'_>) {
    let about = |target: Option<&str>| target.map_or("several targets".to_owned(), str::to_owned);
    match news {
        News::Decided => {}
        News::Over {
            route,
            target,
            problem: None,
            ..
        } => output::note(&format!("told {route} about {}", about(*target))),
        News::Over {
            route,
            target,
            problem: Some(problem),
            ..
        } => output::note(&format!(
            "warning: {route} was not told about {}, or not everybody: {problem}",
            about(*target)
        )),
        News::Deferred {
            route,
            problem,
            again_in,
        } => output::note(&format!(
            "warning: {route} could not be told: {problem}\n  it is tried again in {} or more, for {} h",
            format_duration(Duration::from_secs(again_in.as_secs())),
            GIVE_UP_AFTER.as_secs() / 3600
        )),
        News::Waiting {
            route,
            target,
            problem,
        } => output::note(&format!(
            "told {route} about {}, but not everybody: {problem}",
            about(*target)
        )),
        News::Stuck(error) => output::note(&format!("error: nobody can be told: {error}")),
    }
}

//! What the configuration says of telling people, complete with its secrets, for the commands that tell.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::setup;
use crate::alert::channel::Channel;
use crate::alert::telling::{Audience, Role};
use crate::config::{Config, Environment, Problems};
use crate::model::job::Job;
use crate::model::mail::MailSettings;
use crate::model::notification::Origin;
use crate::model::route::{Destination, Route};
use crate::pipeline::messenger::Orders;

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
    let orders = Orders {
        audiences: routes.iter().map(audience).collect(),
        channels: channels(&routes, mail.as_ref(), &origin.host),
        rules: config.alerts().clone(),
        jobs: jobs.to_vec(),
        origin,
        zone: TimeZone::system(),
    };
    Ok((orders, warnings.and(more)))
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

fn channels(routes: &[Route], mail: Option<&MailSettings>, host: &str) -> HashMap<String, Channel> {
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

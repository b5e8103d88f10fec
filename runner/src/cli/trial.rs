//! `checkrun alerts test`: sends one message the whole way of a route, and tells every step of it.

use std::path::Path;
use std::sync::Arc;

use super::args::{AlertsTestArguments, ListFormat};
use super::exit::Exit;
use super::{output, setup, telling};
use crate::alert::channel::{Channel, Content, Origin};
use crate::clock::Clock;
use crate::config::{Config, Environment, Problem, RouteEntry};
use crate::model::delivery::{End, Fate, Means, Step};
use crate::model::mail::{MailSettings, Mailbox};
use crate::model::route::{Destination, Route, Scope};
use crate::model::status::Status;
use crate::report::trial::{self, Trial};

/// What a route by hand is called.
const BY_HAND: &str = "alerts test";

/// Runs the command.
///
/// # Errors
/// Shown already; how the command ends.
pub async fn run(
    arguments: AlertsTestArguments,
    environment: &Environment,
    clock: Clock,
) -> Result<Exit, Exit> {
    let config = setup::load(arguments.location.config.clone(), environment)?;
    let chosen = choose(&arguments, &config, environment)?;
    let (host, configuration) = (setup::host(), full_path(config.file()));
    let style = match &chosen.mail {
        Some(settings) => Arc::new(
            telling::style(&config, settings).map_err(|problems| setup::refuse(&problems))?,
        ),
        None => Arc::default(),
    };
    let mail = chosen.mail.as_ref().map(|settings| (settings, &style));
    let Some(channel) = Channel::new(&chosen.route, mail, &host) else {
        // A route by mail has been given its settings, or the command has ended.
        return Err(Exit::Defect);
    };
    let origin = Origin {
        host,
        configuration: configuration.clone(),
        way: channel.shown(),
        recipients: chosen.why,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let content = channel.trial(&chosen.route.name, &origin, clock.now());
    let from = chosen.mail.map(|settings| settings.from.to_string());
    let mut trial = Trial {
        configuration,
        means: channel.means(),
        way: channel.shown(),
        from: from.filter(|_| channel.means() == Means::Mail),
        id: content.id(),
        steps: Vec::new(),
        attempt: None,
    };
    send(&channel, &content, &mut trial, arguments.format).await;
    Ok(exit(&trial))
}

async fn send(channel: &Channel, content: &Content, trial: &mut Trial, format: ListFormat) {
    if format == ListFormat::Human {
        output::data(&trial::opening(trial));
    }
    let (mut steps, means) = (Vec::new(), trial.means);
    let mut watch = |step: &Step| {
        if format == ListFormat::Human {
            output::data(&trial::step(step, means));
        }
        steps.push(step.clone());
    };
    let attempt = channel
        .send(content, channel.recipients(), &mut watch)
        .await;
    trial.steps = steps;
    trial.attempt = Some(attempt);
    output::data(&match format {
        ListFormat::Human => trial::closing(trial),
        ListFormat::Json => trial::as_json(trial),
    });
}

/// Where the message goes.
struct Chosen {
    route: Route,
    /// For a route by mail.
    mail: Option<MailSettings>,
    /// Why whoever gets it does.
    why: String,
}

fn choose(
    arguments: &AlertsTestArguments,
    config: &Config,
    environment: &Environment,
) -> Result<Chosen, Exit> {
    let (route, why) = match &arguments.route {
        Some(asked) => {
            let entry = find(config, asked)?;
            let (route, warnings) = config
                .resolve_route(entry, environment)
                .map_err(|problems| setup::refuse(&problems))?;
            setup::warn(&warnings);
            let why = format!("you are in the route {}", route.name);
            (route, why)
        }
        None => by_mail(arguments, config)?,
    };
    let mail = match &route.destination {
        Destination::Mail(_) => {
            let (settings, warnings) = config
                .resolve_email(environment)
                .map_err(|problems| setup::refuse(&problems))?;
            setup::warn(&warnings);
            Some(settings)
        }
        Destination::Webhook(_) | Destination::Exec(_) | Destination::OnIncident(_) => None,
    };
    Ok(Chosen { route, mail, why })
}

/// By its name, or else by its number.
fn find<'c>(config: &'c Config, asked: &str) -> Result<&'c RouteEntry, Exit> {
    let routes = config.routes();
    let by_number = || routes.get(asked.parse::<usize>().ok()?.checked_sub(1)?);
    let by_name = routes.iter().find(|route| route.name() == asked);
    by_name.or_else(by_number).ok_or_else(|| {
        let names: Vec<String> = routes
            .iter()
            .map(|route| format!("`{}`", route.name()))
            .collect();
        let problem = Problem::without_place(format!("there is no route `{asked}`"));
        let hint = match names.is_empty() {
            true => "the configuration has no [[route]]; `--to ADDRESS` needs none".to_owned(),
            false => format!("in the order of the file there is {}", names.join(", ")),
        };
        setup::refuse_arguments(&problem.with_hint(hint).into())
    })
}

/// To those who were named, or else to everybody who would get mail; and why.
fn by_mail(arguments: &AlertsTestArguments, config: &Config) -> Result<(Route, String), Exit> {
    let (mut to, why) = match arguments.to.is_empty() {
        true => {
            let everybody = config.routes().iter().flat_map(RouteEntry::mailboxes);
            (everybody.cloned().collect(), "you are in a route")
        }
        false => (by_hand(&arguments.to)?, "whoever ran the test named you"),
    };
    let mut seen = Vec::new();
    to.retain(|mailbox: &Mailbox| {
        let is_new = !seen.contains(&mailbox.address);
        seen.push(mailbox.address.clone());
        is_new
    });
    if to.is_empty() {
        let (message, hint) = match config.routes().is_empty() {
            true => (
                "there is no [[route]], so nobody to send to",
                "write `[[route]]` with `to = [\"name@example.org\"]`, or name somebody with `--to`",
            ),
            false => (
                "no [[route]] sends mail",
                "name a route with `--route`, or somebody with `--to`",
            ),
        };
        let problem = Problem::of_file(config.file(), message);
        return Err(setup::refuse(&problem.with_hint(hint).into()));
    }
    let route = Route {
        name: BY_HAND.to_owned(),
        scope: Scope::default(),
        is_fallback: false,
        destination: Destination::Mail(to),
    };
    Ok((route, why.to_owned()))
}

fn by_hand(texts: &[String]) -> Result<Vec<Mailbox>, Exit> {
    let read = |text: &String| {
        Mailbox::parse(text).map_err(|error| {
            let problem =
                Problem::without_place(format!("`--to {}`: {error}", text.escape_debug()));
            setup::refuse_arguments(&problem.with_hint(error.hint()).into())
        })
    };
    texts.iter().map(read).collect()
}

/// As whoever gets the message would look for it.
fn full_path(file: &Path) -> String {
    let full = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    full.display().to_string()
}

/// 0 for everybody, 1 for some, 2 for nobody, 3 when nobody knows.
fn exit(trial: &Trial) -> Exit {
    let Some(attempt) = &trial.attempt else {
        return Exit::Defect;
    };
    let accepted = attempt
        .deliveries
        .iter()
        .filter(|d| d.fate == Fate::Accepted);
    Exit::Status(match accepted.count() {
        _ if matches!(attempt.end, End::Uncertain(_)) => Status::Unknown,
        0 => Status::Critical,
        count if count < attempt.deliveries.len() => Status::Warning,
        _ => Status::Ok,
    })
}

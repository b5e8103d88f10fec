//! `checkrun alerts test`: sends one mail the whole way, and tells every step of it.

use std::path::Path;

use super::args::{AlertsTestArguments, ListFormat};
use super::exit::Exit;
use super::{output, setup};
use crate::alert::email::Transport;
use crate::alert::email::message::Message;
use crate::alert::email::trial::{self, Origin};
use crate::clock::Clock;
use crate::config::{Config, Environment, Problem};
use crate::model::mail::{Address, End, Fate, Mailbox, Step};
use crate::model::status::Status;
use crate::report::mail::{self, Trial};

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
    let (settings, warnings) = config
        .resolve_email(environment)
        .map_err(|problems| setup::refuse(&problems))?;
    setup::warn(&warnings);
    let (to, why) = recipients(&arguments, &config)?;
    let origin = Origin {
        host: setup::host(),
        configuration: full_path(config.file()),
        way: settings.way.shown(),
        recipients: why,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let message = trial::message(&settings.from, &to, &origin, clock.now());
    let transport = Transport::new(&settings, &origin.host);
    let mut trial = Trial {
        configuration: origin.configuration.clone(),
        way: origin.way.clone(),
        recipients: origin.recipients.clone(),
        from: settings.from.to_string(),
        message_id: message.id.bracketed(),
        steps: Vec::new(),
        attempt: None,
    };
    send(&transport, &message, &mut trial, arguments.format).await;
    Ok(exit(&trial))
}

async fn send(transport: &Transport, message: &Message, trial: &mut Trial, format: ListFormat) {
    let to: Vec<Address> = message.to.iter().map(|to| to.address.clone()).collect();
    if format == ListFormat::Human {
        output::data(&mail::opening(trial));
    }
    let mut steps = Vec::new();
    let mut watch = |step: &Step| {
        if format == ListFormat::Human {
            output::data(&mail::step(step));
        }
        steps.push(step.clone());
    };
    let attempt = transport.send(message, &to, &mut watch).await;
    trial.steps = steps;
    trial.attempt = Some(attempt);
    output::data(&match format {
        ListFormat::Human => mail::closing(trial),
        ListFormat::Json => mail::as_json(trial),
    });
}

/// Whom it goes to, and why.
fn recipients(
    arguments: &AlertsTestArguments,
    config: &Config,
) -> Result<(Vec<Mailbox>, String), Exit> {
    let (mut to, why) = if let Some(number) = arguments.route {
        let routes = config.routes();
        let route = usize::try_from(number).ok().and_then(|n| routes.get(n - 1));
        let Some(route) = route else {
            let problem = Problem::without_place(format!("there is no route {number}"));
            let hint = match routes.len() {
                0 => "the configuration has no [[route]]; `--to ADDRESS` needs none".to_owned(),
                count => {
                    format!("routes are counted from 1 in the order of the file, up to {count}")
                }
            };
            return Err(setup::refuse_arguments(&problem.with_hint(hint).into()));
        };
        (route.to.clone(), format!("you are in route {number}"))
    } else if arguments.to.is_empty() {
        let everybody = config.routes().iter().flat_map(|route| route.to.clone());
        (everybody.collect(), "you are in a route".to_owned())
    } else {
        (
            by_hand(&arguments.to)?,
            "whoever ran the test named you".to_owned(),
        )
    };
    let mut seen = Vec::new();
    to.retain(|mailbox: &Mailbox| {
        let is_new = !seen.contains(&mailbox.address);
        seen.push(mailbox.address.clone());
        is_new
    });
    if to.is_empty() {
        let problem = Problem::of_file(
            config.file(),
            "there is no [[route]], so nobody to send mail to",
        );
        let hint =
            "write `[[route]]` with `to = [\"name@example.org\"]`, or name somebody with `--to`";
        return Err(setup::refuse(&problem.with_hint(hint).into()));
    }
    Ok((to, why))
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

/// As whoever gets the mail would look for it.
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

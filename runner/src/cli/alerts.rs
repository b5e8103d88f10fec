//! `checkrun alerts …`: what is wrong, and since when; and whether messages about it would arrive.

use checkrun_history::{IncidentFilter, Reader, Which};
use jiff::tz::TimeZone;

use super::args::{AlertsCommand, AlertsListArguments, ListFormat, MessagesArguments};
use super::exit::Exit;
use super::{deliver, history, muting, output, trial};
use crate::clock::Clock;
use crate::config::Environment;
use crate::report::{incidents, messages};

/// Runs the command.
///
/// # Errors
/// Shown already; how the command ends.
pub async fn run(
    command: AlertsCommand,
    environment: &Environment,
    clock: Clock,
) -> Result<Exit, Exit> {
    match command {
        AlertsCommand::List(arguments) => list(arguments, environment, clock),
        AlertsCommand::Ack(arguments) => muting::acknowledge(arguments, environment, clock).await,
        AlertsCommand::Silence(arguments) => muting::silence(arguments, environment, clock).await,
        AlertsCommand::Silences(arguments) => muting::list(arguments, environment, clock),
        AlertsCommand::Unsilence(arguments) => {
            muting::unsilence(arguments, environment, clock).await
        }
        AlertsCommand::Messages(arguments) => messages(arguments, environment, clock),
        AlertsCommand::Deliver(arguments) => deliver::run(arguments, environment, clock).await,
        AlertsCommand::Test(arguments) => trial::run(arguments, environment, clock).await,
    }
}

fn list(
    arguments: AlertsListArguments,
    environment: &Environment,
    clock: Clock,
) -> Result<Exit, Exit> {
    let filter = IncidentFilter {
        which: if arguments.all {
            Which::All
        } else {
            Which::Open
        },
        target: arguments.target,
        job: arguments.check,
        limit: arguments.limit,
    };
    let reader: Reader = history::open(arguments.history, environment)?;
    let found = reader
        .incidents(&filter)
        .map_err(|error| history::refuse(&error))?;
    let now = clock.now();
    let taken = reader
        .acknowledgements(now.0)
        .map_err(|error| history::refuse(&error))?;
    output::data(&match arguments.format {
        ListFormat::Human => incidents::list_for_people(&found, &taken, now, &TimeZone::system()),
        ListFormat::Json => incidents::list_as_json(&found, &taken),
    });
    Ok(Exit::OK)
}

fn messages(
    arguments: MessagesArguments,
    environment: &Environment,
    clock: Clock,
) -> Result<Exit, Exit> {
    let reader = history::open(arguments.history, environment)?;
    let found = reader
        .messages(arguments.limit)
        .map_err(|error| history::refuse(&error))?;
    output::data(&match arguments.format {
        ListFormat::Human => messages::list_for_people(&found, clock.now(), &TimeZone::system()),
        ListFormat::Json => messages::list_as_json(&found),
    });
    Ok(Exit::OK)
}

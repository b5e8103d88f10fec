//! `checkrun alerts …`: what is wrong, and since when; and whether messages about it would arrive.

use checkrun_history::{IncidentFilter, Reader, Which};
use jiff::tz::TimeZone;

use super::args::{AlertsCommand, AlertsListArguments, ListFormat};
use super::exit::Exit;
use super::{history, output, trial};
use crate::clock::Clock;
use crate::config::Environment;
use crate::report::incidents;

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
    output::data(&match arguments.format {
        ListFormat::Human => incidents::list_for_people(&found, clock.now(), &TimeZone::system()),
        ListFormat::Json => incidents::list_as_json(&found),
    });
    Ok(Exit::OK)
}

//! `checkrun history …`: asks the past.

use std::path::{Path, PathBuf};

use checkrun_history::record::RunId;
use checkrun_history::{Error, Reader, RunFilter};
use jiff::tz::TimeZone;

use super::args::{
    HistoryCommand, HistoryListArguments, HistoryLocation, HistoryShowArguments, ListFormat,
};
use super::exit::Exit;
use super::{output, setup};
use crate::clock::Clock;
use crate::config::Environment;
use crate::model::unit::parse_duration;
use crate::record::explain;
use crate::report::past;

/// Runs the command.
///
/// # Errors
/// Shown already; how the command ends.
pub fn run(command: HistoryCommand, environment: &Environment, clock: Clock) -> Result<Exit, Exit> {
    match command {
        HistoryCommand::List(arguments) => list(arguments, environment, clock),
        HistoryCommand::Show(arguments) => show(arguments, environment),
    }
}

fn list(
    arguments: HistoryListArguments,
    environment: &Environment,
    clock: Clock,
) -> Result<Exit, Exit> {
    let since = arguments
        .since
        .as_deref()
        .map(parse_duration)
        .transpose()
        .map_err(|why| {
            output::note(&format!(
                "error: --since: {why}\n  = hint: write for example `--since 24h` or `--since 7d`"
            ));
            Exit::Usage
        })?;
    let filter = RunFilter {
        job: arguments.check,
        target: arguments.target,
        at_least: arguments.at_least.into(),
        since_us: since
            .map(|since| clock.now().0 - i64::try_from(since.as_micros()).unwrap_or(i64::MAX)),
        ..RunFilter::newest(arguments.limit)
    };
    let runs = open(arguments.history, environment)?
        .runs(&filter)
        .map_err(|error| refuse(&error))?;
    output::data(&match arguments.format {
        ListFormat::Human => past::list_for_people(&runs, &TimeZone::system()),
        ListFormat::Json => past::list_as_json(&runs),
    });
    Ok(Exit::OK)
}

fn show(arguments: HistoryShowArguments, environment: &Environment) -> Result<Exit, Exit> {
    let reader = open(arguments.history, environment)?;
    let Some(run) = reader
        .run(RunId(arguments.id))
        .map_err(|error| refuse(&error))?
    else {
        output::note(&format!(
            "error: the history has no run {}\n  `checkrun history list` shows the newest ones with their ids",
            arguments.id
        ));
        return Err(Exit::Usage);
    };
    output::data(&match arguments.format {
        ListFormat::Human => past::show_for_people(&run, &TimeZone::system()),
        ListFormat::Json => past::show_as_json(&run),
    });
    Ok(Exit::OK)
}

/// Opens the history for reading.
///
/// # Errors
/// Shown already; how the command ends.
pub(super) fn open(history: HistoryLocation, environment: &Environment) -> Result<Reader, Exit> {
    open_at(&path(history, environment)?)
}

/// Opens this history for reading.
///
/// # Errors
/// Shown already; how the command ends.
pub(super) fn open_at(path: &Path) -> Result<Reader, Exit> {
    Reader::open(path).map_err(|error| refuse(&error))
}

/// Where the history is.
///
/// # Errors
/// Shown already; how the command ends.
pub(super) fn path(history: HistoryLocation, environment: &Environment) -> Result<PathBuf, Exit> {
    match history.file {
        Some(file) => Ok(file),
        None => Ok(setup::load(history.location.config, environment)?
            .history()
            .to_owned()),
    }
}

/// Shows why the history cannot be read.
pub(super) fn refuse(error: &Error) -> Exit {
    output::note(&format!("error: {}", explain(error)));
    Exit::History
}

//! `checkrun run`: the selected jobs once, concurrently; shown when they are recorded.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::Arc;

use super::args::RunArguments;
use super::exit::Exit;
use super::progress::Progress;
use super::{output, setup};
use crate::clock::Clock;
use crate::config::{Config, Environment, Selection};
use crate::model::job::Job;
use crate::model::run::Micros;
use crate::pipeline::Pipeline;
use crate::record::{Memory, Recorder, explain};
use crate::report::human::{self, Columns};
use crate::report::{Format, HistoryCost, Summary, json, junit, nagios, prometheus};

/// Runs the command.
///
/// # Errors
/// Shown already; how the command ends.
pub async fn run(arguments: RunArguments, environment: &Environment, clock: Clock) -> Result<Exit, Exit> {
    let config = setup::load(arguments.location.config.clone(), environment)?;
    let sandbox = setup::sandbox(environment)?;
    let packs = setup::packs(&sandbox, &config).await?;
    let jobs = select(&config, &arguments, environment, &packs)?;
    let history = if arguments.no_record { History::NotAsked } else { History::open(config.history(), clock.now()) };
    let memory = history.memory(&jobs);
    let problem = history.problem();
    let pipeline = Arc::new(Pipeline {
        packs,
        recorder: history.into_recorder(),
        memory,
        clock,
        parallel: config.parallel() as usize,
    });
    let summary = execute(pipeline, jobs, &arguments, environment, clock).await;
    show(&summary, arguments.format.into());
    match problem {
        Some(problem) => {
            output::note(&format!("error: nothing was stored: {problem}"));
            Ok(Exit::History)
        }
        None if summary.not_stored() > 0 => Ok(Exit::History),
        None => Ok(Exit::Status(summary.worst())),
    }
}

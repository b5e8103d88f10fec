//! `checkrun performance`: measures every chosen database now, over several rounds.

use super::args::{ListFormat, PerformanceArguments};
use super::exit::Exit;
use super::survey::{Asked, Survey, set, without_check};
use super::{output, setup};
use crate::clock::Clock;
use crate::config::{Environment, PlannedJob};
use crate::model::parameter::ParameterValue;
use crate::model::status::Status;
use crate::operations::connections;
use crate::operations::observation::Observation;
use crate::operations::performance::{CHECK, DatabasePerformance, Performance};
use crate::report::json::pretty;
use crate::report::performance::for_people;

/// Runs the command.
///
/// # Errors
/// Shown already; how the command ends.
pub async fn run(
    arguments: PerformanceArguments,
    environment: &Environment,
    clock: Clock,
) -> Result<Exit, Exit> {
    let (began, started) = (clock.start(), clock.now());
    let survey =
        Survey::prepare(arguments.location.clone(), &arguments.targets, environment).await?;
    let asked = questions(&survey, &arguments, environment);
    let jobs = asked.iter().flat_map(|(_, asked)| match asked {
        Asked::Jobs(jobs) => jobs.clone(),
        Asked::Not(_) => Vec::new(),
    });
    let seen = survey.ask(jobs.collect(), clock).await;
    let mut worst = Status::Ok;
    let mut databases = Vec::new();
    for (target, asked) in &asked {
        let (status, database) = match asked {
            Asked::Not(why) => (Status::Unknown, DatabasePerformance::not_asked(why)),
            Asked::Jobs(_) => match of(&seen, target, CHECK) {
                Some(measured) => (
                    measured.status,
                    DatabasePerformance::read(measured, of(&seen, target, connections::CHECK)),
                ),
                None => continue,
            },
        };
        worst = worst.max(status);
        databases.push(database);
    }
    for why in survey.unknown() {
        worst = worst.max(Status::Unknown);
        databases.push(DatabasePerformance::not_asked(&why));
    }
    let performance = Performance::new(started, began.elapsed(), worst, databases);
    output::data(&match arguments.format {
        ListFormat::Human => for_people(&performance, setup::colour(environment)),
        ListFormat::Json => pretty(&performance),
    });
    Ok(Exit::Status(worst))
}

/// What each target is asked, in the order of the configuration.
fn questions(
    survey: &Survey,
    arguments: &PerformanceArguments,
    environment: &Environment,
) -> Vec<(String, Asked)> {
    survey
        .choice
        .targets
        .iter()
        .map(|target| {
            // The first one alone: two that measure at the same time would measure each other.
            let first = |check| {
                let questions = survey.plan.questions(&survey.infos, target, check);
                questions.into_iter().next()
            };
            let Some(measuring) = first(CHECK) else {
                let why = without_check(target, CHECK);
                return (target.name().to_owned(), Asked::Not(why));
            };
            let mut planned = vec![adapt(measuring, arguments)];
            planned.extend(first(connections::CHECK));
            let asked = survey.resolve(target, &planned, environment);
            (target.name().to_owned(), asked)
        })
        .collect()
}

/// The command line overrides the configuration.
fn adapt(mut job: PlannedJob, arguments: &PerformanceArguments) -> PlannedJob {
    if let Some(rounds) = arguments.rounds {
        set(&mut job, "rounds", ParameterValue::Integer(rounds.into()));
    }
    if !arguments.query.is_empty() {
        let queries = ParameterValue::TextList(arguments.query.clone());
        set(&mut job, "queries", queries);
    }
    job
}

fn of<'a>(seen: &'a [Observation], target: &str, check: &str) -> Option<&'a Observation> {
    seen.iter()
        .find(|one| one.target == target && one.check == check)
}

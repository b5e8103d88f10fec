//! `checkrun diagnose`: why can't I reach this database?
//!
//! Reads as much of the configuration as can be read, looks at the chosen targets at the same time, and
//! shows one document. [`examination`] goes through the stages of one target, [`checking`] runs checks;
//! what was seen is judged by [`crate::operations::diagnosis`].

use std::path::Path;

use futures_util::future::join_all;
use serde_json::to_value;

use self::checking::Checking;
use self::examination::Examination;
use super::args::{DiagnoseArguments, ListFormat};
use super::exit::Exit;
use super::{output, setup};
use crate::clock::Clock;
use crate::config::{self, Draft, Environment, Need, Problems, UnknownTarget};
use crate::model::advice::Cause;
use crate::model::status::Status;
use crate::operations::diagnosis::configuration::unusable;
use crate::operations::diagnosis::document::{Configuration, Problem, Severity, milliseconds};
use crate::operations::diagnosis::ranking::document;
use crate::operations::diagnosis::{Diagnosis, Outcome, TargetDiagnosis};
use crate::report::diagnosis as human;
use crate::report::json;

mod checking;
mod course;
mod examination;

/// Runs the command.
///
/// # Errors
/// Shown already; how the command ends.
pub async fn run(
    arguments: DiagnoseArguments,
    environment: &Environment,
    clock: Clock,
) -> Result<Exit, Exit> {
    let start = clock.start();
    let started = clock.now().to_string();
    let answer = answer(&arguments, environment, clock).await?;
    let duration_ms = milliseconds(start.elapsed());
    let diagnosis = document(started, duration_ms, answer.configuration, answer.targets);
    show(&diagnosis, arguments.format, environment)?;
    Ok(answer.exit.unwrap_or_else(|| exit_of(diagnosis.outcome)))
}

/// What there is to show.
struct Answer {
    configuration: Configuration,
    targets: Vec<TargetDiagnosis>,
    /// How the command ends for a reason of its own, whatever the targets are like.
    exit: Option<Exit>,
}

async fn answer(
    arguments: &DiagnoseArguments,
    environment: &Environment,
    clock: Clock,
) -> Result<Answer, Exit> {
    let named = arguments.location.config.clone();
    let read =
        config::discover(named, environment, Path::exists).and_then(|path| Draft::load(&path));
    let draft = match read {
        Ok(draft) => draft,
        Err(problems) => {
            return Ok(Answer {
                configuration: configuration(None, &problems),
                targets: Vec::new(),
                exit: Some(setup::refuse(&problems)),
            });
        }
    };
    let packs = setup::packs(&setup::sandbox(environment)?, draft.packs()).await;
    let (plan, problems) = match draft.plan(&packs.known, Need::Targets) {
        Ok(planned) => (Some(planned.plan), planned.warnings),
        Err(problems) => (None, problems),
    };
    setup::warn(&problems);
    let (chosen, unknown) = draft.choose(&arguments.targets);
    let exit = if problems.has_error() {
        Some(Exit::Configuration)
    } else if chosen.is_empty() || !unknown.is_empty() {
        Some(Exit::Usage)
    } else {
        None
    };
    let not_there: Vec<TargetDiagnosis> = unknown.iter().map(not_there).collect();
    let checking = Checking::new(packs.loaded, clock);
    let examination = Examination {
        draft: &draft,
        plan: plan.as_ref(),
        checking: &checking,
        environment,
        clock,
    };
    let examinations = chosen.iter().map(|target| examination.of(target));
    let mut targets = join_all(examinations).await;
    targets.extend(not_there);
    Ok(Answer {
        configuration: configuration(Some(draft.file()), &problems),
        targets,
        exit,
    })
}

/// Tells of a name that fits no target, and puts it in the place of one.
fn not_there(unknown: &UnknownTarget) -> TargetDiagnosis {
    let problems = Problems::from(config::Problem::from(unknown));
    output::note(&problems.to_string());
    TargetDiagnosis {
        target: unknown.asked.clone(),
        engine: None,
        address: None,
        outcome: Outcome::Failed,
        duration_ms: 0.0,
        stages: vec![unusable(problems_of(&problems, "unknown-target"))],
    }
}

fn configuration(file: Option<&Path>, problems: &Problems) -> Configuration {
    Configuration {
        file: file.map(|file| file.display().to_string()),
        problems: problems_of(problems, "configuration"),
    }
}

/// Problems of the configuration as those of a stage.
fn problems_of(problems: &Problems, class: &str) -> Vec<Problem> {
    let told = problems.0.iter().map(|problem| {
        let message = match (&problem.file, problem.line) {
            (Some(file), Some(line)) => {
                format!("{} ({}:{line})", problem.message, file.display())
            }
            _ => problem.message.clone(),
        };
        let severity = match problem.severity {
            config::Severity::Error => Severity::Failed,
            config::Severity::Warning => Severity::Warning,
        };
        let cause = Cause::Configured {
            class,
            problem: &message,
            hint: problem.hint.as_deref(),
        };
        Problem::of(severity, &cause)
    });
    told.collect()
}

fn show(diagnosis: &Diagnosis, format: ListFormat, environment: &Environment) -> Result<(), Exit> {
    match format {
        ListFormat::Human => output::data(&human::render(diagnosis, setup::colour(environment))),
        ListFormat::Json => {
            let document = to_value(diagnosis).map_err(|error| {
                output::note(&format!("error: the answer is no JSON: {error}"));
                Exit::Defect
            })?;
            output::data(&json::pretty(&document));
        }
    }
    Ok(())
}

/// As monitoring plugins do: a warning is 1, and what does not work is critical.
fn exit_of(outcome: Outcome) -> Exit {
    Exit::Status(match outcome {
        Outcome::Skipped | Outcome::Passed => Status::Ok,
        Outcome::Warning => Status::Warning,
        Outcome::Failed => Status::Critical,
    })
}

//! `checkrun run`: the selected jobs once, concurrently; shown when they are recorded.

use std::sync::Arc;

use super::args::RunArguments;
use super::exit::Exit;
use super::keeping::{Keeping, say_set_aside};
use super::progress::Progress;
use super::setup::Prepared;
use super::{output, setup};
use crate::clock::Clock;
use crate::config::{Environment, Need, Selection};
use crate::model::incident::Phase;
use crate::model::job::Job;
use crate::model::run::FinishedRun;
use crate::pipeline::Pipeline;
use crate::report::human::{Columns, closing_line};
use crate::report::{Format, Summary, json, junit, nagios, prometheus};

/// Runs the command.
///
/// # Errors
/// Shown already; how the command ends.
pub async fn run(
    arguments: RunArguments,
    environment: &Environment,
    clock: Clock,
) -> Result<Exit, Exit> {
    let path = setup::find(arguments.location.config, environment)?;
    let Prepared {
        config,
        packs,
        plan,
        ..
    } = setup::prepare(&path, Need::Jobs, environment).await?;
    let selection = Selection {
        targets: arguments.target,
        checks: arguments.check,
        labels: arguments.label,
    };
    let plan = plan
        .select(&selection)
        .map_err(|problems| setup::refuse_arguments(&problems))?;
    let resolved = plan
        .resolve(environment)
        .map_err(|problems| setup::refuse(&problems))?;
    setup::warn(&resolved.warnings);
    let jobs: Vec<_> = resolved.jobs.into_iter().map(Arc::new).collect();
    let keeping = if arguments.no_record {
        Keeping::read_only(config.history(), &jobs)
    } else {
        Keeping::record(config.history(), &jobs, clock.now())
    };
    let (problem, gates) = (keeping.problem, keeping.gates);
    let pipeline = Pipeline {
        packs,
        recorder: keeping.recorder.map(Arc::new),
        memory: Arc::new(keeping.memory),
        clock,
        parallel: config.parallel() as usize,
        gatekeeper: Arc::default(),
    };
    let summary = match arguments.format.into() {
        Format::Human => run_for_people(pipeline, jobs, &gates, environment).await,
        format => run_for_programs(pipeline, jobs, &gates, format).await,
    };
    Ok(exit(problem.as_deref(), &summary))
}

/// How the command ends; says so when nothing could be kept.
pub(super) fn exit(problem: Option<&str>, summary: &Summary) -> Exit {
    if let Some(problem) = problem {
        output::note(&format!("error: nothing was stored: {problem}"));
        return Exit::History;
    }
    if summary.not_stored() > 0 {
        Exit::History
    } else {
        Exit::Status(summary.worst())
    }
}

async fn run_for_people(
    pipeline: Pipeline,
    jobs: Vec<Arc<Job>>,
    gates: &[(String, Phase)],
    environment: &Environment,
) -> Summary {
    let names = jobs
        .iter()
        .map(|job| (job.name.as_str(), job.target.name.as_str()));
    let progress = Progress::new(
        jobs.len() as u64,
        Columns::fitting(names),
        setup::colour(environment),
    );
    let summary = execute(pipeline, jobs, gates, |run| progress.finished(run)).await;
    progress.done();
    output::data(&closing_line(&summary));
    summary
}

async fn run_for_programs(
    pipeline: Pipeline,
    jobs: Vec<Arc<Job>>,
    gates: &[(String, Phase)],
    format: Format,
) -> Summary {
    let summary = execute(pipeline, jobs, gates, |_| {}).await;
    output::data(&match format {
        Format::Human => closing_line(&summary),
        Format::Json => json::render(&summary),
        Format::Nagios => nagios::render(&summary),
        Format::Prometheus => prometheus::render(&summary),
        Format::Junit => junit::render(&summary),
    });
    summary
}

/// Runs everything, keeps what that says of targets that cannot be reached (`gates`: those that the
/// history has as such), and closes the history.
pub(super) async fn execute(
    pipeline: Pipeline,
    jobs: Vec<Arc<Job>>,
    gates: &[(String, Phase)],
    mut finished: impl FnMut(&FinishedRun),
) -> Summary {
    let clock = pipeline.clock;
    let began = clock.start();
    let started = clock.now();
    let pipeline = Arc::new(pipeline);
    let mut runs = Vec::with_capacity(jobs.len());
    pipeline
        .run_once(jobs, |run| {
            finished(&run);
            runs.push(run);
        })
        .await;
    let duration = began.elapsed();
    pipeline.conclude(&runs, gates).await;
    runs.sort_by(|a, b| (&a.job.name, &a.job.target.name).cmp(&(&b.job.name, &b.job.target.name)));
    // Every task has ended, so this is the only owner left.
    let recorder = Arc::into_inner(pipeline)
        .and_then(|pipeline| pipeline.recorder)
        .and_then(Arc::into_inner);
    let history = recorder.map(|recorder| {
        say_set_aside(&recorder.set_aside_meanwhile());
        recorder.close()
    });
    Summary {
        runs,
        started,
        duration,
        history,
    }
}

//! `checkrun status`: how are all databases, now or when they were last looked at?

use std::sync::Arc;

use checkrun_history::incident::IncidentSummary;
use checkrun_history::record::StoredStatus;
use checkrun_history::{IncidentFilter, Reader};

use super::args::{ListFormat, StatusArguments};
use super::exit::Exit;
use super::survey::{Asked, Survey, hindrances};
use super::{output, setup};
use crate::clock::Clock;
use crate::config::{Environment, TargetEntry};
use crate::model::gate::CONNECTION_CHECK;
use crate::model::self_watch::RUNNER_TARGET;
use crate::operations::observation::Observation;
use crate::operations::status::{Condition, Known, OpenIncident, Source, Summary};
use crate::operations::{Hindrance, connections, health};
use crate::record::explain;
use crate::report::json::pretty;
use crate::report::status::for_people;

/// Incidents that are shown; with more of them open, nobody reads them one by one.
const INCIDENTS_MAX: u32 = 1000;

/// Runs the command.
///
/// # Errors
/// Shown already; how the command ends.
pub async fn run(
    arguments: StatusArguments,
    environment: &Environment,
    clock: Clock,
) -> Result<Exit, Exit> {
    let (began, started) = (clock.start(), clock.now());
    let survey = Survey::prepare(arguments.location, &arguments.targets, environment).await?;
    let (source, mut known) = if arguments.recorded {
        (Source::Recorded, recorded(&survey)?)
    } else {
        (Source::Live, live(&survey, environment, clock).await)
    };
    known.extend(survey.unknown().map(Known::NotAsked));
    let incidents = open_incidents(&survey);
    let summary = Summary::new(source, started, began.elapsed(), &known, incidents);
    output::data(&match arguments.format {
        ListFormat::Human => for_people(&summary, setup::colour(environment)),
        ListFormat::Json => pretty(&summary),
    });
    Ok(Exit::Status(match summary.status {
        Condition::Healthy => crate::model::status::Status::Ok,
        Condition::Degraded => crate::model::status::Status::Warning,
        Condition::Unknown => crate::model::status::Status::Unknown,
        Condition::Unhealthy => crate::model::status::Status::Critical,
    }))
}

/// Asks `core/health`, and `core/connections` where that is configured: what is cheap and always tells.
async fn live(survey: &Survey, environment: &Environment, clock: Clock) -> Vec<Known> {
    let mut jobs = Vec::new();
    let mut known = Vec::new();
    for target in &survey.choice.targets {
        let mut planned = survey.plan.questions(&survey.infos, target, health::CHECK);
        planned.extend(survey.plan.configured(target, connections::CHECK));
        known.push(match survey.resolve(target, &planned, environment) {
            Asked::Jobs(of_target) => {
                jobs.extend(of_target);
                nothing_yet(target, hindrances(&planned))
            }
            Asked::Not(why) => Known::NotAsked(why),
        });
    }
    for seen in survey.ask(jobs, clock).await {
        add(&mut known, seen);
    }
    known
}

/// The newest outcome of every job that is configured, and that a target cannot be reached, if that is
/// what is known of it last: the others are from before then.
fn recorded(survey: &Survey) -> Result<Vec<Known>, Exit> {
    let refuse = |error: &checkrun_history::Error| {
        output::note(&format!("error: {}", explain(error)));
        Exit::History
    };
    let reader = Reader::open(survey.config.history()).map_err(|error| refuse(&error))?;
    let latest = reader.latest().map_err(|error| refuse(&error))?;
    // What was recorded was asked with all that it needed.
    let nothing = |target| nothing_yet(target, Vec::new());
    let mut known: Vec<Known> = survey.choice.targets.iter().map(nothing).collect();
    for run in latest {
        let is_configured = survey
            .plan
            .jobs()
            .iter()
            .any(|job| job.name == run.job && job.target.name() == run.target);
        let is_unreachable = run.check == CONNECTION_CHECK && run.status > StoredStatus::Ok;
        if !is_configured && !is_unreachable {
            continue;
        }
        if let Some(detail) = reader.run(run.id).map_err(|error| refuse(&error))? {
            add(&mut known, detail.into());
        }
    }
    Ok(known)
}

/// Of the chosen targets. A history that cannot be read has its own say in `--recorded`; a live look
/// does without it.
fn open_incidents(survey: &Survey) -> Option<Vec<OpenIncident>> {
    let filter = IncidentFilter::open(INCIDENTS_MAX);
    let found = Reader::open(survey.config.history()).and_then(|reader| reader.incidents(&filter));
    let is_chosen = |incident: &IncidentSummary| {
        let mut targets = survey.choice.targets.iter();
        // Whether checks run at all concerns every target.
        incident.target == RUNNER_TARGET || targets.any(|target| target.name() == incident.target)
    };
    let found = found.ok()?.into_iter();
    Some(found.filter(is_chosen).map(OpenIncident::from).collect())
}

fn nothing_yet(target: &Arc<TargetEntry>, hindrances: Vec<Hindrance>) -> Known {
    Known::Outcomes {
        target: target.name().to_owned(),
        labels: target.labels().clone(),
        seen: Vec::new(),
        hindrances,
    }
}

fn add(known: &mut [Known], observation: Observation) {
    for one in known {
        if let Known::Outcomes { target, seen, .. } = one
            && *target == observation.target
        {
            seen.push(observation);
            return;
        }
    }
}

//! `checkrun preflight`: asks every chosen database whether it is ready, again and again if need be.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::args::{ListFormat, PreflightArguments};
use super::exit::Exit;
use super::survey::{Asked, Survey, set};
use super::{output, setup};
use crate::clock::Clock;
use crate::config::{Environment, PlannedJob, TargetEntry};
use crate::model::job::Job;
use crate::model::parameter::ParameterValue;
use crate::operations::NotAsked;
use crate::operations::health;
use crate::operations::preflight::{
    Course, DatabaseReadiness, Demands, MigrationPolicy, Preflight, Strictness,
};
use crate::report::json::pretty;
use crate::report::preflight::for_people;

/// Between two rounds with `--wait`.
const PAUSE: Duration = Duration::from_secs(1);

/// A round is worth this much time at least, however little of `--wait` is left.
const ROUND_MIN: Duration = Duration::from_secs(1);

/// Runs the command.
///
/// # Errors
/// Shown already; how the command ends.
pub async fn run(
    arguments: PreflightArguments,
    environment: &Environment,
    clock: Clock,
) -> Result<Exit, Exit> {
    let (began, started) = (clock.start(), clock.now());
    let survey = Survey::prepare(arguments.location, &arguments.targets, environment).await?;
    let strictness = match arguments.strict {
        true => Strictness::Strict,
        false => Strictness::Lenient,
    };
    let mut preparation = Preparation {
        demands: Demands {
            slow: arguments.slow,
            migrations: arguments.migrations.into(),
        },
        strictness,
        deadline: arguments.wait.map(|wait| began + wait),
        clock,
        told: None,
    };
    let mut databases = Databases::new(&survey, &preparation.demands, environment);
    let rounds = preparation.ask(&survey, &mut databases).await;
    let course = Course {
        started,
        duration: began.elapsed(),
        rounds,
    };
    let preflight = Preflight::new(databases.in_order(), course, strictness);
    output::data(&match arguments.format {
        ListFormat::Human => for_people(&preflight, setup::colour(environment)),
        ListFormat::Json => pretty(&preflight),
    });
    Ok(if preflight.ready {
        Exit::OK
    } else {
        Exit::NotReady
    })
}

/// The databases in their order, what they are asked, and the newest answer of each.
struct Databases {
    answers: Vec<Option<DatabaseReadiness>>,
    jobs: BTreeMap<usize, Arc<Job>>,
}

impl Databases {
    fn new(survey: &Survey, demands: &Demands, environment: &Environment) -> Self {
        let mut databases = Self {
            answers: Vec::new(),
            jobs: BTreeMap::new(),
        };
        for target in &survey.choice.targets {
            let planned = survey.plan.question(&survey.infos, target, health::CHECK);
            let asked = match planned {
                Some(planned) => {
                    let planned = adapt(planned, survey, target, demands);
                    survey.resolve(target, &[planned], environment)
                }
                None => Asked::Not(NotAsked::without_check(target.name(), health::CHECK)),
            };
            match asked {
                Asked::Jobs(jobs) => {
                    let place = databases.answers.len();
                    databases
                        .jobs
                        .extend(jobs.into_iter().map(|job| (place, job)));
                    databases.answers.push(None);
                }
                Asked::Not(why) => databases.add_not_asked(&why),
            }
        }
        for why in survey.unknown() {
            databases.add_not_asked(&why);
        }
        databases
    }

    fn add_not_asked(&mut self, why: &NotAsked) {
        self.answers.push(Some(DatabaseReadiness::not_asked(why)));
    }

    /// Whether another round could make everything ready: nothing waits for a name to exist.
    fn may_become_ready(&self, strictness: Strictness) -> bool {
        self.answers.iter().enumerate().all(|(place, answer)| {
            self.jobs.contains_key(&place)
                || answer
                    .as_ref()
                    .is_some_and(|answer| strictness.accepts(answer.status))
        })
    }

    fn is_ready(&self, place: usize, strictness: Strictness) -> bool {
        self.answers[place]
            .as_ref()
            .is_some_and(|answer| strictness.accepts(answer.status))
    }

    fn in_order(self) -> Vec<DatabaseReadiness> {
        self.answers.into_iter().flatten().collect()
    }
}

/// How the databases are asked.
struct Preparation {
    demands: Demands,
    strictness: Strictness,
    deadline: Option<Instant>,
    clock: Clock,
    /// What was last said of those that are waited for.
    told: Option<String>,
}

impl Preparation {
    /// Asks until all are ready or the time is up; how many rounds it took.
    async fn ask(&mut self, survey: &Survey, databases: &mut Databases) -> u32 {
        let mut rounds = 0;
        loop {
            rounds += 1;
            let waiting: Vec<usize> = databases
                .jobs
                .keys()
                .copied()
                .filter(|place| !databases.is_ready(*place, self.strictness))
                .collect();
            self.round(survey, databases, &waiting).await;
            let missing: Vec<usize> = waiting
                .into_iter()
                .filter(|place| !databases.is_ready(*place, self.strictness))
                .collect();
            let is_worth_it = !missing.is_empty() && databases.may_become_ready(self.strictness);
            let Some(left) = self.time_left().filter(|left| is_worth_it && *left > PAUSE) else {
                return rounds;
            };
            self.tell(databases, &missing, left);
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn round(&self, survey: &Survey, databases: &mut Databases, places: &[usize]) {
        let left = self
            .time_left()
            .map_or(Duration::MAX, |left| left.max(ROUND_MIN));
        let jobs: Vec<Arc<Job>> = places
            .iter()
            .filter_map(|place| databases.jobs.get(place))
            .map(|job| {
                let mut job = Job::clone(job);
                job.timeout = job.timeout.min(left);
                Arc::new(job)
            })
            .collect();
        for seen in survey.ask(jobs, self.clock).await {
            let place = databases
                .jobs
                .iter()
                .find(|(_, job)| job.target.name == seen.target)
                .map(|(place, _)| *place);
            if let Some(place) = place {
                databases.answers[place] = Some(DatabaseReadiness::judge(&seen, &self.demands));
            }
        }
    }

    /// None without `--wait`.
    fn time_left(&self) -> Option<Duration> {
        let deadline = self.deadline?;
        Some(deadline.saturating_duration_since(self.clock.start()))
    }

    /// Says who is waited for, when that has changed.
    fn tell(&mut self, databases: &Databases, missing: &[usize], left: Duration) {
        let names: Vec<&str> = missing
            .iter()
            .filter_map(|place| databases.jobs.get(place))
            .map(|job| job.target.name.as_str())
            .collect();
        let names = names.join(", ");
        if self.told.as_ref() != Some(&names) {
            output::note(&format!(
                "waiting for {names}, {} s at most",
                left.as_secs()
            ));
            self.told = Some(names);
        }
    }
}

/// `core/health` as preflight asks it: held to the demands of the command line alone.
fn adapt(
    mut job: PlannedJob,
    survey: &Survey,
    target: &TargetEntry,
    demands: &Demands,
) -> PlannedJob {
    job.thresholds.clear();
    let migrations = match demands.migrations {
        MigrationPolicy::Ignore => "ignore",
        MigrationPolicy::Warn | MigrationPolicy::Require => "report",
    };
    set(
        &mut job,
        "migrations",
        ParameterValue::Text(migrations.into()),
    );
    let expects = |job: &PlannedJob, names: &[&str]| {
        let is_one = |name: &String| names.contains(&name.as_str());
        job.parameters.iter().any(|(name, _)| is_one(name))
    };
    // What core/migrations is told to expect holds here too, unless core/health has its own.
    let own = ["migrations_expected", "migrations_folder"];
    let theirs = survey.plan.jobs().iter().find(|other| {
        other.check_name() == "core/migrations" && other.target.name() == target.name()
    });
    if let Some(theirs) = theirs.filter(|_| !expects(&job, &own)) {
        for (name, value) in &theirs.parameters {
            if name == "expected" || name == "folder" {
                set(&mut job, &format!("migrations_{name}"), value.clone());
            }
        }
    }
    job
}

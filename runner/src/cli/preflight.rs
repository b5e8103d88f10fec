//! `checkrun preflight`: asks every chosen database whether it is ready, again and again if need be.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::args::{ListFormat, PreflightArguments};
use super::exit::Exit;
use super::survey::{Asked, Survey, hindrances, set, without_check};
use super::{output, setup};
use crate::clock::Clock;
use crate::config::{Environment, PlannedJob, TargetEntry};
use crate::model::job::Job;
use crate::model::parameter::ParameterValue;
use crate::operations::health;
use crate::operations::observation::Observation;
use crate::operations::preflight::{
    Course, DatabaseReadiness, Demands, MigrationPolicy, Preflight, Readiness, Strictness, pause,
};
use crate::operations::{Hindrance, NotAsked};
use crate::report::json::pretty;
use crate::report::preflight::for_people;

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
    let mut databases = Databases::new(&survey, &preparation.demands, environment, began);
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
    asked: BTreeMap<usize, Waiting>,
}

/// A database that can be asked.
struct Waiting {
    name: String,
    jobs: Vec<Arc<Job>>,
    /// What they are asked without.
    hindrances: Vec<Hindrance>,
    /// How many answers were not good enough.
    in_vain: u32,
    /// Not before, unless it is the last time.
    next: Instant,
}

impl Databases {
    fn new(survey: &Survey, demands: &Demands, environment: &Environment, began: Instant) -> Self {
        let mut databases = Self {
            answers: Vec::new(),
            asked: BTreeMap::new(),
        };
        for target in &survey.choice.targets {
            let planned = questions(survey, target, demands);
            let asked = match planned.is_empty() {
                true => Asked::Not(without_check(target, health::CHECK)),
                false => survey.resolve(target, &planned, environment),
            };
            match asked {
                Asked::Jobs(jobs) => {
                    let waiting = Waiting {
                        name: target.name().to_owned(),
                        jobs,
                        hindrances: hindrances(&planned),
                        in_vain: 0,
                        next: began,
                    };
                    let place = databases.answers.len();
                    databases.asked.insert(place, waiting);
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

    /// Whether another round could make everything ready: nothing waits for a name or a folder to exist.
    fn may_become_ready(&self, demands: &Demands, strictness: Strictness) -> bool {
        let best = |place| match self.asked.get(&place) {
            Some(waiting) => demands.best(&waiting.hindrances),
            None => Readiness::Failed,
        };
        let places = 0..self.answers.len();
        places
            .into_iter()
            .all(|place| strictness.accepts(best(place)) || self.is_ready(place, strictness))
    }

    /// Those that can be asked and are not ready, in their order.
    fn missing(&self, strictness: Strictness) -> Vec<usize> {
        let places = self.asked.keys().copied();
        places
            .filter(|place| !self.is_ready(*place, strictness))
            .collect()
    }

    /// Keeps what one database said now.
    fn answer(&mut self, place: usize, answer: DatabaseReadiness, now: Instant) {
        if let Some(waiting) = self.asked.get_mut(&place) {
            waiting.in_vain += 1;
            waiting.next = now + pause(answer.error.as_ref(), waiting.in_vain);
        }
        self.answers[place] = Some(answer);
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
            let (now, is_last) = (self.clock.start(), self.time_left() == Some(Duration::ZERO));
            let due = |place: &usize| is_last || databases.asked[place].next <= now;
            let missing = databases.missing(self.strictness);
            let asked: Vec<usize> = missing.into_iter().filter(due).collect();
            self.round(survey, databases, &asked).await;
            let missing = databases.missing(self.strictness);
            let is_worth_it =
                !missing.is_empty() && databases.may_become_ready(&self.demands, self.strictness);
            let left = self
                .time_left()
                .filter(|left| is_worth_it && !left.is_zero());
            let next = missing
                .iter()
                .map(|place| databases.asked[place].next)
                .min();
            let (Some(left), Some(next)) = (left, next) else {
                return rounds;
            };
            self.tell(databases, &missing, left);
            // What is left of the time is worth a last round.
            let pause = next.saturating_duration_since(self.clock.start());
            tokio::time::sleep(pause.min(left)).await;
        }
    }

    async fn round(&self, survey: &Survey, databases: &mut Databases, places: &[usize]) {
        let left = self
            .time_left()
            .map_or(Duration::MAX, |left| left.max(ROUND_MIN));
        let jobs: Vec<Arc<Job>> = places
            .iter()
            .flat_map(|place| &databases.asked[place].jobs)
            .map(|job| {
                let mut job = Job::clone(job);
                job.timeout = job.timeout.min(left);
                Arc::new(job)
            })
            .collect();
        let mut seen: BTreeMap<String, Vec<Observation>> = BTreeMap::new();
        for one in survey.ask(jobs, self.clock).await {
            seen.entry(one.target.clone()).or_default().push(one);
        }
        let now = self.clock.start();
        for place in places {
            let asked = &databases.asked[place];
            let seen = seen.remove(&asked.name).unwrap_or_default();
            let answer = DatabaseReadiness::judge(&seen, &asked.hindrances, &self.demands);
            if let Some(answer) = answer {
                databases.answer(*place, answer, now);
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
            .map(|place| databases.asked[place].name.as_str())
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

/// What the target is asked, held to the demands of the command line alone: whether it is ready, as
/// often as that is configured, and where its migrations stand.
fn questions(survey: &Survey, target: &Arc<TargetEntry>, demands: &Demands) -> Vec<PlannedJob> {
    let asks_migrations = demands.migrations != MigrationPolicy::Ignore;
    let migrations = match asks_migrations {
        true => survey.plan.configured(target, health::MIGRATIONS_CHECK),
        false => Vec::new(),
    };
    let mut jobs = survey.plan.questions(&survey.infos, target, health::CHECK);
    // One has to look; one that has an expectation of its own does in any case.
    let mut is_looked_at = !migrations.is_empty() || jobs.iter().any(has_expectation);
    for job in &mut jobs {
        let looks = asks_migrations && (has_expectation(job) || !is_looked_at);
        is_looked_at |= looks;
        let word = if looks { "report" } else { "ignore" };
        set(job, "migrations", ParameterValue::Text(word.into()));
    }
    // Without health there is nothing to judge.
    if !jobs.is_empty() {
        jobs.extend(migrations);
    }
    for job in &mut jobs {
        job.thresholds.clear();
    }
    jobs
}

fn has_expectation(job: &PlannedJob) -> bool {
    let own = ["migrations_expected", "migrations_folder"];
    job.parameters
        .iter()
        .any(|(name, _)| own.contains(&name.as_str()))
        || !job.hindrances.is_empty()
}

//! `checkrun preflight`: is every database ready for what is about to start?
//!
//! | status | means |
//! |---|---|
//! | passed | connected, answered, fast enough, migrations as asked for |
//! | warning | connected and answered, but slow, or with migrations that are only warned of |
//! | failed | anything else |

mod pause;

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

pub use self::pause::pause;

use super::health::{self, Health, Migrations};
use super::observation::Observation;
use super::{Hindrance, NotAsked, Remark, Trouble};
use crate::model::advice::Situation;
use crate::model::run::Micros;

/// The version of this document; it changes when a field changes its meaning or goes away.
pub const SCHEMA_VERSION: u32 = 1;

/// What a migration that is not as it should be means for an application that is about to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrationPolicy {
    /// Nothing; nobody looks.
    Ignore,
    /// A warning.
    Warn,
    /// It must not start; nor if that cannot be judged.
    Require,
}

/// What a database has to keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demands {
    /// Longer than this, connecting or answering is a warning.
    pub slow: Duration,
    /// What is asked of migrations.
    pub migrations: MigrationPolicy,
}

impl Demands {
    /// The best that a database can be whose jobs are asked without something: time alone does not
    /// bring it back.
    #[must_use]
    pub fn best(&self, hindrances: &[Hindrance]) -> Readiness {
        match self.migrations {
            _ if hindrances.is_empty() => Readiness::Passed,
            MigrationPolicy::Ignore => Readiness::Passed,
            MigrationPolicy::Warn => Readiness::Warning,
            MigrationPolicy::Require => Readiness::Failed,
        }
    }
}

/// How ready a database is, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Readiness {
    /// Ready.
    Passed,
    /// Ready, with a doubt.
    Warning,
    /// Not ready.
    Failed,
}

/// What `checkrun preflight --format json` prints.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Preflight {
    /// Version of this document.
    pub schema_version: u32,
    /// RFC 3339, UTC.
    pub started: String,
    /// Wall time, milliseconds.
    pub duration_ms: f64,
    /// The worst of all databases.
    pub status: Readiness,
    /// Whether the exit code is 0: all passed, or had warnings and `--strict` was not given.
    pub ready: bool,
    /// How often the databases were asked until this answer, with `--wait`.
    pub rounds: u32,
    /// How many databases have which status.
    pub summary: Counts,
    /// One for each, in the order of the configuration; names that are not in it come last.
    pub databases: Vec<DatabaseReadiness>,
}

/// How many databases have which status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// All.
    pub total: usize,
    /// Ready.
    pub passed: usize,
    /// Ready, with a doubt.
    pub warning: usize,
    /// Not ready.
    pub failed: usize,
}

/// One database.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DatabaseReadiness {
    /// The target's name, or what was typed where there is none of that name.
    pub target: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// How ready it is.
    pub status: Readiness,
    /// There was a connection.
    pub connected: bool,
    /// From sending the validation query to its last row.
    pub response_time_ms: Option<f64>,
    /// Opening the connection.
    pub connect_time_ms: Option<f64>,
    /// Attempts to connect in the last round.
    pub attempts: Option<u32>,
    /// By migration tool; empty when none was found or asked for.
    pub migrations: Vec<Migrations>,
    /// Why it could not be asked, or did not answer.
    pub error: Option<Trouble>,
    /// What stands in the way.
    pub issues: Vec<Remark>,
    /// What does not stand in the way.
    pub warnings: Vec<Remark>,
}

impl DatabaseReadiness {
    /// Judges the runs on one target: of `core/health`, at least one, and of `core/migrations`, with what
    /// they were asked without. The worst counts. None without a run of `core/health`.
    #[must_use]
    pub fn judge(
        seen: &[Observation],
        hindrances: &[Hindrance],
        demands: &Demands,
    ) -> Option<Self> {
        let (health, others): (Vec<_>, Vec<_>) =
            seen.iter().partition(|one| one.check == health::CHECK);
        let each = health.iter().map(|one| Self::answer(one, demands.slow));
        let mut database = each.reduce(Self::merge)?;
        database.tell(hindrances, demands.migrations);
        // What cannot be reached has nothing to say of its migrations.
        if database.connected {
            for tool in others.into_iter().flat_map(health::migrations) {
                add_new(&mut database.migrations, tool);
            }
            database.judge_migrations(demands.migrations);
        }
        Some(database.settle())
    }

    /// One run of `core/health`, migrations not judged yet.
    fn answer(seen: &Observation, slow: Duration) -> Self {
        let health = health::read(seen);
        let mut database = Self {
            target: seen.target.clone(),
            labels: seen.labels.clone(),
            status: Readiness::Passed,
            connected: health.connected,
            response_time_ms: health.response_time_ms,
            connect_time_ms: health.connect_time_ms,
            attempts: health.attempts,
            migrations: health.migrations.clone(),
            error: health.trouble.clone(),
            issues: Vec::new(),
            warnings: Vec::new(),
        };
        match &health.trouble {
            Some(trouble) => database.issues.push(remark(trouble)),
            None if !health.answered => {
                let summary = &seen.summary;
                let situation = Situation::NoAnswer { summary };
                database.issues.push(Remark::from(&situation));
            }
            None => database.judge_times(&health, slow),
        }
        database
    }

    /// The slower times, the first error, and the remarks of both.
    fn merge(mut self, other: Self) -> Self {
        self.connected &= other.connected;
        self.response_time_ms = slower(self.response_time_ms, other.response_time_ms);
        self.connect_time_ms = slower(self.connect_time_ms, other.connect_time_ms);
        self.attempts = self.attempts.max(other.attempts);
        self.error = self.error.or(other.error);
        for tool in other.migrations {
            add_new(&mut self.migrations, tool);
        }
        for issue in other.issues {
            add_new(&mut self.issues, issue);
        }
        for warning in other.warnings {
            add_new(&mut self.warnings, warning);
        }
        self
    }

    /// A database that was not asked is not ready.
    #[must_use]
    pub fn not_asked(why: &NotAsked) -> Self {
        Self {
            target: why.target.clone(),
            labels: why.labels.clone(),
            status: Readiness::Failed,
            connected: false,
            response_time_ms: None,
            connect_time_ms: None,
            attempts: None,
            migrations: Vec::new(),
            error: Some(why.trouble.clone()),
            issues: vec![remark(&why.trouble)],
            warnings: Vec::new(),
        }
    }

    fn judge_times(&mut self, health: &Health, slow: Duration) {
        let longer = |ms: Option<f64>| {
            let took = ms.map(|ms| Duration::from_secs_f64(ms / 1e3));
            took.filter(|took| *took > slow)
        };
        let limit = slow;
        let connecting =
            longer(health.connect_time_ms).map(|took| Situation::SlowToConnect { took, limit });
        let answering =
            longer(health.response_time_ms).map(|took| Situation::SlowToAnswer { took, limit });
        let slow = connecting.into_iter().chain(answering);
        self.warnings.extend(slow.map(|it| Remark::from(&it)));
    }

    fn judge_migrations(&mut self, policy: MigrationPolicy) {
        let remarks = match policy {
            MigrationPolicy::Ignore => return,
            MigrationPolicy::Warn => &mut self.warnings,
            MigrationPolicy::Require => &mut self.issues,
        };
        remarks.extend(
            self.migrations
                .iter()
                .filter(|tool| !tool.is_as_expected())
                .map(Migrations::remark),
        );
        let compared = self.migrations.iter().any(|tool| tool.pending.is_some());
        if policy == MigrationPolicy::Require && !compared && remarks.is_empty() {
            remarks.push(Remark::from(&Situation::NothingExpected));
        }
    }

    /// What could not be read on this side, of which the database knows nothing.
    fn tell(&mut self, hindrances: &[Hindrance], policy: MigrationPolicy) {
        let remarks = match policy {
            MigrationPolicy::Ignore => return,
            MigrationPolicy::Warn => &mut self.warnings,
            MigrationPolicy::Require => &mut self.issues,
        };
        for hindrance in hindrances {
            add_new(remarks, hindrance.remark.clone());
        }
    }

    fn settle(mut self) -> Self {
        self.status = if !self.issues.is_empty() {
            Readiness::Failed
        } else if !self.warnings.is_empty() {
            Readiness::Warning
        } else {
            Readiness::Passed
        };
        self
    }
}

impl Migrations {
    /// What is not as it should be, by name as far as there are names.
    fn remark(&self) -> Remark {
        let named = [
            ("pending", &self.pending_names),
            ("failed", &self.failed_names),
            ("locked by", &self.locked_by),
            ("grant", &self.grant),
        ];
        let mut text = self.text.clone();
        for (what, names) in named {
            if let Some(names) = names {
                text.push_str(&format!("; {what}: {names}"));
            }
        }
        Remark {
            text,
            advice: self.advice.clone(),
        }
    }
}

fn slower(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    one.into_iter().chain(other).reduce(f64::max)
}

/// Several jobs of one target see the same.
fn add_new<T: PartialEq>(list: &mut Vec<T>, one: T) {
    if !list.contains(&one) {
        list.push(one);
    }
}

/// How the answer came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Course {
    /// When it began.
    pub started: Micros,
    /// Wall time.
    pub duration: Duration,
    /// How often the databases were asked.
    pub rounds: u32,
}

/// Whether a doubt stops an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// A warning is good enough.
    Lenient,
    /// A warning counts as failed.
    Strict,
}

impl Strictness {
    /// Whether a database with this status is good enough.
    #[must_use]
    pub fn accepts(self, status: Readiness) -> bool {
        match self {
            Self::Lenient => status < Readiness::Failed,
            Self::Strict => status == Readiness::Passed,
        }
    }
}

impl Preflight {
    /// Sums up.
    #[must_use]
    pub fn new(databases: Vec<DatabaseReadiness>, course: Course, strictness: Strictness) -> Self {
        let count = |status| databases.iter().filter(|one| one.status == status).count();
        let summary = Counts {
            total: databases.len(),
            passed: count(Readiness::Passed),
            warning: count(Readiness::Warning),
            failed: count(Readiness::Failed),
        };
        let statuses = databases.iter().map(|database| database.status);
        let status = statuses.max().unwrap_or(Readiness::Passed);
        Self {
            schema_version: SCHEMA_VERSION,
            started: course.started.to_string(),
            duration_ms: super::milliseconds(course.duration.as_secs_f64()),
            status,
            ready: strictness.accepts(status),
            rounds: course.rounds,
            summary,
            databases,
        }
    }
}

fn remark(trouble: &Trouble) -> Remark {
    Remark {
        text: trouble.message.clone(),
        advice: trouble.advice.clone(),
    }
}

#[cfg(test)]
mod tests;

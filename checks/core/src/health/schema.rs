//! Where migration tools stand, told beside health.
//!
//! With `report` nothing here changes the verdict: every finding is information, and whatever goes
//! wrong while looking is a finding too. With `require` what is not in order is a warning at least.

use std::time::Duration;

use checkrun_sdk::FolderNames;
use checkrun_sdk::prelude::*;

use super::{MIGRATIONS_FAILED, MIGRATIONS_PENDING};
use crate::advice::health::Situation;
use crate::migrations::{
    Comparison, Dialect, Entry, Expectation, Questions, State, Survey, Wish, expectation, finding,
    number, survey,
};
use crate::text::cut;

/// Time of a run that looking at migrations never takes, so that health is reported whatever happens.
const RESERVE: Duration = Duration::from_millis(500);
/// From then on a tool's own lock is stuck.
const LOCK_STUCK_AFTER: Duration = Duration::from_secs(600);
/// Characters of an error that the finding keeps.
const MESSAGE_CHARS_MAX: usize = 1_000;

/// What the parameters ask for.
pub struct Wanted {
    is_required: bool,
    expectation: Expectation,
}

/// What is said about migrations.
#[derive(Default)]
pub struct Schema {
    pub findings: Vec<Finding>,
    pub metrics: Vec<Metric>,
    /// Why they are not as required.
    pub problem: Option<String>,
}

/// Reads the parameters; none if migrations are not to be looked at.
///
/// # Errors
/// What is expected is given twice.
pub fn wanted(
    mode: &str,
    expected: Option<String>,
    folder: Option<FolderNames>,
) -> Result<Option<Wanted>> {
    let names = ["migrations_expected", "migrations_folder"];
    let expectation = expectation(expected, folder, names)?;
    Ok((mode != "ignore").then_some(Wanted {
        is_required: mode == "require",
        expectation,
    }))
}

/// Looks at all tools in the database. Never fails: what could not be looked at is said in a finding.
pub fn look(ctx: &Ctx, wanted: &Wanted) -> Schema {
    let wish = Wish {
        tool: None,
        expectation: wanted.expectation.clone(),
        stuck_after: LOCK_STUCK_AFTER,
    };
    let questions = Questions {
        ctx,
        reserve: RESERVE,
    };
    let found = ctx.engine().and_then(|engine| match Dialect::of(engine) {
        Some(dialect) => survey(&questions, dialect, &wish).map(Some),
        None => Ok(None),
    });
    match found {
        Ok(Some(survey)) => told(&survey, wanted),
        Ok(None) => Schema::default(),
        Err(error) => {
            let finding = Finding::new(
                "migrations",
                Status::Ok,
                "Whether migrations are applied was not looked at",
            )
            .detail(cut(&error.to_string(), MESSAGE_CHARS_MAX))
            .advice(Situation::MigrationsNotLookedAt.advice())
            .evidence("state", State::Unreadable);
            Schema::default().with(finding, wanted, Some("not looked at"))
        }
    }
}

fn told(survey: &Survey, wanted: &Wanted) -> Schema {
    let mut schema = Schema::default();
    // A table of another shape is most likely none of a migration tool; core/migrations tells of it.
    let known = |entry: &&Entry| !matches!(entry, Entry::Strange { .. });
    for entry in survey.entries.iter().filter(known) {
        let problem = problem(entry);
        schema = schema.with(finding(entry, LOCK_STUCK_AFTER), wanted, problem);
    }
    let is_missing = wanted.expectation != Expectation::Nothing
        && survey.standings().next().is_none()
        && !survey.has_unreadable();
    if is_missing {
        let finding = Finding::new(
            "migrations",
            Status::Ok,
            "Migrations are expected, and no migration tool's table is found",
        )
        .advice(Situation::NoMigrations.advice())
        .evidence("state", State::Pending);
        schema = schema.with(finding, wanted, Some("no tool's table found"));
    }
    let sum = |counts: Vec<u64>| (!counts.is_empty()).then(|| number(counts.iter().sum()));
    let pending = survey.standings().filter_map(|it| match &it.comparison {
        Comparison::Made { pending, .. } => pending.as_ref().map(|it| it.count as u64),
        Comparison::NotAsked | Comparison::Unclear | Comparison::Impossible(_) => None,
    });
    let failed = survey.standings().filter_map(|it| it.failed);
    let measured = [
        (MIGRATIONS_PENDING, sum(pending.collect())),
        (MIGRATIONS_FAILED, sum(failed.collect())),
    ];
    schema.metrics.extend(
        measured
            .iter()
            .filter_map(|(spec, value)| value.map(|value| spec.value(value))),
    );
    schema
}

/// What is not in order, in a word.
fn problem(entry: &Entry) -> Option<&'static str> {
    match entry {
        Entry::Unreadable(_) => Some(State::Unreadable.as_str()),
        Entry::Strange { .. } => None,
        Entry::Read(standing) => match standing.state(LOCK_STUCK_AFTER) {
            state @ (State::Failed | State::Dirty | State::Locked | State::Pending) => {
                Some(state.as_str())
            }
            State::NotCompared => Some("not compared"),
            State::Unreadable
            | State::UnknownShape
            | State::SeveralHeads
            | State::Ahead
            | State::Current => None,
        },
    }
}

impl Schema {
    /// Adds a finding, as bad as it may be here.
    fn with(mut self, mut finding: Finding, wanted: &Wanted, problem: Option<&str>) -> Self {
        finding.severity = match problem {
            Some(_) if wanted.is_required => finding.severity.max(Status::Warning),
            _ => Status::Ok,
        };
        if wanted.is_required && self.problem.is_none() {
            self.problem = problem.map(str::to_owned);
        }
        self.findings.push(finding);
        self
    }
}

//! The stages `privileges` and `connections`: what running checks came to.
//!
//! What a check found wrong with the database is not this command's subject and shown as a fact; what
//! kept it from looking is.

use std::time::Duration;

use super::document::{Problem, Severity, Stage, StageReport};
use super::limits::{CHECKS, CONNECTIONS, NAMED_MAX};
use crate::model::advice::Cause;
use crate::model::report::{Failure, Finding};
use crate::model::run::FinishedRun;
use crate::model::sql::SqlError;
use crate::model::status::Status;

/// The evidence in which a finding names the statement that lets its check look.
const GRANT: &str = "grant";

/// Checks that were run once, and not recorded.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Whether the configuration has checks for this target; otherwise `core/health` stood in.
    pub configured: bool,
    /// Those that ended.
    pub runs: Vec<FinishedRun>,
    /// The names of those that did not end in time.
    pub unfinished: Vec<String>,
    /// How long they took together.
    pub took: Duration,
}

/// Judges whether the account may do what the checks need.
#[must_use]
pub fn privileges(checked: &Checked) -> StageReport {
    let mut stage = StageReport::passed(Stage::Privileges, checked.took);
    if !checked.configured {
        stage = stage.with_fact("checks", "none is configured here; core/health stands in");
    }
    for run in &checked.runs {
        stage = match kept_from_looking(run) {
            Some(problem) => stage.with_problem(problem),
            None => stage,
        };
        stage = hidden_parts(run)
            .into_iter()
            .fold(stage, StageReport::with_problem);
    }
    for run in checked.runs.iter().take(NAMED_MAX) {
        let said = format!("{}: {}", run.outcome.status, run.outcome.summary);
        stage = stage.with_fact(&run.job.name, said);
    }
    match checked.runs.len().saturating_sub(NAMED_MAX) {
        0 => {}
        more => stage = stage.with_fact("checks", format!("{more} more")),
    }
    if checked.unfinished.is_empty() {
        return stage;
    }
    let cause = Cause::ChecksLate {
        names: &some(&checked.unfinished),
        limit: CHECKS,
    };
    stage.with_problem(Problem::of(Severity::Warning, &cause))
}

/// What kept a check from looking at the database.
fn kept_from_looking(run: &FinishedRun) -> Option<Problem> {
    let (job, said) = (run.job.name.as_str(), run.outcome.summary.as_str());
    let (severity, cause) = match run.outcome.failure.as_ref()? {
        Failure::NotApplicable(_) => return None,
        Failure::MissingPrivilege(statement) => {
            let cause = Cause::MissingPrivilege {
                job,
                said,
                statement,
            };
            (Severity::Failed, cause)
        }
        Failure::Database(SqlError::PermissionDenied(_)) => {
            let needs = &run.job.check.privileges;
            (
                Severity::Failed,
                Cause::PermissionDenied { job, said, needs },
            )
        }
        failure => {
            let first = run.outcome.reasons.first();
            let cause = Cause::NotJudged {
                job,
                class: failure.kind(),
                said,
                hint: first.and_then(|reason| reason.advice.as_deref()),
            };
            (Severity::Warning, cause)
        }
    };
    Some(Problem::of(severity, &cause))
}

/// What a check could not look at while it judged the rest; each statement once.
fn hidden_parts(run: &FinishedRun) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for finding in &run.outcome.findings {
        let Some(statement) = grant(finding) else {
            continue;
        };
        let is_told = |problem: &Problem| problem.statement.as_deref() == Some(statement);
        if problems.iter().any(is_told) {
            continue;
        }
        let cause = Cause::HiddenPart {
            job: &run.job.name,
            said: &finding.headline(),
            statement,
        };
        problems.push(Problem::of(Severity::Warning, &cause));
    }
    problems
}

fn grant(finding: &Finding) -> Option<&str> {
    let mut evidence = finding.evidence.iter();
    let (_, statement) = evidence.find(|(name, _)| name == GRANT)?;
    Some(statement)
}

fn some(names: &[String]) -> String {
    let mut text = names
        .iter()
        .take(NAMED_MAX)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    match names.len().saturating_sub(NAMED_MAX) {
        0 => {}
        more => text.push_str(&format!(" and {more} more")),
    }
    text
}

/// Judges the use of connections by the check that counts them; nothing when it did not end in time.
#[must_use]
pub fn connections(run: Option<&FinishedRun>, took: Duration) -> StageReport {
    let stage = StageReport::passed(Stage::Connections, took);
    let Some(run) = run else {
        let cause = Cause::CountingLate { limit: CONNECTIONS };
        return stage.with_problem(Problem::of(Severity::Warning, &cause));
    };
    if let Some(Failure::NotApplicable(why)) = &run.outcome.failure {
        return StageReport::skipped(Stage::Connections, why.clone());
    }
    if let Some(problem) = kept_from_looking(run) {
        let severity = Severity::Warning;
        return stage.with_problem(Problem {
            severity,
            ..problem
        });
    }
    let stage = stage.with_fact("use", run.outcome.summary.clone());
    let reasons = run.outcome.reasons.iter();
    reasons
        .filter(|reason| reason.status > Status::Ok)
        .fold(stage, |stage, reason| {
            let cause = Cause::ConnectionUse {
                reason: &reason.text,
                hint: reason.advice.as_deref(),
            };
            stage.with_problem(Problem::of(Severity::Warning, &cause))
        })
}

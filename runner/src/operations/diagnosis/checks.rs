//! The stages `privileges` and `connections`: what running checks came to.
//!
//! What a check found wrong with the database is not this command's subject and shown as a fact; what
//! kept it from looking is.

use std::time::Duration;

use super::advice::Cause;
use super::document::{Problem, Severity, Stage, StageReport};
use super::limits::{CHECKS, NAMED_MAX};
use crate::model::report::{Failure, Finding};
use crate::model::run::FinishedRun;
use crate::model::sql::SqlError;
use crate::model::status::Status;
use crate::model::unit::format_duration;

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
    let message = format!(
        "not judged within {}: {}",
        format_duration(CHECKS),
        some(&checked.unfinished)
    );
    stage.with_problem(Cause::ChecksLate.warning(message))
}

/// What kept a check from looking at the database.
fn kept_from_looking(run: &FinishedRun) -> Option<Problem> {
    let (name, summary) = (&run.job.name, &run.outcome.summary);
    match run.outcome.failure.as_ref()? {
        Failure::NotApplicable(_) => None,
        Failure::MissingPrivilege(statement) => {
            let message = format!("`{name}` cannot look: {summary}");
            let problem = Cause::MissingPrivilege.failed(message);
            Some(problem.with_statement(Some(statement.clone())))
        }
        Failure::Database(SqlError::PermissionDenied(_)) => {
            let problem =
                Cause::PermissionDenied.failed(format!("`{name}` cannot look: {summary}"));
            let needs = run.job.check.privileges.join("; ");
            let advice = match needs.is_empty() {
                true => problem.advice,
                false => format!("{} The check needs: {needs}.", problem.advice),
            };
            Some(Problem { advice, ..problem })
        }
        failure => {
            let message = format!("`{name}` cannot be judged: {summary}");
            let advice = run.outcome.reasons.first();
            let advice = advice.and_then(|reason| reason.advice.clone());
            let advice = advice.unwrap_or_else(|| "Run it by itself with `checkrun run`.".into());
            Some(Problem::warning(failure.kind(), message, advice))
        }
    }
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
        let message = format!(
            "`{}` cannot look at a part: {}",
            run.job.name,
            finding.headline()
        );
        let problem = Cause::MissingPrivilege.warning(message);
        problems.push(problem.with_statement(Some(statement.to_owned())));
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
        return stage
            .with_problem(Cause::CountingLate.warning("the connections were not counted in time"));
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
            let problem = Cause::ConnectionUse.warning(reason.text.clone());
            let advice = reason
                .advice
                .clone()
                .unwrap_or_else(|| problem.advice.clone());
            stage.with_problem(Problem { advice, ..problem })
        })
}

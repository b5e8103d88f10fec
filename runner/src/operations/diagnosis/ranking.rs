//! All problems of a diagnosis, the one to look at first in front, and the document around them.

use std::cmp::Reverse;

use super::document::{
    Configuration, Diagnosis, Outcome, RankedProblem, SCHEMA_VERSION, Severity, StageReport,
    TargetDiagnosis,
};

/// Worst first, then what comes earlier on the way to the database, because it may be the cause of the
/// others; then as the targets stand in the configuration.
#[must_use]
pub fn rank(targets: &[TargetDiagnosis]) -> Vec<RankedProblem> {
    let mut problems: Vec<RankedProblem> = Vec::new();
    for target in targets {
        for stage in &target.stages {
            problems.extend(stage.problems.iter().map(|problem| RankedProblem {
                rank: 0,
                target: target.target.clone(),
                stage: stage.stage,
                problem: problem.clone(),
            }));
        }
    }
    problems.sort_by_key(|ranked| (Reverse(ranked.problem.severity), ranked.stage));
    for (index, ranked) in problems.iter_mut().enumerate() {
        ranked.rank = index + 1;
    }
    problems
}

/// The worst of some stages; a target of which nothing could be looked at has not passed.
#[must_use]
pub fn worst(stages: &[StageReport]) -> Outcome {
    let outcomes = stages.iter().map(|stage| stage.outcome);
    outcomes.max().unwrap_or(Outcome::Skipped)
}

/// The whole document. `started` is RFC 3339 in UTC.
#[must_use]
pub fn document(
    started: String,
    duration_ms: f64,
    configuration: Configuration,
    targets: Vec<TargetDiagnosis>,
) -> Diagnosis {
    let of_configuration = configuration
        .problems
        .iter()
        .map(|problem| match problem.severity {
            Severity::Warning => Outcome::Warning,
            Severity::Failed => Outcome::Failed,
        });
    let outcome = of_configuration
        .chain(targets.iter().map(|target| target.outcome))
        .max()
        .unwrap_or(Outcome::Passed);
    Diagnosis {
        schema_version: SCHEMA_VERSION,
        started,
        duration_ms,
        outcome,
        configuration,
        problems: rank(&targets),
        targets,
    }
}

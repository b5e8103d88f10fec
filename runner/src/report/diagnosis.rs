//! A diagnosis for people: one line per stage with its time, what was seen and what is wrong beneath,
//! and all problems at the end, the one to look at first in front.
//!
//! Readable without colour, at most [`super::plain::WIDTH`] columns wide.

use std::fmt::Write;
use std::time::Duration;

use super::plain::{one_line, push_wrapped};
use super::tone::Colour;
use crate::model::unit::format_duration;
use crate::operations::diagnosis::document::{Fact, RankedProblem, Severity};
use crate::operations::diagnosis::{Diagnosis, Outcome, Problem, StageReport, TargetDiagnosis};

/// Columns of the outcome's word.
const OUTCOME_WIDTH: usize = 7;
/// Columns of the stage's word.
const STAGE_WIDTH: usize = 14;
/// Where what belongs to a stage begins.
const INDENT: usize = OUTCOME_WIDTH + 4;
/// Columns of a fact's name.
const FACT_WIDTH: usize = 16;

/// The whole text.
#[must_use]
pub fn render(diagnosis: &Diagnosis, colour: Colour) -> String {
    let mut text = String::new();
    for target in &diagnosis.targets {
        push_target(&mut text, target, colour);
        text.push('\n');
    }
    if diagnosis.problems.len() > 1 {
        push_ranked(&mut text, &diagnosis.problems);
        text.push('\n');
    }
    text.push_str(&closing_line(diagnosis));
    text
}

fn push_target(text: &mut String, target: &TargetDiagnosis, colour: Colour) {
    text.push_str(&one_line(&target.target));
    if let (Some(engine), Some(address)) = (&target.engine, &target.address) {
        text.push_str(&format!("  {engine} at {}", one_line(address)));
    }
    text.push('\n');
    let mut stages = target.stages.as_slice();
    while let Some(stage) = stages.first() {
        let alike = stages
            .iter()
            .take_while(|next| {
                next.skipped_because.is_some() && next.skipped_because == stage.skipped_because
            })
            .count();
        match alike {
            0 | 1 => push_stage(text, stage, colour),
            several => push_skipped(text, &stages[..several], colour),
        }
        stages = &stages[alike.max(1)..];
    }
}

/// Stages that were skipped for the same reason, on one line.
fn push_skipped(text: &mut String, stages: &[StageReport], colour: Colour) {
    let names: Vec<_> = stages.iter().map(|stage| stage.stage.as_str()).collect();
    let why = stages
        .first()
        .and_then(|stage| stage.skipped_because.as_deref());
    let outcome = paint(Outcome::Skipped, colour);
    let said = format!("{}: {}", names.join(", "), why.unwrap_or_default());
    push_wrapped_after(text, &outcome, &said);
}

/// After the outcome's word, whose colour takes no columns.
fn push_wrapped_after(text: &mut String, outcome: &str, said: &str) {
    let mut lines = String::new();
    push_wrapped(&mut lines, &" ".repeat(INDENT), said);
    text.push_str(&format!("  {outcome}  {}", lines.trim_start()));
}

fn push_stage(text: &mut String, stage: &StageReport, colour: Colour) {
    let outcome = paint(stage.outcome, colour);
    let name = stage.stage.as_str();
    if let Some(why) = &stage.skipped_because {
        push_wrapped_after(text, &outcome, &format!("{name}: {why}"));
    } else {
        let took = stage.duration_ms.map(duration).unwrap_or_default();
        let line = format!("  {outcome}  {name:<STAGE_WIDTH$}{took:>10}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    for fact in &stage.facts {
        push_fact(text, fact);
    }
    for problem in &stage.problems {
        push_problem(text, problem);
    }
}

fn push_fact(text: &mut String, fact: &Fact) {
    let name = format!("{}:", fact.name);
    let before = format!("{:INDENT$}{:<FACT_WIDTH$} ", "", one_line(&name));
    push_wrapped(text, &before, &fact.value);
}

fn push_problem(text: &mut String, problem: &Problem) {
    let bullet = match problem.severity {
        Severity::Failed => "✗ ",
        Severity::Warning => "! ",
    };
    push_wrapped(text, &format!("{:INDENT$}{bullet}", ""), &problem.message);
    push_remedy(text, INDENT, problem);
}

fn push_remedy(text: &mut String, indent: usize, problem: &Problem) {
    push_wrapped(text, &format!("{:indent$}→ ", ""), &problem.advice);
    let told = |statement: &&String| problem.message.contains(statement.as_str());
    if let Some(statement) = problem.statement.as_ref().filter(|it| !told(it)) {
        push_wrapped(text, &format!("{:indent$}  ", ""), &format!("{statement};"));
    }
}

fn push_ranked(text: &mut String, problems: &[RankedProblem]) {
    let count = problems.len();
    let _ = writeln!(text, "{count} problems, the one to look at first in front");
    for ranked in problems {
        let (target, stage) = (&ranked.target, ranked.stage.as_str());
        let before = format!("{:>3}. ", ranked.rank);
        let message = format!("{target}, {stage}: {}", ranked.problem.message);
        push_wrapped(text, &before, &message);
        push_remedy(text, before.chars().count(), &ranked.problem);
    }
}

fn closing_line(diagnosis: &Diagnosis) -> String {
    let count = |outcome: Outcome| {
        let targets = diagnosis.targets.iter();
        targets.filter(|target| target.outcome == outcome).count()
    };
    let counts: Vec<String> = [Outcome::Passed, Outcome::Warning, Outcome::Failed]
        .into_iter()
        .map(|outcome| (outcome, count(outcome)))
        .filter(|(_, count)| *count > 0)
        .map(|(outcome, count)| format!("{count} {}", outcome.as_str()))
        .collect();
    let targets = diagnosis.targets.len();
    let noun = if targets == 1 { "target" } else { "targets" };
    let took = duration(diagnosis.duration_ms);
    let mut line = format!("{targets} {noun} in {took}");
    if !counts.is_empty() {
        line.push_str(&format!(": {}", counts.join(", ")));
    }
    match diagnosis.configuration.problems.len() {
        0 => {}
        1 => line.push_str("; 1 problem in the configuration"),
        several => line.push_str(&format!("; {several} problems in the configuration")),
    }
    line.push('\n');
    line
}

fn duration(milliseconds: f64) -> String {
    let duration = Duration::try_from_secs_f64(milliseconds / 1e3).unwrap_or_default();
    format_duration(duration)
}

fn paint(outcome: Outcome, colour: Colour) -> String {
    let word = format!("{:<OUTCOME_WIDTH$}", outcome.as_str());
    let code = match outcome {
        Outcome::Skipped => 2,
        Outcome::Passed => 32,
        Outcome::Warning => 33,
        Outcome::Failed => 31,
    };
    match colour {
        Colour::Ansi => format!("\x1b[{code}m{word}\x1b[0m"),
        Colour::None => word,
    }
}

//! For people: one line per run, reasons and advice beneath, a sentence with the counts at the end.
//!
//! Readable without colour, at most [`WIDTH`] columns wide.

use std::fmt::Write;

use super::plain::{WIDTH, cut, cut_middle, one_line, push_wrapped};
use super::tone::{Colour, paint};
use super::{Summary, detail};
use crate::model::run::{FinishedRun, Outcome, Reason, Stored};
use crate::model::status::Status;
use crate::model::unit::format_duration;

const STATUS_WIDTH: usize = 8;
const INDENT: usize = STATUS_WIDTH + 2;

/// Characters of a finding's detail; the history has all of it.
const DETAIL_CHARS_MAX: usize = 300;

/// Column widths, from the names that will be shown.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    target: usize,
    job: usize,
}

impl Columns {
    /// Wide enough for these (job, target) names, within a quarter of the line each.
    pub fn fitting<'a>(names: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut columns = Self { target: 6, job: 6 };
        for (job, target) in names {
            columns.job = columns.job.max(job.chars().count()).min(WIDTH / 4);
            columns.target = columns.target.max(target.chars().count()).min(WIDTH / 4);
        }
        columns
    }
}

/// One finished run, with a line break at the end.
#[must_use]
pub fn run_lines(run: &FinishedRun, columns: Columns, colour: Colour) -> String {
    let mut lines = String::new();
    let took = format_duration(run.duration);
    let head = format!(
        "{:<target$}  {:<job$}  {took:>8}  ",
        cut_middle(&run.job.target.name, columns.target),
        cut_middle(&run.job.name, columns.job),
        target = columns.target,
        job = columns.job,
    );
    let status = run.outcome.status;
    let status = paint(status.as_str(), STATUS_WIDTH, status.into(), colour);
    let whole = run.outcome.summary.trim_end();
    let summary = one_line(whole.lines().next().unwrap_or_default());
    let room = WIDTH.saturating_sub(INDENT + head.chars().count());
    push(
        &mut lines,
        format_args!("{status}  {head}{}", cut(&summary, room)),
    );
    let is_cut = summary.chars().count() > room || whole.contains('\n');
    if is_cut && run.outcome.status > Status::Ok {
        push_beneath(&mut lines, "- ", &run.outcome.summary);
    }
    for reason in &run.outcome.reasons {
        push_reason(&mut lines, &run.outcome, reason);
    }
    if let Stored::Failed(why) = &run.stored {
        push_beneath(&mut lines, "! ", &format!("not stored: {why}"));
    }
    lines
}

/// One reason, unless the summary has said it, with what else is known of it and what to do.
fn push_reason(lines: &mut String, outcome: &Outcome, reason: &Reason) {
    if reason.text != outcome.summary {
        push_beneath(lines, "- ", &format!("{}: {}", reason.status, reason.text));
    }
    if let Some(detail) = detail(outcome, reason) {
        push_beneath(lines, "  ", &cut(detail, DETAIL_CHARS_MAX));
    }
    if let Some(advice) = &reason.advice {
        push_beneath(lines, "→ ", advice);
    }
}

/// The closing sentence, with a line break at the end.
#[must_use]
pub fn closing_line(summary: &Summary) -> String {
    let counts: Vec<_> = Status::ALL
        .into_iter()
        .map(|status| (status, summary.count(status)))
        .filter(|(status, count)| *count > 0 || *status == Status::Ok)
        .map(|(status, count)| format!("{count} {status}"))
        .collect();
    let runs = summary.runs.len();
    let noun = if runs == 1 { "run" } else { "runs" };
    let mut line = format!(
        "{runs} {noun} in {}: {}",
        format_duration(summary.duration),
        counts.join(", ")
    );
    match summary.not_stored() {
        0 => {}
        n => line.push_str(&format!("; {n} not stored in the history")),
    }
    line.push('\n');
    line
}

/// Adds the text beneath the status column.
fn push_beneath(lines: &mut String, bullet: &str, text: &str) {
    push_wrapped(lines, &format!("{:INDENT$}{bullet}", ""), text);
}

fn push(lines: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(lines, "{line}");
}

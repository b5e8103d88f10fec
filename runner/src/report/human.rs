//! For people: one line per run, reasons and advice beneath, a sentence with the counts at the end.
//!
//! Readable without colour, at most [`WIDTH`] columns wide.

use std::fmt::Write;

use super::Summary;
use super::plain::{cut, one_line};
use crate::model::run::{FinishedRun, Stored};
use crate::model::status::Status;
use crate::model::unit::format_duration;

/// Columns that a line may take.
pub const WIDTH: usize = 100;

const STATUS_WIDTH: usize = 8;
const INDENT: usize = STATUS_WIDTH + 2;

/// Whether the text goes to a terminal that shows colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// ANSI colours on the status words.
    Ansi,
    /// None.
    None,
}

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
        cut(&run.job.target.name, columns.target),
        cut(&run.job.name, columns.job),
        target = columns.target,
        job = columns.job,
    );
    let status = paint(run.outcome.status, colour);
    let summary = one_line(&run.outcome.summary);
    let room = WIDTH.saturating_sub(INDENT + head.chars().count());
    push(
        &mut lines,
        format_args!("{status}  {head}{}", cut(&summary, room)),
    );
    if summary.chars().count() > room {
        wrap(&mut lines, "- ", &summary);
    }
    for reason in run
        .outcome
        .reasons
        .iter()
        .filter(|reason| reason.text != run.outcome.summary)
    {
        wrap(
            &mut lines,
            "- ",
            &format!("{}: {}", reason.status, one_line(&reason.text)),
        );
    }
    for advice in run
        .outcome
        .reasons
        .iter()
        .filter_map(|reason| reason.advice.as_deref())
    {
        wrap(&mut lines, "→ ", &one_line(advice));
    }
    if let Stored::Failed(why) = &run.stored {
        wrap(&mut lines, "! ", &format!("not stored: {}", one_line(why)));
    }
    lines
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

fn paint(status: Status, colour: Colour) -> String {
    let word = format!("{status:>STATUS_WIDTH$}");
    let code = match status {
        Status::Ok => 32,
        Status::Warning => 33,
        Status::Unknown => 35,
        Status::Critical => 31,
    };
    match colour {
        Colour::Ansi => format!("\x1b[1;{code}m{word}\x1b[0m"),
        Colour::None => word,
    }
}

/// Adds the text beneath the status column, broken at blanks so that it fits.
fn wrap(lines: &mut String, bullet: &str, text: &str) {
    let room = WIDTH - INDENT - 2;
    let mut prefix = bullet;
    let mut line = String::new();
    for word in text.split(' ').flat_map(|word| pieces(word, room)) {
        let fits = line.is_empty() || line.chars().count() + 1 + word.chars().count() <= room;
        if !fits {
            push(lines, format_args!("{:INDENT$}{prefix}{line}", ""));
            prefix = "  ";
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    push(lines, format_args!("{:INDENT$}{prefix}{line}", ""));
}

/// A word that is longer than a line, broken where the line ends.
fn pieces(word: &str, room: usize) -> Vec<String> {
    let characters: Vec<char> = word.chars().collect();
    characters
        .chunks(room)
        .map(|piece| piece.iter().collect())
        .collect()
}

fn push(lines: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(lines, "{line}");
}

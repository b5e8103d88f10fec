//! [`Collector`]: gathers the problems of one pass, so that none hides another.

use super::problem::{Problem, Problems, Severity};
use super::source::{Source, Span};
use crate::model::text::escaped;

/// Most problems that are listed; a file with more is not a configuration.
const PROBLEMS_MAX: usize = 100;

/// The problems of one file, in the order they are found.
pub(super) struct Collector<'s> {
    source: &'s Source,
    found: Vec<(usize, Problem)>,
    left_out: usize,
}

/// What is wrong at one place; advice comes separately, for tests and programs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Remark {
    /// What is wrong: a sentence without its full stop.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

impl Remark {
    /// A remark without advice.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
        }
    }

    /// The same with advice.
    pub(super) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }
}

impl<'s> Collector<'s> {
    /// For problems in `source`.
    pub(super) fn new(source: &'s Source) -> Self {
        Self {
            source,
            found: Vec::new(),
            left_out: 0,
        }
    }

    /// Notes what stands in the way of running.
    pub(super) fn error(&mut self, at: &Span, remark: Remark) {
        self.add(Severity::Error, at, remark);
    }

    /// Notes what works, though perhaps not as meant.
    pub(super) fn warning(&mut self, at: &Span, remark: Remark) {
        self.add(Severity::Warning, at, remark);
    }

    fn add(&mut self, severity: Severity, at: &Span, remark: Remark) {
        if self.found.len() >= PROBLEMS_MAX {
            self.left_out += 1;
            return;
        }
        let problem = self.problem(severity, at, &remark);
        self.found.push((at.start, problem));
    }

    /// The problem alone, for those that are told elsewhere.
    pub(super) fn problem(&self, severity: Severity, at: &Span, remark: &Remark) -> Problem {
        // Names in it may be somebody else's.
        let message = escaped(&remark.message);
        let mut problem = self.source.problem(severity, at, message);
        problem.hint = remark.hint.as_deref().map(escaped);
        problem
    }

    /// The warnings if there is no error; otherwise everything. Both in the order of the file.
    pub(super) fn finish(self) -> Result<Problems, Problems> {
        let list: Vec<Problem> = self
            .placed()
            .into_iter()
            .map(|(_, problem)| problem)
            .collect();
        let failed = list.iter().any(|p| p.severity == Severity::Error);
        if failed {
            Err(Problems(list))
        } else {
            Ok(Problems(list))
        }
    }

    /// Everything with the offset in the file that it is about, in that order.
    pub(super) fn placed(mut self) -> Vec<(usize, Problem)> {
        self.found.sort_by_key(|(at, _)| *at);
        if self.left_out > 0 {
            let message = format!("{} more problems are not listed", self.left_out);
            let rest = Problem::of_file(self.source.file(), message);
            self.found.push((usize::MAX, rest));
        }
        self.found
    }
}

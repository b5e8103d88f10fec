//! [`Problem`]: one thing that is wrong with the configuration, told so that a person can mend it.
//!
//! A problem says what is wrong, where (file, line, column, the line itself with a marker) and what
//! to do next. [`Problems`] is what every pass of this stage returns instead of its result: all of
//! them at once, in the order of the file. Nothing in here ever contains a secret: excerpts come
//! from [`super::source::Source`], which hides them.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing runs until it is mended.
    Error,
    /// It runs, though perhaps not as meant.
    Warning,
}

/// One thing that is wrong, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: a sentence without its full stop.
    pub message: String,
    /// The configuration file; absent when the problem is not in a file (a selection, a discovery).
    pub file: Option<PathBuf>,
    /// From 1; absent when the file as a whole is meant.
    pub line: Option<usize>,
    /// From 1, counted in characters.
    pub column: Option<usize>,
    /// The line in the file, with secrets hidden and shortened to fit a screen.
    pub excerpt: Option<Excerpt>,
    /// What to do next.
    pub hint: Option<String>,
}

/// A line of the file and the part of it that is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Excerpt {
    /// One line, without control characters and secrets.
    pub text: String,
    /// How many characters of `text` come before the part that is meant.
    pub marker_start: usize,
    /// How many characters are meant; at least 1.
    pub marker_length: usize,
}

impl Problem {
    /// An error that is not tied to a place in a file.
    #[must_use]
    pub fn without_place(message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            file: None,
            line: None,
            column: None,
            excerpt: None,
            hint: None,
        }
    }

    /// An error that is about a whole file.
    #[must_use]
    pub fn of_file(file: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self {
            file: Some(file.into()),
            ..Self::without_place(message)
        }
    }

    /// The same with advice.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{word}: {}", self.message)?;
        let gutter = self.line.map_or(1, |line| line.to_string().len());
        if let Some(file) = &self.file {
            let shown = file.display().to_string();
            write!(f, "\n{:gutter$}--> {}", "", shown.escape_debug())?;
            if let (Some(line), Some(column)) = (self.line, self.column) {
                write!(f, ":{line}:{column}")?;
            }
        }
        if let (Some(line), Some(excerpt)) = (self.line, &self.excerpt) {
            let marker = "^".repeat(excerpt.marker_length);
            let before = excerpt.marker_start;
            write!(f, "\n{:gutter$} |", "")?;
            write!(f, "\n{line} | {}", excerpt.text)?;
            write!(f, "\n{:gutter$} | {:before$}{marker}", "", "")?;
        }
        match &self.hint {
            Some(hint) => write!(f, "\n{:gutter$} = hint: {hint}", ""),
            None => Ok(()),
        }
    }
}

/// Everything that is wrong, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Whether any of them is an error.
    #[must_use]
    pub fn has_error(&self) -> bool {
        self.0
            .iter()
            .any(|problem| problem.severity == Severity::Error)
    }

    /// These and those, in the order of the file; what is about the file as a whole comes last.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self.0
            .sort_by_key(|problem| (problem.line.is_none(), problem.line, problem.column));
        self
    }

    /// Whether there is nothing wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_without_a_place_is_message_and_hint() {
        let problem = Problem::without_place("no target is called `order`")
            .with_hint("did you mean `orders`?");
        insta::assert_snapshot!(problem, @r"
        error: no target is called `order`
          = hint: did you mean `orders`?
        ");
    }

    #[test]
    fn a_hostile_file_name_cannot_move_the_cursor() {
        let problem = Problem::of_file("a\u{1b}[2J\n.toml", "it does not exist");
        assert!(!problem.to_string().contains('\u{1b}'));
        assert_eq!(problem.to_string().lines().count(), 2);
    }

    #[test]
    fn programs_read_the_same_fields() {
        let problem = Problem::of_file("checkrun.toml", "it is empty");
        let json = serde_json::to_value(Problems::from(problem)).expect("plain data");
        assert_eq!(json[0]["severity"], "error");
        assert_eq!(json[0]["file"], "checkrun.toml");
        assert_eq!(json[0]["line"], serde_json::Value::Null);
    }
}

//! What a command that has ended left: its exit code and what it said.

use std::time::Duration;

use serde_json::Value;

/// A part of every password in these tests, so that none can be printed unnoticed.
pub const CANARY: &str = "-password";

/// The end of a command.
#[derive(Clone, Debug)]
pub struct Ended {
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// From its start to its end.
    pub took: Duration,
}

impl Ended {
    /// # Panics
    /// When a panic or a password was printed: that is wrong in every test.
    #[track_caller]
    pub(crate) fn new(code: Option<i32>, stdout: String, stderr: String, took: Duration) -> Self {
        for text in [&stdout, &stderr] {
            assert!(!text.contains(CANARY), "a password was printed:\n{text}");
            // A check that panics is told as well, in other words.
            let panicked = text
                .lines()
                .any(|line| line.starts_with("thread '") && line.contains("panicked at"));
            assert!(
                !panicked && !text.contains("RUST_BACKTRACE"),
                "checkrun panicked:\n{text}"
            );
        }
        Self {
            code,
            stdout,
            stderr,
            took,
        }
    }

    /// Asserts the exit code.
    ///
    /// # Panics
    /// When it is another, with all that was said.
    #[track_caller]
    #[must_use]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.transcript());
        self
    }

    /// Standard output as one JSON document.
    ///
    /// # Panics
    /// When it is none, or anything stands beside it.
    #[track_caller]
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON: {error}\n{}", self.transcript()))
    }

    /// Exit code, standard output and standard error in one text.
    #[must_use]
    pub fn transcript(&self) -> String {
        let code = self
            .code
            .map_or_else(|| "a signal".to_owned(), |code| code.to_string());
        let mut text = format!("exit {code}\n");
        for (name, stream) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !stream.is_empty() {
                text.push_str(&format!("--- {name}\n{stream}"));
            }
        }
        text
    }
}

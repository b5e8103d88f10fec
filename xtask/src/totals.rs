//! How many tests were run, counted from what the test runners leave behind.

use std::io::{BufRead, BufReader, Write};
use std::ops::AddAssign;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::program;

/// Numbers of tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Tests that did what they should.
    pub passed: u64,
    /// Tests that did not.
    pub failed: u64,
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl std::fmt::Display for Totals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

impl Totals {
    /// From the JUnit file that nextest writes: the attributes of its outermost element.
    pub fn of_junit(xml: &str) -> Option<Self> {
        let element = &xml[xml.find("<testsuites ")?..];
        let element = &element[..element.find('>')?];
        let number = |name: &str| -> Option<u64> {
            let value = &element[element.find(&format!(" {name}=\""))? + name.len() + 3..];
            value[..value.find('"')?].parse().ok()
        };
        let failed = number("failures")? + number("errors").unwrap_or(0);
        Some(Self {
            passed: number("tests")?.checked_sub(failed)?,
            failed,
        })
    }

    /// From a line of `cargo test`: `test result: ok. 3 passed; 0 failed; …`; none for other lines.
    fn of_cargo_line(line: &str) -> Self {
        let number = |word: &str| {
            let before = line
                .split(';')
                .find_map(|part| part.trim().strip_suffix(word))?;
            before
                .rsplit(' ')
                .find(|word| !word.is_empty())?
                .parse()
                .ok()
        };
        if !line.starts_with("test result: ") {
            return Self::default();
        }
        Self {
            passed: number("passed").unwrap_or_default(),
            failed: number("failed").unwrap_or_default(),
        }
    }

    /// Adds what the JUnit file says; nothing when the tests did not even build.
    pub fn add_junit(&mut self, file: &Path) {
        let xml = std::fs::read_to_string(file).unwrap_or_default();
        *self += Self::of_junit(&xml).unwrap_or_default();
    }

    /// Runs `cargo test …`, shows what it prints and adds its results.
    pub fn add_cargo_test(&mut self, command: &mut Command) -> Result<(), Failure> {
        let line = program::line(command);
        let failed = |source| Failure::Program {
            program: line.clone(),
            source,
        };
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(failed)?;
        if let Some(output) = child.stdout.take() {
            let mut terminal = std::io::stdout().lock();
            for line in BufReader::new(output).lines() {
                let line = line.map_err(failed)?;
                *self += Self::of_cargo_line(&line);
                writeln!(terminal, "{line}").map_err(failed)?;
            }
        }
        let status = child.wait().map_err(failed)?;
        if status.success() {
            return Ok(());
        }
        Err(Failure::Exit { line, status })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_runner() {
        let junit = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nextest-run" tests="21" failures="2" errors="1" uuid="x" time="0.4">
    <testsuite name="checkrun" tests="3" disabled="0" errors="0" failures="1">"#;
        assert_eq!(
            Totals::of_junit(junit),
            Some(Totals {
                passed: 18,
                failed: 3
            })
        );
        assert_eq!(Totals::of_junit("<testsuites>"), None);

        let line =
            "test result: FAILED. 17 passed; 1 failed; 0 ignored; 0 measured; 2 filtered out";
        assert_eq!(
            Totals::of_cargo_line(line),
            Totals {
                passed: 17,
                failed: 1
            }
        );
        assert_eq!(Totals::of_cargo_line("test passed; ok"), Totals::default());
    }
}

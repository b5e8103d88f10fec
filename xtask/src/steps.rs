//! The steps of a long command, and the table of how each went.

use std::fmt::Write;
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// Runs steps one after the other until one fails.
#[derive(Debug, Default)]
pub struct Steps(Vec<Step>);

#[derive(Debug)]
struct Step {
    name: &'static str,
    result: &'static str,
    time: Duration,
}

/// How a step ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It was done.
    Done,
    /// It was left out, for a reason that it has printed.
    Skipped,
}

impl Steps {
    /// Announces and runs one step, and prints its failure.
    pub fn run(
        &mut self,
        name: &'static str,
        step: impl FnOnce() -> Result<Ended, Failure>,
    ) -> Result<(), Failure> {
        println!("\n── {name}");
        let started = Instant::now();
        let ended = step();
        let result = match &ended {
            Ok(Ended::Done) => "ok",
            Ok(Ended::Skipped) => "skipped",
            Err(failure) => {
                eprintln!("xtask: {failure}");
                "FAILED"
            }
        };
        self.0.push(Step {
            name,
            result,
            time: started.elapsed(),
        });
        ended.map(|_| ()).map_err(|_| Failure::Step(name))
    }

    /// One line per step that was run, and the sum of their times.
    pub fn table(&self) -> String {
        let mut table = format!("{:<12}  {:<7}  {:>8}\n", "step", "result", "time");
        for Step { name, result, time } in &self.0 {
            // Writing to a string cannot fail.
            let _ = writeln!(
                table,
                "{name:<12}  {result:<7}  {:>7.1}s",
                time.as_secs_f64()
            );
        }
        let sum: Duration = self.0.iter().map(|step| step.time).sum();
        let _ = writeln!(
            table,
            "{:<12}  {:<7}  {:>7.1}s",
            "all",
            "",
            sum.as_secs_f64()
        );
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_step_that_was_run() {
        let mut steps = Steps::default();
        steps.run("tidy", || Ok(Ended::Done)).unwrap();
        steps.run("deny", || Ok(Ended::Skipped)).unwrap();
        assert!(steps.run("format", || Err(Failure::Untidy(1))).is_err());
        for step in &mut steps.0 {
            step.time = Duration::from_millis(1500);
        }
        let expected = "\
step          result       time
tidy          ok           1.5s
deny          skipped      1.5s
format        FAILED       1.5s
all                        4.5s
";
        assert_eq!(steps.table(), expected);
    }
}

//! What people see while runs go on: each run when it is over, and a counter on a terminal.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use super::output;
use crate::model::run::FinishedRun;
use crate::report::human::{Columns, run_lines};
use crate::report::tone::Colour;

/// Shows runs as they finish.
pub struct Progress {
    columns: Columns,
    colour: Colour,
    counter: ProgressBar,
}

impl Progress {
    /// For so many runs. The counter goes to standard error, and only to a terminal.
    pub fn new(runs: u64, columns: Columns, colour: Colour) -> Self {
        let counter = if std::io::stderr().is_terminal() {
            ProgressBar::new(runs)
        } else {
            ProgressBar::hidden()
        };
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} runs, {elapsed}") {
            counter.set_style(style);
        }
        Self {
            columns,
            colour,
            counter,
        }
    }

    /// One more is over.
    pub fn finished(&self, run: &FinishedRun) {
        let lines = run_lines(run, self.columns, self.colour);
        self.counter.suspend(|| output::data(&lines));
        self.counter.inc(1);
    }

    /// All are over.
    pub fn done(self) {
        self.counter.finish_and_clear();
    }
}

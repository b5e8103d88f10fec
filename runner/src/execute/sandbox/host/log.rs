//! `interface log`: the lines a check writes, bounded, cut and escaped.

use crate::execute::sandbox::bindings::checkrun::check::log::{Host, Level};
use crate::execute::sandbox::limits;
use crate::execute::sandbox::run_state::RunState;
use crate::execute::sandbox::text::{cut, escape_controls};
use crate::model::run::{LogLevel, LogLine};

/// The log of one run.
#[derive(Default)]
pub(in crate::execute::sandbox) struct Log {
    lines: Vec<LogLine>,
    bytes: usize,
    dropped: u64,
    /// The last line at level error: with the SDK's hook, the text of a panic.
    last_error: Option<String>,
}

impl Log {
    fn write(&mut self, level: LogLevel, message: &str) {
        let message = escape_controls(cut(message, limits::LOG_LINE_BYTES));
        if level == LogLevel::Error {
            // Kept even when the log is full, because it may explain why the check ends.
            self.last_error = Some(message.clone());
        }
        if self.lines.len() >= limits::LOG_LINES || self.bytes + message.len() > limits::LOG_BYTES {
            self.dropped += 1;
            return;
        }
        self.bytes += message.len();
        self.lines.push(LogLine { level, message });
    }

    /// The last line at level error.
    pub(in crate::execute::sandbox) fn last_error(&self) -> Option<&str> {
        self.last_error.as_deref()
    }

    /// All lines, with a last one that says how many were dropped.
    pub(in crate::execute::sandbox) fn into_lines(mut self) -> Vec<LogLine> {
        if self.dropped > 0 {
            self.lines.push(LogLine {
                level: LogLevel::Warn,
                message: format!(
                    "… {} more lines dropped: a run may log {} lines and {}",
                    self.dropped,
                    limits::LOG_LINES,
                    limits::show_bytes(limits::LOG_BYTES)
                ),
            });
        }
        self.lines
    }
}

impl Host for RunState {
    fn write(&mut self, level: Level, message: String) -> wasmtime::Result<()> {
        let level = match level {
            Level::Debug => LogLevel::Debug,
            Level::Info => LogLevel::Info,
            Level::Warn => LogLevel::Warn,
            Level::Error => LogLevel::Error,
        };
        self.log.write(level, &message);
        Ok(())
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_and_not_too_long() {
        let mut log = Log::default();
        log.write(LogLevel::Info, "ok\n2026-01-01 ERROR forged \u{1b}[2J");
        log.write(LogLevel::Info, &"é".repeat(2000));
        let lines = log.into_lines();
        assert_eq!(lines[0].message, "ok\\n2026-01-01 ERROR forged \\u{1b}[2J");
        assert_eq!(lines[1].message.len(), limits::LOG_LINE_BYTES);
    }

    #[test]
    fn lines_and_bytes_are_limited_and_the_rest_is_counted() {
        for (what, lines, length, kept) in [
            ("many lines", 700, 1, limits::LOG_LINES),
            ("long lines", 40, 2048, limits::LOG_BYTES / 2048),
        ] {
            let mut log = Log::default();
            for _ in 0..lines {
                log.write(LogLevel::Debug, &"x".repeat(length));
            }
            let shown = log.into_lines();
            assert_eq!(shown.len(), kept + 1, "{what}");
            let dropped = format!("… {} more lines dropped", lines - kept);
            assert!(shown[kept].message.starts_with(&dropped), "{what}");
        }
    }

    #[test]
    fn a_panic_is_remembered_even_when_the_log_is_full() {
        let mut log = Log::default();
        for _ in 0..600 {
            log.write(LogLevel::Debug, "x");
        }
        log.write(LogLevel::Error, "panicked at src/lib.rs");
        assert_eq!(log.last_error(), Some("panicked at src/lib.rs"));
    }
}

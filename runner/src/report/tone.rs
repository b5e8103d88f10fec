//! Words that say how good something is, in a column and in colour.

use super::plain::push_wrapped;
use crate::model::status::Status;

/// Columns of the word at the beginning of a line.
pub const WORD_WIDTH: usize = 9;

/// Where text beneath such a line begins.
pub const INDENT: usize = WORD_WIDTH + 2;

/// Whether the text goes to a terminal that shows colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// ANSI colours on the status words.
    Ansi,
    /// None.
    None,
}

/// How good what a word says is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Green.
    Good,
    /// Yellow.
    Doubtful,
    /// Magenta: nobody knows.
    Unknown,
    /// Red.
    Bad,
}

impl From<Status> for Tone {
    fn from(status: Status) -> Self {
        match status {
            Status::Ok => Self::Good,
            Status::Warning => Self::Doubtful,
            Status::Unknown => Self::Unknown,
            Status::Critical => Self::Bad,
        }
    }
}

/// The word at the right of a column of so many characters, coloured where that is wanted.
#[must_use]
pub fn paint(word: &str, width: usize, tone: Tone, colour: Colour) -> String {
    let word = format!("{word:>width$}");
    let code = match tone {
        Tone::Good => 32,
        Tone::Doubtful => 33,
        Tone::Unknown => 35,
        Tone::Bad => 31,
    };
    match colour {
        Colour::Ansi => format!("\x1b[1;{code}m{word}\x1b[0m"),
        Colour::None => word,
    }
}

/// Adds what was seen and what to do about it, beneath a line that begins with such a word.
pub fn push_remark(lines: &mut String, text: &str, advice: Option<&str>) {
    push_wrapped(lines, &format!("{:INDENT$}- ", ""), text);
    if let Some(advice) = advice {
        push_advice(lines, advice);
    }
}

/// Adds what to do alone.
pub fn push_advice(lines: &mut String, advice: &str) {
    push_wrapped(lines, &format!("{:INDENT$}→ ", ""), advice);
}

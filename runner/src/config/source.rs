//! [`Source`]: the text of a configuration file, and how places in it are shown.
//!
//! Turns byte ranges into line, column and excerpt. Excerpts hide secrets (see
//! [`super::concealment`]), escape control characters and are shortened around the marker.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::concealment::concealed_ranges;
use super::problem::{Excerpt, Problem, Severity};

/// A byte range in the text of a [`Source`].
pub(super) type Span = Range<usize>;

/// Longest excerpt, characters.
const EXCERPT_CHARS_MAX: usize = 80;

/// The text of one configuration file.
pub(super) struct Source {
    file: PathBuf,
    text: String,
    line_starts: Vec<usize>,
    concealed: Vec<Span>,
}

/// One character of an excerpt and the byte it came from.
struct Shown {
    char: char,
    offset: usize,
}

impl Source {
    /// Takes the text of `file`.
    pub(super) fn new(file: &Path, text: &str) -> Self {
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Self {
            file: file.to_owned(),
            concealed: concealed_ranges(text),
            line_starts,
            text: text.to_owned(),
        }
    }

    /// Where it was read from.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// The text itself, secrets included if somebody wrote one into it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The line in which `span` begins, from 1.
    pub(super) fn line(&self, span: &Span) -> usize {
        self.line_starts.partition_point(|&at| at <= span.start)
    }

    /// `path` as meant by this file: relative ones begin at its folder.
    pub(super) fn resolve(&self, path: &str) -> PathBuf {
        self.file
            .parent()
            .map_or_else(|| PathBuf::from(path), |folder| folder.join(path))
    }

    /// A problem about the text in `span`.
    pub(super) fn problem(&self, severity: Severity, span: &Span, message: String) -> Problem {
        let start = self.floor(span.start);
        let index = self.line_starts.partition_point(|&at| at <= start) - 1;
        let line_start = self.line_starts[index];
        let end = self.text[line_start..]
            .find('\n')
            .map_or(self.text.len(), |length| line_start + length);
        Problem {
            severity,
            message,
            file: Some(self.file.clone()),
            line: Some(index + 1),
            column: Some(self.text[line_start..start].chars().count() + 1),
            excerpt: Some(self.excerpt(line_start..end, start..span.end.max(start))),
            hint: None,
        }
    }

    fn floor(&self, offset: usize) -> usize {
        (0..=offset.min(self.text.len()))
            .rev()
            .find(|&at| self.text.is_char_boundary(at))
            .unwrap_or(0)
    }

    fn excerpt(&self, line: Span, marked: Span) -> Excerpt {
        // A line may be as long as the file: only the neighbourhood of the marker is looked at.
        let near = EXCERPT_CHARS_MAX * char::MAX_LEN_UTF8;
        let from = self
            .floor(marked.start.saturating_sub(near))
            .max(line.start);
        let to = self.floor(marked.start + near).min(line.end).max(from);
        let shown = self.shown(from..to);
        let start = shown.partition_point(|c| c.offset < marked.start);
        let end = shown.partition_point(|c| c.offset < marked.end);
        let (first, last) = if shown.len() <= EXCERPT_CHARS_MAX {
            (0, shown.len())
        } else {
            let first = start.saturating_sub(EXCERPT_CHARS_MAX / 2);
            (first, (first + EXCERPT_CHARS_MAX).min(shown.len()))
        };
        let cut_before = first > 0 || from > line.start;
        let cut_after = last < shown.len() || to < line.end;
        let text = shown[first..last].iter().map(|c| c.char);
        let text: String = cut_before
            .then_some('…')
            .into_iter()
            .chain(text)
            .chain(cut_after.then_some('…'))
            .collect();
        Excerpt {
            text,
            marker_start: start - first + usize::from(cut_before),
            marker_length: (end.min(last)).saturating_sub(start).max(1),
        }
    }

    fn shown(&self, line: Span) -> Vec<Shown> {
        let mut shown = Vec::new();
        let mut hidden_until = 0;
        for (at, char) in self.text[line.clone()].char_indices() {
            let offset = line.start + at;
            if offset < hidden_until {
                continue;
            }
            if let Some(range) = self.concealed_at(offset) {
                hidden_until = range.end;
                shown.push(Shown {
                    char: '…', offset
                });
            } else if char == '\t' {
                shown.push(Shown { char: ' ', offset });
            } else if char.is_control() || is_invisible(char) {
                if char != '\r' {
                    shown.push(Shown {
                        char: '�', offset
                    });
                }
            } else {
                shown.push(Shown { char, offset });
            }
        }
        while shown.last().is_some_and(|c| c.char == ' ') {
            shown.pop();
        }
        shown
    }

    fn concealed_at(&self, offset: usize) -> Option<&Span> {
        let index = self.concealed.partition_point(|range| range.end <= offset);
        self.concealed
            .get(index)
            .filter(|range| range.contains(&offset))
    }
}

/// Characters that reorder or hide text on a terminal: bidirectional controls, zero-width ones.
fn is_invisible(char: char) -> bool {
    matches!(
        char,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, span: Span) -> String {
        Source::new(Path::new("checkrun.toml"), text)
            .problem(Severity::Error, &span, "here".into())
            .to_string()
    }

    #[test]
    fn a_place_is_shown_with_its_line_and_a_marker() {
        insta::assert_snapshot!(shown("[run]\nparalel = 4\n", 6..13), @r"
        error: here
         --> checkrun.toml:2:1
          |
        2 | paralel = 4
          | ^^^^^^^
        ");
    }

    #[test]
    fn a_long_line_is_shortened_around_the_marker() {
        let text = format!("{}MARKED{}", "a".repeat(300), "b".repeat(300));
        let shown = shown(&text, 300..306);
        assert!(shown.contains("…aaaa") && shown.contains("bbbb…") && shown.contains("MARKED"));
        assert!(shown.lines().all(|line| line.chars().count() < 100));
    }

    #[test]
    fn terminal_escapes_and_reordering_are_not_passed_on() {
        let shown = shown("name = \"\u{1b}[2J\u{202e}x\"\r\n", 0..4);
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}') && !shown.contains('\r'));
    }

    #[test]
    fn places_beyond_the_text_or_inside_a_character_do_not_panic() {
        for span in [0..0, 1..2, 5..9, 100..200] {
            shown("é\né", span.clone());
            shown("", span);
        }
    }
}

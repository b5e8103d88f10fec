//! Text from packs and databases, made harmless for a terminal.

use std::borrow::Cow;

use crate::model::text::is_unsafe;

/// Columns that a line for people may take.
pub const WIDTH: usize = 100;

/// The text on one line: control characters (escape sequences, line breaks, tabs) and characters
/// that reorder or hide text become `\u{..}` escapes.
#[must_use]
pub fn one_line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if is_unsafe(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// As [`one_line`], cut to `width` characters with an ellipsis.
#[must_use]
pub fn cut(text: &str, width: usize) -> String {
    let text = one_line(text);
    if text.chars().count() <= width {
        return text.into_owned();
    }
    let mut shown: String = text.chars().take(width.saturating_sub(1)).collect();
    shown.push('…');
    shown
}

/// As [`cut`], but in the middle: names of a kind often differ in their ends only.
#[must_use]
pub fn cut_middle(name: &str, width: usize) -> String {
    let characters: Vec<char> = one_line(name).chars().collect();
    if characters.len() <= width {
        return characters.into_iter().collect();
    }
    let kept = width.saturating_sub(1);
    let back = kept / 3;
    let front = kept - back;
    characters[..front]
        .iter()
        .chain(&['…'])
        .chain(&characters[characters.len() - back..])
        .collect()
}

/// Adds the text on lines of at most [`WIDTH`] columns, broken at blanks: the first line after
/// `before`, the others indented as far. Lines of its own, such as those of a stack of calls, stay
/// lines, with what each is indented by.
pub fn push_wrapped(lines: &mut String, before: &str, text: &str) {
    let indent = " ".repeat(before.chars().count());
    let mut own_lines = text.lines();
    push_line(lines, before, own_lines.next().unwrap_or_default());
    for line in own_lines {
        let words = line.trim_start_matches(' ');
        let blanks = (line.len() - words.len()).min(WIDTH / 4);
        push_line(lines, &format!("{indent}{}", " ".repeat(blanks)), words);
    }
}

fn push_line(lines: &mut String, before: &str, text: &str) {
    let indent = before.chars().count();
    let room = WIDTH.saturating_sub(indent).max(1);
    let text = one_line(text);
    let mut line = before.to_owned();
    let mut used = 0;
    for word in text.split(' ').flat_map(|word| pieces(word, room)) {
        let width = word.chars().count();
        if used > 0 && used + 1 + width > room {
            lines.push_str(line.trim_end());
            lines.push('\n');
            line = " ".repeat(indent);
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        line.push_str(&word);
        used += width;
    }
    lines.push_str(line.trim_end());
    lines.push('\n');
}

/// A word that is longer than a line, broken where the line ends.
fn pieces(word: &str, room: usize) -> Vec<String> {
    let characters: Vec<char> = word.chars().collect();
    characters
        .chunks(room)
        .map(|piece| piece.iter().collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_moves_the_cursor_or_hides_text_gets_through() {
        for (text, shown) in [
            ("plain – ünïcödé 漢字", "plain – ünïcödé 漢字"),
            ("\x1b[31mred\x1b[0m", "\\u{1b}[31mred\\u{1b}[0m"),
            ("two\nlines\r\n", "two\\nlines\\r\\n"),
            ("\u{202e}gnp.exe", "\\u{202e}gnp.exe"),
            ("nul\0bell\u{7}", "nul\\u{0}bell\\u{7}"),
            ("c1 \u{9b}31m", "c1 \\u{9b}31m"),
        ] {
            assert_eq!(one_line(text), shown);
        }
    }

    #[test]
    fn cutting_counts_characters_and_never_splits_one() {
        assert_eq!(cut("äöüß", 4), "äöüß");
        assert_eq!(cut("äöüßx", 4), "äöü…");
        assert_eq!(cut("", 0), "");
    }

    #[test]
    fn names_keep_both_ends() {
        assert_eq!(cut_middle("orders-eu-1", 11), "orders-eu-1");
        assert_eq!(cut_middle("orders-eu-1", 8), "order…-1");
        assert_eq!(cut_middle("orders", 1), "…");
    }

    #[test]
    fn wrapped_text_keeps_to_the_width_and_lines_up() {
        let mut lines = String::new();
        let long = format!("{} {} end", "word ".repeat(30).trim_end(), "x".repeat(120));
        push_wrapped(&mut lines, "  - ", &long);
        push_wrapped(&mut lines, "  ", "");
        assert!(
            lines.lines().all(|line| line.chars().count() <= WIDTH),
            "{lines}"
        );
        assert!(lines.lines().all(|line| !line.ends_with(' ')), "{lines}");
        assert!(lines.starts_with("  - word word"), "{lines}");
        assert_eq!(lines.matches("\n    word").count(), 1, "{lines}");
        assert_eq!(lines.matches('x').count(), 120, "{lines}");
    }
}

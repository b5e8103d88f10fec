//! Text from packs and databases, made harmless for a terminal.

use std::borrow::Cow;

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

/// Control characters, and the bidirectional and zero-width ones that make text lie.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
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
}

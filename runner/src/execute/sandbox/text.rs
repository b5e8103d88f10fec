//! Text that comes from a guest: cut to size, and made safe to show.

use crate::model::text::is_unsafe;

/// The beginning of `text`, at most `bytes` long, ending at a character.
pub(super) fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// The end of `text`, at most `bytes` long, beginning at a character.
pub(super) fn tail(text: &str, bytes: usize) -> &str {
    &text[text.ceil_char_boundary(text.len().saturating_sub(bytes))..]
}

/// One line: control characters, and those that reorder or hide text, are written as escapes.
pub(super) fn escape_controls(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if !is_unsafe(character) {
            escaped.push(character);
        } else {
            escaped.extend(character.escape_default());
        }
    }
    escaped
}

/// As [`escape_controls`], but lines and tabs stay.
pub(super) fn escape_controls_in_lines(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if !is_unsafe(character) || matches!(character, '\n' | '\t') {
            escaped.push(character);
        } else {
            escaped.extend(character.escape_default());
        }
    }
    escaped
}

/// Whether `text` is a name: a lower-case letter, then lower-case letters, digits and `also`.
pub(super) fn is_name(text: &str, also: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.len() <= super::limits::NAME_BYTES
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || also.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_and_what_stays() {
        for (text, shown) in [
            ("größe ✓", "größe ✓"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("two\r\nlines", "two\\r\\nlines"),
            ("abc\u{202e}gpj.exe", "abc\\u{202e}gpj.exe"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("zero\u{200b}width", "zero\\u{200b}width"),
            ("<b>bold</b>", "<b>bold</b>"),
        ] {
            assert_eq!(escape_controls(text), shown);
        }
        assert_eq!(escape_controls_in_lines("a\n\tb\r"), "a\n\tb\\r");
    }

    #[test]
    fn cutting_never_splits_a_character() {
        assert_eq!(cut("aé", 2), "a");
        assert_eq!(cut("aé", 3), "aé");
        assert_eq!(tail("éa", 2), "a");
        assert_eq!(tail("éa", 99), "éa");
    }

    #[test]
    fn names() {
        assert!(is_name("used_ratio", "_"));
        assert!(!is_name("../../x", "_-"));
        assert!(!is_name("Upper", "_"));
        assert!(!is_name("", "_"));
        assert!(!is_name(&"a".repeat(101), "_"));
    }
}

//! Which characters of somebody else's text are not shown as they are.

/// Control characters, and the bidirectional and zero-width ones that make text lie.
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// The text with `\u{…}` in place of what is unsafe.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match is_unsafe(c) {
            true => safe.extend(c.escape_unicode()),
            false => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unsafe_is_shown_by_its_number() {
        assert_eq!(escaped("a\u{202e}ö\n"), "a\\u{202e}ö\\u{a}");
    }

    #[test]
    fn what_moves_the_cursor_reorders_or_hides_is_unsafe_and_letters_are_not() {
        for c in [
            '\0', '\n', '\t', '\u{1b}', '\u{7f}', '\u{9b}', '\u{200b}', '\u{200f}', '\u{202e}',
            '\u{2060}', '\u{2069}', '\u{feff}',
        ] {
            assert!(is_unsafe(c), "{c:?}");
        }
        for c in ['a', ' ', 'ö', '漢', '–', '…', '✓', '\u{2010}', '\u{2070}'] {
            assert!(!is_unsafe(c), "{c:?}");
        }
    }
}

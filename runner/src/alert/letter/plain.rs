//! Text from checks and database servers, made harmless for people's mail: no control characters, none
//! that reorder or hide, and not longer than there is room.

use crate::model::text::is_unsafe;

/// Longest name that a mail shows, characters.
pub const NAME_CHARS_MAX: usize = 60;

/// The text on one line of at most `chars_max` characters. Line breaks and tabs are blanks then; other
/// unsafe characters are shown by their number.
pub fn one_line(text: &str, chars_max: usize) -> String {
    // Each character becomes at least one, save blanks in a row.
    let mut shown = String::new();
    let mut count = 0;
    for c in text.trim().chars() {
        if count > chars_max {
            break;
        }
        count += match c {
            ' ' | '\n' | '\r' | '\t' if shown.ends_with(' ') => 0,
            ' ' | '\n' | '\r' | '\t' => push(&mut shown, ' '),
            c => push(&mut shown, c),
        };
    }
    cut(&shown, chars_max)
}

/// As [`one_line`], but line breaks stay.
pub fn lines(text: &str, chars_max: usize) -> String {
    let mut shown = String::new();
    let mut count = 0;
    for c in text.trim_end().chars() {
        if count > chars_max {
            break;
        }
        count += match c {
            '\n' => {
                shown.push(c);
                1
            }
            '\r' => 0,
            '\t' => push(&mut shown, ' '),
            c => push(&mut shown, c),
        };
    }
    cut(&shown, chars_max)
}

/// Adds the character, or its number; returns how many were added.
fn push(shown: &mut String, c: char) -> usize {
    match is_unsafe(c) {
        true => {
            let escaped = c.escape_unicode();
            shown.extend(escaped.clone());
            escaped.len()
        }
        false => {
            shown.push(c);
            1
        }
    }
}

/// At most `chars_max` characters, the last of them `…` if some are left out.
pub fn cut(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(chars_max.saturating_sub(1)).collect();
    kept.trim_end().to_owned() + "…"
}

/// As [`one_line`], but cut in the middle: names of a kind often differ in their ends only.
pub fn name(name: &str, chars_max: usize) -> String {
    // What is far beyond what can be shown is not looked at.
    let shown = one_line(name, 16 * chars_max);
    let all: Vec<char> = shown.chars().collect();
    if all.len() <= chars_max {
        return shown;
    }
    let kept = chars_max.saturating_sub(1);
    let back = kept / 3;
    let (front, end) = (&all[..kept - back], &all[all.len() - back..]);
    front.iter().chain(&['…']).chain(end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_a_line_reorders_or_hides() {
        for (text, shown) in [
            ("plain – ünïcödé 漢字", "plain – ünïcödé 漢字"),
            ("two\r\nlines\tand  blanks ", "two lines and blanks"),
            ("\u{1b}[2Jx\u{202e}y\u{0}", "\\u{1b}[2Jx\\u{202e}y\\u{0}"),
        ] {
            assert_eq!(one_line(text, 100), shown);
        }
        assert_eq!(lines("a\r\n  b\u{7}\n\n", 100), "a\n  b\\u{7}");
    }

    #[test]
    fn cutting_counts_characters_and_says_that_something_is_left_out() {
        assert_eq!(one_line("äöüß", 4), "äöüß");
        assert_eq!(one_line("äöüßx", 4), "äöü…");
        assert_eq!(one_line(&"\u{202e}".repeat(1_000_000), 5), "\\u{2…");
        assert_eq!(lines(&"a\n".repeat(1_000_000), 4), "a\na…");
        assert_eq!(name("orders-eu-1", 8), "order…-1");
        assert_eq!(name("orders", 1), "…");
    }
}

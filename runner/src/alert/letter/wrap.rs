//! Lines of a text mail: broken at blanks, with what follows lined up.

/// Columns of a text mail.
pub const WIDTH: usize = 72;

/// As many columns as may stand before a text on its own line.
const BEFORE_MAX: usize = WIDTH / 3;

/// The text on lines of at most [`WIDTH`] columns: the first line after `before`, the others indented as
/// far. Its own line breaks stay. A word that is longer than a line, such as an address, stays whole.
pub fn wrapped(text: &str, before: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    // A long name would leave a narrow column for its value: that goes below it.
    let mut before = before.to_owned();
    if before.chars().count() > BEFORE_MAX {
        let name = before.trim_start();
        let blanks = " ".repeat((before.len() - name.len()).min(BEFORE_MAX));
        broken(&mut lines, &blanks, name);
        before = blanks + "  ";
    }
    let before = before.as_str();
    let indent = " ".repeat(before.chars().count());
    let mut own_lines = text.lines();
    broken(&mut lines, before, own_lines.next().unwrap_or_default());
    for line in own_lines {
        let words = line.trim_start_matches(' ');
        let blanks = (line.len() - words.len()).min(WIDTH / 4);
        broken(
            &mut lines,
            &format!("{indent}{}", " ".repeat(blanks)),
            words,
        );
    }
    lines.join("\n")
}

fn broken(lines: &mut Vec<String>, before: &str, text: &str) {
    let indent = " ".repeat(before.chars().count());
    let mut line = before.to_owned();
    let mut is_empty = true;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let is_full = line.chars().count() + 1 + word.chars().count() > WIDTH;
        if !is_empty && is_full {
            lines.push(line.trim_end().to_owned());
            line = indent.clone();
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push(line.trim_end().to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_at_blanks_and_line_up() {
        for (before, text, lines) in [
            ("", "short", vec!["short"]),
            ("- ", "", vec!["-"]),
            ("- ", "a\n  b\nc", vec!["- a", "    b", "  c"]),
            (
                "now  ",
                "The quick brown fox jumps over the lazy dog and then it does so once more.",
                vec![
                    "now  The quick brown fox jumps over the lazy dog and then it does so",
                    "     once more.",
                ],
            ),
            (
                "  a name that is much too long:  ",
                "its value",
                vec!["  a name that is much too long:", "    its value"],
            ),
        ] {
            assert_eq!(wrapped(text, before), lines.join("\n"));
        }
        let address = format!("https://example.org/{}", "x".repeat(100));
        assert_eq!(
            wrapped(&format!("see {address} now"), "  ").lines().count(),
            3
        );
    }
}

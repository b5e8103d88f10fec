//! Reads Rust just well enough to tell code from comments and text in quotes.

/// Whether a line has anything but blanks and a line comment.
pub fn is_code(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with("//")
}

/// The code alone: comments and the content of strings become blanks, line ends stay, so that a
/// position is on the same line as before.
pub fn code_only(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let hidden = hidden_length(rest, code.chars().next_back());
        if hidden == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            code.extend(
                rest[..hidden]
                    .chars()
                    .map(|c| if c == '\n' { '\n' } else { ' ' }),
            );
            rest = &rest[hidden..];
        }
    }
    code
}

/// How many bytes at the start are a comment or a literal; `before` is the character before.
fn hidden_length(rest: &str, before: Option<char>) -> usize {
    let starts_word = !before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with("//") {
        rest.find('\n').unwrap_or(rest.len())
    } else if rest.starts_with("/*") {
        block_comment(rest)
    } else if rest.starts_with('"') {
        quoted(rest, '"')
    } else if rest.starts_with('\'') {
        character(rest)
    } else if starts_word && rest.starts_with('r') {
        raw_string(rest)
    } else {
        0
    }
}

/// Block comments nest.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut position = 0;
    while position < rest.len() {
        let here = &rest[position..];
        if here.starts_with("/*") {
            depth += 1;
            position += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            position += 2;
            if depth == 0 {
                return position;
            }
        } else {
            position += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (position, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return position + 1,
            _ => {}
        }
    }
    rest.len()
}

/// A character in quotes, or a lifetime, which hides nothing.
fn character(rest: &str) -> usize {
    let mut characters = rest.chars().skip(1);
    match (characters.next(), characters.next()) {
        (Some('\\'), _) | (Some(_), Some('\'')) => quoted(rest, '\''),
        _ => 0,
    }
}

/// `r"…"` with any number of `#`; an ordinary word that begins with `r` hides nothing.
fn raw_string(rest: &str) -> usize {
    let hashes = rest[1..].chars().take_while(|c| *c == '#').count();
    if !rest[1 + hashes..].starts_with('"') {
        return 0;
    }
    let start = 2 + hashes;
    let end = format!("\"{}", "#".repeat(hashes));
    rest[start..]
        .find(&end)
        .map_or(rest.len(), |position| start + position + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_is_left() {
        for (reason, text, code) in [
            ("a line comment goes", "a // b\nc", "a     \nc"),
            ("block comments nest", "a/* /* */ b */c", "a             c"),
            (
                "a string goes, quotes too",
                r#"f("a\"b", c)"#,
                "f(      , c)",
            ),
            (
                "a raw string may hold quotes",
                r###"r#"a"b"# c"###,
                "         c",
            ),
            (
                "a word that begins with r stays",
                "return run",
                "return run",
            ),
            ("a quote as a character", r#"'"' a '"'"#, "    a    "),
            ("an escaped character", r"'\'' a", "     a"),
            ("a lifetime is code", "&'a str // x", "&'a str     "),
            ("an end is missing", "\"abc", "    "),
        ] {
            assert_eq!(code_only(text), code, "{reason}");
        }
    }
}

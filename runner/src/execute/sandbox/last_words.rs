//! What a language runtime printed before it ended, with the line first that tells most.
//!
//! Runtimes print a stack first and the exception last, or wrap it in a message of their own. Which
//! line is the telling one changes how a failure reads, never what it is.

/// The advice of Rust's panics, which nobody can follow: a pack has no environment.
const ADVICE: &str = "note: run with `RUST_BACKTRACE=";

/// The exception or the panic's message, then all that was printed.
pub(super) fn arrange(printed: &str) -> String {
    let lines: Vec<_> = printed
        .lines()
        .filter(|line| !line.starts_with(ADVICE))
        .collect();
    let text = lines.join("\n");
    let telling = python_exception(&lines)
        .or_else(|| javascript_exception(&text))
        .or_else(|| panic_message(&lines));
    match telling {
        Some(telling) if lines.first() != Some(&telling.as_str()) => format!("{telling}\n{text}"),
        _ => text,
    }
}

/// The line that follows the indented ones of the last traceback.
fn python_exception(lines: &[&str]) -> Option<String> {
    let traceback = lines
        .iter()
        .rposition(|line| *line == "Traceback (most recent call last):")?;
    lines[traceback + 1..]
        .iter()
        .find(|line| !line.is_empty() && !line.starts_with(' '))
        .map(|line| (*line).to_owned())
}

/// The message of an exception as QuickJS's embedding shows it: as a Rust string in quotes.
fn javascript_exception(text: &str) -> Option<String> {
    let (_, message) = text
        .split_once("Exception {")?
        .1
        .split_once("message: Some(\"")?;
    let mut shown = String::new();
    let mut characters = message.chars();
    loop {
        match characters.next()? {
            '"' => return Some(shown),
            '\\' => match characters.next()? {
                'n' => shown.push(' '),
                other => shown.push(other),
            },
            other => shown.push(other),
        }
    }
}

/// The line after the one that says where the panic was.
fn panic_message(lines: &[&str]) -> Option<String> {
    let place = lines
        .iter()
        .position(|line| line.starts_with("thread '") && line.contains(" panicked at "))?;
    lines.get(place + 1).map(|line| (*line).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_telling_line_comes_first() {
        for (printed, first) in [
            (
                "Traceback (most recent call last):\n  File \"/0/a.py\", line 3, in run\nKeyError: 'x'\n\nthread '<unnamed>' (1) panicked at runtime/src/lib.rs:1293:29:\nPython function threw an unexpected exception",
                "KeyError: 'x'",
            ),
            (
                "Traceback (most recent call last):\n  File \"/0/a.py\"\nKeyError: 'x'\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"/0/a.py\"\nValueError: 5",
                "ValueError: 5",
            ),
            (
                "thread '<unnamed>' (1) panicked at crates/runtime/src/interpreter.rs:51:31:\nFailed to call 'run': Value(Exception(\nException { message: Some(\"no \\\"moon\\\"\\ntoday\"), stack: Some(\"  at run\") })\n)",
                "no \"moon\" today",
            ),
            (
                "thread 'main' panicked at src/lib.rs:1:2:\nindex out of bounds\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
                "index out of bounds",
            ),
            ("plain words\nand more", "plain words"),
            (
                "Traceback (most recent call last):",
                "Traceback (most recent call last):",
            ),
            (
                "Exception { message: Some(\"cut",
                "Exception { message: Some(\"cut",
            ),
            ("", ""),
        ] {
            let arranged = arrange(printed);
            assert_eq!(arranged.lines().next().unwrap_or_default(), first);
            assert!(!arranged.contains("RUST_BACKTRACE"));
        }
    }

    #[test]
    fn nothing_is_said_twice_and_nothing_gets_lost() {
        assert_eq!(arrange("one\ntwo"), "one\ntwo");
        let panicked = "thread 'main' panicked at src/lib.rs:1:2:\nboom";
        assert_eq!(arrange(panicked), format!("boom\n{panicked}"));
    }
}

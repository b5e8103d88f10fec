//! Commands to be copied into a shell, whatever the names in them are.

use crate::model::text::is_unsafe;

/// Longest name that a command is given for, characters: cut, it would name something else.
const NAME_CHARS_MAX: usize = 200;

/// Takes an incident on.
pub fn acknowledge(incident: i64) -> String {
    format!("checkrun alerts ack {incident} --for 24h --by NAME")
}

/// Silences a job on a target; none if their names do not fit into a line.
pub fn silence(target: &str, job: &str) -> Option<String> {
    let target_word = match is_plain(target) {
        true => target.to_owned(),
        false => quoted(target)?,
    };
    // What begins with `-` would be taken for an option.
    let check = match job.starts_with('-') {
        true => format!("--check={}", quoted(job)?),
        false => format!("--check {}", quoted(job)?),
    };
    let rest = format!("{check} --for 2h --comment \"…\"");
    Some(match target.starts_with('-') {
        true => format!("checkrun alerts silence {rest} -- {target_word}"),
        false => format!("checkrun alerts silence {target_word} {rest}"),
    })
}

/// Whether a shell and the command line take it as it is.
fn is_plain(word: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+=,".contains(c);
    !word.is_empty() && word.len() <= NAME_CHARS_MAX && word.chars().all(is_plain)
}

/// In single quotes; with escapes (as bash and zsh have them) where something would not be visible.
fn quoted(word: &str) -> Option<String> {
    if word.chars().count() > NAME_CHARS_MAX {
        return None;
    }
    if !word.chars().any(is_unsafe) {
        return Some(format!("'{}'", word.replace('\'', r"'\''")));
    }
    let mut text = "$'".to_owned();
    for c in word.chars() {
        match c {
            '\'' | '\\' => text.extend(['\\', c]),
            c if is_unsafe(c) => text.push_str(&format!("\\U{:08x}", u32::from(c))),
            c => text.push(c),
        }
    }
    Some(text + "'")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_silence_has_one_form() {
        for (target, job, command) in [
            ("orders", "health", "orders --check 'health'"),
            ("eu 1", "slow ones", "'eu 1' --check 'slow ones'"),
            ("it's", "$(rm)", r"'it'\''s' --check '$(rm)'"),
            ("a;b", "`x`", "'a;b' --check '`x`'"),
            ("", "", "'' --check ''"),
            (
                "a\u{202e}b",
                "x\ny",
                r"$'a\U0000202eb' --check $'x\U0000000ay'",
            ),
        ] {
            let whole = format!("checkrun alerts silence {command} --for 2h --comment \"…\"");
            assert_eq!(silence(target, job), Some(whole));
        }
        assert_eq!(
            silence("-a", "-b").as_deref(),
            Some("checkrun alerts silence --check='-b' --for 2h --comment \"…\" -- -a")
        );
        assert_eq!(silence(&"x".repeat(201), "health"), None);
    }

    #[test]
    fn a_shell_reads_the_names_as_they_are() {
        for name in [
            "plain",
            "it's \"quoted\" $HOME `id` \\ !x",
            "*",
            "a\u{202e}b\u{1b}[2J\n'\\",
            "~/x #y ünïcödé",
        ] {
            let line = silence(name, name).expect("a short name");
            let script = line.replacen("checkrun", "printf '%s\\n'", 1);
            let output = Command::new("bash")
                .env("LC_ALL", "C.UTF-8")
                .args(["--norc", "-c", &script])
                .output()
                .expect("bash");
            let said = String::from_utf8(output.stdout).expect("text");
            let expected =
                format!("alerts\nsilence\n{name}\n--check\n{name}\n--for\n2h\n--comment\n…\n");
            assert_eq!(said, expected, "{line}");
        }
    }
}

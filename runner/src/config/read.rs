//! Reads a configuration file, within limits, as text.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::problem::{Problem, Problems};

/// Largest configuration file, bytes: 1 MiB.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// What to do when there is no configuration.
pub(super) const INIT_HINT: &str = "`checkrun config init` writes one to begin with";

/// The text of the file, without a byte order mark.
pub(super) fn read(path: &Path) -> Result<String, Problems> {
    let mut bytes = Vec::new();
    let result = File::open(path).and_then(|file| {
        // One byte more than allowed tells "too large" apart, without trusting the file's length.
        file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)
    });
    if let Err(error) = result {
        return Err(unreadable(path, &error).into());
    }
    if bytes.len() as u64 > FILE_BYTES_MAX {
        let problem = Problem::of_file(path, "the configuration is larger than 1 MiB");
        return Err(problem.with_hint("is this the right file?").into());
    }
    let text = String::from_utf8(bytes).map_err(|error| not_text(path, &error))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if text.trim().is_empty() {
        let problem = Problem::of_file(path, "the configuration is empty");
        return Err(problem.with_hint(INIT_HINT).into());
    }
    Ok(text.to_owned())
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::NotFound => {
            Problem::of_file(path, "the configuration does not exist").with_hint(INIT_HINT)
        }
        io::ErrorKind::IsADirectory => {
            Problem::of_file(path, "the configuration is a folder, not a file")
                .with_hint("name the file in it, such as `checkrun.toml`")
        }
        io::ErrorKind::PermissionDenied => {
            Problem::of_file(path, "the configuration may not be read by this account").with_hint(
                "run checkrun as the account that owns the file, or let this one read it",
            )
        }
        _ => Problem::of_file(path, format!("the configuration cannot be read: {error}")),
    }
}

fn not_text(path: &Path, error: &std::string::FromUtf8Error) -> Problem {
    let at = error.utf8_error().valid_up_to();
    let line = error.as_bytes()[..at]
        .iter()
        .filter(|&&b| b == b'\n')
        .count()
        + 1;
    let utf16 =
        error.as_bytes().starts_with(&[0xff, 0xfe]) || error.as_bytes().starts_with(&[0xfe, 0xff]);
    let message = if utf16 {
        "the configuration is UTF-16, and TOML is UTF-8"
    } else {
        "the configuration is not UTF-8"
    };
    let encoding = if utf16 { "UTF-16" } else { "WINDOWS-1252" };
    Problem::of_file(path, format!("{message} (line {line}, byte {at})")).with_hint(format!(
        "save it as UTF-8; `iconv -f {encoding} -t UTF-8` converts such files"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_no_configuration_say_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder");
        let shown = |name: &str, content: Option<&[u8]>| {
            let path = folder.path().join(name);
            if let Some(content) = content {
                std::fs::write(&path, content).expect("written");
            }
            let problem = read(&path).expect_err(name).to_string();
            problem.replace(&folder.path().display().to_string(), "…")
        };
        std::fs::create_dir(folder.path().join("folder")).expect("made");
        let all = [
            shown("missing.toml", None),
            shown("folder", None),
            shown("empty.toml", Some(b"")),
            shown("blank.toml", Some(b"\xef\xbb\xbf \r\n\t\n")),
            shown("large.toml", Some(&vec![b'#'; 1024 * 1024 + 1])),
            shown("latin1.toml", Some(b"[run]\n# f\xfcr alle\n")),
            shown("utf16.toml", Some(b"\xff\xfe[\0r\0")),
        ];
        insta::assert_snapshot!(all.join("\n\n"));
    }

    #[test]
    fn a_byte_order_mark_and_windows_line_ends_are_harmless() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("checkrun.toml");
        std::fs::write(&path, "\u{feff}[run]\r\nparallel = 4\r\n").expect("written");
        let loaded = crate::config::load(&path).expect("fine");
        assert_eq!(loaded.config.parallel(), 4);
    }
}

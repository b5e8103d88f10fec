//! `config init`: a first file with comments, to put a database into.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use super::problem::{Problem, Problems};

/// The first configuration. It is sound; only a target is missing, which nobody can guess.
pub const DEFAULT_FILE: &str = include_str!("default.toml");

/// Writes the default configuration to a new file at `path`.
///
/// # Errors
/// A problem if the file exists already, which is never overwritten, or cannot be written.
pub fn init(path: &Path) -> Result<(), Problems> {
    let result = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .and_then(|mut file| file.write_all(DEFAULT_FILE.as_bytes()));
    result.map_err(|error| {
        let problem = match error.kind() {
            io::ErrorKind::AlreadyExists => {
                Problem::of_file(path, "the file exists already and is not overwritten")
                    .with_hint("name another one, such as `checkrun config init other.toml`, or move this one away")
            }
            io::ErrorKind::NotFound => {
                Problem::of_file(path, "the folder of the file does not exist")
                    .with_hint("make the folder first")
            }
            _ => Problem::of_file(path, format!("the file cannot be written: {error}")),
        };
        problem.into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_existing_file_is_never_overwritten() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("checkrun.toml");
        init(&path).expect("written");
        std::fs::write(&path, "mine").expect("written");
        let problems = init(&path).expect_err("it exists");
        assert_eq!(
            problems.0[0].message,
            "the file exists already and is not overwritten"
        );
        assert_eq!(std::fs::read_to_string(&path).expect("there"), "mine");
    }

    #[test]
    fn a_missing_folder_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let problems = init(&folder.path().join("none/checkrun.toml")).expect_err("no folder");
        assert_eq!(
            problems.0[0].message,
            "the folder of the file does not exist"
        );
    }
}

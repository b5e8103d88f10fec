//! Rules for a file by itself: its header, its size, its name.

use super::code::is_code;
use super::{Breach, SourceFile};

/// The longest file, in lines that are neither empty nor comment.
const CODE_LINES_MAX: usize = 400;

/// Names that could be given to anything.
const EMPTY_NAMES: [&str; 8] = [
    "utils", "util", "helpers", "helper", "common", "manager", "managers", "misc",
];

/// All breaches of these rules in one file.
pub fn check(file: &SourceFile) -> Vec<Breach> {
    [header(file), size(file), name(file)]
        .into_iter()
        .flatten()
        .collect()
}

fn header(file: &SourceFile) -> Option<Breach> {
    if file.text.starts_with("//! ") {
        return None;
    }
    Some(Breach {
        path: file.path.clone(),
        line: 1,
        rule: "the file does not open by saying what it is for".to_owned(),
        remedy: "begin with `//! ` and one to fifteen lines: purpose, main types, who uses it"
            .to_owned(),
    })
}

fn size(file: &SourceFile) -> Option<Breach> {
    let mut code = file
        .text
        .lines()
        .enumerate()
        .filter(|(_, line)| is_code(line));
    let (line, _) = code.nth(CODE_LINES_MAX)?;
    Some(Breach {
        path: file.path.clone(),
        line: line + 1,
        rule: format!("the file has more than {CODE_LINES_MAX} lines of code"),
        remedy: "split it by noun, or move its tests to `tests.rs` beside it".to_owned(),
    })
}

fn name(file: &SourceFile) -> Option<Breach> {
    let name = file
        .path
        .trim_end_matches(".rs")
        .split('/')
        .find(|name| EMPTY_NAMES.contains(name))?;
    Some(Breach {
        path: file.path.clone(),
        line: 1,
        rule: format!("`{name}` says nothing about what is in it"),
        remedy: "name the file or folder for a noun of the domain".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaks(path: &str, text: &str) -> usize {
        check(&SourceFile::new(path, text)).len()
    }

    #[test]
    fn a_file_has_a_header_a_size_and_a_name() {
        let long = |lines| format!("//! Long.\n\n// Why.\n{}", "f();\n".repeat(lines));
        for (reason, path, text, count) in [
            (
                "a header and little code",
                "a/b.rs",
                "//! For this.\nfn f() {}\n",
                0,
            ),
            ("no header", "a/b.rs", "fn f() {}\n", 1),
            (
                "a header of the first item only",
                "a/b.rs",
                "/// For this.\nfn f() {}\n",
                1,
            ),
            ("an empty header", "a/b.rs", "//!\n", 1),
            ("an empty file", "a/b.rs", "", 1),
            ("as long as allowed", "a/b.rs", &long(400), 0),
            ("one line too long", "a/b.rs", &long(401), 1),
            (
                "a file named for anything",
                "a/helpers.rs",
                "//! For this.\n",
                1,
            ),
            (
                "a folder named for anything",
                "a/common/b.rs",
                "//! For this.\n",
                1,
            ),
            (
                "a name that merely has such a word in it",
                "a/common_table.rs",
                "//! For this.\n",
                0,
            ),
        ] {
            assert_eq!(breaks(path, text), count, "{reason}");
        }
    }
}

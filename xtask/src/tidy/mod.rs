//! `cargo xtask tidy`: the rules of the project for its source files and documents.
//!
//! What the compiler and its lints cannot hold: every file says what it is for ([`shape`]), stays
//! small and has a name of the domain, and imports only what its place allows ([`boundary`]); links
//! in documents lead somewhere ([`links`]). Each message names the rule and the remedy.

use std::fmt;
use std::fs;
use std::path::Path;

use crate::failure::Failure;
use crate::workspace;

mod boundary;
mod code;
mod links;
mod shape;

/// A source file or document, with its path from the workspace's folder, `/` between the parts.
#[derive(Debug)]
pub struct SourceFile {
    path: String,
    text: String,
}

/// One place where a rule is broken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breach {
    path: String,
    line: usize,
    rule: String,
    remedy: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            line,
            rule,
            remedy,
        } = self;
        write!(f, "{path}:{line}: {rule}\n    {remedy}")
    }
}

/// Holds all rules over all Rust files and documents of the workspace.
pub fn run() -> Result<(), Failure> {
    let folder = workspace::folder();
    let mut files = Vec::new();
    collect(folder, "", &mut files)?;
    let (documents, sources): (Vec<_>, Vec<_>) = files
        .into_iter()
        .partition(|file| file.path.ends_with(".md"));
    let mut breaches: Vec<_> = sources.iter().flat_map(breaches).collect();
    breaches.extend(links::check(&documents, &|path| folder.join(path).exists()));
    breaches.sort();
    for breach in &breaches {
        println!("{breach}");
    }
    match breaches.len() {
        0 => {
            let count = sources.len() + documents.len();
            println!("{count} files keep the rules");
            Ok(())
        }
        count => Err(Failure::Untidy(count)),
    }
}

fn breaches(file: &SourceFile) -> Vec<Breach> {
    [shape::check(file), boundary::check(file)].concat()
}

/// All Rust files and documents below `folder`, without hidden folders and build products.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<SourceFile>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(Failure::file(folder))? {
        let entry = entry.map_err(Failure::file(folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().map_err(Failure::file(entry.path()))?;
        let path = format!("{prefix}{name}");
        if kind.is_dir() && !name.starts_with('.') && name != "target" {
            collect(&entry.path(), &format!("{path}/"), files)?;
        } else if kind.is_file() && [".rs", ".md"].iter().any(|end| name.ends_with(end)) {
            let text = fs::read_to_string(entry.path()).map_err(Failure::file(entry.path()))?;
            files.push(SourceFile { path, text });
        }
    }
    Ok(())
}

#[cfg(test)]
impl SourceFile {
    /// A fixture.
    fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_place_rule_and_remedy() {
        let file = SourceFile::new("runner/src/report/utils.rs", "//! Text.\nuse sqlx::Row;\n");
        let messages: Vec<_> = breaches(&file).iter().map(ToString::to_string).collect();
        assert_eq!(
            messages,
            [
                "runner/src/report/utils.rs:1: `utils` says nothing about what is in it\n    \
                 name the file or folder for a noun of the domain",
                "runner/src/report/utils.rs:2: `sqlx` is used outside runner/src/execute/database, \
                 runner/benches\n    \
                 the drivers of PostgreSQL and MySQL stay behind the trait `Database`; use the \
                 types in `model::sql`",
            ]
        );
    }
}

//! Rules for what a file may name: crates by folder, and stages not one another.

use super::code::code_only;
use super::{Breach, SourceFile};

/// A set of paths in code that only some places may name.
struct Boundary {
    /// Crates or paths as they stand in code.
    names: &'static [&'static str],
    /// The folders or files that the rule is about.
    within: &'static str,
    /// The folders or files that may.
    allowed: &'static [&'static str],
    remedy: &'static str,
}

/// The places are those of ARCHITECTURE.md.
const BOUNDARIES: [Boundary; 6] = [
    Boundary {
        names: &["wasmtime", "wasmtime_wasi", "wasmparser", "wit_component"],
        within: "",
        allowed: &["runner/src/execute/sandbox", "runner/benches"],
        remedy: "only the sandbox knows the WebAssembly engine; add to its own types what you need",
    },
    Boundary {
        names: &["sqlx"],
        within: "",
        allowed: &["runner/src/execute/database", "runner/benches"],
        remedy: "the drivers of PostgreSQL and MySQL stay behind the trait `Database`; use the \
                 types in `model::sql`",
    },
    Boundary {
        names: &["rusqlite"],
        within: "",
        allowed: &[
            "runner/src/execute/database",
            "runner/src/demo",
            // Holds what is told against the file itself.
            "runner/src/pipeline/messenger/simulation",
            "history",
            "tests",
        ],
        remedy: "SQLite targets are read by execute/database, the history file by the crate \
                 checkrun-history",
    },
    Boundary {
        names: &["lettre"],
        within: "",
        allowed: &["runner/src/alert/email"],
        remedy: "only alert/email sends mail",
    },
    Boundary {
        names: &["minijinja", "tiny_skia"],
        within: "",
        allowed: &["runner/src/alert/letter"],
        remedy: "only alert/letter says what mail looks like",
    },
    Boundary {
        names: &[
            "println!",
            "print!",
            "eprintln!",
            "eprint!",
            "io::stdout",
            "io::stderr",
            "process::exit",
            "ExitCode",
        ],
        within: "runner/src",
        allowed: &["runner/src/cli", "runner/src/main.rs"],
        remedy: "only the command line prints and picks exit codes; return a value, or take a \
                 `Write` as a parameter",
    },
];

/// The stages of the runner, in the order data moves; `pipeline` alone names several.
const STAGES: [&str; 7] = [
    "config", "schedule", "execute", "evaluate", "record", "alert", "report",
];

/// All breaches of these rules in one file.
pub fn check(file: &SourceFile) -> Vec<Breach> {
    let code = code_only(&file.text);
    let mut breaches = Vec::new();
    for (index, line) in code.lines().enumerate() {
        for boundary in &BOUNDARIES {
            breaches.extend(boundary.check(&file.path, index + 1, line));
        }
    }
    breaches.extend(stages(&file.path, &code));
    breaches
}

impl Boundary {
    fn check(&self, path: &str, line: usize, code: &str) -> Option<Breach> {
        if !is_in(path, self.within) || self.allowed.iter().any(|place| is_in(path, place)) {
            return None;
        }
        let name = self.names.iter().find(|name| names(code, name))?;
        Some(Breach {
            path: path.to_owned(),
            line,
            rule: format!("`{name}` is used outside {}", self.allowed.join(", ")),
            remedy: self.remedy.to_owned(),
        })
    }
}

/// A stage that names another one.
fn stages(path: &str, code: &str) -> Vec<Breach> {
    let Some(own) = STAGES
        .into_iter()
        .find(|stage| is_in(path, &format!("runner/src/{stage}")))
    else {
        return Vec::new();
    };
    let mut breaches = Vec::new();
    for (position, after) in code
        .match_indices("crate::")
        .map(|(at, root)| (at, at + root.len()))
    {
        for name in first_names(&code[after..]) {
            if STAGES.contains(&name) && name != own {
                breaches.push(Breach {
                    path: path.to_owned(),
                    line: code[..position].matches('\n').count() + 1,
                    rule: format!("the stage `{own}` names the stage `{name}`"),
                    remedy: "stages hand each other types of `model`, and only `pipeline` calls \
                             them; move the shared type there"
                        .to_owned(),
                });
            }
        }
    }
    breaches
}

/// The names that directly follow a path's root: one, or those of a group in braces.
fn first_names(after: &str) -> Vec<&str> {
    let Some(group) = after.strip_prefix('{') else {
        return vec![word(after)];
    };
    let mut names = Vec::new();
    let mut depth = 0;
    let mut start = 0;
    for (position, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                names.push(word(group[start..position].trim_start()));
                start = position + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names
}

fn word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
        .unwrap_or_default()
}

/// Whether `path` is the file or lies in the folder `place`, which may also be a module's file.
fn is_in(path: &str, place: &str) -> bool {
    place.is_empty()
        || path
            .strip_prefix(place)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest == ".rs")
}

/// Whether code names a crate or path: as a whole word, followed by more of the path.
fn names(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(position, _)| {
        let before = code[..position].chars().next_back();
        let after = code[position + name.len()..].chars().next();
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, text: &str) -> Vec<String> {
        check(&SourceFile::new(path, text))
            .into_iter()
            .map(|breach| breach.rule)
            .collect()
    }

    #[test]
    fn what_a_place_may_name_is_silent() {
        for (reason, path, text) in [
            (
                "the sandbox has the engine",
                "runner/src/execute/sandbox/a.rs",
                "use wasmtime::Store;",
            ),
            (
                "a module's file is the module",
                "runner/src/execute/sandbox.rs",
                "use wasmtime::Store;",
            ),
            (
                "the history has its driver",
                "history/src/writer.rs",
                "use rusqlite::Connection;",
            ),
            (
                "a comment names what it likes",
                "runner/src/model/a.rs",
                "// Unlike sqlx::Row.\n",
            ),
            (
                "a text names what it likes",
                "runner/src/model/a.rs",
                r#"let a = "sqlx::Row";"#,
            ),
            (
                "a longer word is another word",
                "runner/src/model/a.rs",
                "let sqlx_like = 1;",
            ),
            (
                "the command line prints",
                "runner/src/cli/run.rs",
                "println!();",
            ),
            ("other packages print", "xtask/src/main.rs", "println!();"),
            (
                "a stage names itself",
                "runner/src/config/a.rs",
                "use crate::config::b;",
            ),
            (
                "a stage names the model",
                "runner/src/config/a.rs",
                "use crate::model::{report, run};",
            ),
            (
                "the pipeline names stages",
                "runner/src/pipeline.rs",
                "use crate::{config, execute};",
            ),
        ] {
            assert!(
                rules(path, text).is_empty(),
                "{reason}: {:?}",
                rules(path, text)
            );
        }
    }

    #[test]
    fn what_a_place_may_not_name_is_reported() {
        for (path, text, rule) in [
            (
                "runner/src/cli/inspect.rs",
                "use wasmtime_wasi::p2;",
                "`wasmtime_wasi` is used outside runner/src/execute/sandbox, runner/benches",
            ),
            (
                "runner/src/record/mod.rs",
                "fn f(row: &rusqlite::Row<'_>) {}",
                "`rusqlite` is used outside runner/src/execute/database, runner/src/demo, \
                 runner/src/pipeline/messenger/simulation, history, tests",
            ),
            (
                "runner/src/execute/sandbox_cache.rs",
                "use wasmtime::Store;",
                "`wasmtime` is used outside runner/src/execute/sandbox, runner/benches",
            ),
            (
                "runner/src/report/human.rs",
                "std::process::exit(1)",
                "`process::exit` is used outside runner/src/cli, runner/src/main.rs",
            ),
            (
                "runner/src/evaluate/mod.rs",
                "use crate::{\n    model::{report, run},\n    record,\n};",
                "the stage `evaluate` names the stage `record`",
            ),
            (
                "runner/src/report.rs",
                "fn f(outcome: crate::evaluate::Outcome) {}",
                "the stage `report` names the stage `evaluate`",
            ),
        ] {
            assert_eq!(rules(path, text), [rule], "{text}");
        }
    }

    #[test]
    fn a_breach_is_on_its_line() {
        let file = SourceFile::new(
            "runner/src/report/a.rs",
            "//! A.\n/* two\nlines */ use sqlx::Row;\nuse crate::config::B;\n",
        );
        let lines: Vec<_> = check(&file).into_iter().map(|breach| breach.line).collect();
        assert_eq!(lines, [3, 4]);
    }
}

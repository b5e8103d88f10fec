//! [`Partial`]: what can be read of a configuration, however much is wrong with it.
//!
//! For commands that look at each target by itself: a mistake in one target's table, or in a check,
//! keeps nobody from looking at the other targets.

use std::path::Path;
use std::sync::Arc;

use super::elements::target::TargetEntry;
use super::pattern::Pattern;
use super::problem::{Problem, Problems, Severity};
use super::shape::fields::{Fields, fields_of};
use super::source::Source;
use super::{Config, Decoded, decode, read, suggest};

/// A configuration, perhaps with gaps.
#[derive(Clone, Debug)]
pub struct Partial {
    /// What could be read; complete when there is no error among the problems.
    pub config: Config,
    /// Everything that is wrong or doubtful, in the order of the file.
    pub problems: Problems,
    /// The targets that have a name, in the order of the file.
    pub targets: Vec<PartialTarget>,
}

/// One `[[target]]`.
#[derive(Clone, Debug)]
pub struct PartialTarget {
    /// Its name.
    pub name: String,
    /// Absent when its table has an error.
    pub entry: Option<Arc<TargetEntry>>,
    /// What is wrong or doubtful in its own table.
    pub problems: Problems,
}

/// Where a table begins, and whether it is a target's.
#[derive(Debug)]
pub(super) struct Section {
    start: usize,
    target: Option<String>,
}

/// The tables of a file, in its order.
pub(super) fn sections(root: Fields<'_>) -> Vec<Section> {
    let mut sections = Vec::new();
    for (key, value) in root.entries() {
        let list = value.get_ref().as_array();
        let tables: Vec<Fields<'_>> = match list {
            Some(list) => list.iter().filter_map(fields_of).collect(),
            None => Vec::new(),
        };
        let is_target = *key.get_ref() == "target";
        if tables.is_empty() {
            sections.push(Section {
                start: key.span().start,
                target: None,
            });
        }
        sections.extend(tables.into_iter().map(|table| {
            let name = table.text("name").filter(|_| is_target);
            Section {
                start: table.span().start,
                target: name.map(|name| (*name.get_ref()).to_owned()),
            }
        }));
    }
    sections.sort_by_key(|section| section.start);
    sections
}

/// Reads as much as possible of the configuration file at `path`.
///
/// # Errors
/// The file cannot be read, or is no TOML: then there is nothing to look at.
pub fn load_partial(path: &Path) -> Result<Partial, Problems> {
    let text = read::read(path)?;
    let source = Source::new(path, &text);
    let Decoded {
        parts,
        problems,
        sections,
    } = decode(&source)?;
    let placed = problems.placed();
    let mut targets = Vec::new();
    for (index, section) in sections.iter().enumerate() {
        let Some(name) = section.target.as_deref().filter(|name| !name.is_empty()) else {
            continue;
        };
        let end = sections
            .get(index + 1)
            .map_or(usize::MAX, |next| next.start);
        let own = |(at, problem): &(usize, Problem)| {
            (section.start..end).contains(at).then(|| problem.clone())
        };
        let own = Problems(placed.iter().filter_map(own).collect());
        targets.push((name.to_owned(), own));
    }
    let problems = Problems(placed.into_iter().map(|(_, problem)| problem).collect());
    let config = parts.into_config(source);
    let targets = targets
        .into_iter()
        .map(|(name, problems)| PartialTarget {
            entry: config.entry(&name).filter(|_| !problems.has_error()),
            name,
            problems,
        })
        .collect();
    Ok(Partial {
        config,
        problems,
        targets,
    })
}

impl Config {
    fn entry(&self, name: &str) -> Option<Arc<TargetEntry>> {
        let found = self.targets.iter().find(|target| target.name() == name);
        found.map(Arc::clone)
    }
}

impl Problems {
    /// Whether anything stands in the way of running.
    #[must_use]
    pub fn has_error(&self) -> bool {
        let is_error = |problem: &Problem| problem.severity == Severity::Error;
        self.0.iter().any(is_error)
    }
}

impl Partial {
    /// The targets that any of `texts` (names, globs or `key=value`) selects, in the order of the file;
    /// all of them when there is no text. A text that selects none gives a problem in its place.
    #[must_use]
    pub fn choose(&self, texts: &[String]) -> (Vec<&PartialTarget>, Vec<(String, Problem)>) {
        let mut patterns = Vec::new();
        let mut unknown = Vec::new();
        for text in texts {
            match Pattern::parse(text) {
                Ok(pattern) if self.targets.iter().any(|target| target.fits(&pattern)) => {
                    patterns.push(pattern);
                }
                Ok(_) => unknown.push((text.clone(), self.no_such_target(text))),
                Err(remark) => {
                    let problem = Problem::without_place(remark.message);
                    unknown.push((text.clone(), problem));
                }
            }
        }
        let chosen = self.targets.iter().filter(|target| {
            texts.is_empty() || patterns.iter().any(|pattern| target.fits(pattern))
        });
        (chosen.collect(), unknown)
    }

    fn no_such_target(&self, text: &str) -> Problem {
        let names = self.targets.iter().map(|target| target.name.as_str());
        Problem::without_place(format!("there is no target `{text}`")).with_hint(suggest::hint(
            text,
            names,
            "add a `[[target]]`",
        ))
    }
}

impl PartialTarget {
    fn fits(&self, pattern: &Pattern) -> bool {
        match &self.entry {
            Some(entry) => pattern.fits(&self.name, entry.labels()),
            None => pattern.fits(&self.name, &std::collections::BTreeMap::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partial(text: &str) -> Partial {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("checkrun.toml");
        std::fs::write(&path, text).expect("written");
        load_partial(&path).expect("TOML")
    }

    const TEXT: &str = r#"
[[target]]
name = "good"
url = "sqlite:./good.db"
labels = { env = "prod" }
[[target]]
name = "misspelled"
url = "sqlite:./other.db"
conect_timeout = "1s"
[[check]]
use = "core/health"
targetz = ["*"]
[[target]]
name = "without-url"
[[target]]
name = "last"
url = "postgres://monitor@db/shop"
"#;

    #[test]
    fn a_mistake_stays_with_its_own_target() {
        let partial = partial(TEXT);
        let seen: Vec<_> = partial
            .targets
            .iter()
            .map(|target| {
                (
                    &*target.name,
                    target.entry.is_some(),
                    target.problems.0.len(),
                )
            })
            .collect();
        let expected = [
            ("good", true, 0),
            ("misspelled", false, 1),
            ("without-url", false, 1),
            ("last", true, 0),
        ];
        assert_eq!(seen, expected, "{}", partial.problems);
        assert!(partial.problems.0.len() > 2, "those of the check, too");
    }

    #[test]
    fn targets_are_chosen_by_name_glob_and_label_and_unknown_ones_are_told() {
        let partial = partial(TEXT);
        for (texts, names, unknown) in [
            (&[][..], "good misspelled without-url last", 0),
            (&["last", "good"], "good last", 0),
            (&["*s*"], "misspelled last", 0),
            (&["env=prod"], "good", 0),
            (&["goood", "last"], "last", 1),
            (&["env=test", "nothing*"], "", 2),
        ] {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            let (chosen, problems) = partial.choose(&texts);
            let chosen: Vec<_> = chosen.iter().map(|target| &*target.name).collect();
            assert_eq!(chosen.join(" "), names, "{texts:?}");
            assert_eq!(problems.len(), unknown, "{texts:?}");
        }
    }
}

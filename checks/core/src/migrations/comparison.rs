//! [`Comparison`]: what is applied, held against what the code expects. Pure.

use std::cmp::Ordering;

use super::ledger::{Ledger, Rows};
use super::names::{File, Naming};
use super::version;

/// Migrations that are named of those that are missing, or too many.
const NAMED_MAX: usize = 5;

/// What the code expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// Nobody has said.
    Nothing,
    /// This version.
    Version(String),
    /// The migrations in these files.
    Files(Vec<String>),
    /// Something was said, but not of which tool.
    Unclear,
}

/// The outcome of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// There is nothing to compare with.
    NotAsked,
    /// There is, but there are several tools, and it is not said to which of them it belongs.
    Unclear,
    /// There is, but it cannot be done, and why.
    Impossible(String),
    /// Expected but not applied, where that can be said, and applied but not expected.
    Made {
        pending: Option<Missing>,
        ahead: Missing,
    },
}

/// Migrations that one side has and the other has not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    pub count: usize,
    /// Some of them.
    pub first: Vec<String>,
}

impl Missing {
    fn of(names: Vec<String>) -> Self {
        Self {
            count: names.len(),
            first: names.into_iter().take(NAMED_MAX).collect(),
        }
    }
}

impl Comparison {
    /// Why nothing could be compared, if something should have been.
    pub fn why_not(&self) -> Option<&str> {
        match self {
            Self::NotAsked | Self::Made { .. } => None,
            Self::Unclear => Some("there are several tools, and it is not said which one is meant"),
            Self::Impossible(why) => Some(why),
        }
    }

    /// Why these files cannot be compared at all, if they cannot.
    pub fn hindrance(ledger: &Ledger, files: &[File], paths: &[String]) -> Option<String> {
        if let Naming::None(why) = ledger.naming {
            return Some(why.to_owned());
        }
        files.is_empty().then(|| {
            format!(
                "none of the {} files in the folder is called like its migrations, such as {}",
                paths.len(),
                ledger.naming.example()
            )
        })
    }

    /// Everything applied, held against everything in the folder.
    pub fn with_files(
        ledger: &Ledger,
        applied: &[String],
        files: Vec<File>,
        baseline: Option<&String>,
    ) -> Self {
        let naming = ledger.naming;
        let mut keys: Vec<String> = applied.iter().map(|key| naming.key(key)).collect();
        keys.sort_unstable();
        keys.dedup();
        let baseline = baseline.map(|version| naming.key(version));
        let is_below = |key: &str| {
            let baseline = baseline.as_deref();
            baseline.is_some_and(|it| {
                is_versioned(key) && version::compare(key, it) != Ordering::Greater
            })
        };
        let mut apps: Vec<&str> = files.iter().map(|file| app(naming, &file.key)).collect();
        // Sorted as the files are, so equal ones stand together.
        apps.dedup();
        let ahead = keys
            .iter()
            .filter(|key| !is_below(key))
            // Django's table also has the migrations of the apps that other packages bring.
            .filter(|key| apps.contains(&app(naming, key)))
            .filter(|key| files.binary_search_by(|file| file.key.cmp(key)).is_err())
            .cloned()
            .collect();
        let pending = files
            .into_iter()
            .filter(|file| !is_below(&file.key))
            .filter(|file| keys.binary_search(&file.key).is_err())
            .map(|file| file.name)
            .collect();
        Self::Made {
            pending: Some(Missing::of(pending)),
            ahead: Missing::of(ahead),
        }
    }

    /// The newest version, or the heads, held against the folder: all that these tools keep.
    pub fn with_files_of_newest(ledger: &Ledger, newest: &[String], paths: &[String]) -> Self {
        let naming = ledger.naming;
        let files = naming.files(paths);
        if let Some(why) = Self::hindrance(ledger, &files, paths) {
            return Self::Impossible(why);
        }
        if ledger.rows == Rows::Heads {
            return with_heads(newest, &files);
        }
        let current = newest.first().map(|version| naming.key(version));
        if let Some(strange) = current.as_deref().filter(|it| !version::is_number(it)) {
            return Self::Impossible(format!("its version `{strange}` is not a number"));
        }
        let is_known = |version: &str| files.iter().any(|file| file.key == version);
        let ahead = current.iter().filter(|it| !is_known(it)).cloned().collect();
        let is_pending = |file: &&File| {
            let current = current.as_deref();
            current.is_none_or(|it| version::compare(&file.key, it) == Ordering::Greater)
        };
        let pending = files.iter().filter(is_pending);
        Self::Made {
            pending: Some(Missing::of(pending.map(|file| file.name.clone()).collect())),
            ahead: Missing::of(ahead),
        }
    }

    /// Where the database is, held against where it should be. Counts are 0 or 1 then: what lies
    /// between two versions, only a folder says.
    pub fn with_version(
        ledger: &Ledger,
        newest: &[String],
        expected: &str,
        is_applied: bool,
    ) -> Self {
        let spellings = ledger.naming.spellings(expected);
        let is_expected = |version: &String| {
            spellings.contains(version) || spellings.contains(&ledger.naming.key(version))
        };
        let one = |name: &str| Missing::of(vec![name.to_owned()]);
        let current = newest.first();
        let (pending, ahead) = match ledger.rows {
            // Of several heads each has to be the expected one, or something else is missing.
            Rows::Heads if !newest.is_empty() && newest.iter().all(is_expected) => {
                (Missing::default(), Missing::default())
            }
            Rows::Heads => (one(expected), Missing::default()),
            _ if current.is_some_and(is_expected) => (Missing::default(), Missing::default()),
            Rows::Newest => match current {
                Some(version) if is_newer(ledger, version, expected) => {
                    (Missing::default(), one(version))
                }
                _ => (one(expected), Missing::default()),
            },
            _ if is_applied => (
                Missing::default(),
                Missing::of(current.into_iter().cloned().collect()),
            ),
            _ => (one(expected), Missing::default()),
        };
        Self::Made {
            pending: Some(pending),
            ahead,
        }
    }
}

fn is_newer(ledger: &Ledger, version: &str, expected: &str) -> bool {
    let expected = ledger.naming.key(expected);
    version::is_number(&expected)
        && version::compare(&ledger.naming.key(version), &expected) == Ordering::Greater
}

/// A head that no file is about is ahead of the folder. What is pending cannot be said: that follows
/// from how the revisions are linked, which stands in the files.
fn with_heads(heads: &[String], files: &[File]) -> Comparison {
    let is_known = |head: &String| {
        files.iter().any(|file| {
            let rest = file.key.strip_prefix(head.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
                || file.key.split(['_', '-', '.']).any(|part| part == head)
        })
    };
    let unknown: Vec<String> = heads
        .iter()
        .filter(|head| !is_known(head))
        .cloned()
        .collect();
    if unknown.is_empty() {
        return Comparison::Impossible(
            "its table holds the newest revision only, and the order of revisions stands inside the files"
                .to_owned(),
        );
    }
    Comparison::Made {
        pending: None,
        ahead: Missing::of(unknown),
    }
}

/// Whether a baseline can be above it: a version is, a repeatable migration is not.
fn is_versioned(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_digit())
}

/// The app of a Django migration; for all others there is one, without a name.
fn app(naming: Naming, key: &str) -> &str {
    match naming {
        Naming::Django => key.split('.').next().unwrap_or_default(),
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::super::ledger::ledgers;
    use super::super::tool::Tool;
    use super::*;

    fn ledger(tool: Tool) -> &'static Ledger {
        ledgers()
            .find(|ledger| ledger.tool == tool)
            .expect("a ledger")
    }

    /// The counts of pending and ahead.
    fn counts(comparison: &Comparison) -> (usize, usize) {
        match comparison {
            Comparison::Made { pending, ahead } => {
                (pending.as_ref().map_or(0, |it| it.count), ahead.count)
            }
            other => panic!("{other:?}"),
        }
    }

    fn texts(numbers: &BTreeSet<u16>) -> Vec<String> {
        numbers.iter().map(u16::to_string).collect()
    }

    proptest! {
        #[test]
        fn pending_and_ahead_are_the_two_differences(
            applied in proptest::collection::btree_set(0u16..300, 0..60),
            expected in proptest::collection::btree_set(0u16..300, 1..60),
        ) {
            let ledger = ledger(Tool::Sqlx);
            let paths: Vec<String> = expected.iter().map(|it| format!("sub/{it:05}_x.sql")).collect();
            let files = ledger.naming.files(&paths);
            let comparison = Comparison::with_files(ledger, &texts(&applied), files, None);
            let differences = (
                expected.difference(&applied).count(),
                applied.difference(&expected).count(),
            );
            prop_assert_eq!(counts(&comparison), differences);
        }

        #[test]
        fn with_the_newest_version_alone_every_file_above_it_is_pending(
            newest in 0u16..300,
            expected in proptest::collection::btree_set(0u16..300, 1..60),
        ) {
            let paths: Vec<String> = expected.iter().map(|it| format!("{it}_x.up.sql")).collect();
            let ledger = ledger(Tool::GolangMigrate);
            let newest_text = [newest.to_string()];
            let comparison = Comparison::with_files_of_newest(ledger, &newest_text, &paths);
            let above = expected.iter().filter(|it| **it > newest).count();
            let unknown = usize::from(!expected.contains(&newest));
            prop_assert_eq!(counts(&comparison), (above, unknown));
        }
    }
}

//! [`DraftTarget`]: one target of a configuration that may have problems, for commands that look at each
//! target by itself: a mistake in one target's table, or in a check, keeps nobody from looking at the
//! others.

use std::sync::Arc;

use super::Draft;
use crate::config::elements::target::TargetEntry;
use crate::config::source::Span;
use crate::config::{Choice, Config, Environment, Problem, Problems, UnknownTarget};
use crate::model::target::Target;

/// One `[[target]]`.
#[derive(Clone, Debug)]
pub struct DraftTarget {
    written: Arc<TargetEntry>,
    problems: Problems,
}

impl DraftTarget {
    /// Its name as it is written; empty when there is none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.written.name()
    }

    /// The target; none when its table has an error.
    #[must_use]
    pub fn entry(&self) -> Option<&Arc<TargetEntry>> {
        // Problems beyond the listed ones leave no trace but what they kept from being read.
        let is_sound = !self.problems.has_error() && self.written.is_whole();
        is_sound.then_some(&self.written)
    }

    /// What is wrong or doubtful in its own table.
    #[must_use]
    pub fn problems(&self) -> &Problems {
        &self.problems
    }
}

/// The targets, each with the problems of its part of the file.
pub(super) fn with_problems(
    config: &Config,
    extents: &[Span],
    placed: &[(usize, Problem)],
) -> Vec<DraftTarget> {
    let own = |extent: &Span| {
        let inside = placed.iter().filter(|(at, _)| extent.contains(at));
        Problems(inside.map(|(_, problem)| problem.clone()).collect())
    };
    config
        .targets
        .iter()
        .zip(extents)
        .map(|(target, extent)| DraftTarget {
            written: Arc::clone(target),
            problems: own(extent),
        })
        .collect()
}

impl Draft {
    /// The targets with a name that any of these texts selects, in the order of the file; all of them
    /// when there is no text. And the texts that select nothing.
    #[must_use]
    pub fn choose(&self, asked: &[String]) -> (Vec<&DraftTarget>, Vec<UnknownTarget>) {
        let Choice { targets, unknown } = self.config.choose(asked);
        let is_chosen = |target: &&DraftTarget| {
            let mut chosen = targets.iter();
            !target.name().is_empty() && chosen.any(|entry| Arc::ptr_eq(entry, &target.written))
        };
        (self.targets.iter().filter(is_chosen).collect(), unknown)
    }

    /// The target with its secret, and what is doubtful about that.
    ///
    /// # Errors
    /// The secret is missing or cannot be read.
    pub fn complete(
        &self,
        target: &TargetEntry,
        environment: &Environment,
    ) -> Result<(Arc<Target>, Problems), Problems> {
        self.config.complete(target, environment)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const TEXT: &str = r#"
[[target]]
name = "good"
url = "sqlite:./good.db"
labels = { env = "prod" }
[[target]]
name = "misspelled"
url = "sqlite:./other.db"
conect_timeout = "1s"
labels = { env = "prod" }
[[check]]
use = "core/health"
targetz = ["*"]
[[target]]
name = "without-url"
[[target]]
url = "sqlite:./nameless.db"
[[target]]
name = "two words"
url = "sqlite:./words.db"
[[target]]
name = "last"
url = "postgres://monitor@db/shop"
[[target]]
name = "last"
url = "sqlite:./twice.db"
"#;

    fn draft() -> Draft {
        Draft::of_text(Path::new("/etc/checkrun.toml"), TEXT).expect("TOML")
    }

    #[test]
    fn a_mistake_stays_with_its_own_target() {
        let draft = draft();
        let (targets, unknown) = draft.choose(&[]);
        let seen: Vec<_> = targets
            .iter()
            .map(|target| {
                let problems = target.problems().0.len();
                (target.name(), target.entry().is_some(), problems)
            })
            .collect();
        let expected = [
            ("good", true, 0),
            ("misspelled", false, 1),
            ("without-url", false, 1),
            ("two words", false, 1),
            ("last", true, 0),
            ("last", false, 1),
        ];
        assert_eq!(seen, expected, "{}", draft.problems);
        assert!(unknown.is_empty());
        assert!(draft.problems.0.len() > 4, "those of the check, too");
    }

    #[test]
    fn an_error_that_is_not_listed_any_more_is_not_overlooked() {
        let mistakes: String = (0..150).map(|n| format!("mistake{n} = 1\n")).collect();
        let text = format!("{mistakes}[[target]]\nname = \"last\"\nurl = \"sqlit:/last.db\"\n");
        let draft = Draft::of_text(Path::new("/etc/checkrun.toml"), &text).expect("TOML");
        let (targets, _) = draft.choose(&[]);
        assert!(targets[0].problems().is_empty() && targets[0].entry().is_none());
    }

    #[test]
    fn targets_are_chosen_by_name_glob_and_label_and_unknown_ones_are_told() {
        let draft = draft();
        for (texts, names, unknown) in [
            (&["without-url", "good"][..], "good without-url", 0),
            (&["*s*"], "misspelled two words last last", 0),
            (&["env=prod"], "good misspelled", 0),
            (&["two words"], "two words", 0),
            (&["goood", "last"], "last last", 1),
            (&["env=test", "nothing*"], "", 2),
        ] {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            let (chosen, problems) = draft.choose(&texts);
            let chosen: Vec<_> = chosen.iter().map(|target| target.name()).collect();
            assert_eq!(chosen.join(" "), names, "{texts:?}");
            assert_eq!(problems.len(), unknown, "{texts:?}");
        }
    }
}

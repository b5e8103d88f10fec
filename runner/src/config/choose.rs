//! [`Config::choose`]: the targets that a command line names, and those that it names in vain.
//!
//! Unlike a [`super::Selection`] of jobs, a name that fits nothing does not end the command: whoever
//! asks about ten databases wants to hear about the nine that there are.

use std::sync::Arc;

use super::collector::Remark;
use super::elements::target::TargetEntry;
use super::pattern::Pattern;
use super::plan::targets::nothing_selected;
use super::{Config, Problem};
use crate::model::text::escaped;

/// What a list of names, globs and labels selects.
#[derive(Clone, Debug)]
pub struct Choice {
    /// In the order of the file, each once.
    pub targets: Vec<Arc<TargetEntry>>,
    /// In the order of the command line.
    pub unknown: Vec<UnknownTarget>,
}

/// A name, glob or label that fits no target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownTarget {
    /// As it was typed.
    pub asked: String,
    /// What is wrong: a sentence without its full stop.
    pub message: String,
    /// Near names, or all there are.
    pub hint: String,
}

impl Config {
    /// The targets that any of these texts selects; all targets when there is no text.
    #[must_use]
    pub fn choose(&self, asked: &[String]) -> Choice {
        let mut patterns = Vec::new();
        let mut unknown = Vec::new();
        for text in asked {
            match self.pattern(text) {
                Ok(pattern) => patterns.push(pattern),
                Err(remark) => unknown.push(UnknownTarget {
                    asked: text.clone(),
                    message: escaped(&remark.message),
                    hint: remark.hint.as_deref().map(escaped).unwrap_or_default(),
                }),
            }
        }
        unknown.dedup();
        let fits = |target: &&Arc<TargetEntry>| {
            asked.is_empty() || patterns.iter().any(|pattern| target.fits(pattern))
        };
        Choice {
            targets: self.targets.iter().filter(fits).cloned().collect(),
            unknown,
        }
    }

    /// A pattern that selects something.
    fn pattern(&self, text: &str) -> Result<Pattern, Remark> {
        let pattern = Pattern::parse(text)?;
        if self.targets.iter().any(|target| target.fits(&pattern)) {
            Ok(pattern)
        } else {
            Err(nothing_selected(&pattern, &self.targets))
        }
    }
}

impl From<&UnknownTarget> for Problem {
    fn from(unknown: &UnknownTarget) -> Self {
        Self {
            hint: Some(unknown.hint.clone()).filter(|hint| !hint.is_empty()),
            ..Self::without_place(unknown.message.clone())
        }
    }
}

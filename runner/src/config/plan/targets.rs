//! Which targets a `[[check]]` runs on.

use std::sync::Arc;

use toml::Spanned;

use crate::config::collector::{Collector, Remark};
use crate::config::elements::check::CheckEntry;
use crate::config::elements::target::TargetEntry;
use crate::config::pattern::Pattern;
use crate::config::{Config, suggest};
use crate::model::pack::CheckInfo;

/// The targets that any of the entry's patterns selects and that the check can work on, in the
/// order of the file and each once.
///
/// A target that is named must fit; a glob or a label may select others too, which are left out.
/// A pattern that is left with nothing is a problem.
pub(super) fn choose<'c>(
    entry: &CheckEntry,
    check: &CheckInfo,
    config: &'c Config,
    problems: &mut Collector<'_>,
) -> Vec<&'c Arc<TargetEntry>> {
    for pattern in &entry.targets {
        if let Some(remark) = objection(pattern.get_ref(), entry, check, config) {
            problems.error(&pattern.span(), remark);
        }
    }
    let selected = |target: &TargetEntry| {
        entry
            .targets
            .iter()
            .any(|pattern| target.fits(pattern.get_ref()))
    };
    config
        .targets
        .iter()
        .filter(|target| selected(target) && target.suits(check))
        .collect()
}

/// Reports patterns that select nothing, where nobody knows on what the check could work.
pub(super) fn refuse_empty(
    patterns: &[Spanned<Pattern>],
    config: &Config,
    problems: &mut Collector<'_>,
) {
    for pattern in patterns {
        let fits = |target: &Arc<TargetEntry>| target.fits(pattern.get_ref());
        if !config.targets.iter().any(fits) && !is_open(pattern.get_ref(), config) {
            let remark = nothing_selected(pattern.get_ref(), &config.targets);
            problems.error(&pattern.span(), remark);
        }
    }
}

/// Whether it may select a target that could not be read.
fn is_open(pattern: &Pattern, config: &Config) -> bool {
    config.gaps.targets
        || config.targets.is_empty()
        || config.targets.iter().any(|target| target.may_fit(pattern))
}

/// What is wrong with one pattern.
fn objection(
    pattern: &Pattern,
    entry: &CheckEntry,
    check: &CheckInfo,
    config: &Config,
) -> Option<Remark> {
    let mut fitting = config
        .targets
        .iter()
        .filter(|target| target.fits(pattern))
        .peekable();
    let is_named = matches!(pattern, Pattern::Name(_)) && fitting.peek().is_some();
    if is_open(pattern, config) && !is_named {
        return None;
    }
    if fitting.peek().is_none() {
        return Some(nothing_selected(pattern, &config.targets));
    }
    if fitting.any(|target| target.suits(check)) {
        return None;
    }
    let engines: Vec<&str> = check
        .engines
        .iter()
        .map(|needed| needed.engine.as_str())
        .collect();
    let message = format!(
        "`{}` works on {}, and `{pattern}` selects nothing of the kind",
        entry.uses(),
        suggest::list(&engines, "and")
    );
    Some(Remark::new(message).with_hint("leave it out of `targets`"))
}

/// That a pattern fits no target, with near ones.
pub(in crate::config) fn nothing_selected(
    pattern: &Pattern,
    targets: &[Arc<TargetEntry>],
) -> Remark {
    let names = targets.iter().map(|target| target.name());
    let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    let hint = match pattern {
        Pattern::Name(name) => suggest::hint(name, names, ""),
        Pattern::Glob(_) => {
            format!("there is {}", suggest::list(&names, "and"))
        }
        Pattern::Label { .. } => label_hint(pattern, targets),
    };
    let message = match pattern {
        Pattern::Name(name) => format!("there is no target `{name}`"),
        Pattern::Glob(_) | Pattern::Label { .. } => format!("`{pattern}` selects no target"),
    };
    Remark::new(message).with_hint(hint)
}

/// The nearest label that a target has, or all of them.
pub(in crate::config) fn label_hint(pattern: &Pattern, targets: &[Arc<TargetEntry>]) -> String {
    let mut labels: Vec<String> = targets
        .iter()
        .flat_map(|target| target.labels())
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    labels.sort();
    labels.dedup();
    suggest::hint(
        &pattern.to_string(),
        labels.iter().map(String::as_str),
        "no target has labels; add `labels = { env = \"prod\" }` to one",
    )
}

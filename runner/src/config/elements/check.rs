//! `[[check]]`: a check, the targets it runs on, and what it is given.

use std::time::Duration;

use toml::Spanned;

use super::Context;
use super::parameters::{self, WrittenParameter};
use super::schedule;
use super::thresholds::{self, WrittenThresholds};
use crate::config::collector::Remark;
use crate::config::pattern::Pattern;
use crate::config::shape::fields::Fields;
use crate::config::source::Span;
use crate::model::gate::CONNECTION_JOB;
use crate::model::incident::Rules;
use crate::model::schedule::Schedule;

/// Wall time of one run, unless the entry says otherwise.
pub(in crate::config) const TIMEOUT: Duration = Duration::from_secs(10);

/// Longest name of a check, characters.
const NAME_CHARS_MAX: usize = 100;

/// A check as configured. What pack and check make of it, [`crate::config::plan`] decides.
#[derive(Clone, Debug)]
pub struct CheckEntry {
    /// The first half of `use`.
    pub(in crate::config) pack: String,
    /// The second half of `use`.
    pub(in crate::config) check: String,
    /// The place of `use`.
    pub(in crate::config) use_at: Span,
    /// `name`, or `use`.
    pub(in crate::config) name: String,
    /// Where it runs.
    pub(in crate::config) targets: Vec<Spanned<Pattern>>,
    /// Wall time of one run.
    pub(in crate::config) timeout: Duration,
    /// When it runs; otherwise as often as the check suggests.
    pub(in crate::config) schedule: Option<Schedule>,
    /// How many runs in a row count.
    pub(in crate::config) rules: Rules,
    /// What it is given.
    pub(in crate::config) parameters: Vec<WrittenParameter>,
    /// By metric.
    pub(in crate::config) thresholds: Vec<WrittenThresholds>,
    /// There is a name, but not `name`: it could not be read.
    pub(in crate::config) hides_name: bool,
    /// There are parameters that could not be read.
    pub(in crate::config) hides_parameters: bool,
}

impl CheckEntry {
    /// The configured name, `pack/check` by default.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The check that it uses, `pack/check`.
    #[must_use]
    pub fn uses(&self) -> String {
        format!("{}/{}", self.pack, self.check)
    }
}

/// Every check, and what is left of those whose `use` could not be read.
#[derive(Default)]
pub(in crate::config) struct Checks {
    /// In the order of the file.
    pub(in crate::config) entries: Vec<CheckEntry>,
    /// The `targets` of the others.
    pub(in crate::config) stray_targets: Vec<Spanned<Pattern>>,
}

/// Reads every check.
pub(in crate::config) fn decode_all(
    tables: &[Fields<'_>],
    context: &mut Context<'_, '_>,
) -> Checks {
    let mut checks = Checks::default();
    for fields in tables {
        match decode(*fields, context) {
            Ok(entry) => checks.entries.push(entry),
            Err(targets) => checks.stray_targets.extend(targets),
        }
    }
    checks
}

/// The check, or its targets alone when it is not known which check it is.
fn decode(
    fields: Fields<'_>,
    context: &mut Context<'_, '_>,
) -> Result<CheckEntry, Vec<Spanned<Pattern>>> {
    let schedule = schedule::decode(fields, context);
    let uses = fields
        .text("use")
        .and_then(|text| Some((halves(&text, context)?, text.span())));
    let name = name(fields, context);
    let mut targets = Vec::new();
    for text in fields.texts("targets") {
        match Pattern::parse(text.get_ref()) {
            Ok(pattern) => targets.push(Spanned::new(text.span(), pattern)),
            Err(remark) => context.problems.error(&text.span(), remark),
        }
    }
    let Some(((pack, check), use_at)) = uses else {
        return Err(targets);
    };
    let parameters = fields.table("parameters");
    Ok(CheckEntry {
        hides_name: name.is_none() && fields.attempts("name"),
        hides_parameters: parameters.is_none() && fields.attempts("parameters"),
        name: name.unwrap_or_else(|| format!("{pack}/{check}")),
        pack,
        check,
        use_at,
        targets,
        timeout: fields.duration("timeout").unwrap_or(TIMEOUT),
        schedule,
        rules: rules(fields),
        parameters: parameters::decode(parameters),
        thresholds: thresholds::decode(fields.table("thresholds"), context),
    })
}

fn rules(fields: Fields<'_>) -> Rules {
    let default = Rules::default();
    Rules {
        confirm: fields.count("confirm").unwrap_or(default.confirm),
        recover_after: fields
            .count("recover_after")
            .unwrap_or(default.recover_after),
        ..default
    }
}

fn halves(uses: &Spanned<&str>, context: &mut Context<'_, '_>) -> Option<(String, String)> {
    if let Some((pack, check)) = uses.get_ref().split_once('/')
        && !pack.is_empty()
        && !check.is_empty()
        && !check.contains('/')
    {
        return Some((pack.to_owned(), check.to_owned()));
    }
    if !uses.get_ref().is_empty() {
        let remark = Remark::new("`use` is not of the form `pack/check`")
            .with_hint("write for example `use = \"core/health\"`");
        context.problems.error(&uses.span(), remark);
    }
    None
}

fn name(fields: Fields<'_>, context: &mut Context<'_, '_>) -> Option<String> {
    let name = fields.text("name")?;
    let text = *name.get_ref();
    if text == CONNECTION_JOB {
        let remark = Remark::new(format!(
            "`{CONNECTION_JOB}` is the job that every target has by itself: whether it can be reached"
        ))
        .with_hint("give this one another `name`, such as `connections`");
        context.problems.error(&name.span(), remark);
        return None;
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
    if text.chars().all(plain) && text.len() <= NAME_CHARS_MAX {
        return Some(text.to_owned());
    }
    let remark = Remark::new(format!(
        "a check's name has at most {NAME_CHARS_MAX} ASCII letters, digits, `.`, `_`, `-` and `/`"
    ));
    context.problems.error(&name.span(), remark);
    None
}

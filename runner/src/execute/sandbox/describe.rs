//! What a pack says of itself: asked once when it is loaded, and accepted only without any problem.

use std::collections::BTreeSet;

use super::bindings::checkrun::check::context;
use super::bindings::exports::checkrun::check::checks as guest;
use super::limits;
use super::report::shown;
use super::text::{cut, escape_controls, escape_controls_in_lines, is_name};
use crate::model::engine::{Engine, Version};
use crate::model::gate::OWN_PACK;
use crate::model::pack::{CheckInfo, EngineRequirement, MetricSpec, PackInfo};
use crate::model::parameter::{ParameterKind, ParameterSpec, ParameterValue};
use crate::model::threshold::Threshold;

#[cfg(test)]
mod tests;

/// Problems that are named; a hostile description has no end of them.
const SHOWN_PROBLEMS: usize = 20;
/// Why a threshold is none; it quotes the threshold, which may be long.
const SHOWN_REASON_BYTES: usize = 400;

/// Accepts a description, or returns all that is wrong with it.
pub(super) fn accept(pack: guest::PackInfo) -> Result<PackInfo, Vec<String>> {
    let mut inspection = Inspection::default();
    inspection.name("the pack's name", &pack.name, "-");
    if pack.name == OWN_PACK {
        inspection.problem(format!(
            "the pack's name `{OWN_PACK}` is taken by what checkrun does itself"
        ));
    }
    if pack.checks.is_empty() {
        inspection.problem("it has no checks");
    }
    inspection.count("checks", pack.checks.len(), limits::CHECKS);
    inspection.no_twins("check", pack.checks.iter().map(|check| check.id.as_str()));
    let info = PackInfo {
        name: pack.name,
        version: inspection.text(pack.version),
        description: inspection.text(pack.description),
        checks: pack
            .checks
            .into_iter()
            .take(limits::CHECKS)
            .map(|check| inspection.check(check))
            .collect(),
    };
    let mut problems = inspection.problems;
    if problems.is_empty() {
        return Ok(info);
    }
    if let Some(more) = problems
        .len()
        .checked_sub(SHOWN_PROBLEMS)
        .filter(|n| *n > 0)
    {
        problems.truncate(SHOWN_PROBLEMS);
        problems.push(format!("and {more} more problems"));
    }
    Err(problems)
}

/// One pass over a description.
#[derive(Default)]
struct Inspection {
    /// Of which check the problems are, as `check `x`: `.
    place: String,
    problems: Vec<String>,
}

impl Inspection {
    fn problem(&mut self, text: impl AsRef<str>) {
        self.problems
            .push(format!("{}{}", self.place, text.as_ref()));
    }

    fn count(&mut self, what: &str, there: usize, allowed: usize) {
        if there > allowed {
            self.problem(format!("{there} {what}, {allowed} are allowed"));
        }
    }

    fn name(&mut self, what: &str, name: &str, also: &str) {
        if !is_name(name, also) {
            self.problem(format!(
                "{what} `{}` is not a name: a letter, then lower-case letters, digits and any of `{also}`, {} at most",
                shown(name),
                limits::NAME_BYTES
            ));
        }
    }

    fn text(&mut self, text: String) -> String {
        if text.len() > limits::DESCRIPTION_TEXT_BYTES {
            self.problem(format!(
                "the text `{}…` has {}, {} are allowed",
                shown(&text),
                limits::show_bytes(text.len()),
                limits::show_bytes(limits::DESCRIPTION_TEXT_BYTES)
            ));
        }
        escape_controls_in_lines(&text)
    }

    fn texts(&mut self, what: &str, texts: Vec<String>) -> Vec<String> {
        self.count(what, texts.len(), limits::DECLARATIONS);
        texts
            .into_iter()
            .take(limits::DECLARATIONS)
            .map(|text| self.text(text))
            .collect()
    }

    fn no_twins<'a>(&mut self, what: &str, names: impl Iterator<Item = &'a str>) {
        let mut seen = BTreeSet::new();
        let mut told = BTreeSet::new();
        for name in names {
            if !seen.insert(name) && told.insert(name) {
                self.problem(format!("the {what} `{}` is there twice", shown(name)));
            }
        }
    }

    fn check(&mut self, check: guest::CheckInfo) -> CheckInfo {
        self.place = String::new();
        self.name("the check's id", &check.id, "_-");
        self.place = format!("check `{}`: ", shown(&check.id));
        self.count("parameters", check.parameters.len(), limits::DECLARATIONS);
        self.count("metrics", check.metrics.len(), limits::DECLARATIONS);
        self.count("engines", check.engines.len(), limits::DECLARATIONS);
        self.no_twins(
            "parameter",
            check
                .parameters
                .iter()
                .map(|parameter| parameter.name.as_str()),
        );
        self.no_twins(
            "metric",
            check.metrics.iter().map(|metric| metric.name.as_str()),
        );
        CheckInfo {
            id: check.id,
            title: self.text(check.title),
            description: self.text(check.description),
            tags: self.texts("tags", check.tags),
            engines: check
                .engines
                .into_iter()
                .take(limits::DECLARATIONS)
                .map(requirement)
                .collect(),
            parameters: check
                .parameters
                .into_iter()
                .take(limits::DECLARATIONS)
                .map(|parameter| self.parameter(parameter))
                .collect(),
            metrics: check
                .metrics
                .into_iter()
                .take(limits::DECLARATIONS)
                .map(|metric| self.metric(metric))
                .collect(),
            privileges: self.texts("privileges", check.privileges),
            suggested_interval_seconds: check.suggested_interval_seconds,
            free_metrics: check.free_metrics,
        }
    }

    fn parameter(&mut self, spec: guest::ParameterSpec) -> ParameterSpec {
        self.name("the parameter", &spec.name, "_");
        let kind = kind(spec.kind);
        let name = shown(&spec.name);
        if let Some(default) = &spec.default {
            if kind == ParameterKind::Folder {
                self.problem(format!(
                    "`{name}` is a folder and has a default, but only the configuration knows folders"
                ));
            } else if kind_of(default) != kind {
                self.problem(format!("the default of `{name}` is not of its kind"));
            }
            if let context::ParameterValue::Text(text) = default
                && !spec.choices.is_empty()
                && !spec.choices.contains(text)
            {
                self.problem(format!("the default of `{name}` is not one of its choices"));
            }
            if let context::ParameterValue::Number(number)
            | context::ParameterValue::DurationSeconds(number) = default
                && !number.is_finite()
            {
                self.problem(format!(
                    "the default of `{name}` is {number}, not a finite number"
                ));
            }
        }
        if spec.required && spec.default.is_some() {
            self.problem(format!(
                "`{name}` is required and has a default, which would never be used"
            ));
        }
        if kind != ParameterKind::Text && !spec.choices.is_empty() {
            self.problem(format!(
                "`{name}` has choices, which only a text parameter may have"
            ));
        }
        ParameterSpec {
            name: spec.name,
            description: self.text(spec.description),
            kind,
            required: spec.required,
            default: spec.default.map(value),
            choices: self.texts("choices", spec.choices),
        }
    }

    fn metric(&mut self, spec: guest::MetricSpec) -> MetricSpec {
        self.name("the metric", &spec.name, "_");
        if spec.unit.is_empty() || spec.unit.len() > limits::NAME_BYTES {
            self.problem(format!(
                "the metric `{}` needs a unit, such as `count`",
                shown(&spec.name)
            ));
        }
        for (level, threshold) in [("warning", &spec.warning), ("critical", &spec.critical)] {
            if let Some(Err(why)) = threshold
                .as_ref()
                .map(|threshold| Threshold::parse(threshold, &spec.unit))
            {
                self.problem(format!(
                    "the {level} threshold of `{}`: {}",
                    shown(&spec.name),
                    escape_controls(cut(&why, SHOWN_REASON_BYTES))
                ));
            }
        }
        MetricSpec {
            name: spec.name,
            description: self.text(spec.description),
            unit: self.text(spec.unit),
            warning: spec.warning,
            critical: spec.critical,
        }
    }
}

fn requirement(requirement: guest::EngineRequirement) -> EngineRequirement {
    EngineRequirement {
        engine: match requirement.engine {
            context::Engine::Postgresql => Engine::Postgresql,
            context::Engine::Mysql => Engine::Mysql,
            context::Engine::Mariadb => Engine::Mariadb,
            context::Engine::Sqlite => Engine::Sqlite,
            context::Engine::Pgbouncer => Engine::Pgbouncer,
        },
        min_version: requirement.min_version.map(|version| Version {
            major: version.major,
            minor: version.minor,
            patch: version.patch,
        }),
    }
}

fn kind(kind: guest::ParameterKind) -> ParameterKind {
    match kind {
        guest::ParameterKind::Boolean => ParameterKind::Boolean,
        guest::ParameterKind::Integer => ParameterKind::Integer,
        guest::ParameterKind::Number => ParameterKind::Number,
        guest::ParameterKind::Text => ParameterKind::Text,
        guest::ParameterKind::Duration => ParameterKind::Duration,
        guest::ParameterKind::Size => ParameterKind::Size,
        guest::ParameterKind::TextList => ParameterKind::TextList,
        guest::ParameterKind::Folder => ParameterKind::Folder,
    }
}

fn kind_of(value: &context::ParameterValue) -> ParameterKind {
    use context::ParameterValue as Value;
    match value {
        Value::Boolean(_) => ParameterKind::Boolean,
        Value::Integer(_) => ParameterKind::Integer,
        Value::Number(_) => ParameterKind::Number,
        Value::Text(_) => ParameterKind::Text,
        Value::DurationSeconds(_) => ParameterKind::Duration,
        Value::SizeBytes(_) => ParameterKind::Size,
        Value::TextList(_) => ParameterKind::TextList,
    }
}

fn value(value: context::ParameterValue) -> ParameterValue {
    use context::ParameterValue as Value;
    match value {
        Value::Boolean(value) => ParameterValue::Boolean(value),
        Value::Integer(value) => ParameterValue::Integer(value),
        Value::Number(value) => ParameterValue::Number(value),
        Value::Text(value) => ParameterValue::Text(value),
        Value::DurationSeconds(value) => ParameterValue::DurationSeconds(value),
        Value::SizeBytes(value) => ParameterValue::SizeBytes(value),
        Value::TextList(value) => ParameterValue::TextList(value),
    }
}

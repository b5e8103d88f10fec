//! What a pack declares, in the contract's types.

use super::super::bindings::exports::checkrun::check::checks as wit;
use crate::check::{Check, Pack};
use crate::engine::{Engine, EngineRequirement};
use crate::metric::MetricSpec;
use crate::parameter::{ParameterKind, ParameterSpec, ParameterValue};

pub fn pack_info(pack: &Pack) -> wit::PackInfo {
    wit::PackInfo {
        name: pack.name.to_owned(),
        version: pack.version.to_owned(),
        description: pack.description.to_owned(),
        checks: pack.checks.iter().map(check_info).collect(),
    }
}

fn check_info(check: &Check) -> wit::CheckInfo {
    wit::CheckInfo {
        id: check.id.to_owned(),
        title: check.title.to_owned(),
        description: check.description.to_owned(),
        tags: texts(check.tags),
        engines: check.engines.iter().map(engine_requirement).collect(),
        parameters: (check.parameters)()
            .into_iter()
            .map(parameter_spec)
            .collect(),
        metrics: check.metrics.iter().map(metric_spec).collect(),
        privileges: texts(check.privileges),
        free_metrics: check.free_metrics,
        suggested_interval_seconds: u32::try_from(check.suggested_interval.as_secs())
            .unwrap_or(u32::MAX),
    }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

fn engine_requirement(requirement: &EngineRequirement) -> wit::EngineRequirement {
    wit::EngineRequirement {
        engine: match requirement.engine {
            Engine::Postgresql => wit::Engine::Postgresql,
            Engine::Mysql => wit::Engine::Mysql,
            Engine::Mariadb => wit::Engine::Mariadb,
            Engine::Sqlite => wit::Engine::Sqlite,
            Engine::Pgbouncer => wit::Engine::Pgbouncer,
        },
        min_version: requirement.min_version.map(|version| wit::Version {
            major: version.major,
            minor: version.minor,
            patch: version.patch,
        }),
    }
}

fn parameter_spec(spec: ParameterSpec) -> wit::ParameterSpec {
    wit::ParameterSpec {
        name: spec.name.to_owned(),
        description: spec.description.to_owned(),
        kind: match spec.kind {
            ParameterKind::Boolean => wit::ParameterKind::Boolean,
            ParameterKind::Integer => wit::ParameterKind::Integer,
            ParameterKind::Number => wit::ParameterKind::Number,
            ParameterKind::Text => wit::ParameterKind::Text,
            ParameterKind::Duration => wit::ParameterKind::Duration,
            ParameterKind::Size => wit::ParameterKind::Size,
            ParameterKind::TextList => wit::ParameterKind::TextList,
            ParameterKind::Folder => wit::ParameterKind::Folder,
        },
        required: spec.required,
        default: spec.default.map(parameter_value),
        choices: texts(spec.choices),
    }
}

fn parameter_value(value: ParameterValue) -> wit::ParameterValue {
    match value {
        ParameterValue::Boolean(it) => wit::ParameterValue::Boolean(it),
        ParameterValue::Integer(it) => wit::ParameterValue::Integer(it),
        ParameterValue::Number(it) => wit::ParameterValue::Number(it),
        ParameterValue::Text(it) => wit::ParameterValue::Text(it),
        ParameterValue::DurationSeconds(it) => wit::ParameterValue::DurationSeconds(it),
        ParameterValue::SizeBytes(it) => wit::ParameterValue::SizeBytes(it),
        ParameterValue::TextList(it) => wit::ParameterValue::TextList(it),
    }
}

fn metric_spec(spec: &MetricSpec) -> wit::MetricSpec {
    wit::MetricSpec {
        name: spec.name.to_owned(),
        description: spec.description.to_owned(),
        unit: spec.unit.to_owned(),
        warning: spec.warning.map(str::to_owned),
        critical: spec.critical.map(str::to_owned),
    }
}

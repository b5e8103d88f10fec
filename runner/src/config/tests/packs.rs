//! Packs as tests need them: one check of every kind.

use crate::model::engine::Engine;
use crate::model::pack::{CheckInfo, EngineRequirement, MetricSpec, PackInfo};
use crate::model::parameter::{ParameterKind, ParameterSpec, ParameterValue};

/// `core` with `health`, `query` and the PostgreSQL-only `vacuum`.
pub(super) fn core() -> PackInfo {
    PackInfo {
        name: "core".into(),
        version: "0.1.0".into(),
        description: "Bundled checks".into(),
        checks: vec![health(), query(), vacuum()],
    }
}

fn check(id: &str) -> CheckInfo {
    CheckInfo {
        id: id.into(),
        title: id.into(),
        description: String::new(),
        tags: Vec::new(),
        engines: Vec::new(),
        parameters: Vec::new(),
        metrics: Vec::new(),
        privileges: Vec::new(),
        suggested_interval_seconds: 60,
        free_metrics: false,
    }
}

fn health() -> CheckInfo {
    let slow = ParameterValue::DurationSeconds(1.0);
    CheckInfo {
        parameters: vec![
            parameter("slow", ParameterKind::Duration, Some(slow)),
            parameter("room", ParameterKind::Size, None),
            parameter("deep", ParameterKind::Boolean, None),
            parameter("rounds", ParameterKind::Integer, None),
            parameter("factor", ParameterKind::Number, None),
            parameter("schemas", ParameterKind::TextList, None),
            parameter("folder", ParameterKind::Folder, None),
            ParameterSpec {
                choices: vec!["fast".into(), "full".into()],
                ..parameter("mode", ParameterKind::Text, None)
            },
        ],
        metrics: vec![
            metric("response_time", "seconds", Some("> 1s"), Some("> 5s")),
            metric("used_ratio", "ratio", None, Some("> 95%")),
            metric("size", "bytes", None, None),
        ],
        ..check("health")
    }
}

fn query() -> CheckInfo {
    CheckInfo {
        parameters: vec![ParameterSpec {
            required: true,
            ..parameter("sql", ParameterKind::Text, None)
        }],
        free_metrics: true,
        ..check("query")
    }
}

fn vacuum() -> CheckInfo {
    CheckInfo {
        engines: vec![EngineRequirement {
            engine: Engine::Postgresql,
            min_version: None,
        }],
        ..check("vacuum")
    }
}

fn parameter(name: &str, kind: ParameterKind, default: Option<ParameterValue>) -> ParameterSpec {
    ParameterSpec {
        name: name.into(),
        description: format!("the {name}"),
        kind,
        required: false,
        default,
        choices: Vec::new(),
    }
}

fn metric(name: &str, unit: &str, warning: Option<&str>, critical: Option<&str>) -> MetricSpec {
    MetricSpec {
        name: name.into(),
        description: String::new(),
        unit: unit.into(),
        warning: warning.map(str::to_owned),
        critical: critical.map(str::to_owned),
    }
}

//! What a pack offers: its checks, their parameters, metrics and privileges.

use std::fmt::Write;

use super::plain::{one_line, push_wrapped};
use crate::model::pack::{CheckInfo, PackInfo};
use crate::model::parameter::{ParameterKind, ParameterSpec, ParameterValue};
use crate::model::unit::{format_duration, format_value};

/// For people.
#[must_use]
pub fn for_people(pack: &PackInfo, sha256: &str) -> String {
    let mut text = String::new();
    push(
        &mut text,
        format_args!(
            "{} {}  {}",
            pack.name,
            one_line(&pack.version),
            one_line(&pack.description)
        ),
    );
    push(&mut text, format_args!("sha256 {sha256}"));
    for check in &pack.checks {
        push_check(&mut text, &pack.name, check);
    }
    text
}

fn push_check(text: &mut String, pack: &str, check: &CheckInfo) {
    push(
        text,
        format_args!("\n{pack}/{}  {}", check.id, one_line(&check.title)),
    );
    for line in check.description.lines() {
        push_wrapped(text, "  ", line);
    }
    let engines: Vec<_> = check.engines.iter().map(ToString::to_string).collect();
    if !engines.is_empty() {
        push(text, format_args!("  engines: {}", engines.join(", ")));
    }
    for (n, parameter) in check.parameters.iter().enumerate() {
        if n == 0 {
            text.push_str("  parameters\n");
        }
        push_named(text, &parameter.name, &parameter.description);
        push_named(text, "", &parameter_terms(parameter));
    }
    for (n, metric) in check.metrics.iter().enumerate() {
        if n == 0 {
            text.push_str("  metrics\n");
        }
        let meaning = format!("{} ({})", metric.description, metric.unit);
        push_named(text, &metric.name, &meaning);
        for (level, threshold) in [("warning", &metric.warning), ("critical", &metric.critical)] {
            if let Some(threshold) = threshold {
                push_named(text, "", &format!("{level} {threshold} by default"));
            }
        }
    }
    if check.free_metrics {
        if check.metrics.is_empty() {
            text.push_str("  metrics\n");
        }
        push_named(text, "…", "named by the configuration or by what is found");
    }
    for (n, privilege) in check.privileges.iter().enumerate() {
        if n == 0 {
            text.push_str("  privileges\n");
        }
        push_wrapped(text, "    ", privilege);
    }
}

fn push_named(text: &mut String, name: &str, meaning: &str) {
    push_wrapped(text, &format!("    {name:<20}  "), meaning);
}

/// `duration, default 5 s`
fn parameter_terms(parameter: &ParameterSpec) -> String {
    let mut terms = vec![kind(parameter.kind).to_owned()];
    if parameter.required {
        terms.push("required".to_owned());
    }
    if let Some(default) = &parameter.default {
        terms.push(format!("default {}", one_line(&value(default))));
    }
    if !parameter.choices.is_empty() {
        terms.push(format!(
            "one of {}",
            one_line(&parameter.choices.join(", "))
        ));
    }
    terms.join(", ")
}

fn kind(kind: ParameterKind) -> &'static str {
    match kind {
        ParameterKind::Boolean => "true or false",
        ParameterKind::Integer => "whole number",
        ParameterKind::Number => "number",
        ParameterKind::Text => "text",
        ParameterKind::Duration => "duration",
        ParameterKind::Size => "size",
        ParameterKind::TextList => "list of texts",
        ParameterKind::Folder => "path of a folder",
    }
}

fn value(value: &ParameterValue) -> String {
    match value {
        ParameterValue::Boolean(value) => value.to_string(),
        ParameterValue::Integer(value) => value.to_string(),
        ParameterValue::Number(value) => value.to_string(),
        ParameterValue::Text(value) => format!("`{value}`"),
        ParameterValue::DurationSeconds(value) => std::time::Duration::try_from_secs_f64(*value)
            .map_or_else(|_| value.to_string(), format_duration),
        #[expect(clippy::cast_precision_loss, reason = "for people")]
        ParameterValue::SizeBytes(value) => format_value(*value as f64, "bytes"),
        ParameterValue::TextList(value) => value.join(", "),
    }
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{line}");
}

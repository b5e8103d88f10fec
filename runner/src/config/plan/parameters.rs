//! What a check is given: the configured values by the declared kinds, and the defaults.
//!
//! Of a folder it is given the names of the files, which [`folder`] reads here and now.

use super::folder;
use crate::config::collector::{Collector, Remark};
use crate::config::elements::check::CheckEntry;
use crate::config::elements::parameters::Written;
use crate::config::source::{Source, Span};
use crate::config::suggest;
use crate::model::pack::CheckInfo;
use crate::model::parameter::{ParameterKind, ParameterSpec, ParameterValue};
use crate::model::unit::{parse_duration, parse_size};

/// What a check is given.
pub(super) struct Settled {
    /// Every declared parameter that is configured or has a default, in the declared order.
    pub parameters: Vec<(String, ParameterValue)>,
    /// Folders that are well written, and whose names could not be read. Their parameters are left out.
    pub unread: Vec<(Span, Remark)>,
}

/// Settles every parameter.
pub(super) fn settle(
    entry: &CheckEntry,
    check: &CheckInfo,
    source: &Source,
    problems: &mut Collector<'_>,
) -> Settled {
    for written in &entry.parameters {
        let name = written.name.get_ref();
        if !check.parameters.iter().any(|spec| spec.name == *name) {
            let hint = suggest::hint(
                name,
                check.parameters.iter().map(|spec| spec.name.as_str()),
                "it takes none",
            );
            let message = format!("`{}` has no parameter `{name}`", entry.uses());
            problems.error(&written.name.span(), Remark::new(message).with_hint(hint));
        }
    }
    let mut settled = Settled {
        parameters: Vec::new(),
        unread: Vec::new(),
    };
    for spec in &check.parameters {
        let written = entry
            .parameters
            .iter()
            .find(|written| *written.name.get_ref() == spec.name);
        let value = match written {
            Some(written) => match (spec.kind, &written.value) {
                (ParameterKind::Folder, Written::Text(path)) => folder::names(source, path)
                    .map(ParameterValue::TextList)
                    .map_err(|remark| settled.unread.push((written.at.clone(), remark)))
                    .ok(),
                (_, value) => plain_value(spec, value)
                    .map_err(|remark| problems.error(&written.at, remark))
                    .ok(),
            },
            None => {
                if spec.required && spec.default.is_none() && !entry.hides_parameters {
                    problems.error(&entry.use_at, missing(entry, spec));
                }
                spec.default.clone()
            }
        };
        let value = value.map(|value| (spec.name.clone(), value));
        settled.parameters.extend(value);
    }
    settled
}

fn missing(entry: &CheckEntry, spec: &ParameterSpec) -> Remark {
    Remark::new(format!(
        "`{}` needs the parameter `{}`",
        entry.uses(),
        spec.name
    ))
    .with_hint(format!(
        "add `parameters = {{ {} = {} }}`: {}",
        spec.name,
        example(spec),
        spec.description
    ))
}

/// What is written, by the declared kind.
fn plain_value(spec: &ParameterSpec, written: &Written) -> Result<ParameterValue, Remark> {
    match (spec.kind, written) {
        (ParameterKind::Boolean, Written::Boolean(value)) => Ok(ParameterValue::Boolean(*value)),
        (ParameterKind::Integer, Written::Integer(value)) => Ok(ParameterValue::Integer(*value)),
        (ParameterKind::Number, Written::Number(value)) => Ok(ParameterValue::Number(*value)),
        #[expect(
            clippy::cast_precision_loss,
            reason = "a number beyond 2^53 was asked for as a number with a fraction"
        )]
        (ParameterKind::Number, Written::Integer(value)) => {
            Ok(ParameterValue::Number(*value as f64))
        }
        (ParameterKind::Text, Written::Text(text)) => text_choice(spec, text),
        (ParameterKind::Duration, Written::Text(text)) => parse_duration(text)
            .map(|duration| ParameterValue::DurationSeconds(duration.as_secs_f64()))
            .map_err(|why| refused(spec, &why)),
        (ParameterKind::Size, Written::Text(text)) => parse_size(text)
            .map(ParameterValue::SizeBytes)
            .map_err(|why| refused(spec, &why)),
        (ParameterKind::TextList, Written::TextList(texts)) => {
            Ok(ParameterValue::TextList(texts.clone()))
        }
        (kind, other) => Err(Remark::new(format!(
            "the parameter `{}` takes {}, not {}",
            spec.name,
            in_words(kind),
            suggest::with_article(other.kind())
        ))
        .with_hint(format!(
            "write for example `{} = {}`",
            spec.name,
            example(spec)
        ))),
    }
}

fn text_choice(spec: &ParameterSpec, text: &str) -> Result<ParameterValue, Remark> {
    if spec.choices.is_empty() || spec.choices.iter().any(|choice| choice == text) {
        return Ok(ParameterValue::Text(text.to_owned()));
    }
    let choices: Vec<&str> = spec.choices.iter().map(String::as_str).collect();
    let hint = match suggest::nearest(text, choices.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it may be {}", suggest::list(&choices, "or")),
    };
    Err(Remark::new(format!("the parameter `{}` may not be `{text}`", spec.name)).with_hint(hint))
}

fn refused(spec: &ParameterSpec, why: &str) -> Remark {
    Remark::new(format!("the parameter `{}`: {why}", spec.name)).with_hint(format!(
        "write for example `{} = {}`",
        spec.name,
        example(spec)
    ))
}

fn in_words(kind: ParameterKind) -> &'static str {
    match kind {
        ParameterKind::Boolean => "`true` or `false`",
        ParameterKind::Integer => "a whole number",
        ParameterKind::Number => "a number",
        ParameterKind::Text => "a text in quotes",
        ParameterKind::Duration => "a duration in quotes",
        ParameterKind::Size => "a size in quotes",
        ParameterKind::TextList => "a list of texts",
        ParameterKind::Folder => "the path of a folder in quotes",
    }
}

fn example(spec: &ParameterSpec) -> String {
    match spec.kind {
        ParameterKind::Boolean => "true".to_owned(),
        ParameterKind::Integer => "10".to_owned(),
        ParameterKind::Number => "0.5".to_owned(),
        ParameterKind::Text => match spec.choices.first() {
            Some(choice) => format!("\"{choice}\""),
            None => "\"…\"".to_owned(),
        },
        ParameterKind::Duration => "\"500ms\"".to_owned(),
        ParameterKind::Size => "\"2GiB\"".to_owned(),
        ParameterKind::TextList => "[\"…\"]".to_owned(),
        ParameterKind::Folder => "\"./folder\"".to_owned(),
    }
}

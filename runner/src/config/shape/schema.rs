//! The JSON Schema (draft 2020-12) of the configuration, for editors.

use serde_json::{Map, Value, json};

use super::keys::ROOT;
use super::{Effect, Key, Presence, Table, Takes};

/// What `parse_duration` accepts.
const DURATION_PATTERN: &str = r"^\s*[0-9.]+\s*(us|µs|ms|s|m|min|h|d|w)\s*$";

/// What an age accepts: a duration, years, or for ever.
const AGE_PATTERN: &str = r"^(forever|\s*[0-9.]+\s*(us|µs|ms|s|m|min|h|d|w|y)\s*)$";

/// The schema of the whole file.
#[must_use]
pub fn schema() -> Value {
    let mut schema = table(&ROOT);
    if let Some(object) = schema.as_object_mut() {
        object.insert(
            "$schema".into(),
            "https://json-schema.org/draft/2020-12/schema".into(),
        );
        object.insert("title".into(), "checkrun.toml".into());
    }
    schema
}

fn table(declared: &Table) -> Value {
    let properties: Map<String, Value> = declared
        .keys
        .iter()
        .map(|key| (key.name.to_owned(), property(key)))
        .collect();
    let required: Vec<&str> = declared
        .keys
        .iter()
        .filter(|key| key.presence == Presence::Required)
        .map(|key| key.name)
        .collect();
    json!({
        "type": "object",
        "description": declared.about,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn property(key: &Key) -> Value {
    let mut schema = takes(&key.takes);
    let mut description = key.about.to_owned();
    if !key.example.is_empty() {
        description = format!("{description} For example: {}", key.example);
    }
    if let Effect::Later(missing) = key.effect {
        description = format!("{description} No effect in this version: {missing}.");
    }
    if let Some(object) = schema.as_object_mut() {
        object.insert("description".into(), description.into());
    }
    schema
}

fn takes(takes: &Takes) -> Value {
    match takes {
        Takes::Text => json!({ "type": "string", "minLength": 1 }),
        Takes::OneOf(words) => json!({ "enum": words }),
        Takes::Duration { .. } => json!({ "type": "string", "pattern": DURATION_PATTERN }),
        Takes::Age => json!({ "type": "string", "pattern": AGE_PATTERN }),
        Takes::Boolean => json!({ "type": "boolean" }),
        Takes::Count { min, max } => {
            json!({ "type": "integer", "minimum": min, "maximum": max })
        }
        Takes::TextList => {
            json!({ "type": "array", "items": { "type": "string", "minLength": 1 }, "minItems": 1 })
        }
        Takes::TextMap => {
            json!({ "type": "object", "additionalProperties": { "type": "string" } })
        }
        Takes::Parameters => json!({
            "type": "object",
            "additionalProperties": { "anyOf": [
                { "type": ["string", "number", "boolean"] },
                { "type": "array", "items": { "type": "string" } },
            ] },
        }),
        Takes::Table(declared) => table(declared),
        Takes::TextOrTable(declared) => text_or_table(declared),
        Takes::TextOrTableMap(declared) => {
            json!({ "type": "object", "additionalProperties": text_or_table(declared) })
        }
        Takes::TableList(declared) => json!({ "type": "array", "items": table(declared) }),
        Takes::TableMap(declared) => {
            json!({ "type": "object", "additionalProperties": table(declared) })
        }
    }
}

fn text_or_table(declared: &Table) -> Value {
    json!({ "anyOf": [takes(&Takes::Text), table(declared)] })
}

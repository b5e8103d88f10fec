//! The JSON Schema says the same as the decoder, because both come from one declaration; held here
//! from the outside.

use serde_json::Value;

use super::read;
use crate::config::schema;

#[test]
fn the_schema_for_editors() {
    insta::assert_snapshot!(serde_json::to_string_pretty(&schema()).expect("plain data"));
}

/// Every key of the schema as `(tables and keys on the way, is the last one in a list of tables)`.
fn walk(schema: &Value, path: &str, found: &mut Vec<String>) {
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        let inner = if property["type"] == "array" {
            &property["items"]
        } else {
            property
        };
        let inner = if inner["additionalProperties"].is_object() {
            &inner["additionalProperties"]
        } else {
            inner
        };
        found.push(path.clone());
        walk(inner, &path, found);
    }
}

#[test]
fn every_key_of_the_schema_is_known_and_held_to_its_type() {
    let mut keys = Vec::new();
    walk(&schema(), "", &mut keys);
    assert!(keys.len() > 45, "{keys:?}");
    for path in keys {
        let mut parts: Vec<&str> = path.split('.').collect();
        if parts.len() > 2 && parts[1] == "thresholds" {
            parts.insert(2, "some_metric");
        }
        let lists = ["target", "pack", "check", "route", "maintenance"];
        let is_list = lists.contains(&parts[0]) && parts.len() > 1;
        let (open, rest) = if is_list {
            (format!("[[{}]]\n", parts[0]), &parts[1..])
        } else {
            (String::new(), &parts[..])
        };
        // No key takes a date, so each must be refused, and none as unknown.
        let text = format!("{open}{} = 2020-01-01\n", rest.join("."));
        let problems = read(&text).expect_err(&path);
        let messages: Vec<&str> = problems.0.iter().map(|p| p.message.as_str()).collect();
        let last = rest.last().expect("a key");
        assert!(
            messages
                .iter()
                .any(|m| m.starts_with(&format!("`{last}` takes"))),
            "{path}: {messages:?}"
        );
        assert!(
            !messages.iter().any(|m| m.contains("unknown key")),
            "{path}"
        );
    }
}

#[test]
fn every_key_is_in_the_documentation() {
    let text = include_str!("../../../../docs/configuration.md");
    let mut keys = Vec::new();
    walk(&schema(), "", &mut keys);
    let missing: Vec<String> = keys
        .into_iter()
        .filter(|path| {
            let key = path.rsplit('.').next().unwrap_or(path);
            let written = [
                format!("`{key}`"),
                format!("`[{key}]`"),
                format!("`[[{key}]]`"),
                format!("{{ {key} = "),
            ];
            !written.iter().any(|form| text.contains(form))
        })
        .collect();
    assert_eq!(
        missing, [""; 0],
        "docs/configuration.md does not mention these keys"
    );
}

/// What `docs/configuration.md` shows as a whole file.
#[test]
fn the_whole_file_of_the_documentation_is_sound() {
    let text = include_str!("../../../../docs/configuration.md");
    let (_, rest) = text.split_once("```toml\n").expect("an example");
    let (example, _) = rest.split_once("```").expect("its end");
    let loaded = read(example).expect("sound");
    assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
}

//! `docs/templates.md` names every field that a template is given, and no other.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;

const DOCUMENT: &str = include_str!("../../../../../docs/templates.md");

/// All names in a value.
fn names(value: &Value, known: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                known.insert(name.clone());
                names(value, known);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, known)),
        _ => {}
    }
}

/// What stands first in the rows of the tables that say what templates see.
fn documented() -> BTreeSet<String> {
    let (_, fields) = DOCUMENT
        .split_once("## What templates see")
        .expect("the heading");
    let (fields, _) = fields.split_once("\n## ").expect("another heading");
    fields
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name.to_owned())
        .collect()
}

#[test]
fn every_field_is_documented_and_every_documented_field_is_there() {
    let mut given = BTreeSet::new();
    for (_, notification) in sample::of_every_kind() {
        let context = Context::of(&notification, None, &TimeZone::UTC, &Detail::DEGREES[0]);
        let context = serde_json::to_value(context).expect("plain data");
        names(&context, &mut given);
    }
    assert_eq!(documented(), given);
}

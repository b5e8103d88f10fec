//! `core/migrations` on what the tools themselves wrote, and on what nobody should have written.

#![expect(clippy::panic, reason = "this is how a test fails")]

mod health;
mod ledgers;
mod trouble;

use std::fs;
use std::path::Path;

use serde_json::Value;

/// What a tool left in a database: the SQL of its fixture.
fn fixture(tool: &str, engine: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../checks/core/fixtures/migrations")
        .join(tool)
        .join(format!("{engine}.sql"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A `[[check]]` of `core/migrations` with these parameters, on every target.
fn check(parameters: &str) -> String {
    format!(
        "[[check]]\nuse = \"core/migrations\"\ntargets = [\"*\"]\nparameters = {{ {parameters} }}\n"
    )
}

/// The evidence of a finding, in one line.
fn evidence(finding: &Value) -> String {
    let pairs = finding["evidence"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let pairs: Vec<String> = pairs
        .iter()
        .map(|pair| format!("{}={}", text(&pair[0]), text(&pair[1])))
        .collect();
    pairs.join(" | ")
}

/// One piece of evidence.
fn piece(finding: &Value, name: &str) -> String {
    let pairs = finding["evidence"].as_array().expect("a list");
    let found = pairs.iter().find(|pair| pair[0] == name);
    let value = found.and_then(|pair| pair[1].as_str());
    value
        .unwrap_or_else(|| panic!("no {name} in {finding}"))
        .to_owned()
}

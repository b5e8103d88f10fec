//! Documents are held to the published schemas.

use std::fs;
use std::path::Path;

use checkrun_tests::Ended;
use serde_json::Value;

/// Asserts that the document keeps to `docs/schemas/<name>.schema.json`.
#[track_caller]
pub fn keeps_to(name: &str, document: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs/schemas")
        .join(format!("{name}.schema.json"));
    let text = fs::read_to_string(&path).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{document:#}");
}

/// The document that a command printed, held to its schema.
#[track_caller]
pub fn document(name: &str, ended: &Ended) -> Value {
    let document = ended.json();
    keeps_to(name, &document);
    document
}

/// Each database of such a document, as `name status`.
pub fn statuses(document: &Value) -> Vec<String> {
    let databases = document["databases"].as_array().unwrap();
    databases
        .iter()
        .map(|one| {
            let (name, status) = (one["target"].as_str(), one["status"].as_str());
            format!("{} {}", name.unwrap(), status.unwrap())
        })
        .collect()
}

#[test]
fn a_schema_refuses_what_is_not_its_document() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schemas");
    let mut schemas = 0;
    for entry in fs::read_dir(path).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let schema: Value = serde_json::from_str(&text).unwrap();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        assert!(!validator.is_valid(&serde_json::json!({"schema_version": "1"})));
        schemas += 1;
    }
    assert!(schemas >= 2, "there are {schemas}");
}

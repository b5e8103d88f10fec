//! The published schemas are those of the types.

use std::fs;
use std::path::Path;

use schemars::{JsonSchema, schema_for};

use super::{doctor, performance, preflight, status};
use crate::report::json::pretty;

/// Set, it writes the schemas instead of comparing them.
const WRITE_VARIABLE: &str = "CHECKRUN_WRITE_SCHEMAS";

fn published<Document: JsonSchema>(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs/schemas")
        .join(format!("{name}.schema.json"));
    let schema = pretty(&schema_for!(Document));
    if std::env::var_os(WRITE_VARIABLE).is_some() {
        fs::write(&path, &schema).expect("a file to write");
    }
    let text = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        text == schema,
        "{} is not the schema of its type; write it anew with {WRITE_VARIABLE}=1 and this test",
        path.display()
    );
}

#[test]
fn the_schema_of_doctor_is_published() {
    published::<doctor::Doctor>("doctor");
}

#[test]
fn the_schema_of_performance_is_published() {
    published::<performance::Performance>("performance");
}

#[test]
fn the_schema_of_preflight_is_published() {
    published::<preflight::Preflight>("preflight");
}

#[test]
fn the_schema_of_status_is_published() {
    published::<status::Summary>("status");
}

//! The published schema is that of the types.

use super::{NotificationDocument, SCHEMA_VERSION, as_json};
use crate::alert::letter::sample;

/// Where the schema is published.
const SCHEMA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../docs/schemas/notification.schema.json"
);

/// Set, it writes the schema instead of comparing it.
const WRITE_VARIABLE: &str = "CHECKRUN_WRITE_SCHEMAS";

#[test]
fn the_schema_of_notifications_is_published() {
    let schema = schemars::schema_for!(NotificationDocument);
    let schema = serde_json::to_value(schema).expect("plain data");
    let text = format!("{schema:#}\n");
    if std::env::var_os(WRITE_VARIABLE).is_some() {
        std::fs::write(SCHEMA, &text).expect("written");
    }
    let published = std::fs::read_to_string(SCHEMA).unwrap_or_default();
    assert!(
        published == text,
        "docs/schemas/notification.schema.json is not that of the types any more; if the change is \
         meant, write it anew: {WRITE_VARIABLE}=1 cargo nextest run -p checkrun schema_of_notifications"
    );
}

#[test]
fn every_document_says_its_version_and_its_state() {
    for (name, notification) in sample::of_every_kind() {
        let document = as_json(&notification);
        assert_eq!(document["schema_version"], SCHEMA_VERSION, "{name}");
        assert!(document["state"].is_string(), "{name}");
        let is_storm = document["storm"].is_object();
        assert_eq!(document["target"].is_null(), is_storm, "{name}");
    }
}

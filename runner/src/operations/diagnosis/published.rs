//! What is published of a diagnosis is what the code does: the schema, and the tables of classes.

use super::Diagnosis;
use crate::model::advice::tests::causes;
use crate::model::advice::{Cause, explain, explain_tls};
use crate::model::probe::TlsProblem;
use crate::model::sql::ConnectionClass;

/// Where the schema is published.
const SCHEMA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../docs/schemas/diagnose.schema.json"
);

#[test]
fn the_published_schema_is_that_of_the_types() {
    let schema = serde_json::to_value(schemars::schema_for!(Diagnosis)).expect("plain data");
    let text = format!("{schema:#}\n");
    if std::env::var_os("CHECKRUN_WRITE_SCHEMAS").is_some() {
        std::fs::write(SCHEMA, &text).expect("written");
    }
    let published = std::fs::read_to_string(SCHEMA).unwrap_or_default();
    assert!(
        published == text,
        "docs/schemas/diagnose.schema.json is not that of the types any more; if the change is meant, \
         write it anew: CHECKRUN_WRITE_SCHEMAS=1 cargo nextest run -p checkrun published_schema"
    );
}

/// A row for each class: its word, what it means where there is a text for that, what to try first.
fn rows() -> Vec<String> {
    let connection = ConnectionClass::ALL.map(|class| {
        let it = explain(class);
        format!("| `{}` | {} | {} |", class.as_str(), it.meaning, it.advice)
    });
    let tls = TlsProblem::ALL.map(|problem| {
        let it = explain_tls(problem);
        format!(
            "| `{}` | {} | {} |",
            problem.as_str(),
            it.meaning,
            it.advice
        )
    });
    // These words and their advice are others'.
    let is_own = |it: &Cause<'_>| !matches!(it, Cause::NotJudged { .. } | Cause::Configured { .. });
    let other = causes().into_iter().filter(is_own);
    let other = other.map(|it| format!("| `{}` | {} |", it.class(), it.advice()));
    connection.into_iter().chain(tls).chain(other).collect()
}

#[test]
fn the_documentation_has_every_class_with_its_advice() {
    let text = include_str!("../../../../docs/operations/diagnose.md");
    let rows = rows();
    let missing: Vec<&String> = rows
        .iter()
        .filter(|row| !text.contains(row.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "docs/operations/diagnose.md lacks these rows: {missing:#?}"
    );
}

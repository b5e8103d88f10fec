//! Text and HTML have the same content: what somebody must know is in both forms of every sample.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::context::{Context, Detail};
use super::super::sample;
use super::{berlin, markup, written};

/// Keys of the context whose text is in both forms, wherever they are in it. What only one of them shows is how
/// the last day went: as a picture or in characters.
const SHOWN: [&str; 25] = [
    "headline",
    "notes",
    "lead",
    "course",
    "remark",
    "job",
    "value",
    "worst",
    "warning",
    "critical",
    "hour_ago",
    "median",
    "p95",
    "detail",
    "subject",
    "advice",
    "reference",
    "short",
    "word",
    "by",
    "comment",
    "acknowledge",
    "silence",
    "route",
    "configuration",
];

/// Keys beneath which nothing is shown, or not in words.
const HIDDEN: [&str; 4] = ["written", "until", "from", "to"];

/// Every text that has to be shown, with its key.
fn shown<'c>(key: &'c str, context: &'c Value, found: &mut Vec<(&'c str, &'c str)>) {
    match context {
        Value::String(text) if SHOWN.contains(&key) => found.push((key, text)),
        Value::Array(all) => all.iter().for_each(|one| shown(key, one, found)),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .filter(|(key, _)| !HIDDEN.contains(&key.as_str()));
            fields.for_each(|(key, field)| shown(key, field, found));
        }
        _ => {}
    }
}

/// However lines are broken.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_the_text_says_the_page_says_too() {
    let mut keys = BTreeSet::new();
    for (name, notification) in sample::of_every_kind() {
        let mail = written(&notification);
        let text = words(&format!("{}\n{}", mail.subject, mail.text));
        let html = mail.html.expect("built-in templates write HTML");
        let page = words(&markup::parse(&html).expect("well-formed").text);
        let context = Context::of(&notification, None, &berlin(), &Detail::DEGREES[0]);
        let context = serde_json::to_value(&context).expect("a document");
        let mut found = Vec::new();
        shown("", &context, &mut found);
        for (key, said) in found {
            let said = words(said);
            assert!(
                text.contains(&said),
                "{name}: no {key} in the text: {said}\n{text}"
            );
            assert!(
                page.contains(&said),
                "{name}: no {key} on the page: {said}\n{page}"
            );
            let _ = keys.insert(key.to_owned());
        }
    }
    let missing: Vec<_> = SHOWN.iter().filter(|key| !keys.contains(**key)).collect();
    assert!(missing.is_empty(), "no sample has {missing:?}");
}

//! JUnit XML, for CI systems: one test suite per target, one test case per job.
//!
//! `warning` is a passed case with its reasons in `system-out`; `critical` is a failure, `unknown` an error.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Summary, detail};
use crate::model::run::FinishedRun;
use crate::model::status::Status;
use crate::model::text::is_unsafe;

/// The document, with a line break at the end.
#[must_use]
pub fn render(summary: &Summary) -> String {
    let mut suites: BTreeMap<&str, Vec<&FinishedRun>> = BTreeMap::new();
    for run in &summary.runs {
        suites.entry(&run.job.target.name).or_default().push(run);
    }
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let counts = counts(&summary.runs.iter().collect::<Vec<_>>());
    push(
        &mut xml,
        format_args!(
            "<testsuites name=\"checkrun\" {counts} time=\"{:.3}\">",
            summary.duration.as_secs_f64()
        ),
    );
    for (target, runs) in suites {
        let target = escape(target);
        let time: f64 = runs.iter().map(|run| run.duration.as_secs_f64()).sum();
        let counts = self::counts(&runs);
        push(
            &mut xml,
            format_args!("  <testsuite name=\"{target}\" {counts} time=\"{time:.3}\">"),
        );
        for run in runs {
            push_case(&mut xml, &target, run);
        }
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn counts(runs: &[&FinishedRun]) -> String {
    let count = |status| {
        runs.iter()
            .filter(|run| run.outcome.status == status)
            .count()
    };
    let (failures, errors) = (count(Status::Critical), count(Status::Unknown));
    format!(
        "tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\"",
        runs.len()
    )
}

fn push_case(xml: &mut String, target: &str, run: &FinishedRun) {
    let (name, time) = (escape(&run.job.name), run.duration.as_secs_f64());
    push(
        xml,
        format_args!("    <testcase classname=\"{target}\" name=\"{name}\" time=\"{time:.3}\">"),
    );
    let summary = escape(&run.outcome.summary);
    let text = escape(&reasons(run));
    match run.outcome.status {
        Status::Ok => {}
        Status::Warning => push(xml, format_args!("      <system-out>{text}</system-out>")),
        Status::Unknown => push(
            xml,
            format_args!("      <error message=\"{summary}\">{text}</error>"),
        ),
        Status::Critical => push(
            xml,
            format_args!("      <failure message=\"{summary}\">{text}</failure>"),
        ),
    }
    xml.push_str("    </testcase>\n");
}

fn reasons(run: &FinishedRun) -> String {
    let mut text = String::new();
    for reason in &run.outcome.reasons {
        push(
            &mut text,
            format_args!("{}: {}", reason.status, reason.text),
        );
        if let Some(detail) = detail(&run.outcome, reason) {
            push(&mut text, format_args!("  {detail}"));
        }
        if let Some(advice) = &reason.advice {
            push(&mut text, format_args!("  {advice}"));
        }
    }
    text
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{line}");
}

/// Escapes markup, and replaces what XML 1.0 cannot hold at all or what makes text lie.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(c),
            c if is_unsafe(c) || matches!(c, '\u{FFFE}' | '\u{FFFF}') => escaped.push('\u{FFFD}'),
            c => escaped.push(c),
        }
    }
    escaped
}

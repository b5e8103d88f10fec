//! One JSON document with everything about the runs. `schema_version` changes when a field changes
//! its meaning or goes away; new fields may come at any time.

use serde::Serialize;
use serde_json::{Value, json};

use super::Summary;
use crate::model::report::Failure;
use crate::model::run::{FinishedRun, JudgedMetric, Stored};
use crate::model::status::Status;
use crate::model::text::is_unsafe;

/// The version of this document.
pub const SCHEMA_VERSION: u32 = 1;

/// The document, pretty-printed, with a line break at the end.
#[must_use]
pub fn render(summary: &Summary) -> String {
    let counts: serde_json::Map<_, _> = Status::ALL
        .into_iter()
        .map(|status| (status.to_string(), json!(summary.count(status))))
        .collect();
    let document = json!({
        "schema_version": SCHEMA_VERSION,
        "started": summary.started.to_string(),
        "duration_ms": milliseconds(summary.duration),
        "status": summary.worst(),
        "counts": counts,
        "history": summary.history.map(|cost| json!({
            "runs": cost.runs,
            "transactions": cost.transactions,
            "failures": cost.failures,
            "busy_ms": milliseconds(cost.busy),
        })),
        "runs": summary.runs.iter().map(run).collect::<Vec<_>>(),
    });
    pretty(&document)
}

/// Any document, pretty-printed, with a line break at the end. Text from packs and databases may
/// hold characters that JSON lets through and that move a terminal's cursor or turn text around;
/// they are escaped as JSON escapes others.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "documents are plain values and structs, whose keys are text"
)]
pub fn pretty(document: &impl Serialize) -> String {
    let written = serde_json::to_string_pretty(document).expect("a document");
    let mut text = String::new();
    for c in written.chars().chain(['\n']) {
        match c {
            // Line breaks stand between values only.
            '\n' => text.push(c),
            c if is_unsafe(c) => text.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => text.push(c),
        }
    }
    text
}

fn run(run: &FinishedRun) -> Value {
    let outcome = &run.outcome;
    json!({
        "id": match run.stored { Stored::Yes(id) => Some(id), _ => None },
        "job": run.job.name,
        "check": run.job.check_name(),
        "target": run.job.target.name,
        "labels": run.job.target.labels,
        "started": run.started.to_string(),
        "duration_ms": milliseconds(run.duration),
        "status": outcome.status,
        "summary": outcome.summary,
        "reasons": outcome.reasons.iter().map(|reason| json!({
            "status": reason.status, "text": reason.text, "advice": reason.advice,
        })).collect::<Vec<_>>(),
        "failure": outcome.failure.as_ref().map(Failure::kind),
        "metrics": outcome.metrics.iter().map(metric).collect::<Vec<_>>(),
        "findings": outcome.findings,
        "log": run.log.iter().map(|line| json!({
            "level": format!("{:?}", line.level).to_lowercase(), "message": line.message,
        })).collect::<Vec<_>>(),
        "usage": {
            "queries": run.usage.queries,
            "rows": run.usage.rows,
            "bytes": run.usage.bytes,
            "database_ms": milliseconds(run.usage.database),
            "memory_bytes": run.usage.memory_bytes,
            "cpu_ms": milliseconds(run.usage.cpu),
        },
        "stored": match &run.stored {
            Stored::Yes(_) => json!(true),
            Stored::NotAsked => json!(false),
            Stored::Failed(why) => json!({ "error": why }),
        },
    })
}

fn metric(judged: &JudgedMetric) -> Value {
    json!({
        "name": judged.metric.name,
        "labels": judged.metric.labels,
        "value": judged.metric.value,
        "unit": judged.metric.unit,
        "status": judged.status,
        "warning": judged.warning.as_ref().map(ToString::to_string),
        "critical": judged.critical.as_ref().map(ToString::to_string),
    })
}

fn milliseconds(duration: std::time::Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_escaped_and_read_back_as_it_was() {
        let text = "\u{1b}[2J\u{7f}\u{9b}31m\u{202e}\u{feff}\n\t\"ü漢🦀";
        let shown = pretty(&json!([text]));
        assert_eq!(
            shown,
            "[\n  \"\\u001b[2J\\u007f\\u009b31m\\u202e\\ufeff\\n\\t\\\"ü漢🦀\"\n]\n"
        );
        let read: Vec<String> = serde_json::from_str(&shown).unwrap();
        assert_eq!(read, [text]);
    }
}

//! What monitoring plugins print: `STATUS - text | performance data`, more text beneath.
//!
//! One run gives a classic plugin's output; several give a line of counts and one line each.
//! <https://www.monitoring-plugins.org/doc/guidelines.html>

use super::plain::one_line;
use super::{Summary, detail};
use crate::model::run::{FinishedRun, JudgedMetric};
use crate::model::status::Status;
use crate::model::threshold::Threshold;

/// The output, with a line break at the end.
#[must_use]
pub fn render(summary: &Summary) -> String {
    let perfdata: Vec<_> = summary
        .runs
        .iter()
        .flat_map(|run| run.outcome.metrics.iter().map(move |metric| (run, metric)))
        .map(|(run, metric)| performance_value(run, metric, summary.runs.len()))
        .collect();
    let mut text = match summary.runs.as_slice() {
        [only] => format!(
            "{} - {}",
            word(only.outcome.status),
            clean(&only.outcome.summary)
        ),
        runs => {
            let bad = runs.len() - summary.count(Status::Ok);
            format!("{} - {bad} of {} not ok", word(summary.worst()), runs.len())
        }
    };
    if !perfdata.is_empty() {
        text.push_str(" | ");
        text.push_str(&perfdata.join(" "));
    }
    text.push('\n');
    for run in &summary.runs {
        if summary.runs.len() > 1 {
            text.push_str(&format!(
                "{} {}@{}: {}\n",
                word(run.outcome.status),
                clean(&run.job.name),
                clean(&run.job.target.name),
                clean(&run.outcome.summary)
            ));
        }
        for reason in run
            .outcome
            .reasons
            .iter()
            .filter(|reason| reason.text != run.outcome.summary)
        {
            let said = clean(&reason.text);
            let detail = detail(&run.outcome, reason)
                .map(|detail| format!(" ({})", clean(detail)))
                .unwrap_or_default();
            text.push_str(&format!("- {}: {said}{detail}\n", reason.status));
        }
    }
    text
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Ok => "OK",
        Status::Warning => "WARNING",
        Status::Unknown => "UNKNOWN",
        Status::Critical => "CRITICAL",
    }
}

/// `'label'=value[unit];warning;critical`. The label may hold anything but `'` and `=`.
fn performance_value(run: &FinishedRun, judged: &JudgedMetric, runs: usize) -> String {
    let mut label = judged.metric.name.clone();
    for (key, value) in &judged.metric.labels {
        label.push_str(&format!(",{key}:{value}"));
    }
    if runs > 1 {
        label = format!("{}@{}/{label}", run.job.name, run.job.target.name);
    }
    let label = clean(&label).replace(['\'', '='], "_");
    let unit = match judged.metric.unit.as_str() {
        "seconds" => "s",
        "bytes" => "B",
        _ => "",
    };
    let range = |threshold: &Option<Threshold>| {
        threshold
            .as_ref()
            .map(Threshold::as_plugin_range)
            .unwrap_or_default()
    };
    format!(
        "'{label}'={}{unit};{};{}",
        judged.metric.value,
        range(&judged.warning),
        range(&judged.critical)
    )
}

/// `|` begins performance data, so it cannot be in text.
fn clean(text: &str) -> String {
    one_line(text).replace('|', "/")
}

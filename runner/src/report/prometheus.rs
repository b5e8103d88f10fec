//! The Prometheus text format, for a textfile collector or a push gateway.
//!
//! Each metric is `checkrun_<pack>_<check>_<metric>[_<unit>]` with `job_name`, `target` and the
//! metric's own labels; two more say how each job is and how long it took.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Summary;
use crate::model::run::{FinishedRun, JudgedMetric};
use crate::model::text::is_unsafe;

/// A family: its help text, and its samples by their labels.
type Families = BTreeMap<String, (String, BTreeMap<String, f64>)>;

/// The text, with a line break at the end.
#[must_use]
pub fn render(summary: &Summary) -> String {
    let mut families = Families::new();
    for run in &summary.runs {
        let status = f64::from(run.outcome.status as u8);
        let help = "How the job is: 0 ok, 1 warning, 2 unknown, 3 critical.";
        add(
            &mut families,
            "checkrun_status",
            help,
            labels(run, None),
            status,
        );
        let help = "How long the run took.";
        add(
            &mut families,
            "checkrun_run_duration_seconds",
            help,
            labels(run, None),
            run.duration.as_secs_f64(),
        );
        for judged in &run.outcome.metrics {
            let name = family_name(run, judged);
            let declared = run
                .job
                .check
                .metrics
                .iter()
                .find(|spec| spec.name == judged.metric.name);
            let help = declared.map_or("", |spec| spec.description.as_str());
            add(
                &mut families,
                &name,
                help,
                labels(run, Some(judged)),
                judged.metric.value,
            );
        }
    }
    let mut text = String::new();
    for (name, (help, samples)) in families {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "# HELP {name} {}", escape_help(&help));
        let _ = writeln!(text, "# TYPE {name} gauge");
        for (labels, value) in samples {
            let _ = writeln!(text, "{name}{{{labels}}} {value}");
        }
    }
    text
}

/// Two metrics may come to the same name, as `time` in seconds and `time_seconds` do. The same sample
/// twice would make the scraper refuse all of them, so the later one is set apart by an underscore.
fn add(families: &mut Families, name: &str, help: &str, labels: String, value: f64) {
    let mut name = name.to_owned();
    while families
        .get(&name)
        .is_some_and(|(_, samples)| samples.contains_key(&labels))
    {
        name.push('_');
    }
    let (_, samples) = families
        .entry(name)
        .or_insert_with(|| (help.to_owned(), BTreeMap::new()));
    samples.insert(labels, value);
}

fn family_name(run: &FinishedRun, judged: &JudgedMetric) -> String {
    let mut name = format!(
        "checkrun_{}_{}_{}",
        run.job.pack, run.job.check.id, judged.metric.name
    );
    if matches!(judged.metric.unit.as_str(), "seconds" | "bytes" | "ratio") {
        let suffix = format!("_{}", judged.metric.unit);
        if !name.ends_with(&suffix) {
            name.push_str(&suffix);
        }
    }
    name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "_")
}

fn labels(run: &FinishedRun, judged: Option<&JudgedMetric>) -> String {
    let mut labels = BTreeMap::new();
    for (key, value) in judged.iter().flat_map(|judged| &judged.metric.labels) {
        let key = key.replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "_");
        labels.insert(format!("label_{key}"), value.as_str());
    }
    labels.insert("job_name".to_owned(), run.job.name.as_str());
    labels.insert("target".to_owned(), run.job.target.name.as_str());
    let pairs: Vec<_> = labels
        .iter()
        .map(|(key, value)| format!("{key}=\"{}\"", escape(value)))
        .collect();
    pairs.join(",")
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
        // The format has no escape for these.
        .replace(is_unsafe, "\u{FFFD}")
}

fn escape_help(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('\n', "\\n")
        .replace(is_unsafe, "\u{FFFD}")
}

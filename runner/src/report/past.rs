//! Runs from the history: listings and single runs, for people and as JSON.

use std::fmt::Write;

use checkrun_history::record::{MetricRecord, ReasonRecord};
use checkrun_history::{RunDetail, RunSummary};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::json::{SCHEMA_VERSION, pretty};
use super::plain::{WIDTH, cut, cut_middle, one_line, push_wrapped};
use crate::model::run::Micros;
use crate::model::unit::{format_duration, format_value};

/// A table, newest first, in the zone's local time; at most 100 columns wide.
#[must_use]
pub fn list_for_people(runs: &[RunSummary], zone: &TimeZone) -> String {
    if runs.is_empty() {
        return "no run matches\n".to_owned();
    }
    let target_width = width(runs.iter().map(|run| run.target.as_str()), "TARGET");
    let job_width = width(runs.iter().map(|run| run.job.as_str()), "JOB");
    let mut text = format!(
        "{:>6}  {:19}  {:8}  {:target_width$}  {:job_width$}  {:>7}  SUMMARY\n",
        "ID", "TIME", "STATUS", "TARGET", "JOB", "TOOK"
    );
    let room = WIDTH.saturating_sub(6 + 19 + 8 + 7 + target_width + job_width + 12);
    for run in runs {
        push(
            &mut text,
            format_args!(
                "{:>6}  {}  {:8}  {:target_width$}  {:job_width$}  {:>7}  {}",
                run.id.0,
                local(run.started_us, zone),
                run.status.as_str(),
                cut_middle(&run.target, target_width),
                cut_middle(&run.job, job_width),
                took(run.duration_us),
                cut(&run.summary, room),
            ),
        );
    }
    text
}

/// One JSON document.
#[must_use]
pub fn list_as_json(runs: &[RunSummary]) -> String {
    let runs: Vec<_> = runs.iter().map(summary).collect();
    pretty(&json!({ "schema_version": SCHEMA_VERSION, "runs": runs }))
}

/// One run with everything it reported.
#[must_use]
pub fn show_for_people(run: &RunDetail, zone: &TimeZone) -> String {
    let summary = &run.summary;
    let mut text = String::new();
    let mut field =
        |name: &str, value: &str| push_wrapped(&mut text, &format!("{name:<9} "), value);
    field("run", &summary.id.0.to_string());
    field("job", &format!("{} ({})", summary.job, summary.check));
    field(
        "target",
        &match &summary.engine {
            Some(engine) => format!("{} ({engine})", summary.target),
            None => summary.target.clone(),
        },
    );
    field("started", &local(summary.started_us, zone));
    field("took", &took(summary.duration_us));
    field("status", summary.status.as_str());
    field("summary", &summary.summary);
    if let Some(failure) = &summary.failure {
        field("failure", &failure.kind);
    }
    if let Some(pack) = &run.pack {
        let hash = pack.sha256.get(..12).unwrap_or(&pack.sha256);
        field("pack", &format!("{} {} ({hash})", pack.name, pack.version));
    }
    let usage = &run.usage;
    field(
        "used",
        &format!(
            "{} queries, {} rows, {}, {} of memory, {} of CPU",
            usage.queries,
            usage.rows,
            format_value(usage.bytes as f64, "bytes"),
            format_value(usage.memory_bytes as f64, "bytes"),
            took(i64::try_from(usage.cpu_us).unwrap_or(i64::MAX)),
        ),
    );
    push_reasons(&mut text, &run.reasons);
    push_metrics(&mut text, &run.metrics);
    push_findings(&mut text, run);
    text
}

/// One JSON document.
#[must_use]
pub fn show_as_json(run: &RunDetail) -> String {
    let mut document = summary(&run.summary);
    document["schema_version"] = json!(SCHEMA_VERSION);
    document["labels"] = json!(run.target_labels);
    document["pack"] = json!(run.pack.as_ref().map(|pack| json!({
        "name": pack.name, "version": pack.version, "sha256": pack.sha256,
    })));
    document["reasons"] = run
        .reasons
        .iter()
        .map(|reason| {
            json!({
                "status": reason.status.as_str(), "text": reason.text, "advice": reason.advice,
            })
        })
        .collect();
    document["metrics"] = run.metrics.iter().map(|metric| json!({
        "name": metric.name, "labels": metric.labels, "value": metric.value, "unit": metric.unit,
    })).collect();
    document["findings"] = run
        .findings
        .iter()
        .map(|finding| {
            json!({
                "key": finding.key, "severity": finding.severity.as_str(), "title": finding.title,
                "detail": finding.detail, "subject": finding.subject, "advice": finding.advice,
                "reference": finding.reference, "evidence": finding.evidence,
            })
        })
        .collect();
    document["usage"] = json!({
        "queries": run.usage.queries, "rows": run.usage.rows, "bytes": run.usage.bytes,
        "memory_bytes": run.usage.memory_bytes, "cpu_ms": run.usage.cpu_us as f64 / 1e3,
    });
    pretty(&document)
}

fn summary(run: &RunSummary) -> Value {
    json!({
        "id": run.id.0,
        "job": run.job,
        "check": run.check,
        "target": run.target,
        "engine": run.engine,
        "started": Micros(run.started_us).to_string(),
        "duration_ms": run.duration_us as f64 / 1e3,
        "status": run.status.as_str(),
        "summary": run.summary,
        "failure": run.failure.as_ref().map(|failure| &failure.kind),
    })
}

fn push_reasons(text: &mut String, reasons: &[ReasonRecord]) {
    for (n, reason) in reasons.iter().enumerate() {
        if n == 0 {
            text.push_str("\nreasons\n");
        }
        push_wrapped(
            text,
            &format!("  {:8}  ", reason.status.as_str()),
            &reason.text,
        );
        if let Some(advice) = &reason.advice {
            push_wrapped(text, "            → ", advice);
        }
    }
}

fn push_metrics(text: &mut String, metrics: &[MetricRecord]) {
    for (n, metric) in metrics.iter().enumerate() {
        if n == 0 {
            text.push_str("\nmetrics\n");
        }
        let labels: Vec<_> = metric
            .labels
            .iter()
            .map(|(key, value)| format!("{key}={}", one_line(value)))
            .collect();
        let name = format!("{} {}", metric.name, labels.join(" "));
        push(
            text,
            format_args!("  {name:<40}  {}", format_value(metric.value, &metric.unit)),
        );
    }
}

fn push_findings(text: &mut String, run: &RunDetail) {
    for (n, finding) in run.findings.iter().enumerate() {
        if n == 0 {
            text.push_str("\nfindings\n");
        }
        let headline = match &finding.subject {
            Some(subject) => format!("{}: {subject}", finding.title),
            None => finding.title.clone(),
        };
        push_wrapped(
            text,
            &format!("  {:8}  ", finding.severity.as_str()),
            &headline,
        );
        let beneath = "            ";
        if !finding.detail.is_empty() {
            push_wrapped(text, beneath, &finding.detail);
        }
        for (name, value) in &finding.evidence {
            push_wrapped(text, beneath, &format!("{name} = {value}"));
        }
        if let Some(advice) = &finding.advice {
            push_wrapped(text, "            → ", advice);
        }
    }
}

/// `2026-11-23 18:04:05`
#[must_use]
pub fn local(micros: i64, zone: &TimeZone) -> String {
    jiff::Timestamp::from_microsecond(micros).map_or_else(
        |_| format!("{micros:>19}"),
        |time| {
            time.to_zoned_datetime(zone.clone())
                .strftime("%Y-%m-%d %H:%M:%S")
                .to_string()
        },
    )
}

fn took(micros: i64) -> String {
    format_duration(std::time::Duration::from_micros(
        u64::try_from(micros).unwrap_or(0),
    ))
}

fn width<'a>(names: impl Iterator<Item = &'a str>, heading: &str) -> usize {
    names
        .map(|name| name.chars().count())
        .max()
        .unwrap_or(0)
        .clamp(heading.len(), 20)
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{line}");
}

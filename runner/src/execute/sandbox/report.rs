//! From what a check returned to a [`Report`] or a [`Failure`]: counted, named, finite, safe to show.

use std::collections::{BTreeMap, BTreeSet};

use super::bindings::checkrun::check::report as guest;
use super::limits;
use super::text::{cut, escape_controls, escape_controls_in_lines, is_name};
use crate::model::report::{Failure, Finding, Metric, Report};
use crate::model::sql::{ConnectionError, ServerError, SqlError};
use crate::model::status::Status;

#[cfg(test)]
mod tests;

/// Problems that are named; a hostile report has no end of them.
const SHOWN_PROBLEMS: usize = 5;

/// Accepts a report whole or refuses it with what is wrong.
///
/// # Errors
/// [`Failure::BadReport`].
pub(super) fn accept(report: guest::Report) -> Result<Report, Failure> {
    let mut inspection = Inspection::default();
    inspection.count("metrics", report.metrics.len(), limits::METRICS);
    inspection.count("findings", report.findings.len(), limits::FINDINGS);
    if !inspection.problems.is_empty() {
        return Err(inspection.into_failure());
    }
    let accepted = Report {
        status: status(report.status),
        summary: inspection.line("the summary", report.summary),
        metrics: report
            .metrics
            .into_iter()
            .map(|metric| inspection.metric(metric))
            .collect(),
        findings: report
            .findings
            .into_iter()
            .map(|finding| inspection.finding(finding))
            .collect(),
    };
    inspection.unique(&accepted);
    inspection.size();
    if inspection.problems.is_empty() {
        Ok(accepted)
    } else {
        Err(inspection.into_failure())
    }
}

/// What the check gave as its reason; texts are cut and made safe.
pub(super) fn accept_failure(failure: guest::Failure) -> Failure {
    match failure {
        guest::Failure::NotApplicable(why) => Failure::NotApplicable(safe(why)),
        guest::Failure::BadParameter((parameter, why)) => Failure::BadParameter {
            parameter: escape_controls(cut(&parameter, limits::NAME_BYTES)),
            why: safe(why),
        },
        guest::Failure::MissingPrivilege(statement) => Failure::MissingPrivilege(safe(statement)),
        guest::Failure::Database(error) => Failure::Database(safe_error(error.into())),
        guest::Failure::Internal(why) => Failure::Internal(safe(why)),
    }
}

fn safe(text: String) -> String {
    escape_controls_in_lines(cut(&text, limits::REPORT_TEXT_BYTES))
}

/// An error that went through the check's hands, and may be of its own making.
fn safe_error(error: SqlError) -> SqlError {
    match error {
        SqlError::Server(error) => SqlError::Server(safe_server_error(error)),
        SqlError::PermissionDenied(error) => SqlError::PermissionDenied(safe_server_error(error)),
        SqlError::UndefinedObject(error) => SqlError::UndefinedObject(safe_server_error(error)),
        SqlError::Forbidden(why) => SqlError::Forbidden(safe(why)),
        SqlError::InvalidParameter(why) => SqlError::InvalidParameter(safe(why)),
        SqlError::Timeout(after) => SqlError::Timeout(after),
        SqlError::Connection(error) => SqlError::Connection(ConnectionError {
            message: safe(error.message),
            ..error
        }),
        SqlError::LimitExceeded(what) => SqlError::LimitExceeded(safe(what)),
    }
}

fn safe_server_error(error: ServerError) -> ServerError {
    ServerError {
        sqlstate: error.sqlstate.map(safe),
        code: error.code,
        message: safe(error.message),
        detail: error.detail.map(safe),
        hint: error.hint.map(safe),
    }
}

fn status(status: guest::Status) -> Status {
    match status {
        guest::Status::Ok => Status::Ok,
        guest::Status::Warning => Status::Warning,
        guest::Status::Unknown => Status::Unknown,
        guest::Status::Critical => Status::Critical,
    }
}

/// One pass over a report.
#[derive(Default)]
struct Inspection {
    problems: Vec<String>,
    bytes: usize,
}

impl Inspection {
    fn count(&mut self, what: &str, there: usize, allowed: usize) {
        if there > allowed {
            self.problems
                .push(format!("it has {there} {what}, {allowed} are allowed"));
        }
    }

    /// One line: line breaks are escaped like all control characters.
    fn line(&mut self, what: &str, text: String) -> String {
        self.measure(what, &text);
        escape_controls(&text)
    }

    fn lines(&mut self, what: &str, text: String) -> String {
        self.measure(what, &text);
        escape_controls_in_lines(&text)
    }

    fn measure(&mut self, what: &str, text: &str) {
        self.bytes = self.bytes.saturating_add(text.len());
        if text.len() > limits::REPORT_TEXT_BYTES {
            self.problems.push(format!(
                "{what} has {}, {} are allowed",
                limits::show_bytes(text.len()),
                limits::show_bytes(limits::REPORT_TEXT_BYTES)
            ));
        }
    }

    fn name(&mut self, what: &str, name: String) -> String {
        self.bytes = self.bytes.saturating_add(name.len());
        if !is_name(&name, "_") {
            self.problems.push(format!(
                "{what} `{}` is not a name: a letter, then lower-case letters, digits and `_`, {} at most",
                shown(&name),
                limits::NAME_BYTES
            ));
        }
        name
    }

    fn metric(&mut self, metric: guest::Metric) -> Metric {
        let name = self.name("the metric", metric.name);
        if !metric.value.is_finite() {
            self.problems.push(format!(
                "the metric `{}` is {}, not a finite number",
                shown(&name),
                metric.value
            ));
        }
        if metric.unit.is_empty() || metric.unit.len() > limits::NAME_BYTES {
            self.problems.push(format!(
                "the metric `{}` needs a unit, such as `count`, of {} bytes at most",
                shown(&name),
                limits::NAME_BYTES
            ));
        }
        self.count("labels on one metric", metric.labels.len(), limits::PAIRS);
        let mut labels = BTreeMap::new();
        for (key, value) in metric.labels {
            let key = self.name("the label", key);
            let value = self.line("a label", value);
            if labels.insert(key.clone(), value).is_some() {
                self.problems.push(format!(
                    "the metric `{}` has the label `{}` twice",
                    shown(&name),
                    shown(&key)
                ));
            }
        }
        Metric {
            unit: self.line("a unit", metric.unit),
            value: metric.value,
            name,
            labels,
        }
    }

    fn finding(&mut self, finding: guest::Finding) -> Finding {
        if finding.key.is_empty() || finding.key.contains(char::is_control) {
            self.problems.push(format!(
                "the finding `{}` needs a key without control characters",
                shown(&finding.title)
            ));
        }
        self.count(
            "pieces of evidence in one finding",
            finding.evidence.len(),
            limits::PAIRS,
        );
        Finding {
            key: self.line("a finding's key", finding.key),
            severity: status(finding.severity),
            title: self.line("a finding's title", finding.title),
            detail: self.lines("a finding's detail", finding.detail),
            subject: finding
                .subject
                .map(|text| self.line("a finding's subject", text)),
            advice: finding
                .advice
                .map(|text| self.lines("a finding's advice", text)),
            reference: finding
                .reference
                .map(|text| self.line("a finding's reference", text)),
            evidence: finding
                .evidence
                .into_iter()
                .map(|(what, value)| (self.line("evidence", what), self.lines("evidence", value)))
                .collect(),
        }
    }

    fn unique(&mut self, report: &Report) {
        let mut metrics = BTreeSet::new();
        for metric in &report.metrics {
            if !metrics.insert((&metric.name, &metric.labels)) {
                self.problems.push(format!(
                    "the metric `{}` is there twice with the same labels",
                    shown(&metric.name)
                ));
            }
        }
        let mut keys = BTreeSet::new();
        for finding in &report.findings {
            if !keys.insert(&finding.key) {
                self.problems.push(format!(
                    "two findings have the key `{}`",
                    shown(&finding.key)
                ));
            }
        }
    }

    fn size(&mut self) {
        if self.bytes > limits::REPORT_BYTES {
            self.problems.push(format!(
                "all its texts have {}, {} are allowed",
                limits::show_bytes(self.bytes),
                limits::show_bytes(limits::REPORT_BYTES)
            ));
        }
    }

    fn into_failure(self) -> Failure {
        let more = self.problems.len().saturating_sub(SHOWN_PROBLEMS);
        let mut text = self
            .problems
            .into_iter()
            .take(SHOWN_PROBLEMS)
            .collect::<Vec<_>>()
            .join("; ");
        if more > 0 {
            text.push_str(&format!("; and {more} more problems"));
        }
        Failure::BadReport(text)
    }
}

/// A guest's text in a message about it.
pub(super) fn shown(text: &str) -> String {
    escape_controls(cut(text, limits::NAME_BYTES))
}

//! The stage that judges a run: thresholds, the check's own verdict and its findings become one
//! [`Outcome`].
//!
//! Pure: no clock, no I/O. The status is the worst of the reasons, and `ok` only where nothing
//! stands against it.

use crate::model::advice::Situation;
use crate::model::incident::Object;
use crate::model::job::{Job, MetricThresholds};
use crate::model::pack::MetricSpec;
use crate::model::report::{Failure, Finding, Metric, Report};
use crate::model::run::{About, JudgedMetric, Outcome, Reason};
use crate::model::status::Status;
use crate::model::target::Address;
use crate::model::threshold::Threshold;
use crate::model::unit::format_value;
use crate::model::whereabouts;

mod failure;
mod knock;
mod self_watch;

pub use knock::judge_knock;
pub use self_watch::judge_signs;

/// Judges what one run of `job` returned.
#[must_use]
pub fn judge(job: &Job, answer: Result<Report, Failure>) -> Outcome {
    let outcome = match answer {
        Ok(report) => match other_unit(&job.check.metrics, &report.metrics) {
            Some(why) => failure::judge(Failure::BadReport(why)),
            None => judge_report(&job.thresholds, report),
        },
        Err(failure) => failure::judge(failure),
    };
    with_address(outcome, &job.target.address)
}

/// The operator reads the address where the check could only pass on a mark.
fn with_address(mut outcome: Outcome, address: &Address) -> Outcome {
    let show = |text: &mut String| *text = whereabouts::show(std::mem::take(text), address);
    show(&mut outcome.summary);
    for reason in &mut outcome.reasons {
        show(&mut reason.text);
    }
    for finding in &mut outcome.findings {
        show(&mut finding.title);
        show(&mut finding.detail);
    }
    outcome
}

/// Thresholds are in the declared unit, so a value in another one would be judged wrongly in silence.
fn other_unit(declared: &[MetricSpec], reported: &[Metric]) -> Option<String> {
    reported.iter().find_map(|metric| {
        let spec = declared.iter().find(|spec| spec.name == metric.name)?;
        (spec.unit != metric.unit).then(|| {
            format!(
                "the metric `{}` is declared in {} and reported in {}",
                metric.name, spec.unit, metric.unit
            )
        })
    })
}

fn judge_report(thresholds: &[MetricThresholds], report: Report) -> Outcome {
    let mut reasons = Vec::new();
    if report.status > Status::Ok {
        let text = report.summary.clone();
        // A finding that is as bad says what it is about.
        let told = report
            .findings
            .iter()
            .any(|finding| finding.severity >= report.status);
        reasons.push(Reason {
            object: (!told).then(Object::verdict),
            status: report.status,
            text,
            advice: None,
        });
    }
    for finding in report
        .findings
        .iter()
        .filter(|finding| finding.severity > Status::Ok)
    {
        reasons.push(Reason {
            object: Some(Object::finding(&finding.key)),
            status: finding.severity,
            text: finding.headline(),
            advice: finding.advice.clone(),
        });
    }
    let metrics: Vec<_> = report
        .metrics
        .into_iter()
        .map(|metric| judge_metric(thresholds, metric, &report.findings, &mut reasons))
        .collect();
    let held = metrics
        .iter()
        .filter(|judged| is_held(thresholds, judged))
        .map(|judged| Object::metric(&judged.metric.series()))
        .collect();
    // A check that already says that it is unwell need not have measured everything.
    if report.status <= Status::Warning {
        reasons.extend(missing_metrics(thresholds, &metrics));
    }
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.status));
    Outcome {
        status: reasons.first().map_or(Status::Ok, |worst| worst.status),
        summary: report.summary,
        reasons,
        metrics,
        findings: report.findings,
        failure: None,
        held,
        about: About::Job,
    }
}

/// Not beyond its threshold any more, and not back behind `clear` yet.
fn is_held(thresholds: &[MetricThresholds], judged: &JudgedMetric) -> bool {
    let clear = thresholds
        .iter()
        .find(|own| own.metric == judged.metric.name)
        .and_then(|own| own.clear.as_ref());
    judged.status == Status::Ok
        && clear.is_some_and(|clear| !clear.is_breached_by(judged.metric.value))
}

fn judge_metric(
    thresholds: &[MetricThresholds],
    metric: Metric,
    findings: &[Finding],
    reasons: &mut Vec<Reason>,
) -> JudgedMetric {
    let own = thresholds
        .iter()
        .find(|threshold| threshold.metric == metric.name);
    let warning = own.and_then(|thresholds| thresholds.warning.as_ref());
    let critical = own.and_then(|thresholds| thresholds.critical.as_ref());
    let breached = breach(critical, metric.value)
        .map(|threshold| (Status::Critical, threshold))
        .or_else(|| breach(warning, metric.value).map(|threshold| (Status::Warning, threshold)));
    if let Some((status, threshold)) = breached {
        let value = format_value(metric.value, &metric.unit);
        let text = format!("{} is {value} ({status} {threshold})", metric.series());
        reasons.push(Reason {
            object: Some(Object::metric(&metric.series())),
            status,
            text,
            advice: advice_on(&metric, findings),
        });
    }
    JudgedMetric {
        status: breached.map_or(Status::Ok, |(status, _)| status),
        warning: warning.cloned(),
        critical: critical.cloned(),
        metric,
    }
}

/// What the check advises about this number: the advice of the finding that has the metric, and all
/// its labels, among its evidence. A finding that speaks for itself has a reason of its own.
fn advice_on(metric: &Metric, findings: &[Finding]) -> Option<String> {
    let is_about = |finding: &&Finding| {
        let has = |name: &str| finding.evidence.iter().find(|(known, _)| known == name);
        finding.severity == Status::Ok
            && has(&metric.name).is_some()
            && metric
                .labels
                .iter()
                .all(|(name, value)| has(name).is_some_and(|(_, known)| known == value))
    };
    findings.iter().find(is_about)?.advice.clone()
}

fn breach(threshold: Option<&Threshold>, value: f64) -> Option<&Threshold> {
    threshold.filter(|threshold| threshold.is_breached_by(value))
}

/// A threshold that somebody configured and that had nothing to be held against: that is not ok,
/// or a check that measures nothing would be the healthiest of all.
fn missing_metrics<'a>(
    thresholds: &'a [MetricThresholds],
    metrics: &'a [JudgedMetric],
) -> impl Iterator<Item = Reason> + 'a {
    thresholds
        .iter()
        .filter(|own| own.configured)
        .filter(|own| {
            !metrics
                .iter()
                .any(|judged| judged.metric.name == own.metric)
        })
        .map(|own| {
            let situation = Situation::NotReported {
                metric: &own.metric,
            };
            Reason {
                object: Some(Object::metric(&own.metric)),
                status: Status::Unknown,
                text: situation.text(),
                advice: Some(situation.advice()),
            }
        })
}

#[cfg(test)]
mod tests;

//! What metrics are held against: the configured thresholds over the declared ones, level by level.

use toml::Spanned;

use crate::config::collector::{Collector, Remark};
use crate::config::elements::check::CheckEntry;
use crate::config::elements::thresholds::{WrittenThresholds, is_forecast};
use crate::config::suggest;
use crate::model::job::MetricThresholds;
use crate::model::pack::{CheckInfo, MetricSpec};
use crate::model::threshold::Threshold;
use crate::model::unit::parse_duration;

/// The unit of metrics that a check reports without declaring them: not known before it runs.
const FREE_UNIT: &str = "";

/// The thresholds of every metric that has any: declared metrics first, in the declared order.
///
/// Another name than a declared one is a mistake, unless the check measures what it is asked for
/// (`core/query`): then any name is right.
pub(super) fn settle(
    entry: &CheckEntry,
    check: &CheckInfo,
    problems: &mut Collector<'_>,
) -> Vec<MetricThresholds> {
    let mut settled = Vec::new();
    for metric in &check.metrics {
        let written = entry
            .thresholds
            .iter()
            .find(|written| *written.metric.get_ref() == metric.name);
        settled.push(of_metric(
            &metric.name,
            Some(metric),
            written,
            entry,
            problems,
        ));
    }
    for written in &entry.thresholds {
        let name = written.metric.get_ref();
        if check.metrics.iter().any(|metric| metric.name == *name) {
            continue;
        }
        if check.free_metrics {
            settled.push(of_metric(name, None, Some(written), entry, problems));
        } else {
            let names = check.metrics.iter().map(|metric| metric.name.as_str());
            let message = format!("`{}` does not measure `{name}`", entry.uses());
            let remark = Remark::new(message).with_hint(suggest::hint(
                name,
                names,
                "it measures nothing that a threshold could be set on",
            ));
            problems.error(&written.metric.span(), remark);
        }
    }
    settled.retain(|t| t.warning.is_some() || t.critical.is_some() || t.clear.is_some());
    settled
}

/// The declared thresholds alone, as far as they make sense.
pub(super) fn declared(check: &CheckInfo) -> Vec<MetricThresholds> {
    let level = |written: Option<&String>, unit: &str| Threshold::parse(written?, unit).ok();
    check
        .metrics
        .iter()
        .map(|metric| MetricThresholds {
            metric: metric.name.clone(),
            warning: level(metric.warning.as_ref(), &metric.unit),
            critical: level(metric.critical.as_ref(), &metric.unit),
            clear: None,
            configured: false,
        })
        .filter(|levels| levels.warning.is_some() || levels.critical.is_some())
        .collect()
}

fn of_metric(
    name: &str,
    declared: Option<&MetricSpec>,
    written: Option<&WrittenThresholds>,
    entry: &CheckEntry,
    problems: &mut Collector<'_>,
) -> MetricThresholds {
    let unit = declared.map_or(FREE_UNIT, |metric| &metric.unit);
    let mut level = |written: Option<&Spanned<String>>, default: Option<&String>| {
        let configured = written.and_then(|text| configured(text, name, unit, problems));
        configured.or_else(|| {
            let default = default?;
            Threshold::parse(default, unit)
                .map_err(|why| {
                    let message = format!("the default threshold of `{name}` is broken: {why}");
                    let hint = format!("this is a defect of the pack `{}`", entry.pack);
                    problems.error(&entry.use_at, Remark::new(message).with_hint(hint));
                })
                .ok()
        })
    };
    MetricThresholds {
        metric: name.to_owned(),
        warning: level(
            written.and_then(|levels| levels.warning.as_ref()),
            declared.and_then(|metric| metric.warning.as_ref()),
        ),
        critical: level(
            written.and_then(|levels| levels.critical.as_ref()),
            declared.and_then(|metric| metric.critical.as_ref()),
        ),
        clear: level(written.and_then(|levels| levels.clear.as_ref()), None),
        configured: written.is_some(),
    }
}

fn configured(
    text: &Spanned<String>,
    metric: &str,
    unit: &str,
    problems: &mut Collector<'_>,
) -> Option<Threshold> {
    if is_forecast(text.get_ref()) {
        // That it has no effect was said when the file was read; here it only must make sense.
        if let Err(why) = check_forecast(text.get_ref(), unit) {
            problems.error(&text.span(), Remark::new(format!("`{metric}`: {why}")));
        }
        return None;
    }
    Threshold::parse(text.get_ref(), unit)
        .map_err(|why| problems.error(&text.span(), Remark::new(format!("`{metric}`: {why}"))))
        .ok()
}

/// `reaches 100% within 7d`
fn check_forecast(text: &str, unit: &str) -> Result<(), String> {
    let (limit, within) = text
        .trim_start()
        .strip_prefix("reaches ")
        .and_then(|rest| rest.split_once(" within "))
        .ok_or("a forecast is written `reaches x within d`, such as `reaches 100% within 7d`")?;
    Threshold::parse(&format!(">= {limit}"), unit)?;
    parse_duration(within)?;
    Ok(())
}

//! From a message in the outbox and what the history says of it to the notification.

use std::sync::Arc;
use std::time::Duration;

use checkrun_history::incident::IncidentSummary;
use checkrun_history::notification::{DueMessage, Flapping, Kind, MessageItem};
use checkrun_history::record::{FindingRecord, StoredStatus};
use checkrun_history::{DaySeries, FactsQuestion, MessageFacts, ToldFacts};

use super::Orders;
use crate::alert::telling::FLAPPING_WINDOW;
use crate::model::gate::CONNECTION_CHECK;
use crate::model::incident::Severity;
use crate::model::job::Job;
use crate::model::notification::{
    About, Acknowledged, FindingFacts, Item, Limit, Measured, Notification, PastIncident, What,
};
use crate::model::run::Micros;
use crate::model::threshold::Threshold;

/// Sent so much later than it was written, a message says so.
const DELAY_TOLD: Duration = Duration::from_secs(120);

/// Other troubles of the target that a message lists.
const OTHERS_MAX: u32 = 20;

/// Findings and rows of evidence of one item.
const FINDINGS_MAX: usize = 5;
const EVIDENCE_MAX: usize = 10;

/// Items of a message; a flood may have more.
const ITEMS_MAX: usize = 50;

/// What the history is asked about a message.
pub(super) fn question(message: &DueMessage, now: Micros) -> FactsQuestion {
    FactsQuestion {
        incidents: message
            .items
            .iter()
            .take(ITEMS_MAX)
            .map(|item| item.incident)
            .collect(),
        target: message.target.clone(),
        more: message
            .items
            .iter()
            .skip(ITEMS_MAX)
            .map(|item| item.incident)
            .collect(),
        others_max: OTHERS_MAX,
        now_us: now.0,
        turns_since_us: now.0.saturating_sub(micros(FLAPPING_WINDOW)),
    }
}

/// None where the history has nothing of it any more. `not_stored` is why it cannot be written just now.
pub(super) fn notification(
    facts: MessageFacts,
    message: &DueMessage,
    orders: &Orders,
    now: Micros,
    not_stored: Option<String>,
) -> Option<Notification> {
    let mut news: Vec<Item> = facts
        .told
        .into_iter()
        .filter_map(|facts| {
            let item = message
                .items
                .iter()
                .find(|item| item.incident == facts.incident.id)?;
            Some(of_item(item, message.kind, facts, orders))
        })
        .collect();
    news.sort_by_key(|item| (item.until.is_some(), std::cmp::Reverse(item.severity)));
    // Nothing is to be done any more about what is over.
    let is_done = message.kind == Kind::Remedy && news.iter().all(|item| item.until.is_some());
    if news.is_empty() || is_done {
        return None;
    }
    let about = match &message.target {
        Some(name) => About::Target {
            name: name.clone(),
            labels: labels(orders, name),
        },
        None => About::Storm {
            targets: facts.targets,
            problems: message.items.iter().filter(is_wrong).count(),
            over: message.items.iter().filter(|item| !is_wrong(item)).count(),
            next_after: orders.rules.messages_within,
        },
    };
    let is_late = now.0.saturating_sub(message.created_us) > micros(DELAY_TOLD);
    Some(Notification {
        id: format!("{}.{}", message.created_us, message.id.0),
        thread: message.thread.clone(),
        written: now,
        route: message.route.clone(),
        about,
        others: others(facts.others, orders),
        delayed_since: is_late.then_some(Micros(message.created_us)),
        reminder_after: reminder(&news, orders),
        not_stored,
        origin: orders.origin.clone(),
        left_out: message.items.len().saturating_sub(news.len()),
        news,
    })
}

fn is_wrong(item: &&MessageItem) -> bool {
    item.after.is_some()
}

fn of_item(item: &MessageItem, kind: Kind, facts: ToldFacts, orders: &Orders) -> Item {
    let what = match (item.flapping, item.before, item.after) {
        (Some(Flapping::Begins), ..) => What::Flapping {
            changes: facts.turns,
            within: FLAPPING_WINDOW,
        },
        (Some(Flapping::Ends), _, Some(_)) => What::Settled,
        (_, _, None) if facts.is_removed => What::Gone,
        (_, _, None) => What::Recovered,
        (None, None, Some(_)) => What::New,
        (None, Some(_), Some(_)) if kind == Kind::Reminder => What::GoesOn,
        (None, Some(before), Some(after)) => match after.cmp(&before) {
            std::cmp::Ordering::Greater => What::Worse,
            std::cmp::Ordering::Less => What::Eased,
            std::cmp::Ordering::Equal => What::GoesOn,
        },
    };
    with(what, facts, orders)
}

fn with(what: What, facts: ToldFacts, orders: &Orders) -> Item {
    let ToldFacts {
        incident,
        measured,
        findings,
        past,
        acknowledged,
        ..
    } = facts;
    let job = job(orders, &incident);
    let suspended = suspended(orders, &incident);
    let mut item = plain(what, incident);
    item.suspended = suspended;
    item.measured = measured.and_then(|series| of_series(series, &item.object, job));
    item.findings = findings
        .into_iter()
        .take(FINDINGS_MAX)
        .map(finding)
        .collect();
    item.past = past
        .iter()
        .map(|past| PastIncident {
            since: Micros(past.since_us),
            until: Micros(past.closed_us),
            peak: severity(past.peak),
        })
        .collect();
    item.acknowledged = acknowledged.map(|taken| Acknowledged {
        by: taken.author,
        comment: taken.comment,
        until: Micros(taken.until_us),
    });
    item
}

fn plain(what: What, incident: IncidentSummary) -> Item {
    Item {
        what,
        incident: incident.id.0,
        target: incident.target,
        job: incident.job,
        check: incident.check,
        object: incident.object,
        severity: severity(incident.severity),
        peak: severity(incident.peak),
        since: Micros(incident.since_us),
        until: incident.closed_us.map(Micros),
        text: incident.text,
        advice: incident.advice,
        measured: None,
        findings: Vec::new(),
        past: Vec::new(),
        acknowledged: None,
        suspended: 0,
    }
}

/// The jobs of a target that are not run while it cannot be reached.
fn suspended(orders: &Orders, incident: &IncidentSummary) -> usize {
    if incident.check != CONNECTION_CHECK || incident.closed_us.is_some() {
        return 0;
    }
    let of_target = |job: &&Arc<Job>| job.target.name == incident.target;
    orders.jobs.iter().filter(of_target).count()
}

/// What else is wrong with the target.
fn others(facts: Vec<ToldFacts>, orders: &Orders) -> Vec<Item> {
    let mut others: Vec<Item> = facts
        .into_iter()
        .map(|facts| with(What::GoesOn, facts, orders))
        .collect();
    others.sort_by_key(|item| std::cmp::Reverse(item.severity));
    others
}

fn of_series(series: DaySeries, object: &str, job: Option<&Job>) -> Option<Measured> {
    let own = job.and_then(|job| {
        job.thresholds
            .iter()
            .find(|own| own.metric == series.metric)
    });
    let limit = |threshold: Option<&Threshold>| {
        threshold.map(|threshold| Limit {
            text: threshold.to_string(),
            lines: threshold.bounds(),
        })
    };
    Some(Measured {
        value: series.day.last()?.1,
        series: object.strip_prefix("metric/").unwrap_or(object).to_owned(),
        unit: series.unit,
        warning: limit(own.and_then(|own| own.warning.as_ref())),
        critical: limit(own.and_then(|own| own.critical.as_ref())),
        day: series
            .day
            .into_iter()
            .map(|(time, value)| (Micros(time), value))
            .collect(),
        median: series.median,
        p95: series.p95,
    })
}

fn finding(record: FindingRecord) -> FindingFacts {
    let mut evidence = record.evidence;
    evidence.truncate(EVIDENCE_MAX);
    FindingFacts {
        title: record.title,
        detail: record.detail,
        subject: record.subject,
        advice: record.advice,
        reference: record.reference,
        evidence,
    }
}

fn reminder(news: &[Item], orders: &Orders) -> Option<Duration> {
    // As `alert::telling` has it: nobody is reminded of what is over, taken on, or comes and goes.
    let is_said_again = |item: &&Item| {
        let is_flapping = matches!(item.what, What::Flapping { .. });
        item.until.is_none() && item.acknowledged.is_none() && !is_flapping
    };
    let worst = news.iter().filter(is_said_again);
    match worst.map(|item| item.severity).max()? {
        Severity::Critical => orders.rules.remind_critical,
        Severity::Warning => orders.rules.remind_warning,
    }
}

fn job<'o>(orders: &'o Orders, incident: &IncidentSummary) -> Option<&'o Job> {
    orders
        .jobs
        .iter()
        .find(|job| job.name == incident.job && job.target.name == incident.target)
        .map(AsRef::as_ref)
}

fn labels(orders: &Orders, target: &str) -> std::collections::BTreeMap<String, String> {
    let job = orders.jobs.iter().find(|job| job.target.name == target);
    job.map(|job| job.target.labels.clone()).unwrap_or_default()
}

fn severity(status: StoredStatus) -> Severity {
    match status {
        StoredStatus::Critical => Severity::Critical,
        StoredStatus::Ok | StoredStatus::Warning | StoredStatus::Unknown => Severity::Warning,
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

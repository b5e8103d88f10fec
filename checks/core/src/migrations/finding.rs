//! An [`Entry`] as the finding and the metrics that users and other commands read.

use std::time::Duration;

use checkrun_sdk::prelude::*;

use super::comparison::{Comparison, Missing};
use super::standing::{Lock, Standing, State};
use super::survey::{Entry, Unreadable};
use super::tool::Tool;
use super::{AHEAD, APPLIED, FAILED, HEADS, LOCK_AGE, PENDING};
use crate::advice::migrations::Situation;
use crate::text::{cut, time};

/// Characters of a version or a name that are shown.
const SHOWN_CHARS_MAX: usize = 100;
/// Characters of a server's message that a finding keeps.
const MESSAGE_CHARS_MAX: usize = 1_000;

/// The finding about one table. Its severity is what no threshold can say; pending, failed and
/// several heads are left to the thresholds of the metrics.
pub fn finding(entry: &Entry, stuck_after: Duration) -> Finding {
    match entry {
        Entry::Read(standing) => of_standing(standing, stuck_after),
        Entry::Unreadable(unreadable) => of_unreadable(unreadable),
        Entry::Strange { table, columns } => Finding::new(
            format!("migrations/{table}"),
            Status::Ok,
            format!("{table} has the name of a migration tool's table, and other columns"),
        )
        .subject(table)
        .advice(Situation::UnknownShape.advice())
        .evidence("table", table)
        .evidence("state", State::UnknownShape)
        .evidence("columns", cut(columns, MESSAGE_CHARS_MAX)),
    }
}

fn of_standing(standing: &Standing, stuck_after: Duration) -> Finding {
    let state = standing.state(stuck_after);
    let (tool, table) = (standing.tool, &standing.table);
    let severity = match state {
        State::Locked | State::NotCompared => Status::Warning,
        _ => Status::Ok,
    };
    let mut finding = Finding::new(
        format!("migrations/{tool}/{table}"),
        severity,
        format!("{tool}: {}", sentence(standing, state)),
    )
    .subject(table)
    .evidence("tool", tool)
    .evidence("table", table)
    .evidence("state", state);
    if let Some(situation) = situation(standing, state) {
        finding = finding.advice(situation.advice());
    }
    for (name, value) in evidence(standing) {
        finding = finding.evidence(name, value);
    }
    finding
}

fn of_unreadable(unreadable: &Unreadable) -> Finding {
    let Unreadable {
        tool,
        table,
        grant,
        error,
    } = unreadable;
    let finding = Finding::new(
        format!("migrations/{tool}/{table}"),
        Status::Unknown,
        format!("{tool}: its table cannot be read"),
    )
    .subject(table)
    .evidence("tool", tool)
    .evidence("table", table)
    .evidence("state", State::Unreadable);
    let finding = match grant {
        Some(grant) => finding
            .detail(grant)
            .advice(Situation::NotPermitted.advice())
            .evidence("grant", grant),
        None => finding.advice(
            match error {
                Some(DatabaseError::Timeout(_) | DatabaseError::LimitExceeded(_)) => {
                    Situation::NotReadInTime
                }
                _ => Situation::NotReadable,
            }
            .advice(),
        ),
    };
    match error {
        Some(error) => finding.detail(cut(&error.to_string(), MESSAGE_CHARS_MAX)),
        None => finding,
    }
}

fn situation(standing: &Standing, state: State) -> Option<Situation> {
    Some(match (state, standing.tool) {
        (State::Dirty, _) => Situation::Dirty,
        (State::Failed, Tool::Flyway) => Situation::FailedFlyway,
        (State::Failed, Tool::Prisma) => Situation::FailedPrisma,
        (State::Failed, _) => Situation::Failed,
        (State::Locked, Tool::Knex) => Situation::LockedKnex,
        (State::Locked, Tool::Yoyo) => Situation::LockedYoyo,
        (State::Locked, _) => Situation::LockedLiquibase,
        (State::SeveralHeads, _) => Situation::SeveralHeads,
        (State::Pending, _) => Situation::Pending,
        (State::Ahead, _) => Situation::Ahead,
        (State::NotCompared, _) if standing.comparison == Comparison::Unclear => {
            Situation::SeveralTools
        }
        (State::NotCompared, _) => Situation::NotCompared,
        (State::Current | State::Unreadable | State::UnknownShape, _) => return None,
    })
}

/// `version 3, 3 applied, 2 pending`
pub fn sentence(standing: &Standing, state: State) -> String {
    let mut parts = vec![match &standing.version {
        Some(version) => format!("version {}", cut(version, SHOWN_CHARS_MAX)),
        None => "no version".to_owned(),
    }];
    let mut add = |count: u64, what: &str| parts.push(format!("{count} {what}"));
    if let Some(applied) = standing.applied {
        add(applied, "applied");
    }
    if let (Some(failed @ 1..), false) = (standing.failed, state == State::Dirty) {
        add(failed, "failed");
    }
    if let Some(heads @ 2..) = standing.heads {
        add(heads, "heads");
    }
    if let Comparison::Made { pending, ahead } = &standing.comparison {
        if let Some(pending) = pending {
            add(pending.count as u64, "pending");
        }
        if ahead.count > 0 {
            add(ahead.count as u64, "ahead");
        }
    }
    match state {
        State::Locked => parts.push("locked".to_owned()),
        State::Dirty => parts.push("left half-way".to_owned()),
        State::NotCompared => {
            if let Some(why) = standing.comparison.why_not() {
                parts.push(format!("cannot be compared: {why}"));
            }
        }
        _ => {}
    }
    parts.join(", ")
}

fn evidence(standing: &Standing) -> Vec<(&'static str, String)> {
    let mut pairs = Vec::new();
    let mut add = |name, value: Option<String>| {
        pairs.extend(value.map(|value| (name, value)));
    };
    let number = |count: Option<u64>| count.map(|count| count.to_string());
    add("version", standing.version.as_deref().map(short));
    add("applied", number(standing.applied));
    add("last_applied", standing.last_applied.clone());
    if let Comparison::Made { pending, ahead } = &standing.comparison {
        add("pending", pending.as_ref().map(|it| it.count.to_string()));
        add("pending_names", pending.as_ref().and_then(names));
        add("ahead", Some(ahead.count.to_string()));
        add("ahead_names", names(ahead));
    }
    add("reason", standing.comparison.why_not().map(str::to_owned));
    add("failed", number(standing.failed));
    let failed: Vec<String> = standing.failed_names.iter().map(|it| short(it)).collect();
    add(
        "failed_names",
        (!failed.is_empty()).then(|| failed.join(", ")),
    );
    add("rolled_back", number(standing.rolled_back));
    add("heads", number(standing.heads));
    if let Some(Lock::Held { since, holder, age }) = &standing.lock {
        add("locked_since", since.clone());
        add("lock_age", age.map(time));
        add("locked_by", holder.as_deref().map(short));
    }
    pairs
}

fn short(text: &str) -> String {
    cut(text, SHOWN_CHARS_MAX)
}

fn names(missing: &Missing) -> Option<String> {
    let shown: Vec<String> = missing.first.iter().map(|name| short(name)).collect();
    let more = missing.count - shown.len();
    match (shown.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(shown.join(", ")),
        (false, more) => Some(format!("{} and {more} more", shown.join(", "))),
    }
}

/// What can be measured of a tool; a tool that does not keep something has no such metric.
pub fn metrics(standing: &Standing) -> Vec<Metric> {
    let mut metrics = Vec::new();
    let mut add = |spec: MetricSpec, value: Option<f64>| {
        metrics.extend(value.map(|value| {
            spec.value(value)
                .label("tool", standing.tool.as_str())
                .label("table", short(&standing.table))
        }));
    };
    add(APPLIED, standing.applied.map(number));
    if let Comparison::Made { pending, ahead } = &standing.comparison {
        add(PENDING, pending.as_ref().map(|it| number(it.count as u64)));
        add(AHEAD, Some(number(ahead.count as u64)));
    }
    add(FAILED, standing.failed.map(number));
    add(HEADS, standing.heads.map(number));
    add(
        LOCK_AGE,
        match &standing.lock {
            Some(Lock::Free) => Some(0.0),
            Some(Lock::Held { age, .. }) => age.map(|age| age.as_secs_f64()),
            None => None,
        },
    );
    metrics
}

/// A count as a metric has it; beyond four thousand million it is not exact.
pub fn number(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

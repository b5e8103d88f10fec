//! What the runner has gathered of itself, as numbers to look at over time.

use std::collections::BTreeMap;

use crate::model::report::Metric;
use crate::model::self_watch::Signs;

#[expect(clippy::cast_precision_loss, reason = "counts and bytes to look at")]
pub(super) fn metrics(signs: &Signs) -> Vec<Metric> {
    let outbox = signs.outbox;
    let overlaps = signs.overlapping.as_ref().map_or(0, |job| job.in_a_row);
    let all = [
        (
            "tick_delay",
            "seconds",
            Some(signs.tick_delay.as_secs_f64()),
        ),
        ("late_starts", "count", Some(f64::from(signs.late_starts))),
        (
            "jobs_not_run",
            "count",
            Some(signs.not_running.len() as f64),
        ),
        ("overlaps", "count", Some(f64::from(overlaps))),
        (
            "outbox_oldest",
            "seconds",
            outbox.map(|it| it.oldest.as_secs_f64()),
        ),
        (
            "outbox_unsent",
            "count",
            outbox.map(|it| f64::from(it.unsent)),
        ),
        (
            "messages_failed",
            "count",
            outbox.map(|it| f64::from(it.failed)),
        ),
        ("not_stored", "count", Some(f64::from(signs.not_stored))),
        ("history_bytes", "bytes", Some(signs.history.bytes as f64)),
        ("log_bytes", "bytes", Some(signs.history.log_bytes as f64)),
        (
            "free_bytes",
            "bytes",
            signs.history.free_bytes.map(|it| it as f64),
        ),
        (
            "resident_bytes",
            "bytes",
            signs.resources.resident_bytes.map(|it| it as f64),
        ),
        (
            "descriptors",
            "count",
            signs.resources.descriptors.map(|it| it as f64),
        ),
    ];
    let there = all.into_iter().filter_map(|(name, unit, value)| {
        Some(Metric {
            name: name.into(),
            value: value?,
            unit: unit.into(),
            labels: BTreeMap::new(),
        })
    });
    there.collect()
}

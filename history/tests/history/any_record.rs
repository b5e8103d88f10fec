//! Runs of any shape, as long as they follow the rules: hostile texts, extreme numbers, many labels.

use std::collections::BTreeMap;

use checkrun_history::record::*;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

fn status() -> impl Strategy<Value = StoredStatus> {
    proptest::sample::select(StoredStatus::ALL.to_vec())
}

/// Any text: NUL, terminal escapes, quotes, astral characters.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        Just("\0".to_owned()),
        Just("a\0b\u{1b}[31m'; DROP TABLE run; --<script>\u{202e}".to_owned()),
    ]
}

/// Any run that the layout accepts.
pub fn any_record() -> impl Strategy<Value = RunRecord> {
    let head = (
        text(),
        text(),
        text(),
        proptest::option::of(text()),
        label_map(),
    );
    let times = (any::<i32>(), 0..i64::MAX, status());
    let reason =
        (status(), text(), proptest::option::of(text())).prop_map(|(status, text, advice)| {
            ReasonRecord {
                status,
                text,
                advice,
            }
        });
    let metrics = btree_map((text(), label_map()), (number(), text()), 0..6);
    (
        (head, times, text(), vec(reason, 0..3)),
        proptest::option::of((text(), text())),
        proptest::option::of((text(), text(), text())),
        (0..=i64::MAX as u64, 0..=i64::MAX as u64, any::<u32>()),
        metrics,
        vec(any_finding(), 0..3),
        btree_map(text(), text(), 0..3),
    )
        .prop_map(|(head, failure, pack, usage, metrics, findings, state)| {
            let ((job, check, target, engine, labels), times, summary, reasons) = head;
            RunRecord {
                job,
                check,
                target: TargetRecord {
                    name: target,
                    engine,
                    labels,
                },
                pack: pack.map(pack_record),
                slot: None,
                started_us: i64::from(times.0) * 1_000_003,
                duration_us: times.1,
                status: times.2,
                summary,
                reasons,
                failure: failure.map(|(kind, text)| FailureRecord { kind, text }),
                usage: UsageRecord {
                    queries: usage.0,
                    rows: usage.1,
                    bytes: u64::from(usage.2),
                    cpu_us: usage.1 / 2,
                    memory_bytes: usage.0 / 2,
                },
                metrics: metrics
                    .into_iter()
                    .map(|((name, labels), (value, unit))| MetricRecord {
                        name,
                        value,
                        unit,
                        labels,
                    })
                    .collect(),
                findings,
                state_changes: state
                    .into_iter()
                    .map(|(key, value)| StateChangeRecord { key, value })
                    .collect(),
            }
        })
}

fn number() -> impl Strategy<Value = f64> {
    any::<f64>().prop_filter("a NaN is rejected: another test", |value| !value.is_nan())
}

fn label_map() -> impl Strategy<Value = BTreeMap<String, String>> {
    btree_map(text(), text(), 0..3)
}

fn any_finding() -> impl Strategy<Value = FindingRecord> {
    let optional = || proptest::option::of(text());
    (
        (text(), status(), text(), text()),
        (optional(), optional(), optional()),
        vec((text(), text()), 0..3),
    )
        .prop_map(|(head, optional, evidence)| FindingRecord {
            key: head.0,
            severity: head.1,
            title: head.2,
            detail: head.3,
            subject: optional.0,
            advice: optional.1,
            reference: optional.2,
            evidence,
        })
}

fn pack_record((name, version, sha256): (String, String, String)) -> PackRecord {
    PackRecord {
        name,
        version,
        sha256,
    }
}

//! What the samples are made of: items about one database, and their numbers.

use crate::model::incident::Severity;
use crate::model::notification::{FindingFacts, Item, Limit, Measured, PastIncident, What};
use crate::model::run::Micros;

/// When every sample was written: 2026-11-25 13:14:10 UTC.
pub const NOW: Micros = Micros(1_795_612_450_000_000);

/// Microseconds.
pub const MINUTE_US: i64 = 60 * 1_000_000;

/// So many minutes before.
pub fn ago(minutes: i64) -> Micros {
    Micros(NOW.0 - minutes * MINUTE_US)
}

/// An incident that is over, so many days ago.
pub fn past(days: i64, minutes: i64, peak: Severity) -> PastIncident {
    let since = ago(days * 24 * 60 + 37);
    PastIncident {
        since,
        until: Micros(since.0 + minutes * MINUTE_US),
        peak,
    }
}

/// An item without anything that need not be there.
pub fn plain(what: What, severity: Severity) -> Item {
    Item {
        what,
        incident: 4711,
        target: "orders".to_owned(),
        job: "connections".to_owned(),
        check: "core/connections".to_owned(),
        object: "verdict".to_owned(),
        severity,
        peak: severity,
        since: ago(12),
        until: None,
        text: String::new(),
        advice: None,
        measured: None,
        findings: Vec::new(),
        past: Vec::new(),
        acknowledged: None,
        suspended: 0,
    }
}

/// A metric beyond a limit.
pub fn metric(what: What, severity: Severity) -> Item {
    let (value, text) = match severity {
        Severity::Critical => (0.934, "used_ratio is 93.4 % (critical > 90%)"),
        Severity::Warning => (0.851, "used_ratio is 85.1 % (warning > 80%)"),
    };
    Item {
        object: "metric/used_ratio".to_owned(),
        text: text.to_owned(),
        advice: Some("See who holds the connections and close idle ones; then raise the limit (max_connections), or put a pooler in front.".to_owned()),
        measured: Some(connections(rise(value), value)),
        ..plain(what, severity)
    }
}

/// The share of connections in use.
pub fn connections(day: Vec<(Micros, f64)>, value: f64) -> Measured {
    let limit = |text: &str, line| {
        Some(Limit {
            text: text.to_owned(),
            lines: vec![line],
        })
    };
    Measured {
        series: "used_ratio".to_owned(),
        unit: "ratio".to_owned(),
        value,
        warning: limit("> 80%", 0.8),
        critical: limit("> 90%", 0.9),
        day,
        median: Some(0.41),
        p95: Some(0.66),
    }
}

/// A day with a wave in it that ends with a rise to `value`, a value every five minutes.
pub fn rise(value: f64) -> Vec<(Micros, f64)> {
    let wave = |n: i64| 0.42 + 0.12 * (n as f64 / 46.0).sin() + 0.03 * (n as f64 / 7.0).sin();
    let steep = |n: i64| ((n - 240) as f64 / 48.0).clamp(0.0, 1.0).powi(2);
    (0..=288)
        .map(|n| {
            let height = wave(n) * (1.0 - steep(n)) + value * steep(n);
            (ago((288 - n) * 5), height)
        })
        .collect()
}

/// The same, over a minute ago.
pub fn peak_and_fall() -> Vec<(Micros, f64)> {
    let mut day = rise(0.97);
    for (n, (_, value)) in day.iter_mut().enumerate().skip(286) {
        *value = if n == 286 { 0.95 } else { 0.42 };
    }
    day
}

/// A metric that is better the higher it is, with a hole in its day.
pub fn hit_ratio() -> Item {
    let day = rise(1.0).into_iter().enumerate();
    let day = day
        .filter(|(n, _)| !(120..170).contains(n))
        .map(|(n, (at, height))| (at, 0.95 + 0.05 * height - if n > 285 { 0.3 } else { 0.0 }));
    Item {
        job: "cache".to_owned(),
        check: "core/performance".to_owned(),
        object: "metric/hit_ratio{pool=\"main\"}".to_owned(),
        text: "hit_ratio{pool=\"main\"} is 70 % (warning < 75%)".to_owned(),
        measured: Some(Measured {
            series: "hit_ratio{pool=\"main\"}".to_owned(),
            value: 0.7,
            warning: Some(Limit {
                text: "< 75%".to_owned(),
                lines: vec![0.75],
            }),
            critical: Some(Limit {
                text: "< 50%".to_owned(),
                lines: vec![0.5],
            }),
            median: Some(0.97),
            p95: Some(0.99),
            ..connections(day.collect(), 0.7)
        }),
        ..plain(What::New, Severity::Warning)
    }
}

/// A finding with advice.
pub fn migration(what: What) -> Item {
    Item {
        incident: 4702,
        job: "migrations".to_owned(),
        check: "core/migrations".to_owned(),
        object: "finding/failed".to_owned(),
        text: "migration 20261120_add_index failed half-way".to_owned(),
        advice: Some("Mend it by hand, then mark it as done with the tool that ran it.".to_owned()),
        since: ago(190),
        findings: vec![finding("migration 20261120_add_index failed half-way")],
        ..plain(what, Severity::Warning)
    }
}

/// A finding without anything more.
pub fn slow_query() -> Item {
    Item {
        incident: 4709,
        job: "performance".to_owned(),
        check: "core/performance".to_owned(),
        object: "finding/slow".to_owned(),
        text: "queries take 2.4 s, 8 times as long as usual".to_owned(),
        since: ago(34),
        ..plain(What::New, Severity::Warning)
    }
}

/// A finding with a title only.
pub fn finding(title: &str) -> FindingFacts {
    FindingFacts {
        title: title.to_owned(),
        detail: String::new(),
        subject: None,
        advice: None,
        reference: None,
        evidence: Vec::new(),
    }
}

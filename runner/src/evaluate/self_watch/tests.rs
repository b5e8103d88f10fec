//! What is a problem and what is not yet, threshold by threshold; and what people read of it.

use std::fmt::Write;
use std::path::Path;

use super::*;
use crate::model::self_watch::Overlapping;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// All is well.
fn well() -> Signs {
    Signs {
        tick_delay: Duration::from_millis(3),
        starts: 60,
        jobs: 12,
        outbox: Some(Outbox::default()),
        history: HistoryFile {
            bytes: 4 << 20,
            log_bytes: 1 << 20,
            free_bytes: Some(10 << 30),
        },
        resources: Resources {
            resident_bytes: Some(80 << 20),
            descriptors: Some(30),
            descriptors_max: Some(1024),
        },
        ..Signs::default()
    }
}

fn quiet(count: usize) -> Vec<NotRunning> {
    let one = |number| NotRunning {
        job: format!("job-{number}"),
        target: "orders".into(),
        quiet_for: 4 * MINUTE,
    };
    (0..count).map(one).collect()
}

fn waiting(oldest: Duration, failed: u32) -> Signs {
    Signs {
        outbox: Some(Outbox {
            unsent: 3,
            oldest,
            failed,
        }),
        ..well()
    }
}

fn file(free_bytes: u64, log_bytes: u64) -> Signs {
    Signs {
        history: HistoryFile {
            free_bytes: Some(free_bytes),
            log_bytes,
            ..well().history
        },
        ..well()
    }
}

fn overlapping(in_a_row: u32) -> Signs {
    Signs {
        overlapping: Some(Overlapping {
            job: "health".into(),
            target: "orders".into(),
            in_a_row,
        }),
        ..well()
    }
}

fn down(lasted: Duration) -> Signs {
    let until = Micros(1_795_456_328_000_000);
    let from = Micros(until.0 - i64::try_from(lasted.as_micros()).expect("a gap"));
    Signs {
        down: Some((from, until)),
        ..well()
    }
}

fn judged(signs: &Signs) -> Outcome {
    judge_signs(&Job::runner(Path::new("checkrun.db")), signs)
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn each_threshold_from_both_sides() {
    use Status::{Critical, Ok, Warning};
    let with = |change: fn(&mut Signs)| {
        let mut signs = well();
        change(&mut signs);
        signs
    };
    for (what, signs, key, status) in [
        ("all is well", well(), "", Ok),
        ("nothing is known", Signs::default(), "", Ok),
        ("a moment late", with(|s| s.tick_delay = 5 * SECOND), "", Ok),
        ("late", with(|s| s.tick_delay = 6 * SECOND), "late", Warning),
        (
            "two late of two",
            with(|s| (s.starts, s.late_starts) = (2, 2)),
            "",
            Ok,
        ),
        ("few late of many", with(|s| s.late_starts = 11), "", Ok),
        ("many late", with(|s| s.late_starts = 12), "late", Warning),
        (
            "a job is stale",
            with(|s| s.not_running = quiet(1)),
            "stale",
            Warning,
        ),
        (
            "all are",
            with(|s| s.not_running = quiet(12)),
            "stale",
            Critical,
        ),
        (
            "all that could are",
            with(|s| (s.suspended, s.not_running) = (8, quiet(4))),
            "stale",
            Critical,
        ),
        ("all are suspended", with(|s| s.suspended = 12), "", Ok),
        ("four overlaps", overlapping(4), "", Ok),
        ("five overlaps", overlapping(5), "overlap", Warning),
        ("ten minutes unsent", waiting(10 * MINUTE, 0), "", Ok),
        (
            "longer",
            waiting(10 * MINUTE + SECOND, 0),
            "outbox",
            Critical,
        ),
        (
            "one is lost",
            waiting(Duration::ZERO, 1),
            "undelivered",
            Warning,
        ),
        (
            "one is not stored",
            with(|s| s.not_stored = 1),
            "history",
            Critical,
        ),
        (
            "it was damaged",
            with(|s| s.set_aside = vec!["checkrun.db.corrupt-20261123T191745Z".into()]),
            "damaged",
            Warning,
        ),
        ("enough space", file(256 << 20, 0), "", Ok),
        ("little space", file((256 << 20) - 1, 0), "space", Warning),
        ("hardly any", file((32 << 20) - 1, 0), "space", Critical),
        ("a long log", file(10 << 30, 256 << 20), "", Ok),
        ("too long", file(10 << 30, (256 << 20) + 1), "log", Warning),
        ("set twice", with(|s| s.clock_jumps = 2), "", Ok),
        (
            "set three times",
            with(|s| s.clock_jumps = 3),
            "clock",
            Warning,
        ),
        ("a minute behind", with(|s| s.clock_behind = MINUTE), "", Ok),
        (
            "more",
            with(|s| s.clock_behind = MINUTE + SECOND),
            "clock",
            Warning,
        ),
        (
            "descriptors",
            with(|s| s.resources.descriptors = Some(921)),
            "",
            Ok,
        ),
        (
            "few left",
            with(|s| s.resources.descriptors = Some(922)),
            "descriptors",
            Warning,
        ),
        ("down for a while", down(59 * MINUTE), "gap", Ok),
        ("down for long", down(60 * MINUTE), "gap", Warning),
    ] {
        let outcome = judged(&signs);
        let keys: Vec<&str> = outcome.findings.iter().map(|it| it.key.as_str()).collect();
        assert_eq!(keys.join(" "), key, "{what}");
        assert_eq!(outcome.status, status, "{what}");
        assert!(
            outcome.findings.iter().all(|it| it.advice.is_some()),
            "{what}"
        );
    }
}

#[test]
fn ten_jobs_are_named_and_the_others_counted() {
    let signs = |count| Signs {
        not_running: quiet(count),
        ..well()
    };
    for (count, ends) in [
        (2, "job-1 on orders"),
        (10, "job-9 on orders"),
        (12, "job-9 on orders and 2 more"),
    ] {
        let outcome = judged(&signs(count));
        assert!(
            outcome.reasons[0].text.ends_with(ends),
            "{:?}",
            outcome.reasons
        );
    }
}

#[test]
fn what_people_read() {
    let everything = Signs {
        tick_delay: Duration::from_millis(61_400),
        not_running: quiet(2),
        not_stored: 4,
        not_stored_because: Some("cannot write the history checkrun.db: the disk is full".into()),
        clock_jumps: 7,
        set_aside: vec!["checkrun.db.corrupt-20261123T191745Z".into()],
        resources: Resources {
            descriptors: Some(1020),
            ..well().resources
        },
        down: down(90 * MINUTE).down,
        overlapping: overlapping(9).overlapping,
        outbox: waiting(3600 * SECOND, 2).outbox,
        ..file(9 << 20, 1 << 30)
    };
    let mut shown = String::new();
    for signs in [well(), everything] {
        let outcome = judged(&signs);
        writeln!(shown, "{}: {}", outcome.status, outcome.summary).expect("a String");
        for reason in &outcome.reasons {
            let advice = reason.advice.as_deref().unwrap_or_default();
            writeln!(
                shown,
                "  {}: {}\n    → {advice}",
                reason.status, reason.text
            )
            .expect("a String");
        }
        for judged in &outcome.metrics {
            writeln!(
                shown,
                "  {} = {}",
                judged.metric.name,
                format_value(judged.metric.value, &judged.metric.unit)
            )
            .expect("a String");
        }
    }
    insta::assert_snapshot!(shown);
}

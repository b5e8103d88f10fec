//! Incidents are written with the run that changes them, or not at all.

use std::path::Path;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use checkrun_history::incident::*;
use checkrun_history::record::*;
use checkrun_history::{Error, IncidentFilter, Reader, WatchSummary, Which, Writer};

use crate::records::*;

fn watch(phase: StoredPhase, severity: StoredStatus, count: u32) -> WatchRecord {
    WatchRecord {
        object: "finding/slow".to_owned(),
        phase,
        severity,
        since_us: NOW_US,
        count,
        worse: 0,
        better: 0,
    }
}

fn movement(
    watch: Option<WatchRecord>,
    change: ChangeRecord,
    text: Option<&str>,
) -> MovementRecord {
    MovementRecord {
        object: "finding/slow".to_owned(),
        watch,
        change,
        reason: text.map(|text| (text.to_owned(), Some("look at it".to_owned()))),
    }
}

/// Writes a run with these movements, and gives what was known before.
fn step(
    writer: &Writer,
    run: RunRecord,
    movements: Vec<MovementRecord>,
) -> (Result<RunId, Error>, Vec<WatchRecord>) {
    let known = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&known);
    let consider: Consider = Arc::new(move |before: &[WatchRecord]| {
        *seen.lock().unwrap() = before.to_vec();
        movements.clone()
    });
    let (sender, answer) = channel();
    writer.record_and_consider(run, consider, Box::new(move |it| sender.send(it).unwrap()));
    let written = answer.recv().unwrap();
    let known = known.lock().unwrap().clone();
    (written, known)
}

fn all(path: &Path) -> Vec<IncidentSummary> {
    let filter = IncidentFilter {
        which: Which::All,
        ..IncidentFilter::open(10)
    };
    Reader::open(path).unwrap().incidents(&filter).unwrap()
}

fn open(path: &Path) -> Vec<IncidentSummary> {
    let reader = Reader::open(path).unwrap();
    reader.incidents(&IncidentFilter::open(10)).unwrap()
}

/// An incident of orders, opened a minute ago.
pub fn open_one(writer: &Writer) {
    let firing = watch(StoredPhase::Firing, StoredStatus::Critical, 0);
    let change = movement(Some(firing), ChangeRecord::Opens, Some("answers in 7 s"));
    let run = run("health", "orders", NOW_US + 120_000_000);
    step(writer, run, vec![change]).0.unwrap();
}

#[test]
fn a_life() {
    use StoredStatus::{Critical, Warning};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let writer = Writer::open(&path, NOW_US).unwrap();
    let at = |minutes: i64| run("health", "orders", NOW_US + minutes * 60_000_000);

    let pending = watch(StoredPhase::Pending, Warning, 1);
    let change = movement(Some(pending.clone()), ChangeRecord::GoesOn, Some("6 s"));
    let (_, known) = step(&writer, at(0), vec![change]);
    assert_eq!(known, []);
    assert_eq!(open(&path), [], "not confirmed");

    let firing = watch(StoredPhase::Firing, Warning, 0);
    let change = movement(Some(firing), ChangeRecord::Opens, Some("7 s"));
    let (_, known) = step(&writer, at(1), vec![change]);
    assert_eq!(known, [pending]);

    let worse = watch(StoredPhase::Firing, Critical, 0);
    let change = movement(Some(worse), ChangeRecord::GoesOn, Some("70 s"));
    step(&writer, at(2), vec![change]).0.unwrap();
    let recovering = watch(StoredPhase::Recovering, Critical, 1);
    let change = movement(Some(recovering), ChangeRecord::GoesOn, None);
    step(&writer, at(3), vec![change]).0.unwrap();
    let found = open(&path);
    assert_eq!(found.len(), 1);
    let incident = &found[0];
    assert_eq!((incident.severity, incident.peak), (Critical, Critical));
    assert_eq!(incident.text, "70 s", "a good run has no reason to tell");
    assert!(incident.is_recovering);
    assert_eq!(incident.since_us, NOW_US);
    assert_eq!(incident.opened_us, NOW_US + 60_000_000);

    let change = movement(None, ChangeRecord::Closes, None);
    step(&writer, at(4), vec![change]).0.unwrap();
    assert_eq!(open(&path), []);
    let found = all(&path);
    assert_eq!(found[0].closed_us, Some(NOW_US + 4 * 60_000_000));
    assert!(!found[0].is_recovering);
    let (_, known) = step(&writer, at(5), Vec::new());
    assert_eq!(known, [], "what is ok is not watched");
}

#[test]
fn a_run_that_is_rejected_changes_no_incident() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let writer = Writer::open(&path, NOW_US).unwrap();
    let mut bad = run("health", "orders", NOW_US);
    bad.metrics[0].value = f64::NAN;
    let firing = watch(StoredPhase::Firing, StoredStatus::Warning, 0);
    let change = movement(Some(firing), ChangeRecord::Opens, Some("7 s"));
    step(&writer, bad, vec![change]).0.unwrap_err();
    assert_eq!(all(&path), []);
}

#[test]
fn a_change_that_the_layout_rejects_takes_its_run_with_it_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let writer = Writer::open(&path, NOW_US).unwrap();
    let impossible = watch(StoredPhase::Firing, StoredStatus::Ok, 0);
    let change = movement(Some(impossible), ChangeRecord::Opens, Some("7 s"));
    step(&writer, run("health", "orders", NOW_US), vec![change])
        .0
        .unwrap_err();
    let (written, _) = step(&writer, run("health", "orders", NOW_US + 1), Vec::new());
    written.unwrap();
    assert_eq!(all(&path), []);
}

#[test]
fn jobs_do_not_see_each_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let writer = Writer::open(&path, NOW_US).unwrap();
    let firing = watch(StoredPhase::Firing, StoredStatus::Critical, 0);
    let change = movement(Some(firing), ChangeRecord::Opens, Some("7 s"));
    step(&writer, run("health", "orders", NOW_US), vec![change])
        .0
        .unwrap();
    let (_, known) = step(&writer, run("health", "shop", NOW_US), Vec::new());
    assert_eq!(known, []);
    let of = |target: &str| {
        let filter = IncidentFilter {
            target: Some(target.to_owned()),
            ..IncidentFilter::open(10)
        };
        Reader::open(&path)
            .unwrap()
            .incidents(&filter)
            .unwrap()
            .len()
    };
    assert_eq!((of("orders"), of("shop"), of("o*")), (1, 0, 1));
}

#[test]
fn what_is_watched_of_one_check_is_told_for_every_target() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let writer = Writer::open(&path, NOW_US).unwrap();
    for (job, target, phase, count) in [
        ("health", "shop", StoredPhase::Recovering, 1),
        ("health", "orders", StoredPhase::Pending, 2),
        ("size", "orders", StoredPhase::Firing, 0),
    ] {
        let mut run = run(job, target, NOW_US);
        run.check = format!("core/{job}");
        let now = watch(phase, StoredStatus::Warning, count);
        let change = movement(Some(now), ChangeRecord::GoesOn, None);
        step(&writer, run, vec![change]).0.unwrap();
    }
    let summary = |target: &str, phase, count| WatchSummary {
        target: target.to_owned(),
        object: "finding/slow".to_owned(),
        phase,
        count,
    };
    let reader = Reader::open(&path).unwrap();
    assert_eq!(
        reader.watches("core/health").unwrap(),
        [
            summary("orders", StoredPhase::Pending, 2),
            summary("shop", StoredPhase::Recovering, 1),
        ]
    );
    assert_eq!(reader.watches("core/other").unwrap(), []);
}

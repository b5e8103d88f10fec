//! Questions to the history: filters, the newest of each job, what checks remember.

use checkrun_history::record::*;
use checkrun_history::{Reader, RunFilter, StateEntry, StateOwner, Writer};

use crate::records::*;

#[test]
fn filters() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let writer = Writer::open(&path, NOW_US).unwrap();
    let runs = [
        ("core/health", "orders", 1, StoredStatus::Ok),
        ("core/health", "users", 2, StoredStatus::Warning),
        ("core/query", "orders", 3, StoredStatus::Unknown),
        ("core/health", "orders", 4, StoredStatus::Critical),
        ("own/[x]", "ORDERS", 5, StoredStatus::Ok),
    ];
    for answer in write_all(
        &writer,
        runs.map(|(job, target, start, status)| RunRecord {
            status,
            ..run(job, target, start)
        }),
    ) {
        answer.unwrap();
    }
    let reader = Reader::open(&path).unwrap();
    let all = RunFilter::newest(100);
    let text = |text: &str| Some(text.to_owned());
    for (case, filter, starts) in [
        ("everything, newest first", all.clone(), vec![5, 4, 3, 2, 1]),
        ("at most two", RunFilter::newest(2), vec![5, 4]),
        ("none at all", RunFilter::newest(0), vec![]),
        (
            "a job by name",
            RunFilter {
                job: text("core/query"),
                ..all.clone()
            },
            vec![3],
        ),
        (
            "jobs by glob",
            RunFilter {
                job: text("core/*"),
                ..all.clone()
            },
            vec![4, 3, 2, 1],
        ),
        (
            "one character",
            RunFilter {
                job: text("core/quer?"),
                ..all.clone()
            },
            vec![3],
        ),
        (
            "a part of a name is none",
            RunFilter {
                job: text("core"),
                ..all.clone()
            },
            vec![],
        ),
        (
            "case counts",
            RunFilter {
                target: text("orders"),
                ..all.clone()
            },
            vec![4, 3, 1],
        ),
        (
            "both",
            RunFilter {
                job: text("core/health"),
                target: text("u*"),
                ..all.clone()
            },
            vec![2],
        ),
        (
            "unknown is worse than a warning",
            RunFilter {
                at_least: StoredStatus::Unknown,
                ..all.clone()
            },
            vec![4, 3],
        ),
        (
            "since is included",
            RunFilter {
                since_us: Some(4),
                ..all.clone()
            },
            vec![5, 4],
        ),
        (
            "until is not",
            RunFilter {
                until_us: Some(2),
                ..all.clone()
            },
            vec![1],
        ),
        (
            "an empty range",
            RunFilter {
                since_us: Some(3),
                until_us: Some(3),
                ..all.clone()
            },
            vec![],
        ),
        (
            "no such job",
            RunFilter {
                job: text("' OR 1=1 --"),
                ..all.clone()
            },
            vec![],
        ),
    ] {
        let found = reader.runs(&filter).unwrap();
        let found: Vec<_> = found.iter().map(|run| run.started_us).collect();
        assert_eq!(found, starts, "{case}");
    }
}

#[test]
fn the_latest_of_each_job_is_the_one_that_was_recorded_last_whatever_the_clock_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let writer = Writer::open(&path, NOW_US).unwrap();
    for (job, target, start) in [
        ("b", "x", 2),
        ("b", "x", 9),
        ("b", "x", 3),
        ("a", "x", 1),
        ("b", "w", 5),
    ] {
        write(&writer, run(job, target, start)).unwrap();
    }
    let latest = Reader::open(&path).unwrap().latest().unwrap();
    let latest: Vec<_> = latest
        .iter()
        .map(|run| (&*run.target, &*run.job, run.started_us))
        .collect();
    assert_eq!(latest, [("w", "b", 5), ("x", "a", 1), ("x", "b", 3)]);
}

#[test]
fn a_run_that_was_deleted_by_hand_makes_way_for_the_one_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let writer = Writer::open(&path, NOW_US).unwrap();
    for (job, start) in [("a", 1), ("a", 9), ("b", 5), ("a", 2)] {
        write(&writer, run(job, "x", start)).unwrap();
    }
    let latest = || -> Vec<(String, i64)> {
        let runs = Reader::open(&path).unwrap().latest().unwrap();
        let named = runs.into_iter().map(|run| (run.job, run.started_us));
        named.collect()
    };
    let delete = |condition: &str| {
        let conn = rusqlite::Connection::open(&path).unwrap();
        let sql = format!("DELETE FROM run WHERE {condition}");
        conn.execute(&sql, []).unwrap()
    };
    assert_eq!(latest(), [("a".into(), 2), ("b".into(), 5)]);
    assert_eq!(delete("started_us = 2"), 1);
    assert_eq!(latest(), [("a".into(), 9), ("b".into(), 5)]);
    // The free id goes to a run of the other job, which is not the newest of the first one.
    write(&writer, run("b", "x", 7)).unwrap();
    assert_eq!(latest(), [("a".into(), 9), ("b".into(), 7)]);
    assert_eq!(delete("started_us IN (1, 9)"), 2);
    assert_eq!(latest(), [("b".into(), 7)], "a job without runs has none");
    write(&writer, run("a", "x", 3)).unwrap();
    assert_eq!(latest(), [("a".into(), 3), ("b".into(), 7)]);
}

#[test]
fn a_clock_that_was_set_back_hides_no_run_from_a_listing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let writer = Writer::open(&path, NOW_US).unwrap();
    for start in [100, 200, 300, 50, 60] {
        write(&writer, run("health", "orders", start)).unwrap();
    }
    let reader = Reader::open(&path).unwrap();
    for (case, filter, starts) in [
        (
            "by their start",
            RunFilter::newest(9),
            vec![300, 200, 100, 60, 50],
        ),
        (
            "the three recorded last",
            RunFilter::newest(3),
            vec![300, 60, 50],
        ),
        (
            "in a period, the two started last",
            RunFilter {
                since_us: Some(0),
                ..RunFilter::newest(2)
            },
            vec![300, 200],
        ),
    ] {
        let found = reader.runs(&filter).unwrap();
        let found: Vec<_> = found.iter().map(|run| run.started_us).collect();
        assert_eq!(found, starts, "{case}");
    }
}

#[test]
fn what_a_check_remembers_is_per_target_and_the_last_value_wins() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let writer = Writer::open(&path, NOW_US).unwrap();
    let remember = |target: &str, start, entries: &[(&str, &str)]| {
        let mut record = run("health", target, start);
        record.state_changes = entries
            .iter()
            .map(|(key, value)| StateChangeRecord {
                key: (*key).to_owned(),
                value: (*value).to_owned(),
            })
            .collect();
        write(&writer, record).unwrap();
    };
    remember("orders", 1, &[("seen", "1"), ("epoch", "a")]);
    remember("orders", 2, &[("seen", "2"), ("seen", "3")]);
    remember("users", 3, &[("seen", "9")]);
    let owner = |check, target| StateOwner {
        job: "health",
        check,
        target,
    };
    let states = Reader::open(&path)
        .unwrap()
        .states(&[
            owner("core/health", "users"),
            owner("core/query", "orders"),
            owner("core/health", "orders"),
            owner("core/health", "never seen"),
        ])
        .unwrap();
    let entry = |key: &str, value: &str| StateEntry {
        key: key.to_owned(),
        value: value.to_owned(),
    };
    assert_eq!(
        states,
        [
            vec![entry("seen", "9")],
            vec![],
            vec![entry("epoch", "a"), entry("seen", "3")],
            vec![],
        ]
    );
}

#[test]
fn a_reader_sees_what_is_acknowledged_while_the_writer_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let writer = Writer::open(&path, NOW_US).unwrap();
    let reader = Reader::open(&path).unwrap();
    for n in 0..200 {
        let id = write(&writer, run("health", "orders", NOW_US + n)).unwrap();
        assert_eq!(
            reader.run(id).unwrap().unwrap().summary.started_us,
            NOW_US + n
        );
    }
    assert_eq!(reader.run(RunId(201)).unwrap(), None);
}

#[test]
fn runs_that_wait_share_a_transaction_and_a_lone_one_does_not_wait() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let writer = Writer::open(&path, NOW_US).unwrap();
    for n in 0..10 {
        write(&writer, run("lone", "orders", n)).unwrap();
    }
    assert_eq!(writer.stats().transactions, 10);
    // The answer to the first blocks the writer until everyone else is in the queue.
    let (everyone_waits, gate) = std::sync::mpsc::channel::<()>();
    writer.record(
        run("first", "orders", 0),
        Box::new(move |_| gate.recv().unwrap()),
    );
    let (sender, answers) = std::sync::mpsc::channel();
    for n in 0..401 {
        let sender = sender.clone();
        writer.record(
            run("many", "orders", n),
            Box::new(move |answer| sender.send(answer).unwrap()),
        );
    }
    everyone_waits.send(()).unwrap();
    drop(sender);
    assert_eq!(answers.iter().filter(Result::is_ok).count(), 401);
    let stats = writer.close();
    assert_eq!(stats.runs, 412);
    // The first alone or with some of the others, then at most 200 in each; more only if the disk
    // was so slow that a quarter of a second had passed.
    assert!((13..=20).contains(&stats.transactions), "{stats:?}");
}

#[test]
fn closing_writes_what_still_waits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let writer = Writer::open(&path, NOW_US).unwrap();
    for n in 0..500 {
        writer.record(run("health", "orders", n), Box::new(drop));
    }
    assert_eq!(writer.close().runs, 500);
    let stored = Reader::open(&path)
        .unwrap()
        .runs(&RunFilter::newest(1000))
        .unwrap();
    assert_eq!(stored.len(), 500);
}

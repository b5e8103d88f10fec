//! What is read from the system and the history, and that a look is kept like every run.

use checkrun_history::record::StoredStatus;
use checkrun_history::{IncidentFilter, Reader, RunFilter};

use super::*;
use crate::clock::Clock;
use crate::model::self_watch::{RUNNER_CHECK, RUNNER_JOB, RUNNER_TARGET};
use crate::record::Recorder;

const MINUTE: i64 = 60_000_000;
const NOW: Micros = Micros(1_795_456_328_000_000);

#[test]
fn a_process_that_has_just_begun_says_how_long_nobody_watched() {
    for (what, down_min, since_begin_min, is_told) in [
        ("a restart", 6, 0, false),
        ("long enough", 7, 0, true),
        ("a day", 1440, 0, true),
        ("said already", 1440, 1, false),
        ("the clock was set back", -30, 0, false),
    ] {
        let last = Micros(NOW.0 - down_min * MINUTE);
        let now = Micros(NOW.0 + since_begin_min * MINUTE);
        assert_eq!(gather::down(last, NOW, now).is_some(), is_told, "{what}");
    }
}

#[test]
fn numbers_of_the_system() {
    let limits = "Limit  Soft Limit  Hard Limit\nMax open files            1024                 524288               files\n";
    assert_eq!(gather::number_after(limits, "Max open files"), Some(1024));
    assert_eq!(
        gather::number_after("VmRSS:\t   5120 kB\n", "VmRSS:"),
        Some(5120)
    );
    for other in ["", "VmRSS:", "VmRSS: many", "Max open files  unlimited"] {
        assert_eq!(gather::number_after(other, "VmRSS:"), None, "{other}");
    }
    let signs = gather::complete(
        Signs::default(),
        std::path::Path::new("nowhere/x.db"),
        NOW,
        NOW,
    );
    assert!(
        signs.resources.descriptors.is_some_and(|open| open > 0),
        "{signs:?}"
    );
    assert!(
        signs
            .resources
            .resident_bytes
            .is_some_and(|bytes| bytes > 1 << 20),
        "{signs:?}"
    );
    assert_eq!(
        (signs.outbox, signs.down),
        (None, None),
        "there is no history"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_looks_that_see_the_same_open_an_incident_and_two_others_end_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("checkrun.db");
    let job = Arc::new(Job::runner(&path));
    let recorder = Arc::new(Recorder::open(&path, NOW).expect("a history"));
    for (minute, lost, is_open) in [(0, 2, false), (1, 1, true), (2, 0, true), (3, 0, false)] {
        let pipeline = Pipeline {
            packs: [].into(),
            recorder: Some(Arc::clone(&recorder)),
            memory: Arc::default(),
            clock: Clock::Fixed(Micros(NOW.0 + minute * MINUTE)),
            parallel: 1,
            gatekeeper: Arc::default(),
        };
        let signs = Signs {
            not_stored: lost,
            ..Signs::default()
        };
        let run = pipeline
            .look_at_itself(Arc::clone(&job), path.clone(), NOW, signs)
            .await;
        assert!(matches!(run.stored, Stored::Yes(_)), "{:?}", run.stored);
        let reader = Reader::open(&path).expect("a history");
        let open = reader
            .incidents(&IncidentFilter::open(9))
            .expect("incidents");
        let objects: Vec<_> = open
            .iter()
            .map(|it| (it.target.as_str(), it.object.as_str()))
            .collect();
        let expected: &[_] = if is_open {
            &[(RUNNER_TARGET, "finding/history")]
        } else {
            &[]
        };
        assert_eq!(objects, expected, "minute {minute}");
    }
    let reader = Reader::open(&path).expect("a history");
    let newest = &reader.runs(&RunFilter::newest(1)).expect("runs")[0];
    assert_eq!(
        (newest.job.as_str(), newest.check.as_str()),
        (RUNNER_JOB, RUNNER_CHECK)
    );
    assert_eq!((newest.status, &newest.engine), (StoredStatus::Ok, &None));
    let metrics = reader
        .run(newest.id)
        .expect("a run")
        .expect("there")
        .metrics;
    let names: Vec<_> = metrics.iter().map(|metric| metric.name.as_str()).collect();
    assert!(
        names.contains(&"outbox_oldest") && names.contains(&"history_bytes"),
        "{names:?}"
    );
}

/// A schedule whose history's folder is not there yet.
fn without_file(path: &std::path::Path) -> Arc<Pipeline> {
    let recorder = Recorder::open_for_long(path, NOW).expect("a history in memory");
    Arc::new(Pipeline {
        packs: [].into(),
        recorder: Some(Arc::new(recorder)),
        memory: Arc::default(),
        clock: Clock::Fixed(NOW),
        parallel: 1,
        gatekeeper: Arc::default(),
    })
}

fn keys(run: &FinishedRun) -> Vec<&str> {
    let findings = run.outcome.findings.iter();
    findings.map(|finding| finding.key.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_else_runs_its_own_lost_looks_say_that_nothing_is_stored() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("home/checkrun.db");
    let pipeline = without_file(&path);
    let mut now = Now {
        steady: NOW,
        wall: NOW,
    };
    let timetable = Timetable::new(&[], now);
    let mut own = SelfWatch::new(path, now);
    let mut seen = Vec::new();
    for look in 0..7 {
        if look == 4 {
            std::fs::create_dir(folder.path().join("home")).expect("a folder");
        }
        own.look(&pipeline, &timetable, now);
        let run = own.next().await.expect("it is time to look");
        own.judged(&run, now);
        let is_stored = matches!(run.stored, Stored::Yes(_));
        seen.push((keys(&run).contains(&"history"), is_stored));
        now.steady = own.next;
    }
    let expected = [
        (false, false),
        (true, false),
        (true, false),
        (true, false),
        (true, true),
        (false, true),
        (false, true),
    ];
    assert_eq!(seen, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_file_cannot_be_written_memory_says_what_waits_to_be_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("home/checkrun.db");
    let pipeline = without_file(&path);
    let job = Arc::new(Job::runner(&path));
    let run = pipeline
        .look_at_itself(job, path, NOW, Signs::default())
        .await;
    let unsent = run
        .outcome
        .metrics
        .iter()
        .find(|judged| judged.metric.name == "outbox_unsent");
    assert_eq!(unsent.map(|judged| judged.metric.value), Some(0.0));
}

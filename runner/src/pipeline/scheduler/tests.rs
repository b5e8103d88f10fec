//! What becomes of a run whose job is removed meanwhile, and that being told to stop twice is once too often
//! for what still runs.

use checkrun_history::{IncidentFilter, Reader};

use super::*;
use crate::clock::Clock;
use crate::model::incident::Rules;

const NOW: Micros = Micros(1_795_456_328_000_000);

/// Without packs: each run ends at once, and cannot be judged.
fn pipeline(recorder: Option<Arc<Recorder>>) -> Pipeline {
    Pipeline {
        packs: [].into(),
        recorder,
        memory: Arc::default(),
        clock: Clock::Fixed(NOW),
        parallel: 1,
        gatekeeper: Arc::default(),
    }
}

fn job(name: &str) -> Arc<Job> {
    Arc::new(Job {
        rules: Rules {
            confirm: 1,
            ..Rules::default()
        },
        ..Job::plain(name, "orders")
    })
}

/// Everything that would be due within an hour.
fn start_all(scheduler: &mut Scheduler) -> usize {
    let mut started = 0;
    for second in 0..3600 {
        let at = Micros(NOW.0 + second * 1_000_000);
        let now = Now {
            steady: at,
            wall: at,
        };
        for start in scheduler.timetable.take_due(now) {
            scheduler.start(start);
            started += 1;
        }
    }
    started
}

#[tokio::test]
async fn a_run_of_a_job_that_was_removed_meanwhile_leaves_no_incident_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("checkrun.db");
    let recorder = Arc::new(Recorder::open(&path, NOW).expect("a history"));
    let jobs = [job("gone"), job("stays")];
    let mut scheduler = Scheduler::new(pipeline(Some(recorder)), &jobs, path.clone());
    assert_eq!(start_all(&mut scheduler), 2);
    let _ = scheduler.replace(Replacement {
        pipeline: pipeline(None),
        jobs: vec![Arc::clone(&jobs[1])],
    });
    while let Some(ended) = scheduler.running.join_next_with_id().await {
        scheduler.ended(ended, &mut |_| {});
    }
    scheduler.retiring.finish().await;
    let reader = Reader::open(&path).expect("a history");
    let open = reader
        .incidents(&IncidentFilter::open(9))
        .expect("incidents");
    let open: Vec<_> = open.iter().map(|incident| incident.job.as_str()).collect();
    assert_eq!(open, ["stays"]);
}

#[tokio::test]
async fn whoever_is_in_a_hurry_drops_what_still_runs() {
    let path = PathBuf::from("nowhere/checkrun.db");
    let mut scheduler = Scheduler::new(pipeline(None), &[job("a")], path);
    for hurry in [true, false] {
        scheduler.running.spawn(std::future::pending());
        let limit = match hurry {
            true => Duration::from_secs(3600),
            false => Duration::ZERO,
        };
        let stopped_again = async {
            if !hurry {
                std::future::pending::<()>().await;
            }
        };
        let dropped = scheduler.drain(limit, stopped_again, &mut |_| {}).await;
        assert_eq!(dropped, 1, "{hurry}");
    }
}

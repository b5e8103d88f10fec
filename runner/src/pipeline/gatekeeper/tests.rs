//! What runs say together of their targets, and what is kept of it.

use checkrun_history::{IncidentFilter, Reader, RunFilter};
use tempfile::TempDir;

use super::*;
use crate::clock::Clock;
use crate::model::gate::CONNECTION_CHECK;
use crate::model::sql::{ConnectionClass, ConnectionError};
use crate::model::status::Status;
use crate::record::{Recorder, stored_gates};

fn unreachable() -> Reach {
    Reach::Unreachable(ConnectionError {
        class: ConnectionClass::Refused,
        message: "<address>: connection refused".into(),
        attempts: 1,
    })
}

#[test]
fn what_runs_say_together() {
    use Reach::{Doubtful, Reached, Untried};
    let bad = unreachable();
    for (what, learnt, is_known, expected) in [
        ("nobody tried", vec![Untried], true, None),
        ("all is well, and was", vec![Reached, Untried], false, None),
        ("well again", vec![Untried, Reached], true, Some(Status::Ok)),
        (
            "not reached",
            vec![bad.clone(), bad.clone()],
            false,
            Some(Status::Critical),
        ),
        (
            "reached by one and not by another",
            vec![Reached, bad.clone()],
            false,
            Some(Status::Critical),
        ),
        ("a query that took too long", vec![Doubtful], true, None),
    ] {
        let knock = conclusion(learnt.iter(), is_known);
        let target = &Job::plain("a", "orders").target;
        let status = knock.map(|knock| evaluate::judge_knock(&target.address, knock).status);
        assert_eq!(status, expected, "{what}");
    }
}

struct History {
    folder: TempDir,
}

impl History {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder }
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("checkrun.db")
    }

    /// What one `run` keeps whose jobs learnt this of `orders`.
    async fn run_once(&self, learnt: &[Reach]) {
        let known = stored_gates(&self.path()).expect("a history");
        let recorder = Recorder::open(&self.path(), Clock::System.now()).expect("a history");
        let pipeline = Pipeline {
            packs: [].into(),
            recorder: Some(Arc::new(recorder)),
            memory: Arc::default(),
            clock: Clock::System,
            parallel: 2,
            gatekeeper: Arc::default(),
        };
        let mut runs = Vec::new();
        for (number, reach) in learnt.iter().enumerate() {
            let job = Arc::new(Job::plain(&format!("job-{number}"), "orders"));
            let result = crate::model::run::RunResult {
                reach: reach.clone(),
                ..crate::pipeline::failed(match reach {
                    Reach::Unreachable(error) => crate::model::report::Failure::Database(
                        crate::model::sql::SqlError::Connection(error.clone()),
                    ),
                    _ => crate::model::report::Failure::NotApplicable("a test".into()),
                })
            };
            let now = pipeline.clock.now();
            runs.push(pipeline.judge_and_record(job, None, now, result).await);
        }
        pipeline.conclude(&runs, &known).await;
    }

    fn connections(&self) -> usize {
        let filter = RunFilter {
            job: Some("connection".into()),
            ..RunFilter::newest(100)
        };
        let reader = Reader::open(&self.path()).expect("a history");
        reader.runs(&filter).expect("runs").len()
    }

    /// Of open incidents, the job and what it is about.
    fn open(&self) -> Vec<String> {
        let reader = Reader::open(&self.path()).expect("a history");
        let open = reader
            .incidents(&IncidentFilter::open(100))
            .expect("a list");
        open.into_iter()
            .map(|incident| {
                assert_eq!(
                    incident.check, CONNECTION_CHECK,
                    "no job's own: {incident:?}"
                );
                assert!(incident.advice.is_some(), "{incident:?}");
                format!("{} {} {}", incident.target, incident.job, incident.object)
            })
            .collect()
    }
}

#[tokio::test]
async fn three_runs_that_reach_nobody_open_one_incident_and_two_that_do_close_it() {
    let history = History::new();
    history.run_once(&[Reach::Reached, Reach::Reached]).await;
    assert_eq!(history.connections(), 0, "nothing to tell");
    for times in 1..=4 {
        history.run_once(&[unreachable(), unreachable()]).await;
        assert_eq!(history.connections(), times);
        let expected: &[&str] = if times < 3 {
            &[]
        } else {
            &["orders connection verdict"]
        };
        assert_eq!(history.open(), expected, "after {times}");
    }
    history.run_once(&[Reach::Reached]).await;
    assert_eq!(history.open().len(), 1, "one swallow");
    history.run_once(&[Reach::Reached]).await;
    assert_eq!(history.open(), [] as [&str; 0]);
    let kept = history.connections();
    history.run_once(&[Reach::Reached]).await;
    assert_eq!(history.connections(), kept, "and nothing more to tell");
}

#[tokio::test]
async fn a_blip_opens_nothing() {
    let history = History::new();
    for reach in [unreachable(), unreachable(), Reach::Reached, unreachable()] {
        history.run_once(&[reach]).await;
    }
    assert_eq!(history.open(), [] as [&str; 0]);
}

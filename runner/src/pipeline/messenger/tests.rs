//! Telling people while the history has no file: with a real history, and a program that keeps what it gets.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use checkrun_history::Reader;
use checkrun_history::notification::MessageState;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::*;
use crate::alert::channel::Channel;
use crate::alert::telling::{Audience, Role};
use crate::model::alerting::Alerting;
use crate::model::incident::{Change, Movement, Object, Phase, Severity, Watch};
use crate::model::notification::Origin;
use crate::model::route::{Destination, Program, Route, Scope};
use crate::model::run::{About, Outcome, Reason, Stored, Usage};
use crate::model::status::Status;
use crate::record::JudgedRun;

const NOW: Micros = Micros(1_795_456_328_000_000);

/// One route, to a program that writes what it gets into this file.
fn orders(arrived: &Path) -> Orders {
    let route = Route {
        name: "ops".to_owned(),
        scope: Scope::default(),
        is_fallback: false,
        destination: Destination::Exec(Program {
            path: "/usr/bin/tee".into(),
            arguments: vec![arrived.display().to_string()],
        }),
    };
    let channel = Channel::new(&route, None, "db-watch").expect("a program needs no settings");
    Orders {
        audiences: vec![Audience {
            name: "ops".to_owned(),
            role: Role::Told,
            scope: Scope::default(),
        }],
        channels: HashMap::from([("ops".to_owned(), channel)]),
        rules: Alerting {
            group_wait: Duration::ZERO,
            ..Alerting::default()
        },
        jobs: vec![Arc::new(Job::plain("core/health", "orders"))],
        origin: Origin {
            host: "db-watch".to_owned(),
            configuration: "checkrun.toml".to_owned(),
            version: "0.1.0".to_owned(),
        },
        zone: TimeZone::UTC,
    }
}

/// A run that opens an incident.
async fn record(recorder: &Recorder, job: &Job) -> Stored {
    let outcome = Outcome {
        status: Status::Critical,
        summary: "it is down".to_owned(),
        reasons: Vec::new(),
        metrics: Vec::new(),
        findings: Vec::new(),
        failure: None,
        held: Vec::new(),
        about: About::Job,
    };
    let run = JudgedRun {
        job,
        pack: None,
        occasion: None,
        started: NOW,
        duration: Duration::from_secs(1),
        outcome: &outcome,
        usage: &Usage::default(),
        state_changes: &[],
    };
    let opens = |_: &BTreeMap<Object, Watch>| {
        vec![Movement {
            object: Object::verdict(),
            watch: Some(Watch {
                phase: Phase::Firing {
                    worse: 0,
                    better: 0,
                },
                severity: Severity::Critical,
                since: NOW,
            }),
            change: Some(Change::Opened),
            reason: Some(Reason {
                object: Some(Object::verdict()),
                status: Status::Critical,
                text: "it is down".to_owned(),
                advice: None,
            }),
        }]
    };
    recorder.record(run, Arc::new(opens)).await
}

#[tokio::test]
async fn people_are_told_that_the_history_does_not_have_it_and_only_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let (history, arrived) = (
        folder.path().join("home/checkrun.db"),
        folder.path().join("arrived.json"),
    );
    let recorder = Recorder::open_for_long(&history, NOW).expect("a history without its file");
    let recorder = Arc::new(recorder);
    let orders = Arc::new(orders(&arrived));
    let stored = record(&recorder, &orders.jobs[0]).await;
    assert!(matches!(stored, Stored::Failed(_)), "{stored:?}");

    let clock = Clock::Fixed(NOW);
    let mut messenger = Messenger::new(orders, Arc::clone(&recorder), history.clone(), clock);
    let mut problems = Vec::new();
    let mut tell = |news: News<'_>| match news {
        News::Decided | News::Over { problem: None, .. } => {}
        news => problems.push(format!("{news:?}")),
    };
    let left = messenger.turn(&mut tell).await;
    assert_eq!(left.in_flight, 1);
    messenger.finish(&mut tell).await;
    let text = std::fs::read_to_string(&arrived).expect("it arrived");
    let message: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(message["news"][0]["text"], "it is down");
    let why = message["not_stored"].as_str().expect("a reason");
    assert!(
        why.contains("its folder does not exist. Create the folder"),
        "{why}"
    );

    std::fs::create_dir(folder.path().join("home")).expect("a folder");
    let left = messenger.turn(&mut tell).await;
    assert_eq!(left.in_flight, 0, "nobody is told twice");
    assert_eq!(recorder.without_file(), None);
    let reader = Reader::open(&history).expect("a history");
    let messages = reader.messages(9).expect("messages");
    let states: Vec<MessageState> = messages.iter().map(|one| one.state).collect();
    assert_eq!(states, [MessageState::Sent]);
    assert_eq!(problems, Vec::<String>::new());
}

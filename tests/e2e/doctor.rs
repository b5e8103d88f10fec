//! `checkrun doctor`: what is sound is said to be, and each fault is named.

use std::time::Duration;

use checkrun_testkit::eventually;
use checkrun_tests::{Notices, Stage, snapshot};
use serde_json::Value;

use crate::schemas;

const READY_WITHIN: Duration = Duration::from_secs(25);

const TOLD: &str = "
[email]
smtp = \"file:./mail\"
from = \"checkrun@example.com\"

[[route]]
to = [\"dba@example.com\"]
";

const JOBS: &str = "
[[target]]
name = \"shop\"
url = \"sqlite:./shop.db\"

[[check]]
use = \"core/health\"
targets = [\"*\"]
";

fn stage(further: &str) -> Stage {
    let stage = Stage::new(&[TOLD, JOBS, further].concat());
    stage.sqlite("shop.db", "create table orders (id integer)");
    stage
}

/// The examinations that neither passed nor were skipped, as `what status`.
fn faults(document: &Value) -> Vec<String> {
    let examinations = document["examinations"].as_array().unwrap();
    let told = examinations.iter().map(|one| {
        let (what, status) = (one["what"].as_str(), one["status"].as_str());
        format!("{} {}", what.unwrap(), status.unwrap())
    });
    told.filter(|it| !it.ends_with(" passed") && !it.ends_with(" skipped"))
        .collect()
}

#[track_caller]
fn examine(stage: &Stage, exit: i32) -> Value {
    let ended = stage.run(&["doctor", "--format", "json"]).expect(exit);
    schemas::document("doctor", &ended)
}

#[test]
fn a_sound_one_passes_and_leaves_no_trace() {
    let stage = stage("");
    let before = examine(&stage, 1);
    assert_eq!(faults(&before), ["history warning"]);
    assert!(!stage.path("checkrun.db").exists());
    let _ = stage.run(&["schedule", "--once"]).expect(0);
    let ended = stage.run(&["doctor"]).expect(0);
    snapshot("doctor of a sound one", &ended.transcript());
    assert!(!stage.path("checkrun.db.schedule").exists());
}

#[test]
fn a_schedule_that_runs_and_one_that_was_killed_are_told_apart() {
    let mut stage = stage("");
    let notices = Notices::on(&mut stage);
    let running = stage.start(&["schedule"]);
    let _ = notices.wait_for("READY=1", READY_WITHIN);
    eventually("a look at itself", READY_WITHIN, || {
        let document = examine(&stage, 0);
        let examinations = document["examinations"].as_array()?.clone();
        let own = examinations
            .into_iter()
            .find(|one| one["what"] == "self-watch")?;
        (own["status"] == "passed").then_some(())
    });
    let _ = running.kill();
    assert_eq!(faults(&examine(&stage, 1)), ["schedule warning"]);

    // One that holds its lock and does nothing.
    let running = stage.start(&["schedule"]);
    let _ = notices.wait_for("READY=1", READY_WITHIN);
    running.signal("STOP");
    stage.write(
        "checkrun.db.schedule",
        "process 1 since 2026-01-01T00:00:00Z\n",
    );
    stage.sqlite(
        "checkrun.db",
        "update run set started_us = started_us - 3600000000",
    );
    let ended = stage.run(&["doctor"]).expect(2);
    assert!(ended.stdout.contains("it hangs"), "{}", ended.stdout);
    let _ = running.kill();
}

#[test]
fn every_fault_of_the_configuration_is_named() {
    let no_secret = "
[[target]]
name = \"orders\"
url = \"postgres://monitor@db.example/shop\"
password = { env = \"NOT_SET\" }
tls = { mode = \"require\" }
allow_privileged = true
";
    let not_a_pack = "[[pack]]\npath = \"./shop.db\"\n";
    for (further, exit, expected) in [
        (no_secret, 2, &["secrets failed", "settings warning"][..]),
        ("[[check]]\nuse = 1\n", 2, &["configuration failed"]),
        (not_a_pack, 2, &["packs failed"]),
    ] {
        let stage = stage("");
        let _ = stage.run(&["run"]).expect(0);
        let sound = std::fs::read_to_string(stage.path("checkrun.toml")).unwrap();
        stage.write("checkrun.toml", sound + further);
        assert_eq!(faults(&examine(&stage, exit)), expected, "{further}");
    }
    let stage = Stage::new(JOBS);
    stage.sqlite("shop.db", "create table orders (id integer)");
    let _ = stage.run(&["run"]).expect(0);
    assert_eq!(faults(&examine(&stage, 1)), ["routes warning"]);
    stage.write("checkrun.toml", "[[target]\n");
    let ended = stage.run(&["doctor"]).expect(2);
    snapshot("doctor of a broken configuration", &ended.transcript());
}

#[test]
fn every_fault_of_the_history_is_named() {
    let damaged = stage("");
    damaged.write("checkrun.db", [7; 8192]);
    assert_eq!(
        faults(&examine(&damaged, 2)),
        ["history failed", "writing failed", "schedule warning"]
    );

    let folder = stage("");
    std::fs::create_dir(folder.path("checkrun.db")).unwrap();
    let ended = folder.run(&["doctor"]).expect(2);
    snapshot("doctor of a history that is a folder", &ended.transcript());

    let held = stage("");
    let _ = held.run(&["run"]).expect(0);
    held.sqlite("checkrun.db", "pragma user_version = 999");
    assert_eq!(faults(&examine(&held, 2)), ["writing failed"]);
}

#[test]
fn messages_that_nobody_gets_and_mutes_that_last_are_named() {
    let stage = stage("");
    let _ = stage.run(&["run"]).expect(0);
    stage.sqlite(
        "checkrun.db",
        "insert into outbox (route, kind, thread, created_us, state, next_us)
         values ('ops', 'news', 't', (unixepoch() - 7200) * 1000000, 'open',
                 (unixepoch() + 9000) * 1000000);
         insert into outbox (route, kind, thread, created_us, state, next_us, ended_us, error)
         values ('ops', 'news', 't', (unixepoch() - 7200) * 1000000, 'failed', 0,
                 (unixepoch() - 3600) * 1000000, 'the server refused it')",
    );
    let _ = stage
        .run(&[
            "alerts",
            "silence",
            "shop",
            "--for",
            "30d",
            "--comment",
            "rebuilt",
            "--by",
            "anna",
        ])
        .expect(0);
    let ended = stage.run(&["doctor"]).expect(2);
    snapshot("doctor of messages and mutes", &ended.transcript());
}

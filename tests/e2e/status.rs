//! `checkrun status`: live, and from the history.

use std::time::Duration;

use checkrun_testkit::listener::BlackHole;
use checkrun_testkit::{Servers, account};
use checkrun_tests::{Ended, Stage, server_target, snapshot};

use crate::schemas;

const CHECKS: &str = "
[[check]]
use = \"core/health\"
targets = [\"*\"]
timeout = \"5s\"

[[check]]
name = \"entries\"
use = \"core/query\"
targets = [\"cache\"]
parameters = { sql = \"select count(*) as entries from entry\" }
thresholds.entries = { warning = \"< 1\" }
";

fn stage(further: &str) -> Stage {
    let servers = Servers::from_environment();
    let stage = Stage::new(
        &[
            server_target("orders", &servers.postgres, account::MONITOR),
            server_target("billing", &servers.mariadb, account::MONITOR),
            "[[target]]\nname = \"cache\"\nurl = \"sqlite:./cache.db\"\n".into(),
            further.into(),
            CHECKS.into(),
        ]
        .join("\n"),
    );
    stage.sqlite("cache.db", "create table entry (id integer)");
    stage
}

/// The statuses of a JSON answer, as `name status`.
fn statuses(ended: &Ended) -> Vec<String> {
    schemas::statuses(&schemas::document("status", ended))
}

#[test]
fn live_status_asks_every_database_now() {
    let stage = stage("");
    let ended = stage.run(&["status", "--format", "json"]).expect(0);
    assert_eq!(
        statuses(&ended),
        ["orders healthy", "billing healthy", "cache healthy"]
    );
    let document = ended.json();
    assert_eq!(document["source"], "live");
    assert_eq!(document["breakdown"]["healthy"], 3);
    for database in document["databases"].as_array().unwrap() {
        assert_eq!(database["connected"], true);
        assert!(database["response_time_ms"].as_f64().unwrap() > 0.0);
    }
    assert!(
        !stage.path("checkrun.db").exists(),
        "a look leaves no trace"
    );
}

#[test]
fn half_of_the_databases_are_dead_and_the_others_are_told_all_the_same() {
    let hole = BlackHole::open().unwrap();
    let dead = |name: &str, address: String| {
        format!(
            "[[target]]\nname = \"{name}\"\nurl = \"mysql://monitor@{address}/shop\"\npassword = {{ env = \"MONITOR_PASSWORD\" }}\nconnect_timeout = \"1s\"\nconnect_attempts = 1\n"
        )
    };
    let stage = stage(
        &[
            dead("refused", "127.0.0.1:1".into()),
            dead("hanging", hole.address().unwrap().to_string()),
            "[[target]]\nname = \"secretless\"\nurl = \"mysql://monitor@127.0.0.1/shop\"\npassword = { env = \"NOT_SET\" }\n".into(),
        ]
        .concat(),
    );
    let ended = stage.run(&["status"]).expect(2);
    assert!(ended.took < Duration::from_secs(4), "{:?}", ended.took);
    snapshot(
        "status with half of the databases dead",
        &ended.transcript(),
    );
    let ended = stage
        .run(&["status", "cache", "cahce", "--format", "json"])
        .expect(3);
    assert_eq!(statuses(&ended), ["cache healthy", "cahce unknown"]);
}

#[test]
fn recorded_status_asks_no_database() {
    let stage = stage("");
    let ended = stage.run(&["status", "--recorded"]).expect(74);
    assert!(
        ended.stderr.contains("nothing has been recorded"),
        "{}",
        ended.stderr
    );
    let _ = stage.run(&["run", "--target", "cache"]).expect(1);
    std::fs::remove_file(stage.path("cache.db")).unwrap();
    let ended = stage.run(&["status", "--recorded"]).expect(3);
    snapshot("recorded status", &ended.transcript());
    let ended = stage
        .run(&["status", "--recorded", "cache", "--format", "json"])
        .expect(1);
    assert_eq!(statuses(&ended), ["cache degraded"]);
    let document = ended.json();
    assert_eq!(document["source"], "recorded");
    let cache = &document["databases"][0];
    assert_eq!(cache["jobs"].as_array().unwrap().len(), 2);
    assert!(cache["age_seconds"].as_f64().unwrap() < 60.0);
    assert_eq!(document["alerts"][0]["job"], "entries");
}

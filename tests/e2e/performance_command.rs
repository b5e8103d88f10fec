//! `checkrun performance`: every database is measured, whatever is wrong with the others.

#![expect(clippy::panic, reason = "this is how a test fails")]

use std::time::Duration;

use checkrun_testkit::listener::BlackHole;
use checkrun_testkit::{Servers, account};
use checkrun_tests::{Ended, Stage, server_target, snapshot};
use serde_json::Value;

use crate::schemas::{self, statuses};

const SECRETLESS: &str = "[[target]]\nname = \"secretless\"\nurl = \"mysql://monitor@127.0.0.1/shop\"\npassword = { env = \"NOT_SET\" }\n";

/// A database on every engine, and what the test adds.
fn stage(further: &str) -> Stage {
    let servers = Servers::from_environment();
    let stage = Stage::new(
        &[
            server_target("orders", &servers.postgres, account::MONITOR),
            server_target("billing", &servers.mariadb, account::MONITOR),
            "[[target]]\nname = \"cache\"\nurl = \"sqlite:./cache.db\"\n".into(),
            further.into(),
        ]
        .join("\n"),
    );
    stage.sqlite("cache.db", "create table entry (id integer)");
    stage
}

/// A target that cannot be reached, with a second for each of its two attempts.
fn dead(name: &str, scheme: &str, address: &str) -> String {
    format!(
        "[[target]]\nname = \"{name}\"\nurl = \"{scheme}://monitor@{address}/shop\"\npassword = {{ env = \"MONITOR_PASSWORD\" }}\nconnect_timeout = \"1s\"\n"
    )
}

/// The document, held to its schema.
#[track_caller]
fn document(ended: &Ended) -> Value {
    schemas::document("performance", ended)
}

/// The databases of a document, each under its name.
#[track_caller]
fn database<'a>(document: &'a Value, target: &str) -> &'a Value {
    let databases = document["databases"].as_array().unwrap();
    let found = databases.iter().find(|one| one["target"] == target);
    found.unwrap_or_else(|| panic!("no `{target}`: {document:#}"))
}

/// The texts of one kind, such as the queries.
fn texts<'a>(database: &'a Value, list: &str, field: &str) -> Vec<&'a str> {
    let list = database[list].as_array().unwrap();
    list.iter().filter_map(|one| one[field].as_str()).collect()
}

#[test]
fn every_engine_is_measured_without_any_check_configured() {
    let ended = stage("")
        .run(&["performance", "--format", "json"])
        .expect(0);
    let document = document(&ended);
    assert_eq!(document["status"], "ok");
    assert_eq!(statuses(&document), ["orders ok", "billing ok", "cache ok"]);
    for database in document["databases"].as_array().unwrap() {
        assert_eq!(database["rounds"], "3 of 3", "{database:#}");
        assert_eq!(database["error"], Value::Null);
        for (times, samples) in [("connecting", 3), ("asking", 6)] {
            let times = &database[times];
            let [min, mean, p50, p95, max] = ["min_ms", "mean_ms", "p50_ms", "p95_ms", "max_ms"]
                .map(|field| times[field].as_f64().unwrap());
            assert!(0.0 < min && min <= p50 && p50 <= p95, "{database:#}");
            assert!(min <= mean && mean <= max, "{database:#}");
            // With fewer than 20 samples that is the slowest one.
            assert_eq!(p95, max, "{samples} samples: {database:#}");
            assert_eq!(times["success_rate"], 1.0);
        }
        assert_eq!(texts(database, "queries", "samples"), ["3 of 3", "3 of 3"]);
    }
}

#[test]
fn dead_databases_are_rated_error_and_keep_nobody_from_being_measured() {
    let hole = BlackHole::open().unwrap();
    let hanging = hole.address().unwrap().to_string();
    let stage = stage(
        &[
            dead("refused", "postgres", "127.0.0.1:1"),
            dead("hanging", "mariadb", &hanging),
            SECRETLESS.to_owned(),
            "[[target]]\nname = \"file\"\nurl = \"sqlite:./missing.db\"\n".into(),
        ]
        .concat(),
    );
    let ended = stage.run(&["performance", "--format", "json"]).expect(2);
    // Two attempts of a second with a pause between them, and one round only.
    assert!(ended.took < Duration::from_secs(6), "{:?}", ended.took);
    let document = document(&ended);
    assert_eq!(
        statuses(&document),
        [
            "orders ok",
            "billing ok",
            "cache ok",
            "refused critical",
            "hanging critical",
            "secretless unknown",
            "file critical"
        ]
    );
    for (name, class) in [
        ("refused", "refused"),
        ("hanging", "connect-timeout"),
        ("secretless", "secret"),
        ("file", "unknown-database"),
    ] {
        let database = database(&document, name);
        assert_eq!(database["rating"], "error", "{name}");
        assert_eq!(database["error"]["class"], class, "{name}");
        assert_eq!(database["connecting"]["mean_ms"], Value::Null, "{name}");
        assert_eq!(database["asking"]["mean_ms"], Value::Null, "{name}");
        assert!(!texts(database, "remarks", "advice").is_empty(), "{name}");
    }
}

#[test]
fn the_command_line_takes_the_place_of_what_is_configured() {
    let configured = "
[[check]]
use = \"core/performance\"
targets = [\"*\"]
timeout = \"20s\"
parameters = { rounds = 2, queries = [\"select 1 as configured\"] }
";
    let stage = stage(configured);
    let ended = stage.run(&["performance", "--format", "json"]).expect(0);
    for database in document(&ended)["databases"].as_array().unwrap() {
        assert_eq!(database["rounds"], "2 of 2");
        assert_eq!(
            texts(database, "queries", "query"),
            ["select 1 as configured"]
        );
    }
    let line = [
        "performance",
        "--format",
        "json",
        "--rounds",
        "5",
        "--query",
        "select 1 as one",
        "--query",
        "select 2 as two",
    ];
    let ended = stage.run(&line).expect(0);
    for database in document(&ended)["databases"].as_array().unwrap() {
        assert_eq!(database["rounds"], "5 of 5");
        assert_eq!(
            texts(database, "queries", "query"),
            ["select 1 as one", "select 2 as two"]
        );
        assert_eq!(texts(database, "queries", "samples"), ["5 of 5", "5 of 5"]);
    }
}

#[test]
fn a_failing_query_is_a_warning_with_advice_beside_those_that_answer() {
    let line = [
        "performance",
        "--format",
        "json",
        "--query",
        "select 1",
        "--query",
        "select count(*) from nowhere",
    ];
    let ended = stage("").run(&line).expect(1);
    let document = document(&ended);
    for database in document["databases"].as_array().unwrap() {
        assert_eq!(database["status"], "warning");
        assert_eq!(database["asking"]["success_rate"], 0.5);
        assert_eq!(texts(database, "queries", "samples"), ["3 of 3", "0 of 3"]);
        let ratings = texts(database, "queries", "rating");
        assert!(
            ratings[0] != "error" && ratings[1] == "error",
            "{ratings:?}"
        );
        let remark = texts(database, "remarks", "text").join("\n");
        assert!(remark.starts_with("Query 2 failed: "), "{remark}");
        assert!(!texts(database, "remarks", "advice").is_empty());
    }
}

#[test]
fn thresholds_of_the_configuration_are_kept_to() {
    let configured = "
[[check]]
use = \"core/performance\"
targets = [\"cache\"]
thresholds.connect_time_p95 = { critical = \"> 0s\" }
";
    let stage = stage(configured);
    let ended = stage.run(&["performance", "cache"]).expect(2);
    assert!(
        ended.stdout.contains("connect_time_p95 is"),
        "{}",
        ended.stdout
    );
    assert!(
        !stage.path("checkrun.db").exists(),
        "measuring leaves no trace"
    );
}

#[test]
fn the_exit_code_is_that_of_the_worst_database() {
    let stage = stage(&[&dead("refused", "postgres", "127.0.0.1:1"), SECRETLESS].concat());
    for (reason, arguments, code) in [
        ("all is well", &["cache"][..], 0),
        ("a glob", &["c*"], 0),
        ("a query that fails", &["cache", "--query", "select x"], 1),
        ("no connection", &["cache", "refused"], 2),
        ("a name that nothing has", &["cache", "cahce"], 3),
        ("no secret", &["cache", "secretless"], 3),
        (
            "a query that is refused",
            &["cache", "--query", "delete from entry"],
            3,
        ),
        ("nobody knows, but one is dead", &["nix", "refused"], 2),
        ("no round at all", &["cache", "--rounds", "0"], 64),
        ("too many rounds", &["cache", "--rounds", "21"], 64),
        ("rounds that are no number", &["--rounds", "few"], 64),
    ] {
        let ended = stage.run(&[&["performance"], arguments].concat());
        assert_eq!(ended.code, Some(code), "{reason}: {}", ended.transcript());
    }
    let bad = Stage::new("[[target]]\nname = \"cache\"\n");
    let ended = bad.run(&["performance"]).expect(78);
    assert_eq!(ended.stdout, "");
}

#[test]
fn what_people_read() {
    let stage = stage(&dead("refused", "postgres", "127.0.0.1:1"));
    let ended = stage.run(&["performance"]).expect(2);
    snapshot("performance with a dead database", &ended.transcript());
    let line = [
        "performance",
        "cache",
        "cahce",
        "billing",
        "--rounds",
        "2",
        "--query",
        "select 1",
        "--query",
        "select count(*) from nowhere",
    ];
    let ended = stage.run(&line).expect(3);
    snapshot(
        "performance with a failing query and an unknown name",
        &ended.transcript(),
    );
}

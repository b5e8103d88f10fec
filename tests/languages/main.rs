//! Packs in JavaScript and Python, built by their real tools, run by the built binary.
//!
//! `cargo xtask languages` builds the packs and runs these tests; see `sdk/javascript` and
//! `sdk/python` for the packs that mean well, and `hostile.js` and `hostile.py` for the others.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "this is how a test fails, and how one tells what it measured"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use checkrun_testkit::{Engine, Servers, account};
use checkrun_tests::{Stage, password_variable, server_target};
use serde_json::Value;

/// What a run's failure or summary must say.
enum Says {
    /// A report with this summary.
    Report(&'static str),
    /// A failure of this kind, with these words in this order.
    Failure(&'static str, &'static [&'static str]),
}
use Says::{Failure, Report};

const SQLITE: &str = "create table orders (id integer primary key, total numeric not null);
    with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000)
    insert into orders select i, i * 1.25 from n;";

fn built(pack: &str) -> PathBuf {
    let folder = std::env::var_os("CHECKRUN_LANGUAGE_PACKS")
        .expect("CHECKRUN_LANGUAGE_PACKS is not set: run `cargo xtask languages`");
    PathBuf::from(folder).join(pack).with_extension("wasm")
}

/// Runs all checks of a pack. Not by [`Stage::run`], which takes the words of a guest's panic for the
/// runner's own, and does not wait for the compilation of CPython.
fn run(stage: &Stage) -> (BTreeMap<String, Value>, String) {
    let target = checkrun_tests::stage::target_folder();
    let began = Instant::now();
    let mut command = Command::new(target.join("debug/checkrun"));
    command
        .args(["run", "--format", "json"])
        .current_dir(stage.path("."))
        .env("HOME", stage.path("."))
        .env("XDG_CACHE_HOME", target.join("tmp/languages-cache"))
        .env(
            password_variable(account::MONITOR),
            account::MONITOR.password,
        );
    let output = command.output().expect("the built binary");
    println!("{:?} in all", began.elapsed());
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let document: Value = serde_json::from_slice(&output.stdout).expect(&errors);
    let runs = document["runs"].as_array().expect("runs");
    let runs = runs.iter().map(|run| {
        let name = format!(
            "{}/{}",
            run["check"].as_str().expect("a name"),
            run["target"]
        );
        println!("{name}: {} ms, {}", run["duration_ms"], run["usage"]);
        (name.replace('"', ""), run.clone())
    });
    (runs.collect(), errors)
}

fn example(pack: &str) {
    let servers = Servers::from_environment();
    let mut configuration = format!(
        "[[target]]\nname = \"file\"\nurl = \"sqlite:shop.db\"\n
        [[pack]]\npath = \"{}\"\n
        [[check]]\nuse = \"{pack}/large_orders\"\ntargets = [\"*\"]
        parameters = {{ min_total = 1100.5 }}\nthresholds.large_orders = {{ warning = \"> 10\" }}\n",
        built(pack).display()
    );
    for (name, engine) in [("pg", Engine::Postgres), ("maria", Engine::Mariadb)] {
        configuration += &server_target(name, servers.endpoint(engine), account::MONITOR);
    }
    let stage = Stage::new(&configuration);
    stage.sqlite("shop.db", SQLITE);
    let (runs, errors) = run(&stage);
    assert_eq!(runs.len(), 3, "{errors}");
    for (name, run) in runs {
        assert_eq!(run["failure"], Value::Null, "{name}: {run:#}");
        assert_eq!(run["summary"], "120 large orders", "{name}");
        assert_eq!(run["status"], "warning", "{name}");
        assert_eq!(run["metrics"][0]["value"], 120.0, "{name}");
        assert_eq!(run["metrics"][1]["value"], 1250.0, "{name}");
        assert_eq!(run["metrics"][1]["labels"]["order"], "1000", "{name}");
        assert_eq!(run["findings"][0]["key"], "order-1000", "{name}");
        assert_eq!(run["log"][0]["message"], "120 orders of at least 1100.5");
    }
}

/// Every check of the pack is met, and the runner lives to tell of all of them.
fn hostile(pack: &str, expected: &[(&str, Says)]) {
    let mut configuration = format!(
        "[[target]]\nname = \"file\"\nurl = \"sqlite:shop.db\"\n[[pack]]\npath = \"{}\"\n",
        built(pack).display()
    );
    for (check, _) in expected {
        configuration += &format!(
            "[[check]]\nuse = \"{pack}/{check}\"\ntargets = [\"file\"]\ntimeout = \"8s\"\n"
        );
    }
    let stage = Stage::new(&configuration);
    stage.sqlite("shop.db", SQLITE);
    let (runs, errors) = run(&stage);
    assert_eq!(runs.len(), expected.len(), "{errors}");
    for (check, says) in expected {
        let run = &runs[&format!("{pack}/{check}/file")];
        let summary = run["summary"].as_str().expect("a summary");
        match says {
            Report(text) => {
                assert_eq!((summary, &run["failure"]), (*text, &Value::Null), "{check}")
            }
            Failure(kind, words) => {
                assert_eq!(run["failure"], *kind, "{check}: {run:#}");
                let mut rest = summary;
                for word in *words {
                    let Some((_, after)) = rest.split_once(word) else {
                        panic!("{check} does not say {word:?}: {summary}");
                    };
                    rest = after;
                }
            }
        }
    }
}

#[test]
fn javascript_on_every_engine() {
    example("example-js");
}

#[test]
fn python_on_every_engine() {
    example("example-py");
}

#[test]
fn javascript_that_misbehaves() {
    let types = r#"[["whole","part","name","empty"],[{"tag":"int64","val":7},{"tag":"float64","val":2.5},{"tag":"text","val":"Zoë"},{"tag":"null"}]]"#;
    let surroundings = r#"{"globals":[],"clockIsTheRuns":true,"zone":0}"#;
    hostile(
        "hostile-js",
        &[
            ("types", Report(types)),
            ("surroundings", Report(surroundings)),
            (
                "uncaught",
                Failure(
                    "crashed",
                    &["cannot read property 'total' of undefined\n", "hostile.js:"],
                ),
            ),
            (
                "thrown_text",
                Failure(
                    "crashed",
                    &["the moon is in the wrong phase\n", "hostile.js:"],
                ),
            ),
            (
                "bad_sql",
                Failure(
                    "crashed",
                    &["after a failed query (no such table: no_such_table)"],
                ),
            ),
            ("told", Failure("server", &["no such table: no_such_table"])),
            (
                "failure",
                Failure("not-applicable", &["there are no replicas"]),
            ),
            (
                "wrong_report",
                Failure("crashed", &["unknown enum case: splendid"]),
            ),
            (
                "endless",
                Failure("limit-reached", &["used more than 2 s of CPU"]),
            ),
            (
                "recursion",
                Failure("limit-reached", &["call stack of 512 KiB exhausted"]),
            ),
            (
                "memory",
                Failure("limit-reached", &["memory limit 256 MiB reached"]),
            ),
            ("promise", Failure("crashed", &["expected enum string"])),
        ],
    );
}

#[test]
fn python_that_misbehaves() {
    let types = "['whole', 'part', 'name', 'empty'] [[Value_Int64(value=7), Value_Float64(value=2.5), Value_Text(value='Zoë'), Value_Null()]]";
    let surroundings = r#"{"arguments": [], "environment": {}, "clock_is_the_runs": true, "passwd": "FileNotFoundError", "write": "FileNotFoundError", "root": "FileNotFoundError", "connect": "LookupError", "resolve": "LookupError", "listen": "PermissionError", "fork": "AttributeError"}"#;
    hostile(
        "hostile-py",
        &[
            ("types", Report(types)),
            ("surroundings", Report(surroundings)),
            ("prints", Report("printed")),
            (
                "uncaught",
                Failure("crashed", &["KeyError: 'total'\n", "line "]),
            ),
            (
                "thrown_text",
                Failure(
                    "crashed",
                    &["ValueError: the moon is in the wrong phase\n", "line "],
                ),
            ),
            (
                "bad_sql",
                Failure(
                    "crashed",
                    &["after a failed query (no such table: no_such_table)"],
                ),
            ),
            ("told", Failure("server", &["no such table: no_such_table"])),
            (
                "failure",
                Failure("not-applicable", &["there are no replicas"]),
            ),
            (
                "wrong_report",
                Failure("crashed", &["'int' object is not an instance of 'str'"]),
            ),
            (
                "exits",
                Failure("crashed", &["ended itself with exit code 1"]),
            ),
            (
                "endless",
                Failure("limit-reached", &["used more than 2 s of CPU"]),
            ),
            (
                "recursion",
                Failure(
                    "crashed",
                    &["RecursionError: maximum recursion depth exceeded"],
                ),
            ),
            (
                "memory",
                Failure(
                    "limit-reached",
                    &["memory limit 256 MiB reached", "in memory"],
                ),
            ),
            ("sleeps", Failure("timed-out", &["timed out after 8 s"])),
        ],
    );
}

//! Incidents: what several runs in a row confirm, kept with the outcomes, told by `alerts list`.

use std::time::Duration;

use checkrun_tests::{Stage, snapshot};
use serde_json::Value;

const CONFIGURATION: &str = "
[[target]]
name = \"cache\"
url = \"sqlite:./cache.db\"

[[check]]
name = \"entries\"
use = \"core/query\"
targets = [\"*\"]
parameters = { sql = \"select count(*) as entries from entry\" }
thresholds.entries = { warning = \"> 2\", critical = \"> 5\", clear = \"< 2\" }
";

fn stage() -> Stage {
    let stage = Stage::new(CONFIGURATION);
    stage.sqlite("cache.db", "create table entry (id integer)");
    stage
}

/// Fills the table and runs once.
fn run(stage: &Stage, entries: u32) {
    let sql = format!(
        "delete from entry;
         with recursive n(i) as (select 1 union all select i + 1 from n where i < {entries})
         insert into entry select i from n where {entries} > 0;"
    );
    stage.sqlite("cache.db", &sql);
    let ended = stage.run(&["run"]);
    assert_eq!(ended.stderr, "");
}

fn incidents(stage: &Stage, arguments: &[&str]) -> Vec<Value> {
    let line = [&["alerts", "list", "--format", "json"], arguments].concat();
    let document = stage.run(&line).expect(0).json();
    document["incidents"].as_array().unwrap().clone()
}

/// Severity and whether it is over, of all incidents, oldest first.
fn told(stage: &Stage) -> Vec<String> {
    let found = incidents(stage, &["--all"]);
    found
        .iter()
        .rev()
        .map(|one| {
            let severity = one["severity"].as_str().unwrap();
            let peak = one["peak"].as_str().unwrap();
            let end = match (&one["closed"], one["recovering"].as_bool()) {
                (Value::Null, Some(true)) => "recovering",
                (Value::Null, _) => "open",
                _ => "closed",
            };
            format!("{severity}, at worst {peak}, {end}")
        })
        .collect()
}

#[test]
fn courses() {
    let cases: &[(&str, &[u32], &[&str])] = &[
        ("two bad runs are a blip", &[3, 3, 0, 3, 3], &[]),
        (
            "three open",
            &[3, 3, 3],
            &["warning, at worst warning, open"],
        ),
        (
            "worse is told at once",
            &[3, 3, 3, 6],
            &["critical, at worst critical, open"],
        ),
        (
            "three less bad ones ease it",
            &[6, 6, 6, 3, 3, 3],
            &["warning, at worst critical, open"],
        ),
        (
            "between `clear` and the threshold it stays",
            &[3, 3, 3, 2, 2, 2],
            &["warning, at worst warning, open"],
        ),
        (
            "one good run is no end",
            &[3, 3, 3, 0],
            &["warning, at worst warning, recovering"],
        ),
        (
            "two are",
            &[3, 3, 3, 0, 0],
            &["warning, at worst warning, closed"],
        ),
        (
            "the next one is another",
            &[3, 3, 3, 0, 0, 6, 6, 6],
            &[
                "warning, at worst warning, closed",
                "critical, at worst critical, open",
            ],
        ),
    ];
    for (what, entries, expected) in cases {
        let stage = stage();
        for entries in *entries {
            run(&stage, *entries);
        }
        assert_eq!(told(&stage), *expected, "{what}");
    }
}

#[test]
fn a_run_that_cannot_be_judged_ends_no_incident_and_begins_its_own() {
    let stage = stage();
    for _ in 0..3 {
        run(&stage, 3);
    }
    stage.sqlite("cache.db", "alter table entry rename to entries");
    for _ in 0..3 {
        let _ = stage.run(&["run"]).expect(3);
    }
    let objects = |found: &[Value]| -> Vec<String> {
        let object = |one: &Value| one["object"].as_str().unwrap().to_owned();
        found.iter().map(object).collect()
    };
    assert_eq!(
        objects(&incidents(&stage, &[])),
        ["judging", "metric/entries"]
    );
    stage.sqlite("cache.db", "alter table entries rename to entry");
    run(&stage, 3);
    run(&stage, 3);
    assert_eq!(objects(&incidents(&stage, &[])), ["metric/entries"]);
}

#[test]
fn an_edited_threshold_goes_on_with_the_same_incident() {
    let stage = stage();
    for _ in 0..3 {
        run(&stage, 3);
    }
    let id = |found: &[Value]| found[0]["id"].clone();
    let first = id(&incidents(&stage, &[]));
    let edit = |warning: &str, critical: &str, clear: &str| {
        let limits =
            format!("warning = \"{warning}\", critical = \"{critical}\", clear = \"{clear}\"");
        let (before, _) = CONFIGURATION.split_once("warning").unwrap();
        stage.write("checkrun.toml", format!("{before}{limits} }}\n"));
    };
    edit("> 1", "> 2", "< 1");
    run(&stage, 3);
    assert_eq!(told(&stage), ["critical, at worst critical, open"]);
    assert_eq!(id(&incidents(&stage, &[])), first);
    edit("> 10", "> 20", "< 9");
    run(&stage, 3);
    run(&stage, 3);
    assert_eq!(told(&stage), ["critical, at worst critical, closed"]);
    assert_eq!(id(&incidents(&stage, &["--all"])), first);
}

#[test]
fn what_is_not_recorded_changes_no_incident() {
    let stage = stage();
    run(&stage, 3);
    for _ in 0..3 {
        let _ = stage.run(&["run", "--no-record"]).expect(1);
    }
    assert_eq!(told(&stage), [""; 0]);
}

#[test]
fn a_program_that_was_killed_goes_on_where_it_was() {
    let stage = stage();
    stage.sqlite("cache.db", "insert into entry values (1), (2), (3)");
    let mut killed = 0;
    for round in 0..20 {
        let running = stage.start(&["run"]);
        std::thread::sleep(Duration::from_millis(round));
        let ended = running.kill();
        killed += u32::from(ended.code.is_none());
    }
    assert!(killed > 0, "none was killed");
    // The first ones may have been killed before there was a table.
    let tables: i64 = match stage.path("checkrun.db").exists() {
        true => stage.value(
            "checkrun.db",
            "select count(*) from sqlite_schema where name = 'run'",
        ),
        false => 0,
    };
    let runs: i64 = match tables {
        0 => 0,
        _ => stage.value("checkrun.db", "select count(*) from run"),
    };
    for _ in runs..3 {
        let _ = stage.run(&["run"]).expect(1);
    }
    // As many as the history has: each run is in it with what it changed, or not at all.
    let open: i64 = stage.value(
        "checkrun.db",
        "select count(*) from incident where closed_us is null",
    );
    assert_eq!(open, 1);
    let watched: i64 = stage.value(
        "checkrun.db",
        "select count(*) from watch where phase = 'firing'",
    );
    assert_eq!(watched, 1);
    let check: String = stage.value("checkrun.db", "pragma integrity_check");
    assert_eq!(check, "ok");
}

#[test]
fn several_programs_at_once_confirm_together_and_open_one_incident() {
    let stage = stage();
    stage.sqlite("cache.db", "insert into entry values (1), (2), (3)");
    let running: Vec<_> = (0..6).map(|_| stage.start(&["run"])).collect();
    for running in running {
        let _ = running.wait(Duration::from_secs(30)).expect(1);
    }
    assert_eq!(told(&stage), ["warning, at worst warning, open"]);
}

#[test]
fn what_people_read() {
    let stage = stage();
    assert_eq!(
        stage.run(&["alerts", "list"]).code,
        Some(74),
        "nothing is recorded"
    );
    for entries in [3, 3, 3, 0, 0, 6, 6, 6] {
        run(&stage, entries);
    }
    let all = stage.run(&["alerts", "list", "--all"]).expect(0);
    let status = stage.run(&["status", "--recorded"]).expect(2);
    snapshot("incidents", &format!("{}\n{}", all.stdout, status.stdout));
    let live = stage.run(&["status", "--format", "json"]).expect(0).json();
    crate::schemas::keeps_to("status", &live);
    assert_eq!(live["incidents"][0]["severity"], "critical");
}

#[test]
fn a_database_that_is_gone_is_one_incident_and_not_one_of_each_check() {
    let mut configuration = CONFIGURATION.to_owned();
    for name in ["first", "second", "third"] {
        configuration.push_str(&format!(
            "[[check]]\nname = \"{name}\"\nuse = \"core/query\"\ntargets = [\"*\"]\n\
             parameters = {{ sql = \"select 1 as n\" }}\n"
        ));
    }
    configuration.push_str("[[check]]\nuse = \"core/health\"\ntargets = [\"*\"]\n");
    let stage = Stage::new(&configuration);
    let open = || -> Vec<String> {
        incidents(&stage, &[])
            .iter()
            .map(|one| format!("{} {} {}", one["job"], one["object"], one["recovering"]))
            .collect()
    };
    for times in 1..=4 {
        let ended = stage.run(&["run"]).expect(2);
        assert!(!ended.stdout.contains("connection "), "{}", ended.stdout);
        let expected: &[&str] = if times < 3 {
            &[]
        } else {
            &["\"connection\" \"verdict\" false"]
        };
        assert_eq!(open(), expected, "after {times}");
    }
    snapshot(
        "incident of a database that is gone",
        &stage.run(&["alerts", "list"]).expect(0).transcript(),
    );
    let _ = stage.run(&["run", "--no-record"]).expect(2);
    stage.sqlite("cache.db", "create table entry (id integer)");
    let _ = stage.run(&["run", "--no-record"]).expect(0);
    assert_eq!(open(), ["\"connection\" \"verdict\" false"], "not recorded");
    let _ = stage.run(&["run"]).expect(0);
    assert_eq!(open(), ["\"connection\" \"verdict\" true"]);
    let _ = stage.run(&["run"]).expect(0);
    assert_eq!(open(), [] as [&str; 0]);
    assert_eq!(incidents(&stage, &["--all"]).len(), 1);
    let connections = "select count(*) from v_run where job = 'connection'";
    let before: i64 = stage.value("checkrun.db", connections);
    let _ = stage.run(&["run"]).expect(0);
    let after: i64 = stage.value("checkrun.db", connections);
    assert_eq!((before, after), (6, 6), "all is well, and nothing to tell");
}

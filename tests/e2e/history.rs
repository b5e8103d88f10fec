//! The history: several processes write it, one is killed, people and programs read it.

use std::collections::BTreeSet;
use std::time::Duration;

use checkrun_testkit::eventually;
use checkrun_tests::{Stage, snapshot};

const LIMIT: Duration = Duration::from_secs(30);

/// A stage with this many jobs on a SQLite file.
fn stage(jobs: usize, sql: &str) -> Stage {
    let mut configuration = String::from(
        "[[target]]\nname = \"shop\"\nurl = \"sqlite:./shop.db\"\nmax_parallel = 4\nlabels = { env = \"test\" }\n",
    );
    for job in 0..jobs {
        configuration.push_str(&format!(
            "[[check]]\nuse = \"core/query\"\nname = \"job-{job}\"\ntargets = [\"*\"]\nparameters = {{ sql = \"{sql}\" }}\nthresholds.n = {{ warning = \"> 6\" }}\n"
        ));
    }
    let stage = Stage::new(&configuration);
    stage.sqlite("shop.db", "create table orders (id integer);");
    stage
}

#[test]
fn two_processes_record_at_once_and_nothing_is_lost() {
    let stage = stage(40, "select 1 as n");
    let both = [(); 2].map(|()| stage.start(&["run", "--format", "json"]));
    let mut ids = BTreeSet::new();
    for running in both {
        let document = running.wait(LIMIT).expect(0).json();
        for run in document["runs"].as_array().unwrap() {
            assert!(
                ids.insert(run["id"].as_i64().expect("an id")),
                "ids are given once"
            );
        }
    }
    assert_eq!(ids.len(), 80);
    let kept: i64 = stage.value("checkrun.db", "select count(distinct run_id) from v_run");
    assert_eq!(kept, 80);
}

#[test]
fn what_was_shown_before_a_kill_is_in_the_history() {
    let slow = "with recursive c(i) as (select 1 union all select i + 1 from c where i < 40000) select max(i) - 39999 as n from c";
    let stage = stage(400, slow);
    let running = stage.start(&["run"]);
    eventually("some runs are kept", LIMIT, || {
        let path = stage.path("checkrun.db");
        let connection =
            rusqlite::Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY);
        let count: i64 = connection
            .and_then(|it| it.query_row("select count(*) from v_run", [], |row| row.get(0)))
            .unwrap_or(0);
        (count >= 20).then_some(())
    });
    let ended = running.kill();
    assert_eq!(ended.code, None);
    let complete = ended
        .stdout
        .rsplit_once('\n')
        .map_or("", |(lines, _)| lines);
    let shown: Vec<_> = complete
        .lines()
        .map(|line| line.split_whitespace().nth(2).expect("a job").to_owned())
        .collect();
    assert!(
        !shown.is_empty() && shown.len() < 400,
        "{} runs shown",
        shown.len()
    );
    for job in shown {
        let kept: i64 = stage.value(
            "checkrun.db",
            &format!("select count(*) from v_run where job = '{job}'"),
        );
        assert_eq!(kept, 1, "{job} was shown and is not kept");
    }
    let ended = stage.run(&["run", "--check", "job-399"]).expect(0);
    assert_eq!(ended.stderr, "", "the next run finds it sound");
}

#[test]
fn people_and_programs_read_it() {
    let stage = stage(2, "select 7 as n, 'x' as word");
    let _ = stage.run(&["run", "--check", "job-0"]).expect(1);
    let _ = stage.run(&["run", "--check", "job-1"]).expect(1);
    stage.sqlite("shop.db", "drop table orders;");
    let mut said = String::new();
    for arguments in [
        &["list"][..],
        &["list", "--check", "*-1"],
        &["list", "--at-least", "critical"],
        &["list", "--target", "shop", "--limit", "1"],
        &["list", "--since", "1h", "--check", "job-0"],
        &["show", "1"],
        &["show", "999"],
        &["list", "--file", "missing.db"],
    ] {
        let ended = stage.run(&[&["history"], arguments].concat());
        said.push_str(&format!(
            "$ checkrun history {}\n{}\n",
            arguments.join(" "),
            ended.transcript()
        ));
    }
    let measured = r"used      1 queries, 1 rows, 16 B, ";
    let kept: Vec<_> = said
        .lines()
        .map(|line| match line.strip_prefix(measured) {
            Some(_) => format!("{measured}[memory and CPU]"),
            None if line.starts_with("pack      core") => {
                "pack      core [version] ([sha256])".to_owned()
            }
            None if line.starts_with("took ") => "took      [time]".to_owned(),
            None => line.to_owned(),
        })
        .collect();
    snapshot("history for people", &kept.join("\n"));

    let list = stage
        .run(&["history", "list", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(list["schema_version"], 1);
    assert_eq!(list["runs"][0]["job"], "job-1");
    assert_eq!(list["runs"][1]["status"], "warning");
    let show = stage
        .run(&["history", "show", "1", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(show["labels"]["env"], "test");
    assert_eq!(show["reasons"][0]["text"], "n is 7 (warning > 6)");
    assert_eq!(show["metrics"][0]["value"], 7.0);
}

#[test]
fn whoever_opens_the_file_finds_views() {
    let stage = stage(1, "select 7 as n, null as missing");
    let _ = stage.run(&["run"]);
    let _ = stage.run(&["run"]);
    let text = |sql: &str| -> String { stage.value("checkrun.db", sql) };
    assert_eq!(
        text("select job || '@' || target || ' ' || status_word from v_latest"),
        "job-0@shop unknown"
    );
    assert_eq!(
        text("select count(*) || ' ' || min(status_word) from v_run"),
        "2 unknown"
    );
    assert_eq!(
        text(
            "select metric || ' ' || value || ' ' || unit from v_sample where metric = 'n' limit 1"
        ),
        "n 7.0 count"
    );
    assert_eq!(
        text("select title || ' ' || severity_word from v_finding limit 1"),
        "A column is NULL unknown"
    );
    assert_eq!(
        text("select json_extract(target_labels, '$.env') from v_run limit 1"),
        "test"
    );
    assert_eq!(text("pragma integrity_check"), "ok");
}

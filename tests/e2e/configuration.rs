//! The first steps: a configuration to begin with, what packs offer, the demo.

use std::path::Path;

use checkrun_tests::{Stage, snapshot};

fn empty() -> Stage {
    let stage = Stage::new("");
    std::fs::remove_file(stage.path("checkrun.toml")).unwrap();
    stage
}

#[test]
fn without_a_configuration_the_places_are_told() {
    snapshot(
        "no configuration anywhere",
        &empty().run(&["run"]).expect(78).transcript(),
    );
}

#[test]
fn the_first_configuration_waits_for_an_address_and_then_runs() {
    let stage = empty();
    let mut said = String::new();
    let mut run = |arguments: &[&str], code| {
        let ended = stage.run(arguments).expect(code);
        let line = arguments.join(" ");
        said.push_str(&format!("$ checkrun {line}\n{}\n", ended.transcript()));
    };
    run(&["config", "init"], 0);
    run(&["config", "check"], 78);
    run(&["config", "init"], 78);
    run(&["config", "init", "no/such/folder/checkrun.toml"], 78);
    stage.sqlite("shop.db", "create table orders (id integer);");
    let first = std::fs::read_to_string(stage.path("checkrun.toml")).unwrap();
    let target = "[[target]]\nname = \"shop\"\nurl = \"sqlite:./shop.db\"\n";
    stage.write("checkrun.toml", format!("{first}\n{target}"));
    run(&["config", "check"], 0);
    run(&["run"], 0);
    snapshot("first configuration", &said);
}

#[test]
fn programs_get_problems_and_schema_as_json() {
    let stage = Stage::new("[histroy]\n");
    let document = stage
        .run(&["config", "check", "--format", "json"])
        .expect(78)
        .json();
    assert_eq!(document["good"], false);
    assert_eq!(document["problems"][0]["line"], 1);
    let schema = stage.run(&["config", "schema"]).expect(0).json();
    assert!(schema["properties"]["target"].is_object(), "{schema}");
}

#[test]
fn packs_say_what_they_offer() {
    let stage = empty();
    let ended = stage.run(&["inspect", "core"]).expect(0);
    for line in ended.stdout.lines() {
        assert!(
            line.chars().count() <= 100,
            "wider than 100 columns: {line}"
        );
        assert_eq!(line, line.trim_end(), "blanks at the end");
    }
    snapshot("inspect", &ended.stdout);
    let document = stage.run(&["inspect", "--format", "json"]).expect(0).json();
    assert_eq!(document["packs"][0]["name"], "core");
    let said: String = [&["inspect", "cor"][..], &["inspect", "./missing.wasm"]]
        .iter()
        .map(|arguments| stage.run(arguments).transcript())
        .collect();
    snapshot("inspect what is not there", &said);
}

#[test]
fn the_demo_shows_every_status_tells_people_and_leaves_a_history() {
    let stage = empty();
    let ended = stage.run(&["demo", "--folder", "demo"]).expect(0);
    assert_eq!(ended.stderr, "");
    let statuses: Vec<_> = ended
        .stdout
        .lines()
        .filter(|line| line.contains("  open-orders  ") && line.contains("open_orders ="))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|word| word.parse::<u32>().is_err())
        .collect();
    let mut changes = statuses.clone();
    changes.dedup();
    assert_eq!(
        changes,
        ["ok", "warning", "critical", "ok"],
        "{}",
        ended.stdout
    );
    let lines: Vec<&str> = ended.stdout.lines().collect();
    let mails: Vec<(&str, &str)> = lines
        .windows(2)
        .filter_map(|pair| {
            Some((
                pair[0].strip_prefix("mail to oncall@shop.example: ")?,
                pair[1],
            ))
        })
        .collect();
    let subjects: Vec<&str> = mails
        .iter()
        .map(|(subject, _)| subject.split(" (was").next().unwrap())
        .collect();
    assert_eq!(
        subjects,
        [
            "WARN shop: open orders 460 (> 250)",
            "CRIT shop: open orders 700 (> 600)",
            "OK shop: open orders 30",
        ],
        "{}",
        ended.stdout
    );
    for (subject, file) in mails {
        let file = stage.path(file.trim());
        let mail = std::fs::read_to_string(&file).unwrap();
        assert!(mail.contains(&format!("Subject: {subject}")), "{mail}");
    }
    assert!(Path::new(&stage.path("demo/shop.db")).exists());
    let config = ["--config", "demo/checkrun.toml"];
    let list = [
        &[
            "history",
            "list",
            "--format",
            "json",
            "--check",
            "open-orders",
        ][..],
        &config,
    ]
    .concat();
    let document = stage.run(&list).expect(0).json();
    assert_eq!(document["runs"].as_array().unwrap().len(), statuses.len());
    let _ = stage.run(&[&["run"][..], &config].concat()).expect(0);
}

//! Escape sequences and markup that databases return: harmless in every format.

use checkrun_testkit::{Servers, account};
use checkrun_tests::{Ended, Stage, server_target, snapshot, xml};

/// Clears the screen, sets the title, reverses the text, ends a line, begins a tag.
const HOSTILE: &str = r"\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e<b>&amp;</b>'|\r\n# forged 1";

fn job(name: &str, target: &str, sql: &str) -> String {
    format!(
        "[[check]]\nuse = \"core/query\"\nname = \"{name}\"\ntargets = [\"{target}\"]\nparameters = {{ sql = \"{sql}\" }}\n"
    )
}

/// Hostile column names and values, tables that are not there, and a hostile file name.
fn stage() -> Stage {
    let servers = Servers::from_environment();
    let mut configuration = server_target("pg", &servers.postgres, account::PLAIN);
    configuration.push_str(&server_target("maria", &servers.mariadb, account::PLAIN));
    configuration.push_str("[[target]]\nname = \"file\"\nurl = \"sqlite:./shop.db\"\n");
    let file = r"\u001b[2J<b>.db";
    configuration.push_str(&format!(
        "[[target]]\nname = \"lost\"\nurl = \"sqlite:./{file}\"\n"
    ));
    let value = HOSTILE.replace('\'', "''");
    for target in ["pg", "maria", "file"] {
        let (open, close) = if target == "maria" {
            ("`", "`")
        } else {
            ("\\\"", "\\\"")
        };
        let name = HOSTILE;
        configuration.push_str(&job(
            &format!("value-{target}"),
            target,
            &format!("select 1 as n, '{value}' as word"),
        ));
        configuration.push_str(&job(
            &format!("column-{target}"),
            target,
            &format!("select 1 as {open}{name}{close}"),
        ));
        configuration.push_str(&job(
            &format!("table-{target}"),
            target,
            &format!("select 1 from {open}{name}{close}"),
        ));
    }
    configuration.push_str(&job("lost", "lost", "select 1"));
    let stage = Stage::new(&configuration);
    stage.sqlite("shop.db", "create table orders (id integer);");
    stage
}

/// Nothing but printable text and line ends.
#[track_caller]
fn assert_harmless(ended: &Ended) {
    for text in [&ended.stdout, &ended.stderr] {
        for c in text.chars() {
            assert!(c == '\n' || !c.is_control(), "{c:?} in {text:?}");
        }
        assert!(!text.contains('\u{202e}'), "text is reversed: {text:?}");
        assert!(!text.contains("\n# forged"), "a line is forged: {text:?}");
    }
}

#[test]
fn nothing_hostile_reaches_a_terminal_or_a_parser() {
    let stage = stage();
    for format in ["human", "nagios", "prometheus"] {
        let ended = stage.run(&["run", "--format", format]).expect(3);
        assert_harmless(&ended);
        if format != "human" {
            snapshot(
                &format!("hostile text {format}"),
                &without_times(&ended.stdout),
            );
        }
    }
    let junit = stage.run(&["run", "--format", "junit"]).expect(3);
    assert!(!junit.stdout.contains("<b>"), "{}", junit.stdout);
    assert!(
        junit.stdout.chars().all(|c| c == '\n' || !c.is_control()),
        "{}",
        junit.stdout
    );
    assert_eq!(xml::check(&junit.stdout), Ok(()), "{}", junit.stdout);
    let json = stage.run(&["run", "--format", "json"]).expect(3);
    assert!(
        json.stdout.chars().all(|c| c == '\n' || !c.is_control()),
        "{}",
        json.stdout
    );
    assert_eq!(json.json()["runs"].as_array().unwrap().len(), 10);
}

/// Without the metrics that are about the runs themselves.
fn without_times(text: &str) -> String {
    text.lines()
        .filter(|line| !line.contains("run_duration_seconds"))
        .map(|line| format!("{line}\n"))
        .collect()
}

#[test]
fn nothing_hostile_comes_back_from_the_history() {
    let stage = stage();
    let _ = stage.run(&["run"]).expect(3);
    assert_harmless(&stage.run(&["history", "list"]).expect(0));
    let mut said = String::new();
    for id in 1..=10 {
        let ended = stage.run(&["history", "show", &id.to_string()]).expect(0);
        assert_harmless(&ended);
        said.push_str(&ended.stdout);
    }
    assert!(said.contains("\\u{1b}[2J"), "{said}");
}

#[test]
fn a_hostile_configuration_is_quoted_harmlessly() {
    let stage = Stage::new(
        "[[target]]\nname = \"\\u001b[2Jshop\"\nurl = \"sqlite:./x.db\"\n\"\\u001b]0;owned\\u0007\" = 1\n[[check]]\nuse = \"core/\\u202ehealth\"\ntargets = [\"*\"]\n",
    );
    let ended = stage.run(&["run"]).expect(78);
    assert_harmless(&ended);
    snapshot("hostile configuration", &ended.stderr);
}

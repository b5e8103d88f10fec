//! `checkrun alerts test` by web servers and programs, and that no secret of theirs is ever shown.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use checkrun_testkit::web_script::{ScriptedWeb, WebAct};
use checkrun_tests::{Stage, snapshot};

use crate::schemas::keeps_to;

/// Part of every address and token here.
const SECRET: &str = "canary-4711";

/// A folder with a webhook to this server, in both formats.
fn webhooks(server: &ScriptedWeb) -> Stage {
    let mut stage = Stage::new(
        "[[route]]
name = \"facts\"
webhook = { url = { env = \"HOOK_URL\" }, headers = { Authorization = { env = \"HOOK_TOKEN\" } } }

[[route]]
name = \"chat\"
webhook = { url = { env = \"HOOK_URL\" }, format = \"slack\" }
",
    );
    let url = format!("http://{}/hook/{SECRET}?key={SECRET}", server.address());
    stage.set("HOOK_URL", url);
    stage.set("HOOK_TOKEN", format!("Bearer {SECRET}"));
    stage
}

/// Without what differs from run to run.
fn steady(transcript: &str, server: &ScriptedWeb) -> String {
    let port = server.address().port().to_string();
    let lines = transcript
        .lines()
        .map(|line| match line.split_once("id test.") {
            Some((before, _)) => format!("{before}id test.…"),
            None => match line.split_once("  request     ") {
                Some((before, _)) => format!("{before}  request     … bytes"),
                None => line.replace(&port, "[port]"),
            },
        });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_web_server_gets_the_message_in_the_form_of_its_route() {
    let answer = WebAct::Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    let server = ScriptedWeb::open(answer).expect("a port");
    let stage = webhooks(&server);
    let ended = stage.run(&["alerts", "test", "--route", "facts"]).expect(0);
    snapshot("webhook_arrives", &steady(&ended.transcript(), &server));
    let json = stage.run(&["alerts", "test", "--route", "2", "--format", "json"]);
    let json = json.expect(0).json();
    assert_eq!(
        (&json["means"], &json["next"]),
        (&"webhook".into(), &"done".into())
    );
    assert!(json["from"].is_null(), "{json}");
    let heard = server.heard();
    assert_eq!(heard.len(), 2);
    assert!(
        heard[0]
            .head
            .starts_with(&format!("POST /hook/{SECRET}?key={SECRET} HTTP/1.1"))
    );
    assert!(
        heard[0]
            .head
            .contains(&format!("Authorization: Bearer {SECRET}"))
    );
    let facts: serde_json::Value = serde_json::from_str(&heard[0].body).expect("JSON");
    assert_eq!(
        (&facts["state"], &facts["route"]),
        (&"test".into(), &"facts".into())
    );
    keeps_to("notification", &facts);
    let id = facts["id"].as_str().expect("an id");
    assert!(
        heard[0]
            .head
            .contains(&format!("Idempotency-Key: {id}\r\n")),
        "{:?}",
        heard[0]
    );
    let chat: serde_json::Value = serde_json::from_str(&heard[1].body).expect("JSON");
    let text = chat["text"].as_str().expect("a text");
    assert!(text.starts_with("TEST: checkrun on "), "{text}");
    assert!(text.contains("you are in the route chat"), "{text}");
}

#[test]
fn what_a_web_server_says_is_told_without_our_secrets() {
    let answer = WebAct::Answer(
        b"HTTP/1.1 403 Forbidden\r\n\r\nno_service for /hook/canary-4711 (Bearer canary-4711)",
    );
    let server = ScriptedWeb::open(answer).expect("a port");
    let stage = webhooks(&server);
    let ended = stage.run(&["alerts", "test", "--route", "facts"]).expect(2);
    let told = ended.transcript();
    snapshot("webhook_refused", &steady(&told, &server));
    let json = stage
        .run(&["alerts", "test", "--route", "facts", "--format", "json"])
        .expect(2);
    for text in [&told, &json.stdout] {
        assert!(!text.contains(SECRET), "{text}");
    }
    assert_eq!(json.json()["next"], "give-up");
}

#[test]
fn a_secret_that_is_missing_is_told_before_anything_is_sent() {
    let stage = Stage::new("[[route]]\nwebhook = { url = { env = \"HOOK_URL\" } }\n");
    let mut text = stage
        .run(&["alerts", "test", "--route", "1"])
        .expect(78)
        .transcript();
    text += &stage
        .run(&["alerts", "test", "--route", "webhook"])
        .expect(64)
        .transcript();
    text += &stage.run(&["alerts", "test"]).expect(78).transcript();
    let checked = stage.run(&["config", "check"]).expect(78).transcript();
    assert!(checked.contains("`HOOK_URL` is not set"), "{checked}");
    snapshot("webhook_not_tried", &text);
}

/// A folder with a program that does this, told by `key`.
fn program(key: &str, script: &str) -> Stage {
    let stage = Stage::new("");
    stage.write("page.new", format!("#!/bin/sh\n{script}\n"));
    let (new, path) = (stage.path("page.new"), stage.path("page"));
    fs::set_permissions(&new, fs::Permissions::from_mode(0o755)).expect("a program");
    // A file that is open for writing cannot be run.
    fs::rename(new, &path).expect("renamed");
    let configuration = format!(
        "[[route]]\n{key} = [\"{}\", \"{}\"]\n",
        path.display(),
        stage.path("").display()
    );
    stage.write("checkrun.toml", configuration);
    stage
}

#[test]
fn a_program_gets_the_message_on_its_standard_input() {
    for key in ["exec", "on_incident"] {
        let stage = program(key, "cat >$1/heard; env >$1/env");
        let ended = stage.run(&["alerts", "test", "--route", "page"]).expect(0);
        assert!(
            ended.stdout.contains("program     done"),
            "{}",
            ended.stdout
        );
        let heard = fs::read_to_string(stage.path("heard")).expect("what it heard");
        let heard: serde_json::Value = serde_json::from_str(&heard).expect("JSON");
        assert_eq!(
            (&heard["state"], &heard["route"]),
            (&"test".into(), &"page".into())
        );
        let environment = fs::read_to_string(stage.path("env")).expect("its environment");
        assert!(
            environment.contains("CHECKRUN_STATE=test\n"),
            "{environment}"
        );
        assert!(!environment.contains("PASSWORD"), "{environment}");
    }
}

#[test]
fn how_a_program_ends_is_told_with_what_to_do() {
    let mut text = String::new();
    for (key, script, code) in [
        ("exec", "echo 'no such team' >&2; exit 67", 2),
        ("exec", "exit 75", 2),
        ("exec", "kill -9 $$", 3),
        ("on_incident", "exit 1", 2),
    ] {
        let stage = program(key, script);
        let ended = stage.run(&["alerts", "test", "--route", "1"]).expect(code);
        let folder = stage.path("").display().to_string();
        let lines = ended.stdout.lines().skip(4);
        let lines: Vec<String> = lines
            .map(|line| line.replace(&folder, "[folder]/"))
            .collect();
        text += &format!("# {key}: {script}\n{}\n\n", lines.join("\n"));
    }
    snapshot("program_ends", &text);
}

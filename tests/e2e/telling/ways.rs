//! Webhooks and programs: each is really told, once.

use std::os::unix::fs::PermissionsExt;

use checkrun_testkit::web_script::{ScriptedWeb, WebAct};
use serde_json::Value;

use super::*;

#[test]
fn webhooks_and_programs_are_told_once_and_a_remedy_runs_once_for_each_incident() {
    let answer = WebAct::Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    let web = ScriptedWeb::open(answer).expect("a port");
    let (stage, notices) = stage("");
    // Renamed, because a file that is open for writing cannot be run.
    stage.write("program.new", "#!/bin/sh\ncat >>\"$1\"\n");
    let program = stage.path("program");
    fs::set_permissions(stage.path("program.new"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::rename(stage.path("program.new"), &program).unwrap();
    let route = |key: &str, file: &str| {
        let file = stage.path(file);
        format!(
            "[[route]]\nname = \"{key}\"\n{key} = [\"{}\", \"{}\"]\n",
            program.display(),
            file.display()
        )
    };
    stage.write(
        "checkrun.toml",
        format!(
            "[[route]]\nwebhook = {{ url = \"http://{}/\" }}\n{}{}{QUICK}{}",
            web.address(),
            route("exec", "told"),
            route("on_incident", "done"),
            level("shop")
        ),
    );
    let lines = |name: &str| -> Vec<Value> {
        let text = fs::read_to_string(stage.path(name)).unwrap_or_default();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    let running = start(&stage, &notices, &[]);
    for (round, n) in [(1, 7), (2, 0)] {
        set(&stage, n);
        wait_for(
            &stage,
            "outbox where state = 'sent' and route = 'exec'",
            round,
        );
        eventually("the web server is told", SOON, || {
            (web.heard().len() as i64 >= round).then_some(())
        });
    }
    let _ = running.kill();
    let running = start(&stage, &notices, &[]);
    pass(&stage, STILL);
    let _ = stop(running);

    let posted: Vec<Value> = web
        .heard()
        .iter()
        .map(|one| serde_json::from_str(&one.body).unwrap())
        .collect();
    let states = |told: &[Value]| -> Vec<String> {
        told.iter()
            .map(|one| one["state"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(states(&posted), ["problem", "recovered"]);
    assert_eq!(states(&lines("told")), ["problem", "recovered"]);
    assert_eq!(states(&lines("done")), ["problem"]);
    assert_eq!(posted[0]["thread"], posted[1]["thread"]);
    assert_eq!(lines("done")[0]["news"][0]["severity"], "critical");
}

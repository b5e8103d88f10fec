//! What the schedule learns of itself, where that shows and where not, and whom it tells outside.

use checkrun_testkit::web_script::{ScriptedWeb, WebAct};
use checkrun_tests::snapshot;

use super::*;

const OK: WebAct = WebAct::Answer(b"HTTP/1.1 200 OK\r\n\r\nOK");

/// From the first look at a trouble over the second one to its incident.
const OPENED_WITHIN: Duration = Duration::from_secs(40);

/// A message that waits since this many minutes.
fn leave_message(stage: &Stage, minutes: u32) {
    stage.sqlite(
        "checkrun.db",
        &format!(
            "insert into outbox (route, kind, thread, created_us, state, next_us)
             values ('ops', 'news', 't', (unixepoch() - {minutes} * 60) * 1000000, 'open',
                     (unixepoch() + 3000) * 1000000)"
        ),
    );
}

fn heartbeat(keys: &str) -> String {
    format!("[heartbeat]\nurl = {{ env = \"HEARTBEAT_URL\" }}\nevery = \"1s\"\n{keys}\n")
}

fn paths(web: &ScriptedWeb) -> Vec<String> {
    let path = |head: &str| head.split(' ').nth(1).unwrap_or_default().to_owned();
    web.heard()
        .iter()
        .map(|request| path(&request.head))
        .collect()
}

#[test]
fn a_message_that_does_not_get_through_is_an_incident_of_the_runner_and_of_no_database() {
    let (stage, notices) = stage(&quick("shop", 1, "1s"));
    let _ = stage.run(&["run"]).expect(0);
    leave_message(&stage, 60);
    let running = start(&stage, &notices, &[]);
    eventually("an incident", OPENED_WITHIN, || {
        let listed = stage.run(&["alerts", "list"]).expect(0).stdout;
        listed.contains("checkrun runner").then_some(())
    });
    let listed = stage
        .run(&["alerts", "list", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(listed["incidents"][0]["object"], "finding/outbox");
    assert_eq!(listed["incidents"][0]["severity"], "critical");
    for arguments in [
        &["status", "--format", "json"][..],
        &["status", "--recorded", "--format", "json"],
    ] {
        let status = stage.run(arguments).expect(0).json();
        let databases = status["databases"].as_array().unwrap();
        assert_eq!(databases.len(), 1, "the runner is no database");
        assert_eq!(
            status["incidents"][0]["target"], "checkrun",
            "{arguments:?}"
        );
    }
    let preflight = stage
        .run(&["preflight", "--format", "json"])
        .expect(0)
        .stdout;
    assert!(!preflight.contains("runner"), "{preflight}");
    let ended = stop(running);
    assert!(
        ended
            .stdout
            .contains("People are not told: a message waits for 60 min"),
        "{}",
        ended.stdout
    );
    assert!(
        ended
            .stderr
            .contains("every job has run: 1 job on 1 target"),
        "{}",
        ended.stderr
    );
    let engines: i64 = stage.value(
        "checkrun.db",
        "select count(*) from v_run where target = 'checkrun' and engine is not null",
    );
    assert_eq!(engines, 0);
}

#[test]
fn a_target_of_the_runner_s_name_is_refused() {
    let (stage, _) = stage(&quick("checkrun", 1, "1s"));
    let ended = stage.run(&["config", "check"]).expect(78);
    snapshot("a target called like the runner", &ended.transcript());
}

#[test]
fn somebody_outside_hears_that_all_is_well_and_that_it_is_not() {
    let web = ScriptedWeb::open(OK).unwrap();
    let jobs = quick("shop", 1, "1s");
    let (mut stage, notices) = stage(&(heartbeat("fail = true") + &jobs));
    let address = web.address();
    stage.set("HEARTBEAT_URL", format!("http://{address}/canary-uuid?x=1"));
    let running = start(&stage, &notices, &[]);
    eventually("heartbeats", SECOND * 20, || {
        (paths(&web).len() >= 2).then_some(())
    });
    assert!(
        paths(&web).iter().all(|path| path == "/canary-uuid?x=1"),
        "{:?}",
        paths(&web)
    );

    leave_message(&stage, 60);
    eventually("that it fails", SECOND * 20, || {
        let last = paths(&web).pop();
        (last.as_deref() == Some("/canary-uuid/fail?x=1")).then_some(())
    });

    stage.write("checkrun.toml", heartbeat("") + &jobs);
    running.signal("HUP");
    let _ = notices.wait_for("RELOADING=1", READY_WITHIN);
    let _ = notices.wait_for("READY=1", READY_WITHIN);
    let jobs_before = runs(&stage, "job = 'quick-0'");
    wait_for_runs(&stage, "job = 'quick-0'", jobs_before + 2);
    let silent_since = paths(&web).len();
    wait_for_runs(&stage, "job = 'quick-0'", jobs_before + 5);
    assert_eq!(paths(&web).len(), silent_since, "nobody hears anything now");

    stage.sqlite("checkrun.db", "delete from outbox");
    eventually("that all is well again", SECOND * 20, || {
        (paths(&web).len() > silent_since).then_some(())
    });
    let ended = stop(running);
    let transcript = ended.transcript();
    assert!(!transcript.contains("canary"), "{transcript}");
    let said = "the heartbeat does not say that all is well: a message waits to be told for 60 min";
    assert_eq!(transcript.matches(said).count(), 1, "{transcript}");
    assert_eq!(
        transcript.matches("the heartbeat is heard again").count(),
        1,
        "{transcript}"
    );
}

#[test]
fn a_server_that_does_not_answer_holds_nothing_up() {
    let web = ScriptedWeb::open(WebAct::Sleep(Duration::from_secs(30))).unwrap();
    let keys = heartbeat("timeout = \"1s\"");
    let (mut stage, notices) = stage(&(keys + &quick("shop", 2, "1s")));
    stage.set(
        "HEARTBEAT_URL",
        format!("http://{}/canary-uuid", web.address()),
    );
    let running = start(&stage, &notices, &[]);
    wait_for_runs(&stage, "job = 'quick-0'", 10);
    let ended = stop(running);
    let transcript = ended.transcript();
    let said = format!("http://{} does not hear the heartbeat", web.address());
    assert_eq!(transcript.matches(&said).count(), 1, "{transcript}");
    assert!(!transcript.contains("canary"), "{transcript}");
    let (p99, worst) = lateness(&slots(&stage), "quick");
    assert!(p99 <= 1.0, "p99 {p99} s, worst {worst} s");
    // The script sleeps on; it is not waited for.
    std::mem::forget(web);
}

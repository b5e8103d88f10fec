//! Targets that cannot be reached: one incident each, their checks suspended, nobody else disturbed.

use std::fs;
use std::time::Instant;

use checkrun_testkit::{Deadline, Endpoint, Engine, Options, Server, account};
use checkrun_tests::{administer, server_target};

use super::*;
use crate::telling::{ALICE, FOLDER, subjects};

/// From the moment when an incident of a target opens or ends to the mail about it.
const TOLD_WITHIN: Duration = Duration::from_secs(15);

/// From the moment when a server hangs to its incident.
const OPENED_WITHIN: Duration = Duration::from_secs(95);

/// From the moment when it is back to the end of the incident.
const CLOSED_WITHIN: Duration = Duration::from_secs(60);

/// Sessions of ours that a server may still have when it is back.
const SESSIONS_MAX: i64 = 2;

/// Jobs on each server that hangs.
const MANY: usize = 20;

/// The jobs of the servers that hang: neither of the target that is fine, nor what checkrun looks at by itself.
const ASKING: &str = "target not in ('fine', 'checkrun') and job <> 'connection'";

const LIMITS: &str = "connect_timeout = \"2s\"\n";

fn asking(target: &str, jobs: usize, every: &str) -> String {
    let mut text = String::new();
    for job in 0..jobs {
        let name = format!("asks-{job}");
        text.push_str(&query(&name, target, "select 1 as n", every));
        text.push_str("timeout = \"3s\"\n");
    }
    text
}

fn count(stage: &Stage, sql: &str) -> i64 {
    stage.value("checkrun.db", &format!("select count(*) from {sql}"))
}

/// The target and the job of every incident that is not over.
fn open(stage: &Stage) -> Vec<String> {
    let connection = Connection::open(stage.path("checkrun.db")).unwrap();
    let mut statement = connection
        .prepare("select target || ' ' || job from v_incident where closed is null order by 1")
        .unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[track_caller]
fn wait_until_open(stage: &Stage, expected: &[&str], limit: Duration) {
    let deadline = Deadline::within(limit);
    while open(stage) != expected {
        if deadline.has_passed() {
            assert_eq!(open(stage), expected, "after {limit:?}");
        }
        std::thread::sleep(SECOND / 20);
    }
}

/// Lets a few seconds of other targets pass.
#[track_caller]
fn pass(stage: &Stage, seconds: i64) {
    let before = runs(stage, "job = 'quick-0'");
    wait_for_runs(stage, "job = 'quick-0'", before + seconds);
}

/// Every job of these targets has run well again since.
#[track_caller]
fn wait_until_all_run(stage: &Stage, condition: &str, since_us: i64, jobs: i64, limit: Duration) {
    let sql = format!(
        "(select distinct job, target from v_run where {condition} and status = 0
          and job <> 'connection' and started_us > {since_us})"
    );
    eventually("all jobs run again", limit, || {
        (count(stage, &sql) == jobs).then_some(())
    });
}

/// Exactly these mails, by what their subjects begin with, are there in time.
#[track_caller]
fn wait_until_told(stage: &Stage, expected: &[&str]) {
    eventually("the mail", TOLD_WITHIN, || {
        (subjects(stage).len() >= expected.len()).then_some(())
    });
    let mut told = subjects(stage);
    told.sort();
    let are_those = told.len() == expected.len()
        && told
            .iter()
            .zip(expected)
            .all(|(told, begins)| told.starts_with(begins));
    assert!(are_those, "{told:#?}");
}

fn newest_us(stage: &Stage) -> i64 {
    stage.value("checkrun.db", "select max(started_us) from v_run")
}

fn sessions(endpoint: &Endpoint) -> i64 {
    let from = match endpoint.engine {
        Engine::Postgres => "pg_stat_activity where usename = 'monitor'",
        Engine::Mariadb => "information_schema.processlist where user = 'monitor'",
    };
    let answer = administer(endpoint, &format!("select count(*) from {from}"));
    answer.parse().unwrap()
}

#[test]
fn heavy_servers_that_hang_are_one_incident_each_and_disturb_nobody() {
    let servers = [Engine::Postgres, Engine::Mariadb]
        .map(|engine| Server::start(engine, &Options::default()).unwrap());
    let mut configuration = format!("{FOLDER}{ALICE}{}", quick("fine", 5, "1s"));
    for (name, server) in ["elephant", "seal"].iter().zip(&servers) {
        configuration.push_str(&server_target(name, &server.endpoint(), account::MONITOR));
        configuration.push_str(LIMITS);
        configuration.push_str(&asking(name, MANY, "3s"));
    }
    let (stage, notices) = stage(&configuration);
    let running = start(&stage, &notices, &[]);
    let hanging = ASKING;
    wait_until_all_run(&stage, hanging, 0, 2 * MANY as i64, READY_WITHIN);

    let pauses = servers.each_ref().map(|server| server.pause().unwrap());
    let began = Instant::now();
    wait_until_open(
        &stage,
        &["elephant connection", "seal connection"],
        OPENED_WITHIN,
    );
    eprintln!("opened after {:?}", began.elapsed());
    wait_until_told(&stage, &["CRIT elephant: ", "CRIT seal: "]);
    eprintln!("told after {:?}", began.elapsed());
    // Runs that went on by then have ended.
    pass(&stage, 5);
    let before = runs(&stage, ASKING);
    pass(&stage, 5);
    let during = runs(&stage, ASKING);
    assert_eq!(before, during, "nothing runs on what is down");

    let since_us = newest_us(&stage);
    drop(pauses);
    let began = Instant::now();
    for server in &servers {
        eventually("no session is left behind", SECOND * 10, || {
            (sessions(&server.endpoint()) <= SESSIONS_MAX).then_some(())
        });
    }
    wait_until_open(&stage, &[], CLOSED_WITHIN);
    wait_until_all_run(&stage, hanging, since_us, 2 * MANY as i64, CLOSED_WITHIN);
    eprintln!("all run again after {:?}", began.elapsed());
    let all = [
        "CRIT elephant: ",
        "CRIT seal: ",
        "OK elephant: ",
        "OK seal: ",
    ];
    wait_until_told(&stage, &all);
    let ended = stop(running);

    assert_eq!(count(&stage, "v_incident"), 2, "and none of any job");
    for (name, server) in ["elephant", "seal"].iter().zip(&servers) {
        let condition = format!(
            "v_incident where target = '{name}' and job = 'connection'
             and check_name = 'checkrun/connection' and object = 'verdict'
             and severity_word = 'critical' and advice is not null"
        );
        assert_eq!(count(&stage, &condition), 1, "{name}");
        assert!(sessions(&server.endpoint()) <= SESSIONS_MAX);
        let said = ended.stderr.matches(&format!("{name} can")).count();
        assert_eq!(said, 2, "down and up: {}", ended.stderr);
    }
    let suspended = "(select job, target from v_slot where suspended > 0 group by job, target)";
    assert_eq!(count(&stage, suspended), 2 * MANY as i64, "each is told");
    let slots = slots(&stage);
    let (p99, worst) = lateness(&slots, "quick");
    assert!(p99 <= 1.0, "p99 {p99} s, worst {worst} s");
    for (job, slots) in slots.iter().filter(|(job, _)| job.starts_with("quick")) {
        let skipped: u32 = slots.iter().map(|slot| slot.overlapped + slot.missed).sum();
        assert_eq!(skipped, 0, "{job}");
    }
}

#[test]
fn whatever_is_in_the_way_it_is_one_incident_that_outlives_kill_9() {
    let mut elephant = Server::start(Engine::Postgres, &Options::default()).unwrap();
    let seal = Server::start(Engine::Mariadb, &Options::default()).unwrap();
    let mut configuration = quick("fine", 1, "1s");
    for (name, server) in [("elephant", &elephant), ("seal", &seal)] {
        configuration.push_str(&server_target(name, &server.endpoint(), account::MONITOR));
        configuration.push_str(&asking(name, 3, "1s"));
    }
    configuration.push_str("[[target]]\nname = \"file\"\nurl = \"sqlite:./other.db\"\n");
    configuration.push_str(&asking("file", 3, "1s"));
    let (stage, notices) = stage(&configuration);
    stage.sqlite("other.db", "create table orders (id integer);");
    let running = start(&stage, &notices, &[]);
    let broken = ASKING;
    wait_until_all_run(&stage, broken, 0, 9, READY_WITHIN);

    elephant.stop();
    let password = |word: &str| {
        let sql = format!("alter user monitor@'%' identified by '{word}-password'");
        administer(&seal.endpoint(), &sql);
    };
    password("another");
    fs::rename(stage.path("other.db"), stage.path("away.db")).unwrap();
    let all = ["elephant connection", "file connection", "seal connection"];
    wait_until_open(&stage, &all, OPENED_WITHIN);
    for (target, what) in [
        ("elephant", "nothing listens at this address and port"),
        ("seal", "the server refused the account"),
        ("file", "there is no such database"),
    ] {
        let condition = format!("v_incident where target = '{target}' and text like '%{what}%'");
        assert_eq!(count(&stage, &condition), 1, "{target}: {what}");
    }
    let listed = stage.run(&["alerts", "list"]).expect(0).stdout;
    assert_eq!(listed.matches(" connection ").count(), 3, "{listed}");
    let status = ["status", "--recorded", "--format", "json"];
    let recorded = stage.run(&status).expect(2).json();
    for (database, condition) in [(0, "healthy"), (1, "unhealthy"), (2, "unhealthy")] {
        assert_eq!(recorded["databases"][database]["status"], condition);
    }
    assert_eq!(recorded["databases"][1]["error"]["class"], "refused");
    let _ = running.kill();

    let running = start(&stage, &notices, &[]);
    let before = runs(&stage, ASKING);
    pass(&stage, 4);
    let after = runs(&stage, ASKING);
    assert_eq!(after, before, "suspended from the start");
    assert_eq!(open(&stage), all);

    let since_us = newest_us(&stage);
    elephant.start_again().unwrap();
    password("monitor");
    fs::rename(stage.path("away.db"), stage.path("other.db")).unwrap();
    // Whoever has changed something lets it be read again, and need not wait.
    running.signal("HUP");
    let _ = notices.wait_for("READY=1", READY_WITHIN);
    wait_until_open(&stage, &[], SECOND * 20);
    wait_until_all_run(&stage, broken, since_us, 9, CLOSED_WITHIN);
    let _ = stop(running);
    assert_eq!(count(&stage, "v_incident"), 3, "one each");
}

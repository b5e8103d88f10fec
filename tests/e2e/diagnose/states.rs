//! Servers that are there and not, or not wholly, at work: starting, shutting down, read-only.

use std::fs;
use std::time::Duration;

use checkrun_testkit::{Endpoint, Engine, Options, Server, account, eventually};
use checkrun_tests::{Stage, administer, server_target, snapshot};

use super::diagnose;

const LIMIT: Duration = Duration::from_secs(20);

fn settings(settings: &[(&str, &str)]) -> Options {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Options {
        settings: settings.iter().map(pair).collect(),
        ..Options::default()
    }
}

#[test]
fn a_server_that_recovers_is_told_as_starting_up() {
    // It waits for a piece of its archive that never comes.
    let options = settings(&[("restore_command", "sleep 600")]);
    let mut server = Server::start(Engine::Postgres, &options).unwrap();
    server.stop();
    fs::write(server.data_folder().join("recovery.signal"), "").unwrap();
    server.begin_to_start().unwrap();
    let stage = Stage::new(&server_target("shop", &server.endpoint(), account::MONITOR));
    let diagnosed = eventually("the server recovers", LIMIT, || {
        let diagnosed = diagnose(&stage, &[]);
        (diagnosed.first() == "failed authentication starting-up").then_some(diagnosed)
    });
    assert_eq!(diagnosed.problems().len(), 1);
    snapshot(
        "diagnose starting up",
        &stage.run(&["diagnose"]).expect(2).transcript(),
    );
}

/// The target with a check that asks for longer than anything in a test takes.
fn asking(target: &str, engine: Engine, timeout: &str) -> Stage {
    let sql = match engine {
        Engine::Postgres => "select 1 as n, pg_sleep(600)::text as endless",
        Engine::Mariadb => "select sleep(600) as endless",
    };
    Stage::new(&format!(
        "{target}\n[[check]]\nuse = \"core/query\"\nname = \"job\"\ntargets = [\"*\"]\ntimeout = \"{timeout}\"\nparameters = {{ sql = \"{sql}\" }}\n"
    ))
}

/// Waits until the server works on that check.
fn until_asked(endpoint: &Endpoint) {
    let from = match endpoint.engine {
        Engine::Postgres => "pg_stat_activity where query like '%as endless%'",
        Engine::Mariadb => "information_schema.processlist where info like '%as endless%'",
    };
    // The pattern is in the question about it, too.
    let count = format!("select count(*) - 1 from {from}");
    eventually("a session is held", LIMIT, || {
        (administer(endpoint, &count) == "1").then_some(())
    });
}

#[test]
fn a_server_that_stops_in_the_middle_ends_the_diagnosis_in_time() {
    for engine in [Engine::Postgres, Engine::Mariadb] {
        let server = Server::start(engine, &Options::default()).unwrap();
        let endpoint = server.endpoint();
        let target = server_target("shop", &endpoint, account::MONITOR);
        let stage = asking(&format!("{target}connect_timeout = \"1s\"\n"), engine, "3s");
        let running = stage.start(&["diagnose", "--format", "json"]);
        until_asked(&endpoint);
        // The observer's process may end while they are stopped one by one.
        let pause = eventually("it stands still", LIMIT, || server.pause().ok());
        // The check's timeout, a connection for each round, the count of connections, goodbyes.
        let ended = running.wait(Duration::from_secs(3 + 3 + 10 + 4)).expect(2);
        let problem = &ended.json()["problems"][0];
        assert_eq!(problem["stage"], "performance", "{}", ended.stdout);
        assert_eq!(problem["class"], "no-sample", "{}", ended.stdout);
        drop(pause);
    }
}

/// Waits until one of these is told of a server that was asked to end while a session is held.
#[track_caller]
fn until_ending(engine: Engine, expected: &[&str]) {
    let server = Server::start(engine, &Options::default()).unwrap();
    let endpoint = server.endpoint();
    let target = server_target("shop", &endpoint, account::MONITOR);
    let holder = asking(&target, engine, "60s");
    let holding = holder.start(&["run", "--no-record"]);
    until_asked(&endpoint);
    server.ask_to_end().unwrap();
    let stage = Stage::new(&target);
    eventually("the server is ending", LIMIT, || {
        let first = diagnose(&stage, &[]).first();
        expected.contains(&&*first).then_some(())
    });
    let _ = holding.kill();
}

#[test]
fn a_server_that_shuts_down_is_told_as_such() {
    // PostgreSQL has one SQLSTATE for this and for starting up; its words tell which.
    until_ending(Engine::Postgres, &["failed authentication starting-up"]);
    // MariaDB closes its port first of all; how far a connection gets at that moment is chance. What it says
    // while it ends has a row in `execute/database/mysql/error.rs`.
    until_ending(
        Engine::Mariadb,
        &[
            "failed tcp refused",
            "failed authentication shutting-down",
            "failed tls lost",
            "failed tls connect-timeout",
        ],
    );
}

#[test]
fn a_standby_answers_reads_and_says_so() {
    let mut server = Server::start(Engine::Postgres, &settings(&[("hot_standby", "on")])).unwrap();
    server.stop();
    fs::write(server.data_folder().join("standby.signal"), "").unwrap();
    server.start_again().unwrap();
    let stage = Stage::new(&server_target("shop", &server.endpoint(), account::MONITOR));
    let diagnosed = diagnose(&stage, &[]);
    assert_eq!(diagnosed.problems(), ["warning database standby"]);
    assert_eq!(diagnosed.fact("database", "in recovery"), "yes");
    assert_eq!(diagnosed.stage("query")["outcome"], "passed");
}

#[test]
fn a_server_that_is_read_only_says_so() {
    let server = Server::start(Engine::Mariadb, &settings(&[("read-only", "ON")])).unwrap();
    let stage = Stage::new(&server_target("shop", &server.endpoint(), account::MONITOR));
    let diagnosed = diagnose(&stage, &[]);
    assert_eq!(diagnosed.problems(), ["warning database read-only"]);
    assert_eq!(diagnosed.fact("database", "read only"), "yes");
}

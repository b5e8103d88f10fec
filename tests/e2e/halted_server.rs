//! Servers that stop in the middle of a query, as a hanging machine does.

use std::time::Duration;

use checkrun_testkit::{Endpoint, Engine, Options, Server, account, eventually};
use checkrun_tests::{Stage, server_target, snapshot};

/// Of the run; a second more is what it may take to end it.
const TIMEOUT: Duration = Duration::from_secs(2);
const GRACE: Duration = Duration::from_secs(1);

/// Far longer than anything in the test.
fn endless(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgres => "select 1 as n, pg_sleep(600)::text as endless",
        Engine::Mariadb => "select sleep(600) as endless",
    }
}

fn query(target: &str, sql: &str, timeout: Duration) -> Stage {
    let timeout = timeout.as_secs();
    Stage::new(&format!(
        "{target}\n[[check]]\nuse = \"core/query\"\nname = \"job\"\ntargets = [\"*\"]\ntimeout = \"{timeout}s\"\nparameters = {{ sql = \"{sql}\" }}\n"
    ))
}

/// How many sessions ask the endless question.
fn sessions(endpoint: &Endpoint) -> i64 {
    let from = match endpoint.engine {
        Engine::Postgres => "pg_stat_activity where query like '%as endless%'",
        Engine::Mariadb => "information_schema.processlist where info like '%as endless%'",
    };
    // The pattern is in the question about it, too.
    let sql = format!("select count(*) - 1 as n from {from}");
    let target = server_target("observer", endpoint, account::MONITOR);
    let document = query(&target, &sql, TIMEOUT * 5)
        .run(&["run", "--format", "json"])
        .expect(0)
        .json();
    let value = &document["runs"][0]["metrics"][0]["value"];
    value.as_f64().unwrap() as i64
}

fn halt(engine: Engine) -> String {
    let server = Server::start(engine, &Options::default()).unwrap();
    let endpoint = server.endpoint();
    let target = server_target("shop", &endpoint, account::PLAIN);
    let stage = query(&target, endless(engine), TIMEOUT);
    let running = stage.start(&["run"]);
    eventually("the server works on the query", TIMEOUT, || {
        (sessions(&endpoint) == 1).then_some(())
    });
    let pause = server.pause().unwrap();
    let ended = running.wait(Duration::from_secs(20)).expect(3);
    let took: f64 = stage.value("checkrun.db", "select duration_seconds from v_run");
    let limit = TIMEOUT + GRACE;
    assert!(took < limit.as_secs_f64(), "the run took {took} s");
    // Starting, and writing the history.
    assert!(
        ended.took < limit + Duration::from_secs(1),
        "{:?}",
        ended.took
    );
    drop(pause);
    eventually("no session is left", Duration::from_secs(10), || {
        (sessions(&endpoint) == 0).then_some(())
    });
    ended.transcript()
}

#[test]
fn postgresql_stopped_in_a_query_ends_the_run_in_time_and_keeps_no_session() {
    snapshot("halted postgresql", &halt(Engine::Postgres));
}

#[test]
fn mariadb_stopped_in_a_query_ends_the_run_in_time_and_keeps_no_session() {
    snapshot("halted mariadb", &halt(Engine::Mariadb));
}

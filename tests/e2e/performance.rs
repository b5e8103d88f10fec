//! `core/performance` on real servers: fast, slow, partly failing, dead, and frozen in the middle.

#![expect(clippy::panic, reason = "this is how a test fails")]

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use checkrun_testkit::listener::BlackHole;
use checkrun_testkit::{Endpoint, Engine, Options, Server, Servers, account, eventually};
use checkrun_tests::{Stage, server_target};
use serde_json::Value;

/// Of a run; a second more is what it may take to end it.
const TIMEOUT: Duration = Duration::from_secs(3);
const GRACE: Duration = Duration::from_secs(1);

/// A configuration with the check on one target.
fn stage(target: &str, parameters: &str) -> Stage {
    let timeout = TIMEOUT.as_secs();
    let stage = Stage::new(&format!(
        "{target}\n[[check]]\nuse = \"core/performance\"\ntargets = [\"*\"]\ntimeout = \"{timeout}s\"\nparameters = {{ {parameters} }}\n"
    ));
    stage.sqlite(
        "shop.db",
        "create table orders (id integer primary key); insert into orders values (1), (2);",
    );
    stage
}

/// One target for each engine.
fn targets() -> [(&'static str, String); 3] {
    let servers = Servers::from_environment();
    [
        (
            "postgresql",
            server_target("shop", &servers.postgres, account::PLAIN),
        ),
        (
            "mariadb",
            server_target("shop", &servers.mariadb, account::PLAIN),
        ),
        (
            "sqlite",
            "[[target]]\nname = \"shop\"\nurl = \"sqlite:./shop.db\"\n".to_owned(),
        ),
    ]
}

/// The one run of a command with this exit code.
fn run(stage: &Stage, code: i32) -> Value {
    let ended = stage.run(&["run", "--format", "json"]).expect(code);
    assert!(ended.took < TIMEOUT + GRACE, "{:?}", ended.took);
    ended.json()["runs"][0].clone()
}

/// A metric without labels.
fn metric(run: &Value, name: &str) -> Option<f64> {
    series(run, name, None)
}

/// The metric of one query, or of all together.
fn series(run: &Value, name: &str, query: Option<&str>) -> Option<f64> {
    let metrics = run["metrics"].as_array().unwrap();
    metrics
        .iter()
        .find(|it| it["name"] == name && it["labels"]["query"].as_str() == query)
        .map(|it| it["value"].as_f64().unwrap())
}

fn finding<'a>(run: &'a Value, key: &str) -> &'a Value {
    let findings = run["findings"].as_array().unwrap();
    let found = findings.iter().find(|it| it["key"] == key);
    found.unwrap_or_else(|| panic!("no finding `{key}`: {run:#}"))
}

/// The evidence of this name.
fn evidence(run: &Value, key: &str, name: &str) -> String {
    let pairs = finding(run, key)["evidence"].as_array().unwrap();
    let pair = pairs.iter().find(|pair| pair[0] == name);
    let text = pair.and_then(|pair| pair[1].as_str());
    text.unwrap_or_else(|| panic!("no evidence `{name}` of `{key}`: {run:#}"))
        .to_owned()
}

#[test]
fn every_engine_is_measured_without_any_parameter() {
    for (engine, target) in targets() {
        let run = run(&stage(&target, ""), 0);
        assert_eq!(metric(&run, "connect_success_rate"), Some(1.0), "{engine}");
        assert_eq!(metric(&run, "query_success_rate"), Some(1.0), "{engine}");
        for name in ["connect_time", "query_time"] {
            let [mean, min, p50, p95, max] = ["", "_min", "_p50", "_p95", "_max"]
                .map(|end| metric(&run, &format!("{name}{end}")).unwrap());
            assert!(0.0 < min && min <= mean && mean <= max, "{engine}: {run:#}");
            assert!(min <= p50 && p50 <= p95 && p95 <= max, "{engine}: {run:#}");
        }
        assert_eq!(evidence(&run, "rating", "rounds"), "3 of 3", "{engine}");
        assert_eq!(evidence(&run, "connection", "samples"), "3 of 3");
        assert_eq!(evidence(&run, "query/2", "samples"), "3 of 3");
        assert_eq!(run["usage"]["queries"], 6, "{engine}");
        // The host's time in the database is the sum of the same answers.
        let sum_ms = metric(&run, "query_time").unwrap() * 6.0 * 1e3;
        let database_ms = run["usage"]["database_ms"].as_f64().unwrap();
        assert!((sum_ms - database_ms).abs() < 0.01, "{engine}: {run:#}");
    }
}

#[test]
fn a_round_opens_one_connection_and_the_first_is_the_run_s_own() {
    let server = Server::start(Engine::Mariadb, &Options::default()).unwrap();
    let target = server_target("shop", &server.endpoint(), account::MONITOR);
    let opened = || {
        let count = Stage::new(&format!(
            "{target}\n[[check]]\nuse = \"core/query\"\nname = \"job\"\ntargets = [\"*\"]\nparameters = {{ sql = \"select variable_value + 0 as opened from information_schema.global_status where variable_name = 'CONNECTIONS'\" }}\n"
        ));
        metric(&run(&count, 0), "opened").unwrap()
    };
    let before = opened();
    let run = run(&stage(&target, "rounds = 5"), 0);
    assert_eq!(evidence(&run, "connection", "samples"), "5 of 5");
    // The second look is a connection itself.
    assert_eq!(opened() - before, 6.0);
}

#[test]
fn slow_and_failing_queries_are_told_beside_good_ones() {
    for (engine, target) in targets() {
        // 0.3 s, or as long as SQLite takes to count far.
        let (slow, denied) = match engine {
            "postgresql" => (
                "select pg_sleep(0.3)::text",
                "select count(*) from pg_authid",
            ),
            "mariadb" => ("select sleep(0.3)", "select count(*) from mysql.user"),
            _ => (
                "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1500000) select count(*) from n",
                "select count(*) from nowhere",
            ),
        };
        let parameters = format!(
            "rounds = 2, queries = [\"select 1\", \"{slow}\", \"{denied}\", \"select count(*) from orders\"]"
        );
        let run = run(&stage(&target, &parameters), 1);
        let (fast, slow) = (
            series(&run, "each_query_time", Some("1")).unwrap(),
            series(&run, "each_query_time", Some("2")).unwrap(),
        );
        assert!(fast < slow, "{engine}: {run:#}");
        if engine != "sqlite" {
            assert!(slow >= 0.3, "{engine}: {run:#}");
            assert!(!finding(&run, "query/2")["advice"].is_null(), "{run:#}");
        }
        assert_eq!(series(&run, "each_query_time", Some("3")), None);
        assert_eq!(metric(&run, "query_success_rate"), Some(0.75), "{engine}");
        assert_eq!(finding(&run, "query/3")["severity"], "warning", "{engine}");
        let advice = finding(&run, "query/3")["advice"].as_str().unwrap();
        let expected = match engine {
            // SQLite has no code of its own for a table that is not there.
            "sqlite" => "Run the query by hand",
            _ => "GRANT SELECT ON",
        };
        assert!(advice.contains(expected), "{engine}: {advice}");
        for key in ["query/1", "query/2", "query/4"] {
            assert_eq!(finding(&run, key)["severity"], "ok", "{engine}");
            assert_eq!(evidence(&run, key, "success_rate"), "100%", "{engine}");
        }
    }
}

#[test]
fn an_endless_query_takes_its_share_and_leaves_the_others_theirs() {
    for (engine, target) in targets() {
        let endless = match engine {
            "postgresql" => "select pg_sleep(600)::text",
            "mariadb" => "select sleep(600)",
            _ => {
                "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
            }
        };
        let parameters = format!("queries = [\"{endless}\", \"select 1\"]");
        let run = run(&stage(&target, &parameters), 1);
        let detail = finding(&run, "query/1")["detail"].as_str().unwrap();
        assert!(
            detail.starts_with("no answer within 1."),
            "{engine}: {detail}"
        );
        assert_eq!(
            evidence(&run, "query/2", "success_rate"),
            "100%",
            "{engine}"
        );
        let waited = run["usage"]["database_ms"].as_f64().unwrap();
        assert!(waited > 1_000.0, "{engine}: {waited} ms in the database");
    }
}

#[test]
fn a_timeout_of_one_s_own_leaves_time_for_all_rounds() {
    for (engine, target) in &targets()[..2] {
        let endless = match *engine {
            "postgresql" => "select pg_sleep(600)::text",
            _ => "select sleep(600)",
        };
        let parameters =
            format!("query_timeout = \"200ms\", queries = [\"{endless}\", \"select 1\"]");
        let run = run(&stage(target, &parameters), 1);
        assert_eq!(evidence(&run, "rating", "rounds"), "3 of 3", "{engine}");
        assert_eq!(evidence(&run, "query/1", "samples"), "0 of 3", "{engine}");
        assert_eq!(evidence(&run, "query/2", "samples"), "3 of 3", "{engine}");
    }
}

#[test]
fn a_run_without_time_for_all_rounds_tells_how_many_it_had() {
    let (_, target) = targets()[0].clone();
    let parameters = "rounds = 20, queries = [\"select pg_sleep(0.4)::text\"]";
    let run = run(&stage(&target, parameters), 0);
    let summary = run["summary"].as_str().unwrap();
    assert!(
        summary.contains(" of 20 rounds, then the time was over"),
        "{summary}"
    );
    let rounds = evidence(&run, "rating", "rounds");
    let done: u32 = rounds.split(' ').next().unwrap().parse().unwrap();
    assert!((2..=6).contains(&done), "{rounds}");
    assert!(series(&run, "each_query_time", Some("1")).unwrap() >= 0.4);
}

#[test]
fn an_account_with_a_single_connection_is_measured_by_that_one() {
    for engine in [Engine::Postgres, Engine::Mariadb] {
        // On the shared servers, other tests may have the account's only connection.
        let server = Server::start(engine, &Options::default()).unwrap();
        let target = server_target("shop", &server.endpoint(), account::LIMITED);
        let stage = stage(&format!("{target}connect_attempts = 1\n"), "");
        let run = run(&stage, 1);
        assert_eq!(evidence(&run, "connection", "samples"), "1 of 3");
        let class = evidence(&run, "connection", "error_class");
        assert_eq!(class, "too-many-connections", "{engine:?}");
        assert_eq!(metric(&run, "query_success_rate"), Some(1.0));
        assert_eq!(evidence(&run, "query/1", "samples"), "3 of 3");
    }
}

#[test]
fn a_dead_server_is_critical_and_never_fast() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap();
    let hole = BlackHole::open().unwrap();
    // The attempts would take far longer than the run.
    let patient = "connect_timeout = \"5s\"\nconnect_attempts = 3\n";
    for scheme in ["postgres", "mariadb"] {
        for (class, address, attempts) in [
            ("refused", free, ""),
            ("connect-timeout", hole.address().unwrap(), patient),
        ] {
            let target = format!(
                "[[target]]\nname = \"shop\"\nurl = \"{scheme}://plain@{address}/shop\"\npassword = {{ env = \"PLAIN_PASSWORD\" }}\n{attempts}"
            );
            let run = run(&stage(&target, ""), 2);
            let summary = run["summary"].as_str().unwrap();
            assert!(summary.starts_with("error: no connection"), "{summary}");
            assert_eq!(evidence(&run, "connection", "error_class"), class);
            assert!(!finding(&run, "connection")["advice"].is_null());
            assert_eq!(metric(&run, "connect_time"), None);
            assert_eq!(metric(&run, "connect_success_rate"), Some(0.0));
        }
    }
}

#[test]
fn a_file_that_is_not_there_is_critical() {
    let target = "[[target]]\nname = \"shop\"\nurl = \"sqlite:./missing.db\"\n";
    let run = run(&stage(target, ""), 2);
    assert_eq!(
        evidence(&run, "connection", "error_class"),
        "unknown-database"
    );
}

#[test]
fn what_cannot_be_measured_at_all_is_a_parameter_s_fault() {
    for parameters in [
        "rounds = 21",
        "rounds = 0",
        "queries = []",
        "queries = [\"delete from orders\"]",
    ] {
        for (engine, target) in targets() {
            let run = run(&stage(&target, parameters), 3);
            assert_eq!(run["failure"], "bad-parameter", "{engine}, {parameters}");
        }
    }
}

/// Whether a session asks the question.
fn is_asked(endpoint: &Endpoint) -> bool {
    let from = match endpoint.engine {
        Engine::Postgres => "pg_stat_activity where query like '%as frozen%'",
        Engine::Mariadb => "information_schema.processlist where info like '%as frozen%'",
    };
    let target = server_target("observer", endpoint, account::MONITOR);
    // The pattern is in the question about it, too.
    let observer = Stage::new(&format!(
        "{target}\n[[check]]\nuse = \"core/query\"\nname = \"job\"\ntargets = [\"*\"]\nparameters = {{ sql = \"select count(*) - 1 as n from {from}\" }}\n"
    ));
    metric(&run(&observer, 0), "n") == Some(1.0)
}

#[test]
fn a_server_that_freezes_in_the_middle_keeps_what_was_measured_and_the_time() {
    for engine in [Engine::Postgres, Engine::Mariadb] {
        let server = Server::start(engine, &Options::default()).unwrap();
        let endpoint = server.endpoint();
        let sleep = match engine {
            Engine::Postgres => "select pg_sleep(600)::text as frozen",
            Engine::Mariadb => "select sleep(600) as frozen",
        };
        let target = server_target("shop", &endpoint, account::PLAIN);
        let parameters = format!("queries = [\"select 1\", \"{sleep}\"]");
        let stage = stage(&target, &parameters);
        let running = stage.start(&["run", "--format", "json"]);
        eventually("the server works on the query", TIMEOUT, || {
            is_asked(&endpoint).then_some(())
        });
        let pause = server.pause().unwrap();
        let ended = running.wait(Duration::from_secs(20)).expect(1);
        drop(pause);
        assert!(ended.took < TIMEOUT + GRACE, "{engine:?}: {:?}", ended.took);
        let run = ended.json()["runs"][0].clone();
        assert_eq!(evidence(&run, "query/1", "success_rate"), "100%");
        assert_eq!(evidence(&run, "query/2", "success_rate"), "0%");
        let detail = finding(&run, "query/2")["detail"].as_str().unwrap();
        assert!(
            detail.starts_with("no answer within"),
            "{engine:?}: {detail}"
        );
    }
}

//! PostgreSQL and MariaDB: who holds the connections, limits, missing privileges, no room left.

use std::time::Duration;

use checkrun_testkit::{Account, Endpoint, Engine, Options, Server, account, eventually};
use checkrun_tests::{Stage, server_target};
use serde_json::Value;

use super::{CHECK, ask, evidence, finding, metric, run, sessions};

const SOON: Duration = Duration::from_secs(10);

const ENGINES: [Engine; 2] = [Engine::Postgres, Engine::Mariadb];

fn server(engine: Engine, max_connections: u32) -> Server {
    let settings = vec![("max_connections".to_owned(), max_connections.to_string())];
    let options = Options {
        settings,
        ..Options::default()
    };
    Server::start(engine, &options).unwrap()
}

/// Waits until so many sessions of an account are idle, in a transaction or not.
fn settled(endpoint: &Endpoint, account: Account, expected: usize) {
    let name = account.name;
    let sql = match endpoint.engine {
        Engine::Postgres => format!(
            "select count(*) from pg_stat_activity where usename = '{name}' and state like 'idle%' and query <> ''"
        ),
        Engine::Mariadb => format!(
            "select count(*) from information_schema.processlist where user = '{name}' and command = 'Sleep'"
        ),
    };
    eventually("the sessions are there", SOON, || {
        (ask(endpoint, account::BOSS, &sql) == expected.to_string()).then_some(())
    });
}

#[test]
fn postgresql_tells_who_holds_its_connections() {
    let server = server(Engine::Postgres, 30);
    let endpoint = server.endpoint();
    ask(
        &endpoint,
        account::BOSS,
        "alter role writer connection limit 5",
    );
    ask(
        &endpoint,
        account::BOSS,
        "alter database shop connection limit 20",
    );
    let _idle = sessions(6, &endpoint, account::PLAIN, "web", "select 1;");
    let _open = sessions(3, &endpoint, account::PLAIN, "web", "begin; select 1;");
    let _batch = sessions(5, &endpoint, account::WRITER, "batch", "select 1;");
    settled(&endpoint, account::PLAIN, 9);
    settled(&endpoint, account::WRITER, 5);
    let target = server_target("shop", &endpoint, account::MONITOR);
    let pool = "parameters = { application = \"web\", pool_size = 2, max_overflow = 4 }\n";
    // The role's own limit is reached: critical.
    let run = run(&target, pool, 2);
    assert_eq!(metric(&run, "capacity", ""), Some(27.0));
    assert!(metric(&run, "used", "").unwrap() >= 15.0);
    for (name, label, expected) in [
        ("connections_by_application", "application=web", 9.0),
        ("connections_by_application", "application=batch", 5.0),
        ("connections_by_user", "user=writer", 5.0),
        ("connections", "state=idle in transaction", 3.0),
        ("idle_in_transaction", "", 3.0),
        ("limit_ratio", "role=writer", 1.0),
        ("pool_used", "", 3.0),
        ("pool_idle", "", 6.0),
        ("pool_overflow", "", 1.0),
        ("pool_ratio", "", 0.5),
    ] {
        assert_eq!(metric(&run, name, label), Some(expected), "{name} {label}");
    }
    let share = metric(&run, "limit_ratio", "database=shop").unwrap();
    assert!((0.7..=0.8).contains(&share), "{share}");
    let usage = finding(&run, "usage").unwrap();
    assert_eq!(evidence(usage, "rating"), "moderate");
    assert!(evidence(usage, "top_applications").starts_with("web 9, batch 5"));
    let oldest = finding(&run, "idle-in-transaction").unwrap();
    assert_eq!(evidence(oldest, "application"), "web");
    assert_eq!(evidence(oldest, "database"), "shop");
    assert!(finding(&run, "role-limit/writer").is_some());
    assert_eq!(
        evidence(finding(&run, "pool").unwrap(), "rating"),
        "moderate"
    );
    let why = run["reasons"].as_array().unwrap();
    assert!(
        why.iter().any(|reason| reason["advice"]
            .as_str()
            .is_some_and(|text| text.contains("CONNECTION LIMIT"))),
        "{why:?}"
    );
}

#[test]
fn mariadb_tells_who_holds_its_connections() {
    let server = server(Engine::Mariadb, 20);
    let endpoint = server.endpoint();
    let _idle = sessions(6, &endpoint, account::PLAIN, "", "select 1;");
    let open = "begin; select count(*) from orders;";
    let _open = sessions(2, &endpoint, account::PLAIN, "", open);
    let _writers = sessions(3, &endpoint, account::WRITER, "", "select 1;");
    settled(&endpoint, account::PLAIN, 8);
    settled(&endpoint, account::WRITER, 3);
    // InnoDB shows its transactions as they were a moment ago.
    let count = "select count(*) from information_schema.innodb_trx";
    eventually("the transactions are seen", SOON, || {
        (ask(&endpoint, account::BOSS, count) == "2").then_some(())
    });
    let target = server_target("shop", &endpoint, account::MONITOR);
    let pool = "parameters = { application = \"plain\", pool_size = 8 }\n";
    let run = run(&target, pool, 0);
    assert_eq!(metric(&run, "capacity", ""), Some(20.0));
    assert!(metric(&run, "used", "").unwrap() >= 12.0);
    for (name, label, expected) in [
        ("connections_by_user", "user=plain", 8.0),
        ("connections_by_user", "user=writer", 3.0),
        ("connections", "state=Sleep", 11.0),
        ("idle_in_transaction", "", 2.0),
        ("pool_used", "", 2.0),
        ("pool_idle", "", 6.0),
        ("pool_ratio", "", 0.25),
    ] {
        assert_eq!(metric(&run, name, label), Some(expected), "{name} {label}");
    }
    assert_eq!(evidence(finding(&run, "pool").unwrap(), "found_by"), "user");
    let oldest = finding(&run, "idle-in-transaction").unwrap();
    assert_eq!(evidence(oldest, "user"), "plain");
    assert!(evidence(finding(&run, "usage").unwrap(), "top_hosts").starts_with("127.0.0.1 "));
}

#[test]
fn a_limit_of_all_users_of_mariadb_is_judged_for_each() {
    let settings = vec![("max_user_connections".to_owned(), "4".to_owned())];
    let options = Options {
        settings,
        ..Options::default()
    };
    let server = Server::start(Engine::Mariadb, &options).unwrap();
    let endpoint = server.endpoint();
    let _full = sessions(4, &endpoint, account::PLAIN, "", "select 1;");
    settled(&endpoint, account::PLAIN, 4);
    let run = run(&server_target("shop", &endpoint, account::MONITOR), "", 2);
    assert_eq!(metric(&run, "limit_ratio", "account=plain"), Some(1.0));
    // Our own session, which is gone when the check has looked, is left out.
    assert_eq!(metric(&run, "limit_ratio", "account=monitor"), Some(0.0));
    assert!(finding(&run, "account-limit/plain").is_some());
}

#[test]
fn what_is_hidden_is_told_with_the_grant_that_shows_it() {
    for engine in ENGINES {
        let server = server(engine, 30);
        let endpoint = server.endpoint();
        let _others = sessions(3, &endpoint, account::WRITER, "web", "begin; select 1;");
        settled(&endpoint, account::WRITER, 3);
        let target = server_target("shop", &endpoint, account::PLAIN);
        let pool = "parameters = { user = \"writer\" }\n";
        let hidden = run(&target, pool, 3);
        assert!(
            metric(&hidden, "used", "").unwrap() >= 4.0,
            "the total is judged"
        );
        assert!(metric(&hidden, "used_ratio", "").is_some());
        for name in [
            "idle_in_transaction",
            "idle_in_transaction_age",
            "waiting",
            "pool_used",
        ] {
            assert_eq!(metric(&hidden, name, ""), None, "{name}");
        }
        let not_judged = finding(&hidden, "not-judged").unwrap();
        let grant = evidence(not_judged, "grant");
        let expected = match engine {
            Engine::Postgres => "GRANT pg_monitor TO \"plain\";",
            Engine::Mariadb => "GRANT PROCESS ON *.* TO 'plain'@'%';",
        };
        assert_eq!(grant, expected);
        assert!(
            not_judged["detail"]
                .as_str()
                .unwrap()
                .contains("the application's pool")
        );
        ask(&endpoint, account::BOSS, &grant);
        let seen = run(&target, pool, 0);
        assert!(finding(&seen, "not-judged").is_none());
        let open = match engine {
            Engine::Postgres => metric(&seen, "connections", "state=idle in transaction"),
            Engine::Mariadb => metric(&seen, "connections", "state=Sleep"),
        };
        assert_eq!(open, Some(3.0));
        assert_eq!(metric(&seen, "waiting", ""), Some(0.0));
    }
}

#[test]
fn a_server_without_room_is_unknown_to_us_and_critical_to_whoever_is_still_let_in() {
    for (engine, max, clients) in [(Engine::Postgres, 8, 5), (Engine::Mariadb, 10, 10)] {
        let server = server(engine, max);
        let endpoint = server.endpoint();
        let _clients = sessions(clients, &endpoint, account::PLAIN, "web", "");
        let target = server_target("shop", &endpoint, account::MONITOR);
        let stage = Stage::new(&format!("{target}connect_attempts = 1\n{CHECK}"));
        let outside = stage.run(&["run", "--format", "json"]).expect(3).json();
        let failure = outside["runs"][0].to_string();
        assert!(failure.contains("at its connection limit"), "{failure}");
        let boss = server_target("shop", &endpoint, account::BOSS);
        let inside = run(&format!("{boss}allow_privileged = true\n"), "", 2);
        assert!(
            inside["summary"].as_str().unwrap().starts_with("high: "),
            "{inside}"
        );
        assert!(metric(&inside, "used_ratio", "").unwrap() > 1.0);
        let top = evidence(finding(&inside, "usage").unwrap(), "top_users");
        assert!(top.starts_with(&format!("plain {clients}")), "{top}");
    }
}

#[test]
fn names_that_users_chose_do_no_harm() {
    let server = server(Engine::Postgres, 40);
    let endpoint = server.endpoint();
    let name = "\u{1b}[2J\"; DROP ROLE plain; --\u{202e}\n";
    let quoted = name.replace('"', "\"\"");
    ask(
        &endpoint,
        account::BOSS,
        &format!("create role \"{quoted}\" login password 'evil-password' connection limit 1"),
    );
    let evil = Account {
        name,
        password: "evil-password",
    };
    let _session = sessions(
        1,
        &endpoint,
        evil,
        "\u{1b}]0;owned\u{7}<b>",
        "begin; select 1;",
    );
    let count = "select count(*) from pg_stat_activity where state = 'idle in transaction'";
    eventually("the session is there", SOON, || {
        (ask(&endpoint, account::BOSS, count) == "1").then_some(())
    });
    let target = server_target("shop", &endpoint, account::MONITOR);
    let stage = Stage::new(&format!("{target}{CHECK}"));
    for format in ["human", "json", "prometheus", "nagios", "junit"] {
        let ended = stage.run(&["run", "--format", format]).expect(2);
        let harmless = |c: char| c == '\n' || !(c.is_control() || c == '\u{202e}');
        assert!(
            ended.stdout.chars().all(harmless),
            "{format}: {:?}",
            ended.stdout
        );
    }
    let document = stage.run(&["run", "--format", "json"]).expect(2).json();
    let run: &Value = &document["runs"][0];
    let findings = run["findings"].as_array().unwrap();
    let keys: Vec<&str> = findings
        .iter()
        .map(|it| it["key"].as_str().unwrap())
        .collect();
    assert!(
        keys.iter()
            .any(|key| key.starts_with("role-limit/\\u{1b}[2J\"; DROP")),
        "{keys:?}"
    );
    assert_eq!(
        ask(
            &endpoint,
            account::BOSS,
            "select count(*) from pg_roles where rolname = 'plain'"
        ),
        "1"
    );
}

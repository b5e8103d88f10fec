//! Servers that answer and do not let the account in.

use std::io::Read;
use std::net::TcpStream;
use std::time::Duration;

use checkrun_testkit::{Account, Endpoint, Engine, Options, Server, Servers, account, eventually};
use checkrun_tests::{Stage, administer, server_target, snapshot};

use super::diagnose;

const LIMIT: Duration = Duration::from_secs(10);

/// The first problem of a target with this account and this replacement in its configuration.
#[track_caller]
fn first(endpoint: &Endpoint, account: Account, replace: (&str, &str)) -> String {
    let target = server_target("shop", endpoint, account).replace(replace.0, replace.1);
    let mut stage = Stage::new(&target);
    stage.set("CLOSED_PASSWORD", account::CLOSED.password);
    diagnose(&stage, &[]).first()
}

#[test]
fn each_refusal_has_its_stage_and_class() {
    let Servers {
        postgres, mariadb, ..
    } = Servers::from_environment();
    let (monitor, plain) = (account::MONITOR, account::PLAIN);
    let wrong_password = ("MONITOR_PASSWORD", "PLAIN_PASSWORD");
    let unknown_account = ("://plain@", "://nobody@");
    let unknown_database = ("/shop\"", "/shoop\"");
    let plain_text = ("\npassword", "\ntls = { mode = \"disable\" }\npassword");
    let as_it_is = ("", "");
    let refused = "authentication authentication";
    for endpoint in [&postgres, &mariadb] {
        for (what, account, replace, expected) in [
            ("wrong password", monitor, wrong_password, refused),
            ("unknown account", plain, unknown_account, refused),
            (
                "encryption is demanded",
                account::TLS_ONLY,
                plain_text,
                refused,
            ),
            (
                "unknown database",
                plain,
                unknown_database,
                "database unknown-database",
            ),
            (
                "may do everything",
                account::BOSS,
                as_it_is,
                "privileges account-refused",
            ),
        ] {
            let name = endpoint.engine.name();
            let first = first(endpoint, account, replace);
            assert_eq!(first, format!("failed {expected}"), "{name}: {what}");
        }
    }
    let of_others = first(&mariadb, plain, ("/shop\"", "/other\""));
    assert_eq!(of_others, "failed database unknown-database");
    let no_place = first(&postgres, account::CLOSED, as_it_is);
    assert_eq!(no_place, "failed authentication too-many-connections");
}

#[test]
fn a_missing_right_to_connect_is_told_as_a_statement_that_mends_it() {
    let server = Server::start(Engine::Postgres, &Options::default()).unwrap();
    let endpoint = server.endpoint();
    administer(&endpoint, "revoke connect on database shop from public");
    let stage = Stage::new(&server_target("shop", &endpoint, account::PLAIN));
    let diagnosed = diagnose(&stage, &[]);
    assert_eq!(diagnosed.first(), "failed database database-refused");
    let statement = &diagnosed.document["problems"][0]["statement"];
    assert_eq!(statement, "GRANT CONNECT ON DATABASE \"shop\" TO \"plain\"");
    snapshot(
        "diagnose a missing right to connect",
        &stage.run(&["diagnose"]).expect(2).transcript(),
    );
    administer(&endpoint, statement.as_str().unwrap());
    assert_eq!(diagnose(&stage, &[]).first(), "nothing");
}

/// Connections that say nothing, each of which takes one of the server's places.
fn occupy(endpoint: &Endpoint, count: u32) -> Vec<TcpStream> {
    let mut held = Vec::new();
    for _ in 0..count {
        let mut stream = TcpStream::connect((&*endpoint.host, endpoint.port)).unwrap();
        if endpoint.engine == Engine::Mariadb {
            // The place is taken by the time of the greeting.
            stream.read_exact(&mut [0; 5]).unwrap();
        }
        held.push(stream);
    }
    held
}

#[test]
fn a_server_without_a_free_place_is_told_as_such_and_works_again_afterwards() {
    // MariaDB has at least ten places; PostgreSQL lets more begin to log in, and counts its own workers.
    for (engine, setting, count) in [
        (
            Engine::Postgres,
            [
                ("max_connections", "4"),
                ("superuser_reserved_connections", "1"),
            ],
            60,
        ),
        (
            Engine::Mariadb,
            [("max_connections", "10"), ("connect_timeout", "60")],
            11,
        ),
    ] {
        let options = Options {
            settings: setting
                .map(|(name, value)| (name.into(), value.into()))
                .to_vec(),
            ..Options::default()
        };
        let server = Server::start(engine, &options).unwrap();
        let endpoint = server.endpoint();
        let stage = Stage::new(&server_target("shop", &endpoint, account::MONITOR));
        let held = eventually("all places are taken", LIMIT, || {
            let held = occupy(&endpoint, count);
            let first = diagnose(&stage, &[]).first();
            (first == "failed authentication too-many-connections").then_some(held)
        });
        drop(held);
        eventually("there are places again", LIMIT, || {
            (diagnose(&stage, &[]).first() == "nothing").then_some(())
        });
    }
}

#[test]
fn an_account_at_its_own_limit_is_told_as_such() {
    for endpoint in [
        Server::start(Engine::Postgres, &Options::default()).unwrap(),
        Server::start(Engine::Mariadb, &Options::default()).unwrap(),
    ] {
        let server = endpoint;
        let endpoint = server.endpoint();
        let sql = match endpoint.engine {
            Engine::Postgres => "select 1 as n, pg_sleep(600)::text as endless",
            Engine::Mariadb => "select sleep(600) as endless",
        };
        let target = server_target("shop", &endpoint, account::LIMITED);
        let stage = Stage::new(&format!(
            "{target}\n[[check]]\nuse = \"core/query\"\nname = \"job\"\ntargets = [\"*\"]\ntimeout = \"60s\"\nparameters = {{ sql = \"{sql}\" }}\n"
        ));
        let hold = || stage.start(&["run", "--no-record"]);
        let mut holding = hold();
        eventually("the account is at its limit", LIMIT, || {
            let first = first(&endpoint, account::LIMITED, ("", ""));
            // The look itself may have had the one place when the run asked for it.
            if holding.has_ended() {
                holding = hold();
            }
            (first == "failed authentication too-many-connections").then_some(())
        });
        let _ = holding.kill();
    }
}

//! Accounts that are not let in, or that may too little or too much.

use checkrun_testkit::{Account, Endpoint, Servers, account};
use checkrun_tests::{Stage, server_target, snapshot};

const COUNT: &str = r#"
[[check]]
name = "count"
use = "core/query"
targets = ["*"]
timeout = "10s"
parameters = { sql = "select count(*) as n from orders" }
"#;

fn endpoints() -> [Endpoint; 2] {
    let servers = Servers::from_environment();
    [servers.postgres, servers.mariadb]
}

/// What a run says with this account and these replacements in the target.
fn said(endpoint: &Endpoint, account: Account, replace: (&str, &str), sql: &str) -> String {
    let target = server_target("shop", endpoint, account).replace(replace.0, replace.1);
    let stage = Stage::new(&format!("{target}{}", COUNT.replace("from orders", sql)));
    let ended = stage.run(&["run"]).expect(3);
    assert_eq!(ended.stderr, "");
    ended.stdout
}

#[test]
fn whoever_is_not_let_in_is_told_why_and_what_to_try() {
    let mut text = String::new();
    let mut add = |endpoint: &Endpoint, what: &str, said: String| {
        text.push_str(&format!("# {}, {what}\n{said}\n", endpoint.engine.name()));
    };
    for endpoint in endpoints() {
        // Another account's password.
        let wrong = ("MONITOR_PASSWORD", "PLAIN_PASSWORD");
        add(
            &endpoint,
            "wrong password",
            said(&endpoint, account::MONITOR, wrong, "from orders"),
        );
        let unknown = ("/shop\"", "/shoop\"");
        add(
            &endpoint,
            "unknown database",
            said(&endpoint, account::PLAIN, unknown, "from orders"),
        );
        let unknown = ("://plain@", "://nobody@");
        add(
            &endpoint,
            "unknown account",
            said(&endpoint, account::PLAIN, unknown, "from orders"),
        );
        for privileged in [account::BOSS, account::PROGRAM] {
            let what = format!("privileged: {}", privileged.name);
            add(
                &endpoint,
                &what,
                said(&endpoint, privileged, ("", ""), "from orders"),
            );
        }
        let catalog = match endpoint.engine {
            checkrun_testkit::Engine::Postgres => "from pg_authid",
            checkrun_testkit::Engine::Mariadb => "from mysql.user",
        };
        add(
            &endpoint,
            "missing privilege",
            said(&endpoint, account::PLAIN, ("", ""), catalog),
        );
        add(
            &endpoint,
            "missing table",
            said(&endpoint, account::PLAIN, ("", ""), "from odrers"),
        );
    }
    snapshot("accounts", &text);
}

#[test]
fn a_privileged_account_is_let_in_where_the_target_allows_it() {
    for endpoint in endpoints() {
        let target = server_target("shop", &endpoint, account::BOSS);
        let stage = Stage::new(&format!("{target}allow_privileged = true\n{COUNT}"));
        let run = stage.run(&["run", "--format", "json"]).expect(0).json();
        assert_eq!(run["runs"][0]["metrics"][0]["value"], 1000.0);
    }
}

#[test]
fn nothing_that_a_check_asks_can_write() {
    let mut text = String::new();
    for endpoint in endpoints() {
        for sql in [
            "delete from orders",
            "select 1; delete from orders",
            "commit",
            "drop table orders",
        ] {
            let target = server_target("shop", &endpoint, account::WRITER);
            let check = COUNT.replace("select count(*) as n from orders", sql);
            let ended = Stage::new(&format!("{target}{check}"))
                .run(&["run"])
                .expect(3);
            text.push_str(&format!(
                "# {}, {sql}\n{}\n",
                endpoint.engine.name(),
                ended.stdout
            ));
        }
        assert!(said_count(&endpoint), "all orders are still there");
    }
    snapshot("statements that write", &text);
}

fn said_count(endpoint: &Endpoint) -> bool {
    let target = server_target("shop", endpoint, account::PLAIN);
    let run = Stage::new(&format!("{target}{COUNT}")).run(&["run", "--format", "json"]);
    run.expect(0).json()["runs"][0]["metrics"][0]["value"] == 1000.0
}

//! PgBouncer: clients that wait, a server that is down, and a console that only shows.

use std::net::TcpStream;
use std::time::Duration;

use checkrun_testkit::{
    Account, Client, Endpoint, Engine, Options, PgBouncer, Server, Servers, account, eventually,
};
use checkrun_tests::{Stage, password_variable, snapshot};
use serde_json::Value;

use super::{CHECK, evidence, finding, metric, sessions};

const SOON: Duration = Duration::from_secs(20);

/// In front of the shared server, for tests that ask the console only.
fn pooler() -> PgBouncer {
    PgBouncer::start(&Servers::from_environment().postgres, &[]).unwrap()
}

fn console(pooler: &PgBouncer, account: Account) -> String {
    format!(
        "[[target]]\nname = \"pool\"\nurl = \"{}\"\npassword = {{ env = \"{}\" }}\n",
        pooler.console_url(account),
        password_variable(account)
    )
}

/// Clients that ask something and have to wait for a connection of their pool.
fn waiting(count: usize, endpoint: &Endpoint) -> Vec<Client> {
    let start = |_| {
        let mut client = Client::start(endpoint, account::PLAIN, "web").unwrap();
        client.send("select 1;").unwrap();
        client
    };
    (0..count).map(start).collect()
}

/// Runs the check again and again until it reports what is expected.
fn until(what: &str, pooler: &PgBouncer, expected: impl Fn(&Value) -> bool) -> Value {
    let stage = Stage::new(&format!("{}{CHECK}", console(pooler, account::MONITOR)));
    eventually(what, SOON, || {
        let document = stage.run(&["run", "--format", "json"]).json();
        let run = document["runs"][0].clone();
        expected(&run).then_some(run)
    })
}

#[test]
fn clients_that_wait_for_a_pool_of_one_are_told() {
    // A server of its own: what a client left there goes on until the server ends.
    let server = Server::start(Engine::Postgres, &Options::default()).unwrap();
    let settings = [("default_pool_size", "1"), ("max_client_conn", "10")];
    let pooler = PgBouncer::start(&server.endpoint(), &settings).unwrap();
    let client: Endpoint = pooler.endpoint();
    let _busy = sessions(1, &client, account::PLAIN, "web", "select pg_sleep(600);");
    until("the one connection is in use", &pooler, |run| {
        metric(run, "servers", "state=active") == Some(1.0)
    });
    let _waiting = waiting(2, &client);
    let run = until("two clients wait", &pooler, |run| {
        metric(run, "waiting", "") == Some(2.0)
    });
    let pool = finding(&run, "pool/shop/plain").unwrap();
    assert_eq!(evidence(pool, "waiting"), "2");
    assert_eq!(evidence(pool, "pool_size"), "1");
    assert_eq!(
        metric(&run, "servers_ratio", "database=shop,user=plain"),
        Some(1.0)
    );
    assert_eq!(metric(&run, "capacity", ""), Some(10.0));
    // The three, and our own on the console.
    assert_eq!(metric(&run, "used", ""), Some(4.0));
    let late = until(
        "they have waited for longer than the threshold",
        &pooler,
        |run| run["status"] == "warning",
    );
    assert!(metric(&late, "max_wait", "").unwrap() > 5.0);
}

#[test]
fn a_server_that_is_down_is_told_by_the_clients_that_wait_for_it() {
    let mut server = Server::start(Engine::Postgres, &Options::default()).unwrap();
    let pooler = PgBouncer::start(&server.endpoint(), &[]).unwrap();
    server.stop();
    let _client = waiting(1, &pooler.endpoint());
    let run = until("the pool has no server", &pooler, |run| {
        finding(run, "no-server/shop/plain").is_some()
    });
    assert_eq!(run["status"], "warning");
    let advice = &finding(&run, "no-server/shop/plain").unwrap()["advice"];
    assert!(
        advice
            .as_str()
            .unwrap()
            .contains("See whether the server behind PgBouncer runs")
    );
}

#[test]
fn the_console_shows_and_does_nothing_else() {
    let pooler = pooler();
    let mut configuration = console(&pooler, account::MONITOR);
    configuration.push_str("[[check]]\nuse = \"core/health\"\ntargets = [\"*\"]\n");
    for (name, sql) in [
        ("shown", "show lists;"),
        ("shutdown", "SHUTDOWN"),
        ("pause", "pause; show version"),
        ("hidden", "/* */ kill shop"),
        ("set", "SET max_client_conn = 1"),
        ("handover", "SHOW FDS"),
        ("query", "select 1 as n"),
    ] {
        configuration.push_str(&format!(
            "[[check]]\nname = \"{name}\"\nuse = \"core/query\"\ntargets = [\"*\"]\nparameters = {{ sql = \"{sql}\" }}\n"
        ));
    }
    configuration.push_str(
        "[[check]]\nname = \"values\"\nuse = \"core/query\"\ntargets = [\"*\"]\nparameters = { sql = \"show lists\", parameters = [\"1\"] }\n",
    );
    let ended = Stage::new(&configuration).run(&["run", "--format", "json"]);
    let document = ended.expect(3).json();
    for run in document["runs"].as_array().unwrap() {
        let fine = ["core/health", "shown"].contains(&run["job"].as_str().unwrap());
        let expected = if fine { "ok" } else { "unknown" };
        assert_eq!(run["status"], expected, "{run}");
        let refused = run["summary"].as_str().unwrap().starts_with("parameter `");
        assert_eq!(refused, !fine, "{run}");
    }
    assert!(TcpStream::connect(("127.0.0.1", pooler.port())).is_ok());
}

#[test]
fn whoever_is_not_let_in_is_told_why_and_what_to_try() {
    let pooler = pooler();
    let mut text = String::new();
    let wrong = ("MONITOR_PASSWORD", "PLAIN_PASSWORD");
    for (what, account, replace) in [
        ("wrong password", account::MONITOR, wrong),
        ("not on the console's lists", account::PLAIN, ("", "")),
        ("an admin", account::BOSS, ("", "")),
    ] {
        let target = console(&pooler, account).replace(replace.0, replace.1);
        let ended = Stage::new(&format!("{target}{CHECK}"))
            .run(&["run"])
            .expect(3);
        text.push_str(&format!("# {what}\n{}\n", ended.stdout));
    }
    let another = console(&pooler, account::MONITOR).replace("\"\npass", "/shop\"\npass");
    let ended = Stage::new(&format!("{another}{CHECK}"))
        .run(&["run"])
        .expect(78);
    text.push_str(&format!("# another database\n{}\n", ended.stderr));
    let parameters = "parameters = { application = \"web\", pool_size = 5 }\n";
    let target = console(&pooler, account::MONITOR);
    let ended = Stage::new(&format!("{target}{CHECK}{parameters}"))
        .run(&["run"])
        .expect(3);
    text.push_str(&format!("# a pool's size\n{}\n", ended.stdout));
    snapshot("pgbouncer accounts", &text);
}

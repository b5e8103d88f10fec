//! Servers that cannot be reached, or are not what they should be.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use checkrun_testkit::listener::{BlackHole, GarbageServer, MuteServer};
use checkrun_testkit::{Certificate, Engine, Options, Server, Servers, account};
use checkrun_tests::{Stage, server_target, snapshot};

const ENGINES: [&str; 2] = ["postgres", "mariadb"];

const HEALTH: &str = "\n[[check]]\nuse = \"core/health\"\ntargets = [\"*\"]\ntimeout = \"10s\"\n";

/// What runs say of a target with this host and port; within the time that it may take.
fn said(scheme: &str, address: &str, further: &str, limit: Duration) -> String {
    let stage = Stage::with_authorities(&format!(
        "[[target]]\nname = \"shop\"\nurl = \"{scheme}://monitor@{address}/shop\"\npassword = {{ env = \"MONITOR_PASSWORD\" }}\n{further}{HEALTH}"
    ));
    let ended = stage.run(&["run"]).expect(2);
    assert!(ended.took < limit, "{:?}:\n{}", ended.took, ended.stdout);
    assert_eq!(ended.stderr, "");
    let kept: i64 = stage.value(
        "checkrun.db",
        "select count(*) from v_run where status_word = 'critical' and job <> 'connection'",
    );
    assert_eq!(kept, 1, "what is wrong is kept");
    ended.stdout
}

const TWO_SHORT_ATTEMPTS: &str = "connect_timeout = \"500ms\"\nconnect_attempts = 2\n";

#[test]
fn a_server_that_is_not_there_is_told_with_its_address_and_what_to_try() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap();
    let hole = BlackHole::open().unwrap();
    let mute = MuteServer::open().unwrap();
    let garbage = GarbageServer::open("HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
    let addresses = [
        ("refused", free),
        ("black hole", hole.address().unwrap()),
        ("mute", mute.address().unwrap()),
        ("speaks another protocol", garbage.address()),
    ];
    let mut text = String::new();
    for scheme in ENGINES {
        for (what, address) in addresses {
            let limit = Duration::from_secs(7);
            let said = said(scheme, &address.to_string(), TWO_SHORT_ATTEMPTS, limit);
            text.push_str(&format!("# {scheme}, {what}\n{said}\n"));
        }
        let limit = Duration::from_secs(7);
        let said = said(scheme, "no-such-host.invalid", TWO_SHORT_ATTEMPTS, limit);
        text.push_str(&format!("# {scheme}, no such name\n{said}\n"));
    }
    snapshot("servers that are not there", &text);
}

#[test]
fn a_sqlite_file_that_is_none_is_told_with_its_path() {
    let mut text = String::new();
    for (what, file) in [
        ("missing", "missing.db"),
        ("a folder", "folder"),
        ("a text", "notes.txt"),
        ("cut off", "cut.db"),
    ] {
        let stage = Stage::new(&format!(
            "[[target]]\nname = \"shop\"\nurl = \"sqlite:./{file}\"\n[[check]]\nname = \"count\"\nuse = \"core/query\"\ntargets = [\"*\"]\nparameters = {{ sql = \"select count(*) as n from orders\" }}\n"
        ));
        stage.write("folder/x", "");
        stage.write("notes.txt", "no database ".repeat(1000));
        stage.sqlite("cut.db", "create table orders (id integer, word text); insert into orders select 1, hex(randomblob(5000));");
        let whole = std::fs::read(stage.path("cut.db")).unwrap();
        stage.write("cut.db", &whole[..whole.len() / 2]);
        let ended = stage.run(&["run"]);
        assert_ne!(ended.code, Some(0), "{what}");
        text.push_str(&format!("# {what}\n{}\n", ended.transcript()));
    }
    snapshot("files that are no database", &text);
}

#[test]
fn a_certificate_that_proves_nothing_is_told_by_what_is_wrong_with_it() {
    let verify = "tls = { mode = \"verify-full\", ca = \"ca.pem\" }\n";
    let mut text = String::new();
    for engine in [Engine::Postgres, Engine::Mariadb] {
        for certificate in [
            Certificate::Expired,
            Certificate::WrongHost,
            Certificate::Foreign,
            Certificate::None,
        ] {
            let options = Options {
                certificate,
                ..Options::default()
            };
            let server = Server::start(engine, &options).unwrap();
            let address = format!("127.0.0.1:{}", server.endpoint().port);
            let limit = Duration::from_secs(7);
            let said = said(engine.name(), &address, verify, limit);
            text.push_str(&format!("# {}, {certificate:?}\n{said}\n", engine.name()));
        }
    }
    snapshot("certificates", &text);
}

#[test]
fn an_authority_that_did_not_sign_is_not_trusted() {
    let servers = Servers::from_environment();
    let target = server_target("shop", &servers.postgres, account::MONITOR);
    let tls = "tls = { mode = \"verify-full\", ca = \"other-ca.pem\" }\n";
    let stage = Stage::with_authorities(&format!("{target}{tls}{HEALTH}"));
    snapshot(
        "another authority",
        &stage.run(&["run"]).expect(2).transcript(),
    );
}

//! What keeps a target from being reached at all: names, addresses, and what listens there.

use std::net::TcpListener;
use std::time::Duration;

use checkrun_testkit::listener::{BlackHole, GarbageServer, MuteServer};
use checkrun_testkit::{Engine, Options, Server, Servers};
use checkrun_tests::{Stage, snapshot};

use super::{SPARE, diagnose, target};

const SCHEMES: [&str; 2] = ["postgres", "mariadb"];
const SHORT: &str = "connect_timeout = \"1s\"";

/// The first problem, within the time of the stages that a silent server is asked in.
#[track_caller]
fn first(scheme: &str, address: &str, further: &str) -> String {
    let url = format!("{scheme}://monitor@{address}/shop");
    let stage = Stage::new(&target("shop", &url, &format!("{SHORT}\n{further}")));
    let diagnosed = diagnose(&stage, &[]);
    let limit = Duration::from_secs(2) + SPARE;
    assert!(diagnosed.ended.took < limit, "{:?}", diagnosed.ended.took);
    diagnosed.first()
}

#[test]
fn what_does_not_answer_is_told_at_the_stage_where_it_shows() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let hole = BlackHole::open().unwrap();
    let mute = MuteServer::open().unwrap();
    let web = GarbageServer::open("HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
    let shell = GarbageServer::open("SSH-2.0-OpenSSH_9.2\r\n").unwrap();
    let servers = Servers::from_environment();
    let other = |scheme: &str| match scheme {
        "postgres" => servers.mariadb.port,
        _ => servers.postgres.port,
    };
    for scheme in SCHEMES {
        let crossed = format!("127.0.0.1:{}", other(scheme));
        for (what, address, expected) in [
            (
                "a name that nobody knows",
                "no-such-host.invalid",
                "failed dns dns",
            ),
            ("nothing listens", &*free.to_string(), "failed tcp refused"),
            (
                "packets are swallowed",
                &*hole.address().unwrap().to_string(),
                "failed tcp connect-timeout",
            ),
            (
                "accepts and says nothing",
                &*mute.address().unwrap().to_string(),
                "failed tls connect-timeout",
            ),
            (
                "a web server",
                &*web.address().to_string(),
                "failed tls protocol",
            ),
            (
                "an SSH server",
                &*shell.address().to_string(),
                "failed tls protocol",
            ),
            ("the other engine", &*crossed, "failed tls protocol"),
        ] {
            assert_eq!(first(scheme, address, ""), expected, "{scheme}: {what}");
        }
    }
}

#[test]
fn without_encryption_the_same_is_told() {
    let mute = MuteServer::open().unwrap();
    let web = GarbageServer::open("HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
    let plain = "tls = { mode = \"disable\" }";
    for scheme in SCHEMES {
        for (address, expected) in [
            (mute.address().unwrap(), "failed tls connect-timeout"),
            (web.address(), "failed tls protocol"),
        ] {
            let first = first(scheme, &address.to_string(), plain);
            assert_eq!(first, expected, "{scheme}");
        }
    }
}

#[test]
fn a_server_that_stands_still_is_told_in_time() {
    for engine in [Engine::Postgres, Engine::Mariadb] {
        let server = Server::start(engine, &Options::default()).unwrap();
        let address = format!("127.0.0.1:{}", server.endpoint().port);
        let pause = server.pause().unwrap();
        for further in ["", "tls = { mode = \"disable\" }"] {
            let first = first(engine.name(), &address, further);
            assert_eq!(first, "failed tls connect-timeout", "{}", engine.name());
        }
        drop(pause);
    }
}

#[test]
fn a_socket_is_looked_at_like_an_address() {
    let servers = Servers::from_environment();
    for (endpoint, missing) in [
        (&servers.postgres, "/nonexistent"),
        (&servers.mariadb, "/nonexistent/mysqld.sock"),
    ] {
        let url = |socket: &str| {
            let scheme = endpoint.engine.name();
            let port = endpoint.port;
            let socket = socket.replace('/', "%2F");
            match endpoint.engine {
                Engine::Postgres => format!("{scheme}://monitor@{socket}:{port}/shop"),
                Engine::Mariadb => format!("{scheme}://monitor@{socket}/shop"),
            }
        };
        let there = Stage::new(&target(
            "shop",
            &url(&endpoint.socket.to_string_lossy()),
            "",
        ));
        assert_eq!(diagnose(&there, &[]).first(), "nothing");
        let gone = Stage::new(&target("shop", &url(missing), ""));
        assert_eq!(diagnose(&gone, &[]).first(), "failed tcp refused");
    }
}

#[test]
fn people_read_where_it_stopped_why_and_what_to_try() {
    let mute = MuteServer::open().unwrap();
    let servers = Servers::from_environment();
    let mut text = String::new();
    for (what, url) in [
        (
            "no such name",
            "postgres://monitor@no-such-host.invalid/shop".to_owned(),
        ),
        (
            "silence",
            format!("mariadb://monitor@{}/shop", mute.address().unwrap()),
        ),
        (
            "another engine",
            format!("postgres://monitor@127.0.0.1:{}/shop", servers.mariadb.port),
        ),
    ] {
        let stage = Stage::new(&target("shop", &url, SHORT));
        let ended = stage.run(&["diagnose"]).expect(2);
        text.push_str(&format!("# {what}\n{}\n", ended.transcript()));
    }
    snapshot("diagnose what is not there", &text);
}

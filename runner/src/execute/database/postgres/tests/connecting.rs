//! Why there is no connection: each cause has its class.

use std::net::SocketAddr;
use std::time::Instant;

use checkrun_testkit::account::{CLOSED, LIMITED, MONITOR};
use checkrun_testkit::listener::{BlackHole, GarbageServer, MuteServer};
use checkrun_testkit::{Engine, Options, Server};

use super::tls::tls;
use super::*;
use crate::model::engine::Version;
use crate::model::sql::{ConnectionClass, ConnectionError};

pub async fn failure(target: Target) -> ConnectionError {
    match session(target).facts().await {
        Err(SqlError::Connection(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn at(socket: SocketAddr) -> Target {
    let host = Host::Tcp {
        name: socket.ip().to_string(),
        port: socket.port(),
    };
    let mut target = target_of(host, MONITOR);
    target.connect_timeout = Duration::from_millis(500);
    target
}

fn changed(change: impl FnOnce(&mut ServerAddress)) -> Target {
    let mut target = target(MONITOR);
    change(address(&mut target));
    target
}

/// Addresses at which nobody speaks PostgreSQL.
#[tokio::test]
async fn what_is_no_server_is_told_apart() {
    use ConnectionClass::{Lost, Protocol, Refused, Timeout};
    let black_hole = BlackHole::open().unwrap();
    let mute = MuteServer::open().unwrap();
    let garbage = GarbageServer::open("!@#$ not a database\r\n".repeat(4)).unwrap();
    let http = GarbageServer::open("HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let web_with_tls = tls(at(http.address()), TlsMode::Require, None);
    let cases = [
        ("nothing listens", at(free), vec![Refused]),
        (
            "packets are swallowed",
            at(black_hole.address().unwrap()),
            vec![Timeout],
        ),
        (
            "connected, and silence",
            at(mute.address().unwrap()),
            vec![Timeout],
        ),
        ("no protocol at all", at(garbage.address()), vec![Protocol]),
        // `H` is a message of the protocol, and `TTP/` its length.
        ("a web server", at(http.address()), vec![Lost, Protocol]),
        ("a web server, asked for TLS", web_with_tls, vec![Protocol]),
    ];
    for (name, target, classes) in cases {
        let start = Instant::now();
        let error = failure(target).await;
        assert!(classes.contains(&error.class), "{name}: {error:?}");
        assert!(
            start.elapsed() < Duration::from_secs(2),
            "{name}: {:?}",
            start.elapsed()
        );
    }
}

#[tokio::test]
async fn what_a_server_refuses_is_told_apart() {
    use ConnectionClass::{Authentication, Dns, Refused, TooManyConnections, UnknownDatabase};
    let nowhere = |name: &str| Host::Tcp {
        name: name.into(),
        port: 5432,
    };
    let no_socket = Host::Socket {
        path: "/nonexistent".into(),
        port: 5432,
    };
    let wrong = Some(Secret::new("wrong-password".into()));
    let cases = [
        (
            "no such name",
            changed(|a| a.host = nowhere("db.invalid")),
            Dns,
        ),
        ("no such socket", changed(|a| a.host = no_socket), Refused),
        (
            "wrong password",
            changed(|a| a.password = wrong),
            Authentication,
        ),
        (
            "no password",
            changed(|a| a.password = None),
            Authentication,
        ),
        (
            "no such user",
            changed(|a| a.user = "nobody-there".into()),
            Authentication,
        ),
        (
            "no such database",
            changed(|a| a.database = Some("nowhere".into())),
            UnknownDatabase,
        ),
        ("no connection allowed", target(CLOSED), TooManyConnections),
    ];
    for (name, target, class) in cases {
        let error = failure(target).await;
        assert_eq!(error.class, class, "{name}: {error:?}");
        let said = error.message;
        assert!(
            !said.contains("wrong-password") && !said.contains(MONITOR.password),
            "{said}"
        );
    }
}

#[tokio::test]
async fn facts_are_the_servers_own() {
    let mut session = session(target(MONITOR));
    let facts = session.facts().await.unwrap();
    assert!(
        facts.version
            >= Version {
                major: 13,
                minor: 0,
                patch: 0
            }
    );
    assert_eq!(facts.database.as_deref(), Some("shop"));
    assert_eq!(facts.in_recovery, Some(false));
    assert!(
        facts
            .version_text
            .starts_with(&facts.version.major.to_string())
    );
}

#[tokio::test]
async fn the_socket_is_as_good_as_tcp() {
    let endpoint = Servers::from_environment().postgres;
    let mut session = session(changed(|a| {
        a.host = Host::Socket {
            path: endpoint.socket,
            port: endpoint.port,
        };
        a.tls.mode = TlsMode::VerifyFull;
    }));
    assert_eq!(value(&mut session, "SELECT 1").await, Value::Int64(1));
}

#[tokio::test]
async fn an_account_at_its_limit_is_too_many_connections() {
    let mut first = session(target(LIMITED));
    first.connect().await.unwrap();
    let error = failure(target(LIMITED)).await;
    assert_eq!(error.class, ConnectionClass::TooManyConnections);
    first.close().await;
}

#[tokio::test]
async fn a_transient_failure_is_tried_again_and_another_is_not() {
    let socket = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut refused = at(socket);
    refused.connect_attempts = 2;
    let start = Instant::now();
    assert_eq!(failure(refused).await.attempts, 2);
    assert!(start.elapsed() >= Duration::from_millis(500));

    let mut wrong = changed(|a| a.user = "nobody-there".into());
    wrong.connect_attempts = 5;
    assert_eq!(failure(wrong).await.attempts, 1);
}

#[tokio::test]
async fn a_server_that_comes_back_is_found_by_a_later_attempt() {
    let server = Server::start(Engine::Postgres, &Options::default()).unwrap();
    let mut target = target_at(&server.endpoint(), MONITOR);
    target.connect_attempts = 10;
    let mut server = server;
    server.stop();
    let again = tokio::task::spawn_blocking(move || {
        std::thread::sleep(Duration::from_millis(200));
        server.start_again().map(|()| server)
    });
    let mut session = session(target);
    let timing = session.connect().await.unwrap();
    assert!(
        timing.attempts > 1 && timing.total < Duration::from_secs(5),
        "{timing:?}"
    );
    again.await.unwrap().unwrap();
}

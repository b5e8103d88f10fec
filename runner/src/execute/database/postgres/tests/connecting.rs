//! Why there is no connection: each cause has its class.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Instant;

use checkrun_testkit::account::{CERTIFIED, CLOSED, LIMITED, MONITOR, TLS_ONLY};
use checkrun_testkit::listener::{BlackHole, GarbageServer, MuteServer};
use checkrun_testkit::{Certificate, Engine, Options, Server};

use super::*;
use crate::model::engine::Version;
use crate::model::sql::{ConnectionClass, ConnectionError};
use crate::model::target::ClientCertificate;

async fn failure(target: Target) -> ConnectionError {
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

fn tls(mut target: Target, mode: TlsMode, ca: Option<PathBuf>) -> Target {
    address(&mut target).tls = Tls {
        mode,
        ca,
        client: None,
    };
    target
}

#[tokio::test]
async fn every_cause_has_its_class() {
    let black_hole = BlackHole::open().unwrap();
    let mute = MuteServer::open().unwrap();
    let garbage = GarbageServer::open("!@#$ not a database\r\n".repeat(4)).unwrap();
    let http = GarbageServer::open("HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
    let closed_port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let wrong = Some(Secret::new("wrong-password".into()));
    let cases: Vec<(&str, Target, &[ConnectionClass])> = vec![
        (
            "nothing listens",
            at(closed_port),
            &[ConnectionClass::Refused],
        ),
        (
            "packets are swallowed",
            at(black_hole.address().unwrap()),
            &[ConnectionClass::Timeout],
        ),
        (
            "connected, and silence",
            at(mute.address().unwrap()),
            &[ConnectionClass::Timeout],
        ),
        (
            "no protocol at all",
            at(garbage.address()),
            &[ConnectionClass::Protocol],
        ),
        // `H` is a message of the protocol, and `TTP/` its length.
        (
            "a web server",
            at(http.address()),
            &[ConnectionClass::Lost, ConnectionClass::Protocol],
        ),
        (
            "a web server, asked for TLS",
            tls(at(http.address()), TlsMode::Require, None),
            &[ConnectionClass::Protocol],
        ),
        (
            "no such name",
            changed(|a| {
                a.host = Host::Tcp {
                    name: "db.invalid".into(),
                    port: 5432,
                }
            }),
            &[ConnectionClass::Dns],
        ),
        (
            "no such socket",
            changed(|a| {
                a.host = Host::Socket {
                    path: "/nonexistent".into(),
                    port: 5432,
                }
            }),
            &[ConnectionClass::Refused],
        ),
        (
            "wrong password",
            changed(|a| a.password = wrong),
            &[ConnectionClass::Authentication],
        ),
        (
            "no password",
            changed(|a| a.password = None),
            &[ConnectionClass::Authentication],
        ),
        (
            "no such user",
            changed(|a| a.user = "nobody-there".into()),
            &[ConnectionClass::Authentication],
        ),
        (
            "no such database",
            changed(|a| a.database = Some("nowhere".into())),
            &[ConnectionClass::UnknownDatabase],
        ),
        (
            "no connection allowed",
            target(CLOSED),
            &[ConnectionClass::TooManyConnections],
        ),
    ];
    for (name, target, classes) in cases {
        let start = Instant::now();
        let error = failure(target).await;
        assert!(classes.contains(&error.class), "{name}: {error:?}");
        assert!(
            start.elapsed() < Duration::from_secs(3),
            "{name}: {:?}",
            start.elapsed()
        );
        assert!(!error.message.contains("password\""), "{name}: {error:?}");
        assert!(
            !error.message.contains("wrong-password") && !error.message.contains(MONITOR.password)
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

#[tokio::test]
async fn tls_is_as_strict_as_its_mode() {
    let servers = Servers::from_environment();
    let ca = servers.certificates.ca.clone();
    let start = |certificate| {
        let options = Options {
            certificate,
            ..Options::default()
        };
        Server::start(Engine::Postgres, &options).expect("a server")
    };
    let expired = start(Certificate::Expired);
    let wrong_host = start(Certificate::WrongHost);
    let foreign = start(Certificate::Foreign);
    let plain = start(Certificate::None);
    use TlsMode::{Prefer, Require, VerifyCa, VerifyFull};
    let cases = [
        (
            "good, own authority",
            servers.postgres.clone(),
            VerifyFull,
            Some(&ca),
            true,
        ),
        (
            "good, unknown authority",
            servers.postgres.clone(),
            VerifyFull,
            None,
            false,
        ),
        (
            "good, unknown authority, unverified",
            servers.postgres.clone(),
            Require,
            None,
            true,
        ),
        ("expired", expired.endpoint(), VerifyFull, Some(&ca), false),
        (
            "expired, chain only",
            expired.endpoint(),
            VerifyCa,
            Some(&ca),
            false,
        ),
        (
            "expired, unverified",
            expired.endpoint(),
            Require,
            None,
            true,
        ),
        (
            "another host",
            wrong_host.endpoint(),
            VerifyFull,
            Some(&ca),
            false,
        ),
        (
            "another host, chain only",
            wrong_host.endpoint(),
            VerifyCa,
            Some(&ca),
            true,
        ),
        (
            "another authority",
            foreign.endpoint(),
            VerifyFull,
            Some(&ca),
            false,
        ),
        (
            "another authority, chain only",
            foreign.endpoint(),
            VerifyCa,
            Some(&ca),
            false,
        ),
        ("no TLS, required", plain.endpoint(), Require, None, false),
        (
            "no TLS, verified",
            plain.endpoint(),
            VerifyFull,
            Some(&ca),
            false,
        ),
        ("no TLS, preferred", plain.endpoint(), Prefer, None, true),
        (
            "TLS, preferred",
            servers.postgres.clone(),
            Prefer,
            None,
            true,
        ),
    ];
    for (name, endpoint, mode, ca, accepted) in cases {
        let target = tls(target_at(&endpoint, MONITOR), mode, ca.cloned());
        match session(target).facts().await {
            Ok(_) => assert!(accepted, "{name}: accepted"),
            Err(SqlError::Connection(error)) => {
                assert!(!accepted, "{name}: {error:?}");
                assert_eq!(error.class, ConnectionClass::Tls, "{name}: {error:?}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn tls_encrypts_and_identifies() {
    let certificates = Servers::from_environment().certificates;
    let encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let mut session_tls = session(tls(
        target(TLS_ONLY),
        TlsMode::VerifyFull,
        Some(certificates.ca.clone()),
    ));
    assert_eq!(
        value(&mut session_tls, encrypted).await,
        Value::Boolean(true)
    );
    assert_eq!(
        failure(target(TLS_ONLY)).await.class,
        ConnectionClass::Authentication
    );

    let mut certified = tls(
        target(CERTIFIED),
        TlsMode::VerifyFull,
        Some(certificates.ca),
    );
    address(&mut certified).password = None;
    address(&mut certified).tls.client = Some(ClientCertificate {
        certificate: certificates.client.certificate,
        key: certificates.client.key,
    });
    assert_eq!(
        value(&mut session(certified.clone()), encrypted).await,
        Value::Boolean(true)
    );

    let missing = PathBuf::from("/nonexistent/ca.pem");
    let error = failure(tls(target(MONITOR), TlsMode::VerifyFull, Some(missing))).await;
    assert_eq!(error.class, ConnectionClass::Tls);
    let reason = std::io::Error::from(ErrorKind::NotFound).to_string();
    assert!(
        error.message.contains("/nonexistent/ca.pem"),
        "{} {reason}",
        error.message
    );
}

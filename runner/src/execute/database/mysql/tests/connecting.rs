//! Every reason not to have a connection has its class, for real.

use std::net::{IpAddr, SocketAddr};

use checkrun_testkit::listener::GarbageServer;
use checkrun_testkit::{Certificate, Engine, Options, Server};

use super::*;
use crate::model::engine;
use crate::model::sql::{ConnectionClass, ConnectionError};
use crate::model::target::ClientCertificate;

async fn class(address: ServerAddress) -> ConnectionClass {
    refusal(address).await.class
}

async fn refusal(address: ServerAddress) -> ConnectionError {
    let secret = address.password.clone();
    let error = match Connection::open(&target(address), "checkrun/test").await {
        Ok(_) => panic!("there is a connection"),
        Err(error) => error,
    };
    assert_eq!(error.attempts, 1);
    if let Some(secret) = secret {
        assert!(!error.message.contains(secret.reveal()), "{error:?}");
    }
    error
}

fn at(socket: SocketAddr) -> ServerAddress {
    let mut address = address(&shared(), account::MONITOR);
    address.host = Host::Tcp {
        name: socket.ip().to_string(),
        port: socket.port(),
    };
    address
}

#[tokio::test]
async fn the_server_says_what_it_is() {
    let connection = monitor().await;
    let facts = connection.facts();
    assert_eq!(facts.engine, engine::Engine::Mariadb);
    assert!(facts.version.major >= 10, "{facts:?}");
    assert!(facts.version_text.contains("MariaDB"));
    assert_eq!(facts.database.as_deref(), Some("shop"));
    assert_eq!(facts.in_recovery, Some(false));
}

#[tokio::test]
async fn a_socket_file_and_no_database_are_ways_in_too() {
    let endpoint = shared();
    let mut address = address(&endpoint, account::MONITOR);
    address.database = None;
    address.host = Host::Socket {
        path: endpoint.socket.clone(),
        port: 3306,
    };
    let connection = Connection::open(&target(address), "x").await.unwrap();
    assert_eq!(connection.facts().database, None);
}

#[tokio::test]
async fn wrong_accounts_and_databases_have_their_classes() {
    let good = || address(&shared(), account::MONITOR);
    let mut wrong = good();
    wrong.password = Some(Secret::new("not-the-password".into()));
    assert_eq!(class(wrong).await, ConnectionClass::Authentication);
    let mut wrong = good();
    wrong.password = None;
    assert_eq!(class(wrong).await, ConnectionClass::Authentication);
    let mut wrong = good();
    wrong.user = "nobody".into();
    assert_eq!(class(wrong).await, ConnectionClass::Authentication);
    let mut wrong = good();
    wrong.database = Some("other".into());
    assert_eq!(class(wrong).await, ConnectionClass::UnknownDatabase);
    let mut wrong = good();
    wrong.database = Some("nothing".into());
    assert_eq!(class(wrong).await, ConnectionClass::UnknownDatabase);
    let mut wrong = address(&shared(), account::BOSS);
    wrong.database = Some("nothing".into());
    assert_eq!(class(wrong).await, ConnectionClass::UnknownDatabase);
    let limited = address(&shared(), account::LIMITED);
    let first = Connection::open(&target(limited.clone()), "x")
        .await
        .unwrap();
    assert_eq!(class(limited).await, ConnectionClass::TooManyConnections);
    first.close().await;
}

#[tokio::test]
async fn hosts_that_are_no_server_have_their_classes() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = free.local_addr().unwrap();
    drop(free);
    assert_eq!(class(at(nobody)).await, ConnectionClass::Refused);
    let mut missing = at(nobody);
    missing.host = Host::Socket {
        path: "/nonexistent/mysqld.sock".into(),
        port: 0,
    };
    assert_eq!(class(missing).await, ConnectionClass::Refused);
    let mut unknown = at(nobody);
    unknown.host = Host::Tcp {
        name: "no-such-host.invalid".into(),
        port: 3306,
    };
    assert_eq!(class(unknown).await, ConnectionClass::Dns);
    for garbage in [
        &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x01\0\0\0\x0a",
        b"\x05\0\0\0\x0a8.0.",
        b"\0\0\0\0",
        b"\x02\0\0\0\xff\x01",
    ] {
        let server = GarbageServer::open(garbage).unwrap();
        let class = class(at(server.address())).await;
        let expected = [ConnectionClass::Protocol, ConnectionClass::Lost];
        assert!(expected.contains(&class), "{garbage:?}: {class:?}");
    }
}

#[tokio::test]
async fn privileged_accounts_are_refused_with_both_remedies() {
    for (account, privilege) in [
        (account::BOSS, "ALL PRIVILEGES on *.*, GRANT OPTION on *.*"),
        (account::PROGRAM, "FILE on *.*"),
        (account::WRITER, "ALL PRIVILEGES on `shop`.*"),
    ] {
        let address = address(&shared(), account);
        let error = refusal(address.clone()).await;
        assert_eq!(error.class, ConnectionClass::AccountRefused);
        for part in [
            privilege,
            "CREATE USER",
            "GRANT SELECT",
            "allow_privileged = true",
        ] {
            assert!(error.message.contains(part), "{part}: {error:?}");
        }
        let mut allowed = target(address);
        allowed.allow_privileged = true;
        assert!(Connection::open(&allowed, "x").await.is_ok());
    }
    insta::assert_snapshot!(refusal(address(&shared(), account::PROGRAM)).await.message);
}

#[tokio::test]
async fn encryption_is_as_strict_as_its_mode() {
    let certificates = Servers::from_environment().certificates;
    let authority = Some(certificates.ca.clone());
    for (shown, mode, ca, expected) in [
        (
            Certificate::Good,
            TlsMode::VerifyFull,
            authority.clone(),
            None,
        ),
        (
            Certificate::Good,
            TlsMode::VerifyFull,
            None,
            Some(ConnectionClass::Tls),
        ),
        (
            Certificate::WrongHost,
            TlsMode::VerifyFull,
            authority.clone(),
            Some(ConnectionClass::Tls),
        ),
        (
            Certificate::Expired,
            TlsMode::VerifyFull,
            authority.clone(),
            Some(ConnectionClass::Tls),
        ),
        (
            Certificate::Foreign,
            TlsMode::VerifyFull,
            authority.clone(),
            Some(ConnectionClass::Tls),
        ),
        (Certificate::Foreign, TlsMode::Require, None, None),
        (
            Certificate::None,
            TlsMode::Require,
            None,
            Some(ConnectionClass::Tls),
        ),
        (Certificate::None, TlsMode::Prefer, None, None),
    ] {
        let settings = Options {
            certificate: shown,
            ..Options::default()
        };
        let server = Server::start(Engine::Mariadb, &settings).unwrap();
        let mut address = address(&server.endpoint(), account::MONITOR);
        address.tls = Tls {
            mode,
            ca,
            client: None,
        };
        let opened = Connection::open(&target(address), "x").await;
        assert_eq!(
            opened.err().map(|error| error.class),
            expected,
            "{shown:?} {mode:?}"
        );
    }
}

#[tokio::test]
async fn accounts_may_ask_for_encryption_and_for_a_certificate() {
    let certificates = Servers::from_environment().certificates;
    let mut plain = address(&shared(), account::TLS_ONLY);
    assert_eq!(class(plain.clone()).await, ConnectionClass::Authentication);
    plain.tls.mode = TlsMode::Prefer;
    assert!(Connection::open(&target(plain), "x").await.is_ok());
    let mut certified = address(&shared(), account::CERTIFIED);
    certified.tls.mode = TlsMode::VerifyFull;
    certified.tls.ca = Some(certificates.ca);
    certified.password = None;
    assert_eq!(
        class(certified.clone()).await,
        ConnectionClass::Authentication
    );
    certified.tls.client = Some(ClientCertificate {
        certificate: certificates.client.certificate,
        key: certificates.client.key,
    });
    let mut connection = Connection::open(&target(certified), "x").await.unwrap();
    let cipher = one(&mut connection, "select variable_value <> '' from information_schema.session_status where variable_name = 'Ssl_cipher'").await;
    assert_eq!(cipher, Value::Int64(1));
}

#[test]
fn the_shared_server_is_on_this_machine() {
    assert!(shared().host.parse::<IpAddr>().unwrap().is_loopback());
}

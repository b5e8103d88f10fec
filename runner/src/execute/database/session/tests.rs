//! What leaves a session: nothing that tells a check where its database is.

use std::collections::BTreeMap;

use super::*;
use crate::model::target::{Host, ServerAddress, Tls, TlsMode};

fn tcp(protocol: Protocol, name: &str, port: u16) -> Address {
    server(
        protocol,
        Host::Tcp {
            name: name.into(),
            port,
        },
    )
}

fn server(protocol: Protocol, host: Host) -> Address {
    Address::Server(ServerAddress {
        protocol,
        host,
        user: "monitor".into(),
        password: None,
        database: Some("shop".into()),
        tls: Tls {
            mode: TlsMode::Prefer,
            ca: None,
            client: None,
        },
    })
}

#[tokio::test]
async fn no_error_of_a_session_tells_the_check_where_the_database_is() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("garbage.db"), "no database").expect("room");
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a port that is free again");
    let socket = |protocol| {
        let path = folder.path().join("socket");
        server(protocol, Host::Socket { path, port: 5432 })
    };
    let place = folder.path().to_string_lossy().into_owned();
    let port = closed.port().to_string();
    for address in [
        tcp(Protocol::Postgresql, "127.0.0.1", closed.port()),
        tcp(Protocol::Mysql, "127.0.0.1", closed.port()),
        tcp(Protocol::Postgresql, "nowhere.invalid", 5432),
        tcp(Protocol::Mysql, "nowhere.invalid", 3306),
        socket(Protocol::Postgresql),
        socket(Protocol::Mysql),
        Address::File(folder.path().join("missing.db")),
        Address::File(folder.path().join("garbage.db")),
        Address::File(folder.path().to_owned()),
    ] {
        let target = Target {
            name: "shop".into(),
            address: address.clone(),
            labels: BTreeMap::new(),
            allow_privileged: false,
            connect_timeout: Duration::from_secs(5),
            connect_attempts: 1,
            max_parallel: 1,
        };
        let mut session = Session::new(Arc::new(target), "checkrun/test".into(), Clock::System);
        let errors = [
            session.facts().await.err(),
            Database::connect(&mut session).await.err(),
        ];
        for error in errors {
            let Some(SqlError::Connection(error)) = error else {
                panic!("{address:?} cannot be reached: {error:?}");
            };
            for secret in ["127.0.0.1", "nowhere.invalid", &place, &port] {
                assert!(
                    !error.message.contains(secret),
                    "{address:?}: {}",
                    error.message
                );
            }
        }
    }
}

#[tokio::test]
async fn what_the_network_takes_is_known_of_connections_through_the_relay() {
    let servers = checkrun_testkit::Servers::from_environment();
    let account = checkrun_testkit::account::MONITOR;
    for (protocol, endpoint) in [
        (Protocol::Postgresql, &servers.postgres),
        (Protocol::Mysql, &servers.mariadb),
    ] {
        for (mode, known) in [(TlsMode::Prefer, true), (TlsMode::Disable, false)] {
            let mut address = tcp(protocol, "localhost", endpoint.port);
            if let Address::Server(server) = &mut address {
                server.password = Some(crate::model::secret::Secret::new(account.password.into()));
                server.tls.mode = mode;
            }
            let target = Target {
                name: "shop".into(),
                address,
                labels: BTreeMap::new(),
                allow_privileged: false,
                connect_timeout: Duration::from_secs(5),
                connect_attempts: 1,
                max_parallel: 1,
            };
            let mut session = Session::new(Arc::new(target), "checkrun/test".into(), Clock::System);
            let timing = session.connect().await.expect("a connection");
            assert_eq!((timing.dns.is_some(), timing.tcp.is_some()), (known, known));
            let network = timing.dns.unwrap_or_default() + timing.tcp.unwrap_or_default();
            assert!(network < timing.total, "{timing:?}");
            session.close().await;
        }
    }
}

//! Who answers, who does not, and how long it takes to find out.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use checkrun_testkit::listener::MuteServer;
use checkrun_testkit::{Endpoint, Servers, account};

use super::*;
use crate::model::gate::Reach;
use crate::model::secret::Secret;
use crate::model::target::{Address, Host, Protocol, ServerAddress, Tls, TlsMode};

fn target(address: Address) -> Target {
    Target {
        name: "shop".into(),
        address,
        labels: BTreeMap::new(),
        allow_privileged: false,
        connect_timeout: Duration::from_secs(60),
        // A knock is one attempt, whatever the target's are.
        connect_attempts: 9,
        max_parallel: 1,
    }
}

fn server(protocol: Protocol, port: u16, password: &str) -> Address {
    Address::Server(ServerAddress {
        protocol,
        host: Host::Tcp {
            name: "127.0.0.1".into(),
            port,
        },
        user: account::MONITOR.name.into(),
        password: Some(Secret::new(password.into())),
        database: Some(account::DATABASE.into()),
        tls: Tls {
            mode: TlsMode::Prefer,
            ca: None,
            client: None,
        },
    })
}

fn file(path: &Path) -> Address {
    Address::File(path.to_owned())
}

async fn class(address: Address) -> Option<ConnectionClass> {
    match knock(&target(address), Clock::System).await {
        Knock::Failed(error) => Some(error.class),
        Knock::Answered { .. } | Knock::Witnessed => None,
    }
}

#[tokio::test]
async fn servers_and_files_that_work_answer() {
    let servers = Servers::from_environment();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("shop.db");
    rusqlite::Connection::open(&path)
        .and_then(|file| file.execute_batch("create table orders (id integer)"))
        .expect("a database");
    let password = account::MONITOR.password;
    let on = |protocol, endpoint: &Endpoint| server(protocol, endpoint.port, password);
    for address in [
        on(Protocol::Postgresql, &servers.postgres),
        on(Protocol::Mysql, &servers.mariadb),
        file(&path),
    ] {
        let knock = knock(&target(address), Clock::System).await;
        assert!(matches!(knock, Knock::Answered { .. }), "{knock:?}");
    }
}

#[tokio::test]
async fn what_keeps_checks_out_has_its_class() {
    let servers = Servers::from_environment();
    let free = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a port that is free again");
    let folder = tempfile::tempdir().expect("a folder");
    let locked = folder.path().join("locked.db");
    let lock = rusqlite::Connection::open(&locked).expect("a database");
    lock.execute_batch("create table t (n integer); begin exclusive;")
        .expect("a lock");
    let [postgres, mariadb] = [&servers.postgres, &servers.mariadb].map(|server| server.port);
    for (what, address, expected) in [
        (
            "nothing listens",
            server(Protocol::Postgresql, free.port(), "x"),
            ConnectionClass::Refused,
        ),
        (
            "another password",
            server(Protocol::Postgresql, postgres, "x"),
            ConnectionClass::Authentication,
        ),
        (
            "another password, on MariaDB",
            server(Protocol::Mysql, mariadb, "x"),
            ConnectionClass::Authentication,
        ),
        (
            "no such file",
            file(&folder.path().join("missing.db")),
            ConnectionClass::UnknownDatabase,
        ),
        (
            "a file that is locked",
            file(&locked),
            ConnectionClass::StartingUp,
        ),
    ] {
        assert_eq!(class(address).await, Some(expected), "{what}");
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up_in_time() {
    let mute = MuteServer::open().expect("a port");
    let port = mute.address().expect("an address").port();
    let began = Instant::now();
    let address = server(Protocol::Postgresql, port, "x");
    assert_eq!(class(address).await, Some(ConnectionClass::Timeout));
    let limit = CONNECT_WITHIN + Duration::from_secs(2);
    assert!(began.elapsed() < limit, "{:?}", began.elapsed());
}

/// What is known of a session after it was asked, or given up.
#[tokio::test]
async fn a_session_knows_whether_its_target_was_reached() {
    let servers = Servers::from_environment();
    let mute = MuteServer::open().expect("a port");
    let port = mute.address().expect("an address").port();
    let postgres = server(
        Protocol::Postgresql,
        servers.postgres.port,
        account::MONITOR.password,
    );
    let mute = server(Protocol::Postgresql, port, "x");
    let session = |address: &Address| {
        let target = Arc::new(target(address.clone()));
        Session::new(target, "checkrun/test".into(), Clock::System)
    };
    assert_eq!(session(&postgres).reach(), Reach::Untried);

    let query = |sql: &str, timeout| Query {
        sql: sql.into(),
        parameters: Vec::new(),
        max_rows: 10,
        max_bytes: 1000,
        timeout,
    };
    let short = Duration::from_millis(200);
    for (sql, expected) in [
        ("select 1", Reach::Reached),
        ("select * from nowhere", Reach::Reached),
        ("select pg_sleep(60)", Reach::Doubtful),
    ] {
        let mut session = session(&postgres);
        session.connect().await.expect("a connection");
        let _ = session.query(&query(sql, short)).await;
        assert_eq!(session.reach(), expected, "{sql}");
    }

    for given_up_by in ["its own time", "whoever waits"] {
        let mut session = session(&mute);
        let asked = query("select 1", short);
        let _ = match given_up_by {
            "its own time" => session.query(&asked).await.map(drop).map_err(drop),
            _ => tokio::time::timeout(short, session.connect())
                .await
                .map(drop)
                .map_err(drop),
        };
        let Reach::Unreachable(error) = session.reach() else {
            panic!("given up by {given_up_by}: {:?}", session.reach());
        };
        assert_eq!(error.class, ConnectionClass::Timeout, "{given_up_by}");
        assert!(!error.message.contains("127.0.0.1"), "{}", error.message);
    }
}

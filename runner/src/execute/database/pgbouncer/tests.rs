//! PgBouncer's console, against a real one in front of the shared PostgreSQL.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use checkrun_testkit::account::{BOSS, MONITOR, PLAIN};
use checkrun_testkit::{Account, Paused, PgBouncer, Servers, eventually};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, raw_sql};

use crate::clock::Clock;
use crate::execute::database::Database;
use crate::execute::database::session::Session;
use crate::model::engine::Engine;
use crate::model::secret::Secret;
use crate::model::sql::{ConnectionClass, ConnectionError, Query, ResultSet, SqlError, Value};
use crate::model::target::{Address, Host, Protocol, ServerAddress, Target, Tls, TlsMode};

fn pooler(settings: &[(&str, &str)]) -> PgBouncer {
    PgBouncer::start(&Servers::from_environment().postgres, settings).expect("PgBouncer")
}

fn target(pooler: &PgBouncer, who: Account) -> Target {
    let host = Host::Tcp {
        name: "127.0.0.1".into(),
        port: pooler.port(),
    };
    Target {
        name: "pool".into(),
        address: Address::Server(ServerAddress {
            protocol: Protocol::Pgbouncer,
            host,
            user: who.name.into(),
            password: Some(Secret::new(who.password.into())),
            database: Some("pgbouncer".into()),
            tls: tls(TlsMode::Disable, None),
        }),
        labels: BTreeMap::new(),
        allow_privileged: false,
        connect_timeout: Duration::from_secs(5),
        connect_attempts: 1,
        max_parallel: 2,
    }
}

fn tls(mode: TlsMode, ca: Option<PathBuf>) -> Tls {
    Tls {
        mode,
        ca,
        client: None,
    }
}

fn address(target: &mut Target) -> &mut ServerAddress {
    match &mut target.address {
        Address::Server(address) => address,
        Address::File(_) => panic!("a server"),
    }
}

fn session(target: Target) -> Session {
    Session::new(Arc::new(target), "checkrun/test".into(), Clock::System)
}

fn query(sql: &str) -> Query {
    Query {
        sql: sql.into(),
        parameters: Vec::new(),
        max_rows: 10_000,
        max_bytes: 8 << 20,
        timeout: Duration::from_secs(10),
    }
}

async fn ask(session: &mut Session, sql: &str) -> ResultSet {
    let answer = session.query(&query(sql)).await;
    answer.unwrap_or_else(|error| panic!("{sql}: {error:?}"))
}

async fn failure(target: Target) -> ConnectionError {
    match session(target).facts().await {
        Err(SqlError::Connection(error)) => error,
        other => panic!("no connection was expected: {other:?}"),
    }
}

fn column(answer: &ResultSet, name: &str) -> usize {
    let found = answer.columns.iter().position(|column| column.name == name);
    found.unwrap_or_else(|| panic!("no {name} in {:?}", answer.columns))
}

#[tokio::test]
async fn the_console_says_who_it_is_and_answers_what_it_is_asked() {
    let pooler = pooler(&[]);
    let mut session = session(target(&pooler, MONITOR));
    let facts = session.facts().await.expect("facts");
    assert_eq!(facts.engine, Engine::Pgbouncer);
    assert!(facts.version_text.starts_with("PgBouncer 1."), "{facts:?}");
    assert!(facts.version.minor >= 18, "{facts:?}");
    assert_eq!(facts.database.as_deref(), Some("pgbouncer"));
    for statement in [
        "SHOW POOLS",
        "show lists;",
        "SHOW STATS",
        "SHOW CLIENTS",
        "SHOW VERSION",
    ] {
        assert!(
            !ask(&mut session, statement).await.rows.is_empty(),
            "{statement}"
        );
    }
    let databases = ask(&mut session, "SHOW DATABASES").await;
    let row = &databases.rows[1];
    assert_eq!(row[column(&databases, "name")], Value::Text("shop".into()));
    assert_eq!(row[column(&databases, "pool_size")], Value::Int64(20));
    assert_eq!(row[column(&databases, "force_user")], Value::Null);
    // Nobody has asked PostgreSQL for anything.
    assert!(ask(&mut session, "SHOW SERVERS").await.rows.is_empty());
    Box::new(session).close().await;
}

#[tokio::test]
async fn what_the_gate_or_pgbouncer_refuses_leaves_the_connection_usable() {
    let pooler = pooler(&[]);
    let mut session = session(target(&pooler, MONITOR));
    for refused in [
        "PAUSE",
        "SHOW VERSION; SHUTDOWN",
        "SELECT 1",
        "SHOW FDS",
        "RELOAD",
    ] {
        let answer = session.query(&query(refused)).await;
        assert!(
            matches!(answer, Err(SqlError::Forbidden(_))),
            "{refused}: {answer:?}"
        );
    }
    let with_value = Query {
        parameters: vec![Value::Int64(1)],
        ..query("SHOW POOLS")
    };
    let answer = session.query(&with_value).await;
    assert!(
        matches!(answer, Err(SqlError::InvalidParameter(_))),
        "{answer:?}"
    );
    // Of a newer PgBouncer than the one that Debian has; there it is an answer.
    match session.query(&query("SHOW PEERS")).await {
        Err(SqlError::Server(error)) => assert_eq!(error.sqlstate.as_deref(), Some("08P01")),
        answer => assert!(answer.is_ok(), "{answer:?}"),
    }
    assert_eq!(ask(&mut session, "SHOW VERSION").await.rows.len(), 1);
}

#[tokio::test]
async fn an_answer_ends_at_its_limits() {
    let pooler = pooler(&[]);
    let mut session = session(target(&pooler, MONITOR));
    for limited in [
        Query {
            max_rows: 3,
            ..query("SHOW CONFIG")
        },
        Query {
            max_bytes: 200,
            ..query("SHOW CONFIG")
        },
    ] {
        let answer = session.query(&limited).await.expect("an answer");
        assert!(
            answer.truncated && (1..=4).contains(&answer.rows.len()),
            "{answer:?}"
        );
        assert!(answer.bytes <= limited.max_bytes);
    }
    assert!(ask(&mut session, "SHOW CONFIG").await.rows.len() > 50);
}

#[tokio::test]
async fn an_admin_is_refused_unless_the_target_allows_it() {
    let pooler = pooler(&[]);
    let refused = failure(target(&pooler, BOSS)).await;
    assert_eq!(refused.class, ConnectionClass::AccountRefused);
    assert!(
        refused.message.contains("is in PgBouncer's admin_users"),
        "{refused:?}"
    );
    let allowed = Target {
        allow_privileged: true,
        ..target(&pooler, BOSS)
    };
    let mut session = session(allowed);
    let refused = session.query(&query("SHUTDOWN")).await;
    assert!(
        matches!(refused, Err(SqlError::Forbidden(_))),
        "{refused:?}"
    );
    assert_eq!(ask(&mut session, "SHOW VERSION").await.rows.len(), 1);
}

#[tokio::test]
async fn a_login_that_is_refused_says_so_and_leaves_open_what_pgbouncer_does() {
    let pooler = pooler(&[]);
    let wrong = Account {
        password: "wrong",
        ..MONITOR
    };
    let unknown = Account {
        name: "nobody",
        ..MONITOR
    };
    for (what, who) in [
        ("wrong password", wrong),
        ("unknown", unknown),
        ("no console", PLAIN),
    ] {
        let error = failure(target(&pooler, who)).await;
        assert_eq!(error.class, ConnectionClass::Other, "{what}: {error:?}");
        assert!(
            error.message.contains("SQLSTATE 08P01"),
            "{what}: {error:?}"
        );
    }
}

#[tokio::test]
async fn the_console_lets_us_in_when_no_more_clients_are_allowed() {
    let pooler = pooler(&[("max_client_conn", "1")]);
    let mut sessions = Vec::new();
    for _ in 0..3 {
        let mut another = session(target(&pooler, MONITOR));
        another.facts().await.expect("the console has no limit");
        sessions.push(another);
    }
}

#[tokio::test]
async fn nobody_there_is_refused_and_a_silent_one_is_given_up() {
    let pooler = pooler(&[]);
    let mut session = session(target(&pooler, MONITOR));
    session.facts().await.expect("connected");
    let pause = Paused::process(pooler.pid()).expect("paused");
    let short = Query {
        timeout: Duration::from_millis(200),
        ..query("SHOW POOLS")
    };
    let answer = session.query(&short).await;
    assert!(matches!(answer, Err(SqlError::Timeout(_))), "{answer:?}");
    let impatient = Target {
        connect_timeout: Duration::from_millis(200),
        ..target(&pooler, MONITOR)
    };
    assert_eq!(failure(impatient).await.class, ConnectionClass::Timeout);
    drop(pause);
    let gone = target(&pooler, MONITOR);
    drop(pooler);
    assert_eq!(failure(gone).await.class, ConnectionClass::Refused);
}

#[tokio::test]
async fn tls_and_the_socket_lead_to_the_console_too() {
    let pooler = pooler(&[("client_tls_sslmode", "require")]);
    let authority = Servers::from_environment().certificates.ca;
    for (mode, ca, expected) in [
        (TlsMode::VerifyFull, Some(authority), None),
        (TlsMode::VerifyFull, None, Some(ConnectionClass::Tls)),
        (TlsMode::Require, None, None),
        (TlsMode::Disable, None, Some(ConnectionClass::Other)),
    ] {
        let mut target = target(&pooler, MONITOR);
        address(&mut target).tls = tls(mode, ca);
        match expected {
            Some(class) => assert_eq!(failure(target).await.class, class, "{mode:?}"),
            None => assert!(session(target).facts().await.is_ok(), "{mode:?}"),
        }
    }
    let mut local = target(&pooler, MONITOR);
    address(&mut local).host = Host::Socket {
        path: pooler.socket_folder(),
        port: pooler.port(),
    };
    assert!(session(local).facts().await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_session_leaves_pgbouncer_at_once() {
    let pooler = pooler(&[]);
    let mut dropped = session(target(&pooler, MONITOR));
    dropped.facts().await.expect("connected");
    let mut witness = PgConnection::connect_with(
        &format!(
            "postgres://monitor:{}@127.0.0.1:{}/pgbouncer?sslmode=disable",
            MONITOR.password,
            pooler.port()
        )
        .parse::<sqlx::postgres::PgConnectOptions>()
        .expect("a URL")
        .extra_float_digits(None),
    )
    .await
    .expect("a witness");
    drop(dropped);
    let runtime = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        eventually("the witness is alone", Duration::from_secs(5), || {
            let clients = raw_sql(AssertSqlSafe("SHOW CLIENTS".to_owned())).fetch_all(&mut witness);
            let clients = runtime.block_on(clients).expect("an answer");
            (clients.len() == 1).then_some(())
        });
    });
}

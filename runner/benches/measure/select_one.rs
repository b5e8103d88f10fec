//! `SELECT 1` on PostgreSQL: through a check, and through sqlx alone.
//!
//! Twice through sqlx: once inside the same fence that a check's query has (`BEGIN READ ONLY` with its
//! limits, the statement by the extended protocol, `ROLLBACK`), which is what a careful program of
//! one's own would do, and once bare. All use one open connection each, and the three take turns, so
//! that a busy moment of the machine hits them alike.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use checkrun::clock::Clock;
use checkrun::execute::database::Database;
use checkrun::execute::database::session::Session;
use checkrun::execute::sandbox::{Pack, Sandbox};
use checkrun::model::gate::Reach;
use checkrun::model::secret::Secret;
use checkrun::model::sql::{ConnectTiming, Query, ResultSet, ServerFacts, SqlError};
use checkrun::model::target::{Address, Host, Protocol, ServerAddress, Target, Tls, TlsMode};
use checkrun_testkit::{Endpoint, Servers, account};
use futures_util::future::BoxFuture;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection, Executor, Row};
use tokio::sync::Mutex;

use super::{Times, load, request};

/// Each round has connections of its own: on which core the server's process for a connection runs can
/// double all of its times, for as long as it lives.
const ROUNDS: usize = 50;
/// Of each kind, in each round.
const QUERIES: usize = 100;
/// At the beginning of each round, not counted.
const WARM_UP: usize = 10;

pub async fn measure() {
    let servers = Servers::from_environment();
    let server = &servers.postgres;
    let pack = load(include_str!("ask.wat"), Sandbox::new).await;
    let mut times = [Times::default(), Times::default(), Times::default()];
    for _ in 0..ROUNDS {
        round(server, &pack, &mut times).await;
    }
    let [through_check, fenced, bare] = times;
    through_check.print("SELECT 1 through a check");
    fenced.print("SELECT 1 through sqlx, same fence");
    bare.print("SELECT 1 through sqlx, bare");
}

async fn round(server: &Endpoint, pack: &Pack, times: &mut [Times; 3]) {
    let session = Session::new(
        Arc::new(target(server)),
        "checkrun/bench".into(),
        Clock::System,
    );
    let session = Shared(Arc::new(Mutex::new(session)));
    let url = format!("{}?sslmode=disable", server.url(account::MONITOR));
    let options: PgConnectOptions = url.parse().expect("a URL");
    let mut alone = options.connect().await.expect("a connection");
    for n in 0..WARM_UP + QUERIES {
        let request = request("ask", Box::new(session.clone()));
        let start = Instant::now();
        let result = pack.run(request).await;
        let through_check = start.elapsed();
        assert!(result.answer.is_ok(), "{:?}", result.answer);

        let start = Instant::now();
        fenced_select(&mut alone).await;
        let fenced = start.elapsed();

        let start = Instant::now();
        select(&mut alone).await;
        let bare = start.elapsed();

        if n >= WARM_UP {
            for (times, took) in times.iter_mut().zip([through_check, fenced, bare]) {
                times.push(took);
            }
        }
    }
    alone.close().await.expect("a goodbye");
}

async fn fenced_select(connection: &mut PgConnection) {
    let begin = "BEGIN TRANSACTION READ ONLY; SET LOCAL statement_timeout = 10000; SET LOCAL lock_timeout = 1000";
    connection.execute(begin).await.expect("a transaction");
    select(connection).await;
    connection.execute("ROLLBACK").await.expect("its end");
}

async fn select(connection: &mut PgConnection) {
    let row = sqlx::query("SELECT 1")
        .fetch_one(connection)
        .await
        .expect("a row");
    assert_eq!(row.get::<i32, _>(0), 1);
}

fn target(server: &Endpoint) -> Target {
    let tls = Tls {
        mode: TlsMode::Disable,
        ca: None,
        client: None,
    };
    Target {
        name: "shop".into(),
        address: Address::Server(ServerAddress {
            protocol: Protocol::Postgresql,
            host: Host::Tcp {
                name: server.host.clone(),
                port: server.port,
            },
            user: account::MONITOR.name.into(),
            password: Some(Secret::new(account::MONITOR.password.into())),
            database: Some(account::DATABASE.into()),
            tls,
        }),
        labels: BTreeMap::new(),
        allow_privileged: false,
        connect_timeout: Duration::from_secs(5),
        connect_attempts: 1,
        max_parallel: 1,
    }
}

/// One session that many runs use, one after the other, so that only the query is measured.
#[derive(Clone)]
struct Shared(Arc<Mutex<Session>>);

impl Database for Shared {
    fn facts(&mut self) -> BoxFuture<'_, Result<ServerFacts, SqlError>> {
        Box::pin(async { self.0.lock().await.facts().await })
    }

    fn query<'a>(&'a mut self, query: &'a Query) -> BoxFuture<'a, Result<ResultSet, SqlError>> {
        Box::pin(async { self.0.lock().await.query(query).await })
    }

    fn connect(&mut self) -> BoxFuture<'_, Result<ConnectTiming, SqlError>> {
        Box::pin(async { self.0.lock().await.connect().await })
    }

    /// Nobody asks: it is reached, or the measurement is none.
    fn reach(&self) -> Reach {
        Reach::Reached
    }

    /// The next run goes on with it.
    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }
}

//! PostgreSQL targets against real servers.

mod connecting;
mod fences;
mod hostile;
mod limits;
mod parameters;
mod statements;
mod tls;
mod types;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use checkrun_testkit::{Account, Endpoint, Servers, account};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row, raw_sql};

use crate::clock::Clock;
use crate::execute::database::Database;
use crate::execute::database::session::Session;
use crate::model::secret::Secret;
use crate::model::sql::{Query, ResultSet, SqlError, Value};
use crate::model::target::{Address, Host, Protocol, ServerAddress, Target, Tls, TlsMode};

/// The shared server as `who` sees it.
fn target(who: Account) -> Target {
    target_at(&Servers::from_environment().postgres, who)
}

fn target_at(endpoint: &Endpoint, who: Account) -> Target {
    let host = Host::Tcp {
        name: endpoint.host.clone(),
        port: endpoint.port,
    };
    target_of(host, who)
}

fn target_of(host: Host, who: Account) -> Target {
    Target {
        name: "shop".into(),
        address: Address::Server(ServerAddress {
            protocol: Protocol::Postgresql,
            host,
            user: who.name.into(),
            password: Some(Secret::new(who.password.into())),
            database: Some(account::DATABASE.into()),
            tls: Tls {
                mode: TlsMode::Disable,
                ca: None,
                client: None,
            },
        }),
        labels: BTreeMap::new(),
        allow_privileged: false,
        connect_timeout: Duration::from_secs(5),
        connect_attempts: 1,
        max_parallel: 2,
    }
}

fn privileged(who: Account) -> Target {
    Target {
        allow_privileged: true,
        ..target(who)
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

fn named(target: Target, application: &str) -> Session {
    Session::new(Arc::new(target), application.into(), Clock::System)
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

fn with(sql: &str, parameters: &[Value]) -> Query {
    Query {
        parameters: parameters.to_vec(),
        ..query(sql)
    }
}

async fn run(session: &mut Session, sql: &str) -> Result<ResultSet, SqlError> {
    session.query(&query(sql)).await
}

/// The one value of an answer that has to be there.
async fn value(session: &mut Session, sql: &str) -> Value {
    let mut answer = run(session, sql)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    answer.rows.remove(0).remove(0)
}

/// A connection that nothing of ours restrains, to look at the server from outside.
struct Witness(PgConnection);

impl Witness {
    async fn new() -> Self {
        Self::at(&Servers::from_environment().postgres).await
    }

    async fn at(endpoint: &Endpoint) -> Self {
        let url = format!("{}?sslmode=disable", endpoint.url(account::BOSS));
        Self(
            PgConnection::connect(&url)
                .await
                .expect("the superuser may connect"),
        )
    }

    /// The text of the first column of the first row.
    async fn ask(&mut self, sql: &str) -> String {
        let sql = AssertSqlSafe(sql.to_owned());
        let row = raw_sql(sql)
            .fetch_one(&mut self.0)
            .await
            .expect("an answer");
        row.try_get_unchecked::<Option<String>, _>(0)
            .expect("text")
            .unwrap_or_default()
    }

    async fn do_it(&mut self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        raw_sql(sql).execute(&mut self.0).await.expect("done");
    }

    /// Waits until `sql` answers `expected`.
    async fn sees(&mut self, sql: &str, expected: &str, limit: Duration) {
        let deadline = checkrun_testkit::Deadline::within(limit);
        while self.ask(sql).await != expected {
            deadline.check(&format!("{expected} from {sql}"));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until no session called `application` is left.
    async fn sees_nobody(&mut self, application: &str) {
        let sql = sessions(application);
        self.sees(&sql, "0", Duration::from_secs(5)).await;
    }
}

fn sessions(application: &str) -> String {
    format!("SELECT count(*)::text FROM pg_stat_activity WHERE application_name = '{application}'")
}

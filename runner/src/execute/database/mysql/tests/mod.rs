//! MySQL targets against a real MariaDB server: the shared one that `cargo xtask test` starts, and
//! servers of a test's own where it needs another certificate.

use std::collections::BTreeMap;
use std::time::Duration;

use checkrun_testkit::{Account, Endpoint, Servers, account};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor};

use super::Connection;
use crate::model::secret::Secret;
use crate::model::sql::{Query, ResultSet, SqlError, Value};
use crate::model::target::{Address, Host, Protocol, ServerAddress, Target, Tls, TlsMode};

mod connecting;
mod fences;
mod limits;
mod values;

fn shared() -> Endpoint {
    Servers::from_environment().mariadb
}

fn address(endpoint: &Endpoint, account: Account) -> ServerAddress {
    ServerAddress {
        protocol: Protocol::Mysql,
        host: Host::Tcp {
            name: endpoint.host.clone(),
            port: endpoint.port,
        },
        user: account.name.into(),
        password: Some(Secret::new(account.password.into())),
        database: Some(account::DATABASE.into()),
        tls: Tls {
            mode: TlsMode::Disable,
            ca: None,
            client: None,
        },
    }
}

fn target(address: ServerAddress) -> Target {
    Target {
        name: "shop".into(),
        address: Address::Server(address),
        labels: BTreeMap::new(),
        allow_privileged: false,
        connect_timeout: Duration::from_secs(5),
        connect_attempts: 1,
        max_parallel: 1,
    }
}

/// A connection of an account that may only read.
async fn monitor() -> Connection {
    let target = target(address(&shared(), account::MONITOR));
    Connection::open(&target, "checkrun/test").await.unwrap()
}

/// A connection of the account with all privileges, which its target allows.
async fn boss() -> Connection {
    let mut target = target(address(&shared(), account::BOSS));
    target.allow_privileged = true;
    Connection::open(&target, "checkrun/test").await.unwrap()
}

/// A plain driver connection, without any fence, for preparing and looking.
async fn admin() -> MySqlConnection {
    let endpoint = shared();
    MySqlConnectOptions::new()
        .host(&endpoint.host)
        .port(endpoint.port)
        .username(account::BOSS.name)
        .password(account::BOSS.password)
        .connect()
        .await
        .unwrap()
}

async fn prepare(statements: &[&str]) {
    let mut admin = admin().await;
    for sql in statements {
        let sql = AssertSqlSafe((*sql).to_owned());
        admin.execute(sqlx::raw_sql(sql)).await.unwrap();
    }
}

fn query(sql: &str, parameters: Vec<Value>) -> Query {
    Query {
        sql: sql.into(),
        parameters,
        max_rows: 10_000,
        max_bytes: 8 << 20,
        timeout: Duration::from_secs(10),
    }
}

async fn ask(connection: &mut Connection, sql: &str) -> Result<ResultSet, SqlError> {
    connection.query(&query(sql, Vec::new())).await
}

/// The one value of an answer.
async fn one(connection: &mut Connection, sql: &str) -> Value {
    let answer = ask(connection, sql).await.unwrap();
    answer.rows[0][0].clone()
}

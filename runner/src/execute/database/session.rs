//! [`Session`]: one target as one run sees it.
//!
//! It connects when first needed, tries again where that can help, and ends every call in time. Ending
//! means dropping: the connection moves into the call that uses it and comes back only from a call
//! that finished, so one whose future was dropped or whose time is up is closed at that moment.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::time::timeout;

use super::network::NetworkTiming;
use super::{Database, mysql, pgbouncer, postgres, sqlite};
use crate::clock::Clock;
use crate::model::gate::Reach;
use crate::model::sql::{
    ConnectTiming, ConnectionClass, ConnectionError, Query, ResultSet, ServerFacts, SqlError,
};
use crate::model::target::{Address, Protocol, Target};
use crate::model::whereabouts;

/// The pause after the first failed attempt to connect; it doubles with each further one.
const PAUSE_FIRST: Duration = Duration::from_millis(500);

/// The longest pause between two attempts.
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// How much longer than the server we wait, so that its own words about a timeout arrive.
const GRACE: Duration = Duration::from_millis(300);

/// How long an orderly goodbye may take.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);

/// A connection of whatever engine the target is.
enum Connection {
    Postgres(postgres::Connection),
    Mysql(mysql::Connection),
    Pgbouncer(pgbouncer::Connection),
    Sqlite(sqlite::Connection),
}

impl Connection {
    async fn open(target: &Target, application: &str) -> Result<Self, ConnectionError> {
        Ok(match &target.address {
            Address::Server(server) => match server.protocol {
                Protocol::Postgresql => {
                    Self::Postgres(postgres::Connection::open(target, application).await?)
                }
                Protocol::Mysql => Self::Mysql(mysql::Connection::open(target, application).await?),
                Protocol::Pgbouncer => {
                    Self::Pgbouncer(pgbouncer::Connection::open(target, application).await?)
                }
            },
            Address::File(_) => Self::Sqlite(sqlite::Connection::open(target, application).await?),
        })
    }

    fn facts(&self) -> &ServerFacts {
        match self {
            Self::Postgres(connection) => connection.facts(),
            Self::Mysql(connection) => connection.facts(),
            Self::Pgbouncer(connection) => connection.facts(),
            Self::Sqlite(connection) => connection.facts(),
        }
    }

    fn network_timing(&self) -> Option<NetworkTiming> {
        match self {
            Self::Postgres(connection) => connection.network_timing(),
            Self::Mysql(connection) => connection.network_timing(),
            Self::Pgbouncer(connection) => connection.network_timing(),
            Self::Sqlite(_) => None,
        }
    }

    fn is_usable(&self) -> bool {
        match self {
            Self::Postgres(connection) => connection.is_usable(),
            Self::Mysql(connection) => connection.is_usable(),
            Self::Pgbouncer(connection) => connection.is_usable(),
            Self::Sqlite(connection) => connection.is_usable(),
        }
    }

    async fn query(&mut self, query: &Query) -> Result<ResultSet, SqlError> {
        match self {
            Self::Postgres(connection) => connection.query(query).await,
            Self::Mysql(connection) => connection.query(query).await,
            Self::Pgbouncer(connection) => connection.query(query).await,
            Self::Sqlite(connection) => connection.query(query).await,
        }
    }

    async fn close(self) {
        match self {
            Self::Postgres(connection) => connection.close().await,
            Self::Mysql(connection) => connection.close().await,
            Self::Pgbouncer(connection) => connection.close().await,
            Self::Sqlite(connection) => connection.close().await,
        }
    }
}

/// One target as one run sees it: at most one open connection, and one more during a second
/// [`Database::connect`].
pub struct Session {
    target: Arc<Target>,
    application: String,
    clock: Clock,
    connection: Option<Connection>,
    reach: Reach,
}

impl Session {
    /// A session that is not connected yet; `application` is what the server shows of us.
    #[must_use]
    pub fn new(target: Arc<Target>, application: String, clock: Clock) -> Self {
        Self {
            target,
            application,
            clock,
            connection: None,
            reach: Reach::Untried,
        }
    }

    /// Ends the session in order, within a second. Dropping the session instead is allowed, and
    /// leaves it to the server to notice.
    pub async fn close(mut self) {
        if let Some(connection) = self.connection.take() {
            // Late or not, the socket is closed when this returns.
            let _ = timeout(CLOSE_LIMIT, connection.close()).await;
        }
    }

    async fn connected(&mut self) -> Result<Connection, ConnectionError> {
        match self.connection.take() {
            Some(connection) => Ok(connection),
            None => self.open().await.map(|(connection, _)| connection),
        }
    }

    async fn open(&mut self) -> Result<(Connection, ConnectTiming), ConnectionError> {
        if self.reach == Reach::Untried {
            // It stays so when the caller's time is over before the attempt is.
            self.reach = Reach::Unreachable(not_yet());
        }
        let mut pause = PAUSE_FIRST;
        let mut attempts = 1;
        loop {
            match self.attempt().await {
                Ok((connection, mut timing)) => {
                    self.reach = std::mem::take(&mut self.reach).connected();
                    timing.attempts = attempts;
                    return Ok((connection, timing));
                }
                Err(mut error) => {
                    error.attempts = attempts;
                    self.reach = std::mem::take(&mut self.reach).not_connected(&error);
                    if attempts >= self.target.connect_attempts || !is_transient(error.class) {
                        return Err(error);
                    }
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
            attempts += 1;
        }
    }

    // `&mut`, although nothing changes: a shared borrow of a SQLite handle could not move between threads.
    async fn attempt(&mut self) -> Result<(Connection, ConnectTiming), ConnectionError> {
        let limit = self.target.connect_timeout;
        let start = self.clock.start();
        let opening = AssertUnwindSafe(Connection::open(&self.target, &self.application));
        let opened = timeout(limit, opening.catch_unwind()).await;
        let connection = match opened {
            Ok(Ok(opened)) => opened?,
            Ok(Err(_panic)) => return Err(driver_failed()),
            Err(_elapsed) => return Err(no_answer(limit)),
        };
        let network = connection.network_timing();
        let timing = ConnectTiming {
            dns: network.map(|timing| timing.dns),
            tcp: network.map(|timing| timing.tcp),
            tls: None,
            login: None,
            total: start.elapsed(),
            attempts: 1,
        };
        Ok((connection, timing))
    }

    async fn known_facts(&mut self) -> Result<ServerFacts, ConnectionError> {
        let connection = self.connected().await?;
        let facts = connection.facts().clone();
        self.connection = Some(connection);
        Ok(facts)
    }

    async fn connect_timed(&mut self) -> Result<ConnectTiming, ConnectionError> {
        let (connection, timing) = self.open().await?;
        if self.connection.is_none() {
            self.connection = Some(connection);
        } else {
            let _ = timeout(CLOSE_LIMIT, connection.close()).await;
        }
        Ok(timing)
    }

    async fn run(&mut self, query: &Query) -> Result<ResultSet, SqlError> {
        let start = self.clock.start();
        let Ok(connected) = timeout(query.timeout, self.connected()).await else {
            return Err(SqlError::Connection(no_answer(query.timeout)));
        };
        let mut connection = connected.map_err(SqlError::Connection)?;
        let result = within(&mut connection, query, start).await;
        if let Err(error) = &result {
            self.reach = std::mem::take(&mut self.reach).not_answered(error);
        }
        if connection.is_usable() && !matches!(result, Err(SqlError::Connection(_))) {
            self.connection = Some(connection);
        }
        result
    }
}

/// Runs the query in what is left of its time since `start`.
async fn within(
    connection: &mut Connection,
    query: &Query,
    start: Instant,
) -> Result<ResultSet, SqlError> {
    let mut rest = query.clone();
    rest.timeout = query.timeout.saturating_sub(start.elapsed());
    let limit = rest.timeout + GRACE;
    let running = AssertUnwindSafe(connection.query(&rest)).catch_unwind();
    match timeout(limit, running).await {
        Ok(Ok(Err(SqlError::Timeout(_)))) | Err(_) => Err(SqlError::Timeout(query.timeout)),
        Ok(Ok(result)) => result,
        Ok(Err(_panic)) => Err(SqlError::Connection(driver_failed())),
    }
}

impl Database for Session {
    fn reach(&self) -> Reach {
        match self.reach.clone() {
            Reach::Unreachable(error) => {
                Reach::Unreachable(without_its_address(error, &self.target.address))
            }
            other => other,
        }
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(Session::close(*self))
    }

    fn facts(&mut self) -> BoxFuture<'_, Result<ServerFacts, SqlError>> {
        Box::pin(async move {
            let facts = self.known_facts().await.map_err(SqlError::Connection);
            facts.map_err(|error| without_address(error, &self.target.address))
        })
    }

    fn query<'a>(&'a mut self, query: &'a Query) -> BoxFuture<'a, Result<ResultSet, SqlError>> {
        Box::pin(async move {
            let answer = self.run(query).await;
            answer.map_err(|error| without_address(error, &self.target.address))
        })
    }

    fn connect(&mut self) -> BoxFuture<'_, Result<ConnectTiming, SqlError>> {
        Box::pin(async move {
            let timing = self.connect_timed().await.map_err(SqlError::Connection);
            timing.map_err(|error| without_address(error, &self.target.address))
        })
    }
}

/// What a check may read of an error. The one place that all errors pass.
fn without_address(error: SqlError, address: &Address) -> SqlError {
    match error {
        SqlError::Connection(error) => SqlError::Connection(without_its_address(error, address)),
        other => other,
    }
}

fn without_its_address(error: ConnectionError, address: &Address) -> ConnectionError {
    let hidden = whereabouts::hide(&error.message, address);
    let message = match error.class {
        // What is wrong is the account; the sentence is about nothing else.
        ConnectionClass::AccountRefused => hidden,
        _ => whereabouts::locate(hidden),
    };
    ConnectionError { message, ..error }
}

/// What another attempt can change. A name that does not resolve is not among them: the resolver has
/// already asked again by itself, and a misspelled name stays one.
fn is_transient(class: ConnectionClass) -> bool {
    match class {
        ConnectionClass::Refused
        | ConnectionClass::Unreachable
        | ConnectionClass::Timeout
        | ConnectionClass::Lost
        | ConnectionClass::TooManyConnections
        | ConnectionClass::StartingUp
        | ConnectionClass::ShuttingDown => true,
        ConnectionClass::Dns
        | ConnectionClass::Tls
        | ConnectionClass::Authentication
        | ConnectionClass::UnknownDatabase
        | ConnectionClass::DatabaseRefused
        | ConnectionClass::Protocol
        | ConnectionClass::AccountRefused
        | ConnectionClass::Other => false,
    }
}

fn no_answer(limit: Duration) -> ConnectionError {
    ConnectionError {
        class: ConnectionClass::Timeout,
        message: format!("no connection within {limit:?}"),
        attempts: 1,
    }
}

fn not_yet() -> ConnectionError {
    ConnectionError {
        class: ConnectionClass::Timeout,
        message: "no connection before the time for it was over".into(),
        attempts: 1,
    }
}

/// A driver that stumbles over a server's answer must not take the run with it.
fn driver_failed() -> ConnectionError {
    ConnectionError {
        class: ConnectionClass::Protocol,
        message: "the server's answer is not its protocol (the driver gave up on it)".into(),
        attempts: 1,
    }
}

#[cfg(test)]
mod tests;

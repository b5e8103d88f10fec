//! PostgreSQL targets: one owned connection that runs one reading statement at a time.
//!
//! A query is three round trips: the fence opens (`BEGIN TRANSACTION READ ONLY` and the limits), the
//! statement is prepared (`shape`), and it runs, as it is or as a subquery (`projection`, one more
//! round trip). The fence closes without anybody waiting for it, never with a commit. What the session
//! keeps beyond that (settings, locks, prepared statements) ends with the connection, and a connection
//! serves one run.

mod account;
mod array;
mod calendar;
pub(super) mod error;
mod fenced;
pub(super) mod fetch;
pub(super) mod kind;
pub(super) mod login;
mod numeric;
pub(super) mod options;
mod parameter;
mod projection;
pub(super) mod shape;
#[cfg(test)]
mod tests;
mod value;

use futures_util::FutureExt;
use sqlx::{Connection as _, PgConnection, raw_sql};

use self::fenced::{Ending, Failure, Fenced};
use crate::clock::Clock;
use crate::execute::database::network::NetworkTiming;
use crate::execute::database::relay::Relay;
use crate::execute::database::statement::{self, Dialect};
use crate::model::advice;
use crate::model::sql::{
    ConnectionClass, ConnectionError, Query, ResultSet, ServerFacts, SqlError,
};
use crate::model::target::{Address, Target};

/// Closes the fence and proves that it still stood: outside of a transaction the server refuses a
/// savepoint, and the next statement on this connection hears of it.
const END: &str = "SAVEPOINT checkrun_fence; ROLLBACK";

/// Closes the fence after an error, when no savepoint is possible.
const END_FAILED: &str = "ROLLBACK";

/// One open connection. Dropping it closes the socket at once; the server notices by itself.
pub struct Connection {
    inner: PgConnection,
    /// What an encrypted connection goes through; dropped after the driver's end.
    relay: Option<Relay>,
    facts: ServerFacts,
    usable: bool,
}

impl Connection {
    /// Opens a connection in as many round trips as PostgreSQL's own client, and one more for the
    /// facts and the privileges of the account.
    ///
    /// # Errors
    /// Its class is decided by SQLSTATE and by the operating system's error.
    pub async fn open(target: &Target, application: &str) -> Result<Self, ConnectionError> {
        let Address::Server(address) = &target.address else {
            return Err(not_connected(
                ConnectionClass::Other,
                "a file is no PostgreSQL server",
            ));
        };
        let options = options::connect_options(address, application, target.connect_timeout)?;
        let connected = async {
            let (mut inner, relay) = login::log_in(address, options).await?;
            let account = account::look_up(&mut inner).await?;
            Ok((inner, relay, account))
        };
        let (inner, relay, account) = match connected.await {
            Ok(connected) => connected,
            Err(error) => {
                let refused = login::failure(address, error).await;
                return Err(with_remedy(refused, &target.address));
            }
        };
        if !target.allow_privileged {
            account.refuse_privileged()?;
        }
        Ok(Self {
            inner,
            relay,
            facts: account.facts,
            usable: true,
        })
    }

    /// What the server says of itself.
    #[must_use]
    pub fn facts(&self) -> &ServerFacts {
        &self.facts
    }

    /// What the network took of opening it; known of encrypted TCP connections.
    #[must_use]
    pub fn network_timing(&self) -> Option<NetworkTiming> {
        self.relay.as_ref().map(Relay::timing)
    }

    /// Whether another query may be run: not after the connection broke, nor when an answer was cut
    /// short and its rest is still on the way.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.usable
    }

    /// Runs one statement in a read-only transaction of its own.
    ///
    /// An answer is truncated before the first row that does not fit: when there are `max_rows`, or
    /// when its values, or one of them alone, would exceed `max_bytes`. The rest is not read, so the
    /// connection is of no further use.
    ///
    /// # Errors
    /// What the statement gate refuses, what the server says, and a broken connection.
    pub async fn query(&mut self, query: &Query) -> Result<ResultSet, SqlError> {
        let statement =
            statement::accept(&query.sql, Dialect::Postgresql).map_err(SqlError::Forbidden)?;
        self.usable = false;
        let start = Clock::System.start();
        let fenced = Fenced {
            connection: &mut self.inner,
            query,
            text: statement.text,
            kind: statement.kind,
        };
        match fenced.run().await {
            Ok((result, Ending::Complete)) => {
                self.close_fence();
                Ok(result)
            }
            Ok((result, Ending::CutShort)) => Ok(result),
            Err(Failure::Refused(error)) => {
                self.close_failed_fence().await;
                Err(error)
            }
            Err(Failure::Escaped) => Err(SqlError::Forbidden(
                "the statement before left the read-only transaction that it was run in".into(),
            )),
            Err(Failure::Driver(error)) => {
                let elapsed = start.elapsed();
                if error::leaves_usable(&error) {
                    self.close_failed_fence().await;
                }
                Err(error::sql_error(&error, query.timeout, elapsed))
            }
        }
    }

    /// Sends the end and leaves its answer to the next statement, which reads it before it is sent
    /// itself: the transaction ends now, and nobody waits for it.
    ///
    /// The driver has sent the text once its future was polled, because after a whole answer nothing
    /// is left to read before; and it keeps count of the answers to come when that future is dropped.
    fn close_fence(&mut self) {
        let sent = raw_sql(END).execute(&mut self.inner).now_or_never();
        self.usable = !matches!(sent, Some(Err(_)));
    }

    /// After an error the driver has something left to read, so this end is waited for.
    async fn close_failed_fence(&mut self) {
        self.usable = raw_sql(END_FAILED).execute(&mut self.inner).await.is_ok();
    }

    /// Says goodbye to the server.
    pub async fn close(self) {
        // The socket is closed in any case, and nobody waits for this answer.
        let _ = self.inner.close().await;
        if let Some(relay) = self.relay {
            relay.finish().await;
        }
    }
}

/// Adds the statement that lets the account in, where there is one.
fn with_remedy(refused: ConnectionError, address: &Address) -> ConnectionError {
    match advice::remedy(refused.class, address) {
        Some(statement) => ConnectionError {
            message: format!("{}; let it in with: {statement}", refused.message),
            ..refused
        },
        None => refused,
    }
}

fn not_connected(class: ConnectionClass, message: &str) -> ConnectionError {
    ConnectionError {
        class,
        message: message.into(),
        attempts: 1,
    }
}

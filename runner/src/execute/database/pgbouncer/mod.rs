//! PgBouncer targets: one owned connection to its admin console, which is asked to `SHOW` things.
//!
//! The console is no database. It speaks PostgreSQL's protocol, but takes only simple queries, no
//! settings at the login, and knows neither transactions nor time limits. So there is one fence in place
//! of three: the gate (`show`) sends statements from a closed list of its own, never the check's text.
//! Time is limited by dropping the connection, rows and bytes as for PostgreSQL.

mod account;
mod error;
mod rows;
mod show;
#[cfg(test)]
mod tests;

use sqlx::{Connection as _, PgConnection};

use self::account::Account;
use crate::clock::Clock;
use crate::execute::database::network::NetworkTiming;
use crate::execute::database::postgres::{login, options};
use crate::execute::database::relay::Relay;
use crate::model::sql::{
    ConnectionClass, ConnectionError, Query, ResultSet, ServerFacts, SqlError,
};
use crate::model::target::{Address, Target};

/// One open connection. Dropping it closes the socket at once.
pub struct Connection {
    inner: PgConnection,
    /// What an encrypted connection goes through; dropped after the driver's end.
    relay: Option<Relay>,
    facts: ServerFacts,
    usable: bool,
}

impl Connection {
    /// Logs in, asks for the version, and refuses an admin of PgBouncer unless the target allows it.
    ///
    /// # Errors
    /// Its class is decided by SQLSTATE and by the operating system's error.
    pub async fn open(target: &Target, application: &str) -> Result<Self, ConnectionError> {
        let Address::Server(address) = &target.address else {
            return Err(ConnectionError {
                class: ConnectionClass::Other,
                message: "a file is no PgBouncer".into(),
                attempts: 1,
            });
        };
        let options = options::login_options(address, application)?.extra_float_digits(None);
        let connected = async {
            let (mut inner, relay) = login::log_in(address, options).await?;
            let account = Account::look_up(&mut inner, &address.user).await?;
            Ok((inner, relay, account))
        };
        let (inner, relay, account) = match connected.await {
            Ok(connected) => connected,
            Err(error) => {
                return Err(match error::refused_login(&error) {
                    Some(refused) => refused,
                    None => login::failure(address, error).await,
                });
            }
        };
        if !target.allow_privileged {
            account.refuse_admin()?;
        }
        Ok(Self {
            inner,
            relay,
            facts: account.facts,
            usable: true,
        })
    }

    /// What PgBouncer says of itself.
    #[must_use]
    pub fn facts(&self) -> &ServerFacts {
        &self.facts
    }

    /// How long the network took; known where the connection goes through a relay.
    #[must_use]
    pub fn network_timing(&self) -> Option<NetworkTiming> {
        self.relay.as_ref().map(Relay::timing)
    }

    /// Whether another query may be sent: not after the connection broke, nor when an answer was cut
    /// short and its rest is still on the way.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.usable
    }

    /// Sends one statement of the closed list.
    ///
    /// An answer without rows has no columns either: the driver tells them with the first row only.
    /// A truncated answer leaves the connection unusable.
    ///
    /// # Errors
    /// What the gate refuses, what PgBouncer says, and a broken connection.
    pub async fn query(&mut self, query: &Query) -> Result<ResultSet, SqlError> {
        let statement = show::accept(&query.sql).map_err(SqlError::Forbidden)?;
        if !query.parameters.is_empty() {
            return Err(SqlError::InvalidParameter(
                "PgBouncer's console takes no values; write the statement without placeholders"
                    .into(),
            ));
        }
        self.usable = false;
        let start = Clock::System.start();
        match rows::fetch(&mut self.inner, statement, query).await {
            Ok((columns, fetched)) => {
                self.usable = !fetched.truncated;
                Ok(ResultSet {
                    columns,
                    rows: fetched.rows,
                    truncated: fetched.truncated,
                    elapsed: start.elapsed(),
                    bytes: fetched.bytes,
                })
            }
            Err(failed) => {
                let elapsed = start.elapsed();
                self.usable = error::leaves_usable(&failed);
                Err(error::sql_error(&failed, query.timeout, elapsed))
            }
        }
    }

    /// Says goodbye.
    pub async fn close(self) {
        // The socket is closed in any case, and nobody waits for this answer.
        let _ = self.inner.close().await;
        if let Some(relay) = self.relay {
            relay.finish().await;
        }
    }
}

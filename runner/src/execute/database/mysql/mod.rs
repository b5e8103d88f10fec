//! MySQL and MariaDB: one owned connection, each statement in a read-only transaction of its own.
//!
//! Four fences, one behind the other: the gate ([`statement`](super::statement)), the prepared
//! protocol (which takes one statement only), `START TRANSACTION READ ONLY` in a session that is
//! read-only by default, and an account that may only read (`privileges`).
//!
//! The protocol cannot reset a session, so a [`Connection`] is closed after each run; within a run
//! the limits are sent again before each statement. While a statement runs the socket belongs to
//! the future, so that dropping the future drops the socket, and the server's own time limit ends
//! what it was doing.

use sqlx::mysql::MySqlConnection;

use super::network::NetworkTiming;
use super::relay::Relay;
use super::statement::{self, Dialect};
use crate::model::sql::{ConnectionError, Query, ResultSet, ServerFacts, SqlError};
use crate::model::target::Target;

mod error;
mod greeting;
mod login;
mod parameter;
mod privileges;
mod rows;
mod setup;
#[cfg(test)]
mod tests;
mod value;

/// A connection to one MySQL or MariaDB server.
#[derive(Debug)]
pub struct Connection {
    /// Stands before each statement as a comment, so that the server's process list says whose it is.
    label: String,
    facts: ServerFacts,
    /// None while a statement runs, and after one that did not end cleanly.
    socket: Option<MySqlConnection>,
    /// What an encrypted connection goes through; dropped after the driver's end.
    relay: Option<Relay>,
}

impl Connection {
    /// Logs in, fixes the session's settings, and refuses an account that may do more than read.
    /// One attempt, without a time limit of its own.
    ///
    /// # Errors
    /// Why there is no connection; its `attempts` is 1.
    pub async fn open(target: &Target, application: &str) -> Result<Self, ConnectionError> {
        let login::Session {
            socket,
            relay,
            facts,
        } = login::open(target).await?;
        Ok(Self {
            label: setup::label(application),
            facts,
            socket: Some(socket),
            relay,
        })
    }

    /// What the server said of itself when the connection was opened.
    #[must_use]
    pub fn facts(&self) -> &ServerFacts {
        &self.facts
    }

    /// What the network took of opening it; known of encrypted TCP connections.
    #[must_use]
    pub fn network_timing(&self) -> Option<NetworkTiming> {
        self.relay.as_ref().map(Relay::timing)
    }

    /// Whether another statement can be sent.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.socket.is_some()
    }

    /// Runs one statement that reads.
    ///
    /// When the answer was truncated, or the connection broke, the connection is no longer
    /// usable: the rest of the answer is not waited for. A single value larger than `max_bytes`
    /// truncates the answer before its row.
    ///
    /// # Errors
    /// What the gate or the server refused, or what broke.
    pub async fn query(&mut self, query: &Query) -> Result<ResultSet, SqlError> {
        let statement =
            statement::accept(&query.sql, Dialect::Mysql).map_err(SqlError::Forbidden)?;
        let arguments = parameter::encode(statement.text, &query.parameters)?;
        let mut socket = self.socket.take().ok_or_else(error::no_longer_usable)?;
        let limits = setup::limits(self.facts.engine, query);
        let text = format!("{}{}", self.label, statement.text);
        rows::execute(&mut socket, limits, query.timeout).await?;
        let answer = rows::fetch(&mut socket, text, arguments, query).await;
        let reusable = match &answer {
            Ok(answer) => !answer.truncated,
            Err(error) => error::leaves_connection_whole(error),
        };
        if reusable {
            rows::execute(&mut socket, "ROLLBACK".into(), query.timeout).await?;
            self.socket = Some(socket);
        }
        answer
    }

    /// Says goodbye to the server.
    pub async fn close(mut self) {
        if let Some(socket) = self.socket.take() {
            // The server ends the session with the socket, whether it heard the goodbye or not.
            let _ = sqlx::Connection::close(socket).await;
        }
        if let Some(relay) = self.relay.take() {
            relay.finish().await;
        }
    }
}

//! Read-only access to the databases that checks look at.
//!
//! [`Session`](session::Session) is one target as one run sees it. It connects when first needed,
//! refuses what is not read-only before and on the server, and ends every call within its timeout.
//! The only code with `sqlx` (PostgreSQL, MySQL, MariaDB, PgBouncer) and with `rusqlite` for SQLite targets.

use futures_util::future::BoxFuture;

use crate::model::gate::Reach;
use crate::model::sql::{ConnectTiming, Query, ResultSet, ServerFacts, SqlError};

pub mod knock;
pub mod mysql;
pub mod network;
pub mod pgbouncer;
pub mod postgres;
pub mod probe;
mod relay;
pub mod session;
pub mod sqlite;
pub mod statement;

/// What a value counts at least against the limits, bytes: it takes room here even when it is NULL or
/// empty, so that a row of many NULLs is not free.
const VALUE_BYTES_MIN: u64 = 8;

/// The seam between a check and its database. Two implementations: [`session::Session`], and the
/// scripted one with which the sandbox is tested and measured.
///
/// Dropping a future that has not finished is allowed at any time; the connection is then unusable
/// and is dropped, not reused.
pub trait Database: Send {
    /// What the server says of itself; connects if need be.
    fn facts(&mut self) -> BoxFuture<'_, Result<ServerFacts, SqlError>>;

    /// Runs one statement in a read-only transaction of its own.
    fn query<'a>(&'a mut self, query: &'a Query) -> BoxFuture<'a, Result<ResultSet, SqlError>>;

    /// The first call opens the session's connection when there is none yet; a later one opens and
    /// closes one more.
    fn connect(&mut self) -> BoxFuture<'_, Result<ConnectTiming, SqlError>>;

    /// What is known by now of whether the target can be reached; also after a future was dropped.
    fn reach(&self) -> Reach;

    /// Says goodbye in order, within a second. Servers log and count clients that just vanish, so
    /// this is for every run that ended by itself; a run whose time is up is dropped instead.
    fn close(self: Box<Self>) -> BoxFuture<'static, ()>;
}

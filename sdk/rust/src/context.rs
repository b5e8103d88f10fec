//! [`Ctx`]: everything that a check can ask of the world.
//!
//! Behind it lies one seam, the trait `Host`, with two implementations: the imports of the
//! WebAssembly module, and the [`Mock`](crate::Mock) of a native test.

use std::time::{Duration, SystemTime};

use crate::engine::{Engine, Target, Version};
use crate::error::{Error, Result};
use crate::parameter::ParameterValues;
use crate::sql::convert::FromValue;
use crate::sql::error::DatabaseError;
use crate::sql::rows::{FromRow, Row, Rows};
use crate::sql::value::Value;
use crate::sql::values::IntoValues;

/// What a check can ask of the host; the functions of the contract, one to one.
pub(crate) trait Host {
    fn query(
        &self,
        sql: &str,
        values: Vec<Value>,
        options: QueryOptions,
    ) -> Result<Rows, DatabaseError>;
    fn connect(&self) -> Result<ConnectTiming, DatabaseError>;
    fn target(&self) -> Result<Target, DatabaseError>;
    fn now(&self) -> SystemTime;
    fn remaining(&self) -> Duration;
    fn state(&self, key: &str) -> Option<String>;
    fn set_state(&self, key: &str, value: &str) -> Result<(), String>;
    fn counter(&self, name: &str, value: f64, epoch: Option<&str>)
    -> Result<CounterChange, String>;
    fn log(&self, level: Level, message: &str);
}

/// Limits of one query, within those of the host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueryOptions {
    /// Rows to return at most; none is the host's own limit.
    pub max_rows: Option<u32>,
    /// Time to wait at most; none is what is left of the run.
    pub timeout: Option<Duration>,
}

/// How long a connection took to open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectTiming {
    /// Name resolution, where it is known on its own.
    pub dns: Option<Duration>,
    /// TCP handshake, where it is known on its own.
    pub tcp: Option<Duration>,
    /// TLS handshake, where it is known on its own.
    pub tls: Option<Duration>,
    /// Authentication and session set-up, where it is known on its own.
    pub login: Option<Duration>,
    /// All of the attempt that succeeded.
    pub total: Duration,
    /// 1 when the first attempt succeeded.
    pub attempts: u32,
}

/// How an ever-growing counter changed since the last run that returned a report.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CounterChange {
    /// Nothing is remembered yet.
    First,
    /// It began again: a smaller value, or another epoch.
    Reset,
    /// It grew.
    Change {
        /// By so much.
        increase: f64,
        /// In this time.
        elapsed: Duration,
        /// The one divided by the other.
        per_second: f64,
    },
}

/// How important a line of the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For the pack's author.
    Debug,
    /// Worth knowing.
    Info,
    /// Odd.
    Warn,
    /// Wrong.
    Error,
}

/// The context of one run: its target, its parameters, and the ways to ask.
pub struct Ctx<'a> {
    host: &'a dyn Host,
    parameters: ParameterValues,
}

impl<'a> Ctx<'a> {
    pub(crate) fn new(host: &'a dyn Host, parameters: ParameterValues) -> Self {
        Self { host, parameters }
    }

    /// Runs one read-only statement and returns all its rows.
    ///
    /// Placeholders are `$1` (PostgreSQL) or `?` (MySQL, MariaDB, SQLite); `values` is `()`, a
    /// tuple or an array.
    ///
    /// # Errors
    /// Whatever the server, the connection or the host's policy says.
    pub fn query(&self, sql: &str, values: impl IntoValues) -> Result<Rows, DatabaseError> {
        self.query_with(sql, values, QueryOptions::default())
    }

    /// As [`Ctx::query`], within limits of its own.
    ///
    /// # Errors
    /// As [`Ctx::query`].
    pub fn query_with(
        &self,
        sql: &str,
        values: impl IntoValues,
        options: QueryOptions,
    ) -> Result<Rows, DatabaseError> {
        self.host.query(sql, values.into_values(), options)
    }

    /// Runs a statement and reads every row as a `T`.
    ///
    /// # Errors
    /// As [`Ctx::query`], and [`Error::Internal`] if a column does not fit its field.
    pub fn query_as<T: FromRow>(&self, sql: &str, values: impl IntoValues) -> Result<Vec<T>> {
        let rows = self.query(sql, values)?;
        rows.iter().map(|row| Ok(T::from_row(row)?)).collect()
    }

    /// Runs a statement that returns exactly one row, and reads it as a `T`.
    ///
    /// # Errors
    /// As [`Ctx::query_as`], and [`Error::Internal`] for no row or several.
    pub fn query_one<T: FromRow>(&self, sql: &str, values: impl IntoValues) -> Result<T> {
        Ok(T::from_row(only_row(&self.query(sql, values)?, sql)?)?)
    }

    /// Runs a statement that returns exactly one row, and reads its first column.
    ///
    /// # Errors
    /// As [`Ctx::query_one`].
    pub fn query_scalar<T: FromValue>(&self, sql: &str, values: impl IntoValues) -> Result<T> {
        Ok(only_row(&self.query(sql, values)?, sql)?.first()?)
    }

    /// Opens one connection, to time it. The first call opens the run's own connection when there
    /// is none yet; a later one opens and closes one more. At most 20 in a run.
    ///
    /// # Errors
    /// [`DatabaseError::Connection`] with its class; [`DatabaseError::LimitExceeded`] after 20.
    pub fn connect(&self) -> Result<ConnectTiming, DatabaseError> {
        self.host.connect()
    }

    /// The target of this run. Asks the server for its version, so it fails where connecting fails.
    ///
    /// # Errors
    /// As [`Ctx::connect`].
    pub fn target(&self) -> Result<Target, DatabaseError> {
        self.host.target()
    }

    /// The server's engine.
    ///
    /// # Errors
    /// As [`Ctx::target`].
    pub fn engine(&self) -> Result<Engine, DatabaseError> {
        Ok(self.target()?.engine)
    }

    /// The server's version.
    ///
    /// # Errors
    /// As [`Ctx::target`].
    pub fn version(&self) -> Result<Version, DatabaseError> {
        Ok(self.target()?.version)
    }

    /// The run's start; the same all through the run.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.host.now()
    }

    /// What is left of the run's time.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.host.remaining()
    }

    /// What an earlier run of this check on this target left under this key.
    #[must_use]
    pub fn state(&self, key: &str) -> Option<String> {
        self.host.state(key)
    }

    /// Leaves something for later runs; kept only if this run returns a report.
    ///
    /// # Errors
    /// [`Error::Internal`] where a limit is reached: 64 keys, 64 KiB each, 256 KiB in all.
    pub fn set_state(&self, key: &str, value: &str) -> Result<()> {
        self.host.set_state(key, value).map_err(Error::Internal)
    }

    /// Remembers an ever-growing counter and returns what it grew by since the last run that
    /// returned a report. `epoch` names its lifetime (server start, statistics reset): another
    /// epoch means [`CounterChange::Reset`].
    ///
    /// # Errors
    /// As [`Ctx::set_state`].
    pub fn counter(&self, name: &str, value: f64, epoch: Option<&str>) -> Result<CounterChange> {
        self.host
            .counter(name, value, epoch)
            .map_err(Error::Internal)
    }

    /// Writes a line to the run's log.
    pub fn log(&self, level: Level, message: &str) {
        self.host.log(level, message);
    }

    /// The parameters as the host gave them; a check reads them from its `Params`.
    #[must_use]
    pub fn parameters(&self) -> &ParameterValues {
        &self.parameters
    }
}

/// The start of a statement, as long as messages quote it.
const QUOTED_SQL_CHARS_MAX: usize = 80;

fn only_row<'a>(rows: &'a Rows, sql: &str) -> Result<Row<'a>> {
    match rows.first() {
        Some(row) if rows.len() == 1 => Ok(row),
        _ => {
            let quoted: String = sql.trim().chars().take(QUOTED_SQL_CHARS_MAX).collect();
            Err(Error::Internal(format!(
                "the query returned {} rows where exactly one was expected: {quoted}",
                rows.len()
            )))
        }
    }
}

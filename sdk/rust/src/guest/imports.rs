//! [`Imports`]: the host's functions, as the contract gives them.

use std::time::{Duration, SystemTime};

use super::bindings::checkrun::check::{context, database, log, state};
use super::convert;
use crate::context::{ConnectTiming, CounterChange, Host, Level, QueryOptions};
use crate::engine::Target;
use crate::parameter::ParameterValues;
use crate::sql::convert::instant;
use crate::sql::error::DatabaseError;
use crate::sql::rows::Rows;
use crate::sql::value::Value;

/// The host behind the imports.
pub struct Imports;

/// The parameters of this run.
pub fn parameters() -> ParameterValues {
    ParameterValues(
        context::get_parameters()
            .into_iter()
            .map(|(name, value)| (name, convert::parameter_from_host(value)))
            .collect(),
    )
}

impl Host for Imports {
    fn query(
        &self,
        sql: &str,
        values: Vec<Value>,
        options: QueryOptions,
    ) -> Result<Rows, DatabaseError> {
        let values: Vec<_> = values.into_iter().map(convert::value_to_host).collect();
        let options = database::QueryOptions {
            max_rows: options.max_rows,
            timeout_ms: options.timeout.map(convert::millis),
        };
        database::query(sql, &values, options)
            .map(convert::rows)
            .map_err(convert::error_from_host)
    }

    fn connect(&self) -> Result<ConnectTiming, DatabaseError> {
        database::connect()
            .map(convert::connect_timing)
            .map_err(convert::error_from_host)
    }

    fn target(&self) -> Result<Target, DatabaseError> {
        context::get_target()
            .map(convert::target)
            .map_err(convert::error_from_host)
    }

    fn now(&self) -> SystemTime {
        instant(context::now()).unwrap_or(SystemTime::UNIX_EPOCH)
    }

    fn remaining(&self) -> Duration {
        Duration::from_millis(context::remaining_ms().into())
    }

    fn state(&self, key: &str) -> Option<String> {
        state::get(key)
    }

    fn set_state(&self, key: &str, value: &str) -> Result<(), String> {
        state::set(key, value)
    }

    fn counter(
        &self,
        name: &str,
        value: f64,
        epoch: Option<&str>,
    ) -> Result<CounterChange, String> {
        state::counter(name, value, epoch).map(convert::counter_change)
    }

    fn log(&self, level: Level, message: &str) {
        let level = match level {
            Level::Debug => log::Level::Debug,
            Level::Info => log::Level::Info,
            Level::Warn => log::Level::Warn,
            Level::Error => log::Level::Error,
        };
        log::write(level, message);
    }
}

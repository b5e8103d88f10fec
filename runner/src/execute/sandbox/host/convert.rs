//! Values, results and errors between the contract's types and the model's; nothing is decided here.

use std::time::Duration;

use crate::execute::sandbox::bindings::checkrun::check::database::ConnectTiming;
use crate::execute::sandbox::bindings::checkrun::check::{report, sql};
use crate::execute::sandbox::run_state::RunState;
use crate::model::advice::explain;
use crate::model::sql as model;

// These two interfaces have types only.
impl sql::Host for RunState {}
impl report::Host for RunState {}

impl From<sql::Value> for model::Value {
    fn from(value: sql::Value) -> Self {
        match value {
            sql::Value::Null => Self::Null,
            sql::Value::Boolean(value) => Self::Boolean(value),
            sql::Value::Int64(value) => Self::Int64(value),
            sql::Value::Uint64(value) => Self::Uint64(value),
            sql::Value::Float64(value) => Self::Float64(value),
            sql::Value::Decimal(value) => Self::Decimal(value),
            sql::Value::Text(value) => Self::Text(value),
            sql::Value::Bytes(value) => Self::Bytes(value),
            sql::Value::Instant(value) => Self::Instant(value),
            sql::Value::Datetime(value) => Self::Datetime(value),
            sql::Value::Date(value) => Self::Date(value),
            sql::Value::Time(value) => Self::Time(value),
            sql::Value::Interval(value) => Self::Interval(value),
            sql::Value::Uuid(value) => Self::Uuid(value),
            sql::Value::Json(value) => Self::Json(value),
            sql::Value::Int64Array(value) => Self::Int64Array(value),
            sql::Value::Float64Array(value) => Self::Float64Array(value),
            sql::Value::TextArray(value) => Self::TextArray(value),
            sql::Value::Other((type_name, text)) => Self::Other { type_name, text },
        }
    }
}

impl From<model::Value> for sql::Value {
    fn from(value: model::Value) -> Self {
        match value {
            model::Value::Null => Self::Null,
            model::Value::Boolean(value) => Self::Boolean(value),
            model::Value::Int64(value) => Self::Int64(value),
            model::Value::Uint64(value) => Self::Uint64(value),
            model::Value::Float64(value) => Self::Float64(value),
            model::Value::Decimal(value) => Self::Decimal(value),
            model::Value::Text(value) => Self::Text(value),
            model::Value::Bytes(value) => Self::Bytes(value),
            model::Value::Instant(value) => Self::Instant(value),
            model::Value::Datetime(value) => Self::Datetime(value),
            model::Value::Date(value) => Self::Date(value),
            model::Value::Time(value) => Self::Time(value),
            model::Value::Interval(value) => Self::Interval(value),
            model::Value::Uuid(value) => Self::Uuid(value),
            model::Value::Json(value) => Self::Json(value),
            model::Value::Int64Array(value) => Self::Int64Array(value),
            model::Value::Float64Array(value) => Self::Float64Array(value),
            model::Value::TextArray(value) => Self::TextArray(value),
            model::Value::Other { type_name, text } => Self::Other((type_name, text)),
        }
    }
}

impl From<model::ResultSet> for sql::ResultSet {
    fn from(result: model::ResultSet) -> Self {
        Self {
            columns: result
                .columns
                .into_iter()
                .map(|column| sql::Column {
                    name: column.name,
                    type_name: column.type_name,
                })
                .collect(),
            rows: result
                .rows
                .into_iter()
                .map(|row| row.into_iter().map(Into::into).collect())
                .collect(),
            truncated: result.truncated,
            elapsed_micros: micros(result.elapsed),
        }
    }
}

impl From<model::ServerError> for sql::ServerError {
    fn from(error: model::ServerError) -> Self {
        Self {
            sqlstate: error.sqlstate,
            code: error.code,
            message: error.message,
            detail: error.detail,
            hint: error.hint,
        }
    }
}

impl From<sql::ServerError> for model::ServerError {
    fn from(error: sql::ServerError) -> Self {
        Self {
            sqlstate: error.sqlstate,
            code: error.code,
            message: error.message,
            detail: error.detail,
            hint: error.hint,
        }
    }
}

impl From<model::SqlError> for sql::Error {
    fn from(error: model::SqlError) -> Self {
        match error {
            model::SqlError::Server(error) => Self::Server(error.into()),
            model::SqlError::PermissionDenied(error) => Self::PermissionDenied(error.into()),
            model::SqlError::UndefinedObject(error) => Self::UndefinedObject(error.into()),
            model::SqlError::Forbidden(why) => Self::Forbidden(why),
            model::SqlError::InvalidParameter(why) => Self::InvalidParameter(why),
            model::SqlError::Timeout(after) => {
                Self::Timeout(u32::try_from(after.as_millis()).unwrap_or(u32::MAX))
            }
            model::SqlError::Connection(error) => {
                let explanation = explain(error.class);
                Self::Connection(sql::ConnectionError {
                    class: error.class.into(),
                    meaning: explanation.meaning.to_owned(),
                    message: error.message,
                    advice: explanation.advice.to_owned(),
                    attempts: error.attempts,
                })
            }
            model::SqlError::LimitExceeded(budget) => Self::LimitExceeded(budget),
        }
    }
}

impl From<sql::Error> for model::SqlError {
    fn from(error: sql::Error) -> Self {
        match error {
            sql::Error::Server(error) => Self::Server(error.into()),
            sql::Error::PermissionDenied(error) => Self::PermissionDenied(error.into()),
            sql::Error::UndefinedObject(error) => Self::UndefinedObject(error.into()),
            sql::Error::Forbidden(why) => Self::Forbidden(why),
            sql::Error::InvalidParameter(why) => Self::InvalidParameter(why),
            sql::Error::Timeout(ms) => Self::Timeout(Duration::from_millis(ms.into())),
            sql::Error::Connection(error) => Self::Connection(model::ConnectionError {
                class: error.class.into(),
                message: error.message,
                attempts: error.attempts,
            }),
            sql::Error::LimitExceeded(budget) => Self::LimitExceeded(budget),
        }
    }
}

impl From<model::ConnectTiming> for ConnectTiming {
    fn from(timing: model::ConnectTiming) -> Self {
        Self {
            dns_micros: timing.dns.map(micros),
            tcp_micros: timing.tcp.map(micros),
            tls_micros: timing.tls.map(micros),
            login_micros: timing.login.map(micros),
            total_micros: micros(timing.total),
            attempts: timing.attempts,
        }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// The two enums but for the one word that the contract does not have.
macro_rules! connection_classes {
    ($($word:ident)+) => {
        impl From<model::ConnectionClass> for sql::ConnectionClass {
            fn from(class: model::ConnectionClass) -> Self {
                match class {
                    // To a check it is what it has always been: the account is not let in.
                    model::ConnectionClass::DatabaseRefused => Self::Authentication,
                    $(model::ConnectionClass::$word => Self::$word,)+
                }
            }
        }
        impl From<sql::ConnectionClass> for model::ConnectionClass {
            fn from(class: sql::ConnectionClass) -> Self {
                match class { $(sql::ConnectionClass::$word => Self::$word,)+ }
            }
        }
    };
}

connection_classes!(Refused Unreachable Timeout Dns Tls Authentication UnknownDatabase
    TooManyConnections StartingUp ShuttingDown Protocol Lost AccountRefused Other);

//! Values, rows and errors of the database interface.

use std::time::Duration;

use super::super::bindings::checkrun::check::sql as wit;
use super::millis;
use crate::sql::error::{ConnectionClass, ConnectionError, DatabaseError, ServerError};
use crate::sql::rows::{Column, Rows};
use crate::sql::value::Value;

/// Both directions of an enum whose variants have the same names on both sides.
macro_rules! same_names {
    ($to:ident, $from:ident, $sdk:ident, $wit:path { $($plain:ident),* $(,)? }) => {
        fn $to(it: $sdk) -> $wit {
            use $wit as Wit;
            match it { $($sdk::$plain => Wit::$plain),* }
        }
        fn $from(it: $wit) -> $sdk {
            use $wit as Wit;
            match it { $(Wit::$plain => $sdk::$plain),* }
        }
    };
}

same_names!(
    class_to_host,
    class_from_host,
    ConnectionClass,
    wit::ConnectionClass {
        Refused,
        Unreachable,
        Timeout,
        Dns,
        Tls,
        Authentication,
        UnknownDatabase,
        TooManyConnections,
        StartingUp,
        ShuttingDown,
        Protocol,
        Lost,
        AccountRefused,
        Other,
    }
);

pub fn value_to_host(value: Value) -> wit::Value {
    match value {
        Value::Null => wit::Value::Null,
        Value::Boolean(it) => wit::Value::Boolean(it),
        Value::Int64(it) => wit::Value::Int64(it),
        Value::Uint64(it) => wit::Value::Uint64(it),
        Value::Float64(it) => wit::Value::Float64(it),
        Value::Decimal(it) => wit::Value::Decimal(it),
        Value::Text(it) => wit::Value::Text(it),
        Value::Bytes(it) => wit::Value::Bytes(it),
        Value::Instant(it) => wit::Value::Instant(it),
        Value::Datetime(it) => wit::Value::Datetime(it),
        Value::Date(it) => wit::Value::Date(it),
        Value::Time(it) => wit::Value::Time(it),
        Value::Interval(it) => wit::Value::Interval(it),
        Value::Uuid(it) => wit::Value::Uuid(it),
        Value::Json(it) => wit::Value::Json(it),
        Value::Int64Array(it) => wit::Value::Int64Array(it),
        Value::Float64Array(it) => wit::Value::Float64Array(it),
        Value::TextArray(it) => wit::Value::TextArray(it),
        Value::Other { type_name, text } => wit::Value::Other((type_name, text)),
    }
}

fn value_from_host(value: wit::Value) -> Value {
    match value {
        wit::Value::Null => Value::Null,
        wit::Value::Boolean(it) => Value::Boolean(it),
        wit::Value::Int64(it) => Value::Int64(it),
        wit::Value::Uint64(it) => Value::Uint64(it),
        wit::Value::Float64(it) => Value::Float64(it),
        wit::Value::Decimal(it) => Value::Decimal(it),
        wit::Value::Text(it) => Value::Text(it),
        wit::Value::Bytes(it) => Value::Bytes(it),
        wit::Value::Instant(it) => Value::Instant(it),
        wit::Value::Datetime(it) => Value::Datetime(it),
        wit::Value::Date(it) => Value::Date(it),
        wit::Value::Time(it) => Value::Time(it),
        wit::Value::Interval(it) => Value::Interval(it),
        wit::Value::Uuid(it) => Value::Uuid(it),
        wit::Value::Json(it) => Value::Json(it),
        wit::Value::Int64Array(it) => Value::Int64Array(it),
        wit::Value::Float64Array(it) => Value::Float64Array(it),
        wit::Value::TextArray(it) => Value::TextArray(it),
        wit::Value::Other((type_name, text)) => Value::Other { type_name, text },
    }
}

pub fn rows(result: wit::ResultSet) -> Rows {
    Rows {
        columns: result
            .columns
            .into_iter()
            .map(|column| Column {
                name: column.name,
                type_name: column.type_name,
            })
            .collect(),
        rows: result
            .rows
            .into_iter()
            .map(|row| row.into_iter().map(value_from_host).collect())
            .collect(),
        truncated: result.truncated,
        elapsed: Duration::from_micros(result.elapsed_micros),
    }
}

pub fn error_from_host(error: wit::Error) -> DatabaseError {
    match error {
        wit::Error::Server(it) => DatabaseError::Server(server_from_host(it)),
        wit::Error::PermissionDenied(it) => DatabaseError::PermissionDenied(server_from_host(it)),
        wit::Error::UndefinedObject(it) => DatabaseError::UndefinedObject(server_from_host(it)),
        wit::Error::Forbidden(why) => DatabaseError::Forbidden(why),
        wit::Error::InvalidParameter(why) => DatabaseError::InvalidParameter(why),
        wit::Error::Timeout(millis) => DatabaseError::Timeout(Duration::from_millis(millis.into())),
        wit::Error::Connection(it) => DatabaseError::Connection(ConnectionError {
            class: class_from_host(it.class),
            meaning: it.meaning,
            message: it.message,
            advice: it.advice,
            attempts: it.attempts,
        }),
        wit::Error::LimitExceeded(what) => DatabaseError::LimitExceeded(what),
    }
}

pub fn error_to_host(error: DatabaseError) -> wit::Error {
    match error {
        DatabaseError::Server(it) => wit::Error::Server(server_to_host(it)),
        DatabaseError::PermissionDenied(it) => wit::Error::PermissionDenied(server_to_host(it)),
        DatabaseError::UndefinedObject(it) => wit::Error::UndefinedObject(server_to_host(it)),
        DatabaseError::Forbidden(why) => wit::Error::Forbidden(why),
        DatabaseError::InvalidParameter(why) => wit::Error::InvalidParameter(why),
        DatabaseError::Timeout(limit) => wit::Error::Timeout(millis(limit)),
        DatabaseError::Connection(it) => wit::Error::Connection(wit::ConnectionError {
            class: class_to_host(it.class),
            meaning: it.meaning,
            message: it.message,
            advice: it.advice,
            attempts: it.attempts,
        }),
        DatabaseError::LimitExceeded(what) => wit::Error::LimitExceeded(what),
    }
}

fn server_from_host(error: wit::ServerError) -> ServerError {
    ServerError {
        sqlstate: error.sqlstate,
        code: error.code,
        message: error.message,
        detail: error.detail,
        hint: error.hint,
    }
}

fn server_to_host(error: ServerError) -> wit::ServerError {
    wit::ServerError {
        sqlstate: error.sqlstate,
        code: error.code,
        message: error.message,
        detail: error.detail,
        hint: error.hint,
    }
}

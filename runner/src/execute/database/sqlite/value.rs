//! SQLite's five storage classes as [`Value`]s, and back.
//!
//! A column's declared type (`BOOLEAN`, `DATE`) is a hint that SQLite itself does not hold anyone
//! to; what counts is what is stored.

use rusqlite::types::{Value as Stored, ValueRef};

use crate::execute::database::VALUE_BYTES_MIN;
use crate::model::sql::Value;

/// A stored value. Text that is not UTF-8 arrives as bytes rather than altered.
pub(super) fn read(stored: ValueRef<'_>) -> Value {
    match stored {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int64(number),
        ValueRef::Real(number) => Value::Float64(number),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(_) => Value::Bytes(bytes.to_vec()),
        },
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
    }
}

/// Bytes as counted against the limits.
pub(super) fn size(stored: ValueRef<'_>) -> u64 {
    match stored {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => (bytes.len() as u64).max(VALUE_BYTES_MIN),
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => VALUE_BYTES_MIN,
    }
}

/// The name of a storage class.
pub(super) fn class(stored: ValueRef<'_>) -> &'static str {
    match stored {
        ValueRef::Null => "NULL",
        ValueRef::Integer(_) => "INTEGER",
        ValueRef::Real(_) => "REAL",
        ValueRef::Text(_) => "TEXT",
        ValueRef::Blob(_) => "BLOB",
    }
}

/// A parameter. Instants are text as SQLite's date functions write it, in UTC; intervals are
/// microseconds.
///
/// # Errors
/// A sentence: SQLite cannot hold the value.
pub(super) fn bind(value: &Value) -> Result<Stored, String> {
    Ok(match value {
        Value::Null => Stored::Null,
        Value::Boolean(yes) => Stored::Integer(i64::from(*yes)),
        Value::Int64(number) | Value::Interval(number) => Stored::Integer(*number),
        Value::Uint64(number) => Stored::Integer(i64::try_from(*number).map_err(|_| {
            format!(
                "{number} is more than SQLite's largest integer, {}",
                i64::MAX
            )
        })?),
        Value::Float64(number) if number.is_nan() => {
            return Err("SQLite would take NaN for NULL".into());
        }
        Value::Float64(number) => Stored::Real(*number),
        Value::Bytes(bytes) => Stored::Blob(bytes.clone()),
        Value::Instant(micros) => Stored::Text(instant(*micros)?),
        Value::Decimal(text)
        | Value::Text(text)
        | Value::Datetime(text)
        | Value::Date(text)
        | Value::Time(text)
        | Value::Uuid(text)
        | Value::Json(text)
        | Value::Other { text, .. } => Stored::Text(text.clone()),
        Value::Int64Array(_) | Value::Float64Array(_) | Value::TextArray(_) => {
            return Err("SQLite has no arrays; pass JSON and use json_each".into());
        }
    })
}

fn instant(micros: i64) -> Result<String, String> {
    let instant = jiff::Timestamp::from_microsecond(micros)
        .map_err(|_| "the timestamp is infinite, or beyond the year 9999".to_owned())?;
    let format = if micros % 1_000_000 == 0 {
        "%Y-%m-%d %H:%M:%S"
    } else {
        "%Y-%m-%d %H:%M:%S%.6f"
    };
    Ok(instant.strftime(format).to_string())
}

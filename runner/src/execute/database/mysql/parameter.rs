//! From [`Value`]s to the parameters of a prepared statement.
//!
//! Whatever has no binary form of its own goes as text, which the server converts by the context:
//! write `CAST(? AS DECIMAL(20, 4))` where an exact comparison matters.

use sqlx::Arguments;
use sqlx::mysql::MySqlArguments;

use crate::execute::database::statement;
use crate::model::sql::{SqlError, Value};

/// What `TIME` reaches, hours.
const TIME_HOURS_MAX: u64 = 838;

/// The parameters, as many as the statement has question marks.
///
/// # Errors
/// `InvalidParameter`: another number of parameters, or a value that MySQL cannot take.
pub(super) fn encode(sql: &str, parameters: &[Value]) -> Result<MySqlArguments, SqlError> {
    let expected = statement::question_marks(sql);
    if expected != parameters.len() {
        return Err(SqlError::InvalidParameter(format!(
            "the statement has {expected} question marks and was given {} parameters",
            parameters.len()
        )));
    }
    let mut arguments = MySqlArguments::default();
    for (index, parameter) in parameters.iter().enumerate() {
        add(&mut arguments, parameter)
            .map_err(|why| SqlError::InvalidParameter(format!("parameter {}: {why}", index + 1)))?;
    }
    Ok(arguments)
}

fn add(arguments: &mut MySqlArguments, value: &Value) -> Result<(), String> {
    let added = match value {
        Value::Null => arguments.add(None::<&str>),
        Value::Boolean(yes) => arguments.add(i64::from(*yes)),
        Value::Int64(number) => arguments.add(*number),
        Value::Uint64(number) => arguments.add(*number),
        Value::Float64(number) if number.is_finite() => arguments.add(*number),
        Value::Float64(_) => return Err("MySQL has neither infinity nor NaN".into()),
        Value::Bytes(bytes) => arguments.add(bytes.as_slice()),
        Value::Instant(micros) => arguments.add(instant(*micros)?),
        Value::Datetime(text) => arguments.add(text.replacen('T', " ", 1)),
        Value::Interval(micros) => arguments.add(interval(*micros)?),
        Value::Decimal(text)
        | Value::Text(text)
        | Value::Date(text)
        | Value::Time(text)
        | Value::Uuid(text)
        | Value::Json(text)
        | Value::Other { text, .. } => arguments.add(text.as_str()),
        Value::Int64Array(_) | Value::Float64Array(_) | Value::TextArray(_) => {
            return Err("MySQL has no arrays; pass JSON and use JSON_TABLE, or one parameter for each element".into());
        }
    };
    added.map_err(|cause| cause.to_string())
}

/// As `TIMESTAMP` text; the session's time zone is UTC.
fn instant(micros: i64) -> Result<String, String> {
    if micros == i64::MIN || micros == i64::MAX {
        return Err("MySQL has no infinite timestamps".into());
    }
    let instant = jiff::Timestamp::from_microsecond(micros)
        .map_err(|_| "the timestamp is beyond the year 9999".to_owned())?;
    Ok(instant.strftime("%Y-%m-%d %H:%M:%S%.6f").to_string())
}

/// As `TIME` text.
fn interval(micros: i64) -> Result<String, String> {
    let sign = if micros < 0 { "-" } else { "" };
    let all = micros.unsigned_abs();
    let (seconds, fraction) = (all / 1_000_000, all % 1_000_000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > TIME_HOURS_MAX {
        return Err(format!(
            "an interval of more than {TIME_HOURS_MAX} hours is no MySQL TIME; pass seconds as a number"
        ));
    }
    Ok(format!(
        "{sign}{hours:02}:{minutes:02}:{seconds:02}.{fraction:06}"
    ))
}

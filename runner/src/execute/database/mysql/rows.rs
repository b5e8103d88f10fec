//! Sends a statement and takes its rows, within the limits of its query.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::{FutureExt, TryStreamExt};
use sqlx::mysql::{MySqlArguments, MySqlColumn, MySqlConnection, MySqlRow};
use sqlx::{AssertSqlSafe, Column as _, Executor, Row, SqlSafeStr, Statement as _};

use super::{error, value};
use crate::clock::Clock;
use crate::execute::database::VALUE_BYTES_MIN;
use crate::model::sql::{Column, ConnectionClass, Query, ResultSet, SqlError};

/// Runs text of our own, which may be several statements.
pub(super) async fn execute(
    socket: &mut MySqlConnection,
    text: String,
    timeout: Duration,
) -> Result<(), SqlError> {
    let run = async {
        let done = socket.execute(sqlx::raw_sql(AssertSqlSafe(text))).await;
        done.map(drop)
    };
    guarded(run, timeout).await
}

/// Runs a check's statement by the prepared protocol, which takes one statement only.
pub(super) async fn fetch(
    socket: &mut MySqlConnection,
    text: String,
    arguments: MySqlArguments,
    query: &Query,
) -> Result<ResultSet, SqlError> {
    let answer = guarded(stream(socket, text, arguments, query), query.timeout).await?;
    if answer.elapsed >= query.timeout {
        // What the server interrupts does not always fail: BENCHMARK and SLEEP answer with a number.
        return Err(SqlError::Timeout(query.timeout));
    }
    Ok(answer)
}

/// The driver indexes into what it receives, so a server that breaks the protocol can make it
/// panic; that must not end more than this statement.
async fn guarded<T>(
    work: impl Future<Output = Result<T, sqlx::Error>>,
    timeout: Duration,
) -> Result<T, SqlError> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(result) => result.map_err(|cause| error::of_statement(cause, timeout)),
        Err(_) => Err(SqlError::Connection(error::refuse(
            ConnectionClass::Protocol,
            "the server's answer is not the MySQL protocol".into(),
        ))),
    }
}

async fn stream(
    socket: &mut MySqlConnection,
    text: String,
    arguments: MySqlArguments,
    query: &Query,
) -> Result<ResultSet, sqlx::Error> {
    let start = Clock::System.start();
    let text = AssertSqlSafe(text).into_sql_str();
    let statement = sqlx::query_with(text.clone(), arguments);
    let mut answer = ResultSet {
        columns: Vec::new(),
        rows: Vec::new(),
        truncated: false,
        elapsed: Duration::ZERO,
        bytes: 0,
    };
    let mut rows = socket.fetch(statement);
    while let Some(row) = rows.try_next().await? {
        if answer.columns.is_empty() {
            answer.columns = columns(row.columns());
        }
        let bytes = answer.bytes.saturating_add(size(&row)?);
        if answer.rows.len() as u64 >= u64::from(query.max_rows) || bytes > query.max_bytes {
            answer.truncated = true;
            break;
        }
        answer.bytes = bytes;
        answer.rows.push(value::row(&row)?);
    }
    drop(rows);
    answer.elapsed = start.elapsed();
    if answer.columns.is_empty() {
        // The driver tells the columns with a row only; without one, they are asked for.
        answer.columns = columns(socket.prepare(text).await?.columns());
    }
    Ok(answer)
}

fn columns(columns: &[MySqlColumn]) -> Vec<Column> {
    columns
        .iter()
        .map(|column| Column {
            name: column.name().to_owned(),
            type_name: value::type_name(column.type_info()).to_owned(),
        })
        .collect()
}

fn size(row: &MySqlRow) -> Result<u64, sqlx::Error> {
    (0..row.len()).try_fold(0_u64, |sum, index| {
        let length = value::bytes(row.try_get_raw(index)?).map_or(0, <[u8]>::len);
        Ok(sum.saturating_add((length as u64).max(VALUE_BYTES_MIN)))
    })
}

//! Runs a statement on the thread that holds the handle, within the limits of its query.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rusqlite::Connection;

use super::{authorizer, error, value};
use crate::clock::Clock;
use crate::model::sql::{Column, Query, ResultSet, SqlError};

/// Steps of SQLite's machine between two looks at the time; well under a millisecond.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;

/// What the gate accepted.
pub(super) struct Statement<'a> {
    pub(super) text: &'a str,
    /// SQLite itself must call it read-only; it says nothing useful of pragmas and plans.
    pub(super) must_be_readonly: bool,
}

/// The answer to one statement; it ends at its time limit, or soon after `cancelled`.
pub(super) fn fetch(
    handle: &mut Connection,
    statement: &Statement<'_>,
    query: &Query,
    cancelled: Arc<AtomicBool>,
) -> Result<ResultSet, SqlError> {
    let start = Clock::System.start();
    let timeout = query.timeout;
    let is_over = move || cancelled.load(Ordering::Relaxed) || start.elapsed() >= timeout;
    let of_statement = |cause: rusqlite::Error| error::of_statement(&cause, timeout);
    handle
        .progress_handler(STEPS_BETWEEN_LOOKS, Some(is_over))
        .map_err(of_statement)?;
    let denied = authorizer::install(handle).map_err(of_statement)?;
    let mut prepared = handle.prepare(statement.text).map_err(|cause| {
        if denied.load(Ordering::Relaxed) {
            error::forbidden(&cause)
        } else {
            of_statement(cause)
        }
    })?;
    if statement.must_be_readonly && !prepared.readonly() {
        return Err(SqlError::Forbidden("the statement would write".into()));
    }
    bind(&mut prepared, query)?;
    let mut answer = ResultSet {
        columns: columns(&prepared),
        rows: Vec::new(),
        truncated: false,
        elapsed: Duration::ZERO,
        bytes: 0,
    };
    let mut rows = prepared.raw_query();
    while let Some(row) = rows.next().map_err(of_statement)? {
        if !take(row, query, &mut answer).map_err(of_statement)? {
            answer.truncated = true;
            break;
        }
    }
    drop(rows);
    answer.elapsed = start.elapsed();
    Ok(answer)
}

/// Adds the row, unless that would go beyond a limit.
fn take(row: &rusqlite::Row<'_>, query: &Query, answer: &mut ResultSet) -> rusqlite::Result<bool> {
    let width = answer.columns.len();
    let mut bytes = answer.bytes;
    for index in 0..width {
        bytes = bytes.saturating_add(value::size(row.get_ref(index)?));
    }
    if answer.rows.len() as u64 >= u64::from(query.max_rows) || bytes > query.max_bytes {
        return Ok(false);
    }
    let mut values = Vec::with_capacity(width);
    for (index, column) in answer.columns.iter_mut().enumerate() {
        let stored = row.get_ref(index)?;
        if column.type_name.is_empty() {
            column.type_name = value::class(stored).to_owned();
        }
        values.push(value::read(stored));
    }
    answer.bytes = bytes;
    answer.rows.push(values);
    Ok(true)
}

/// The declared types; an expression has none, and gets the class of its first value.
fn columns(prepared: &rusqlite::Statement<'_>) -> Vec<Column> {
    prepared
        .columns()
        .map(|column| Column {
            name: column.name().to_owned(),
            type_name: column.decl_type().unwrap_or_default().to_owned(),
        })
        .collect()
}

fn bind(prepared: &mut rusqlite::Statement<'_>, query: &Query) -> Result<(), SqlError> {
    let (expected, given) = (prepared.parameter_count(), query.parameters.len());
    if expected != given {
        return Err(SqlError::InvalidParameter(format!(
            "the statement has {expected} placeholders and was given {given} parameters"
        )));
    }
    for (index, parameter) in query.parameters.iter().enumerate() {
        let place = index + 1;
        let refused = |why: String| SqlError::InvalidParameter(format!("parameter {place}: {why}"));
        let stored = value::bind(parameter).map_err(refused)?;
        prepared
            .raw_bind_parameter(place, stored)
            .map_err(|cause| error::of_statement(&cause, query.timeout))?;
    }
    Ok(())
}

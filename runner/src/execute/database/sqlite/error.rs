//! From SQLite's result codes to our errors. SQLite has one code for every mistake in a statement,
//! so a missing table is an error of the server like a wrong keyword.

use std::path::Path;
use std::time::Duration;

use rusqlite::ErrorCode;

use crate::model::sql::{ConnectionClass, ConnectionError, ServerError, SqlError};

/// One attempt that failed.
pub(super) fn refuse(class: ConnectionClass, message: String) -> ConnectionError {
    ConnectionError {
        class,
        message,
        attempts: 1,
    }
}

/// Why a file that exists cannot be a target.
pub(super) fn of_opening(error: &rusqlite::Error, path: &Path) -> ConnectionError {
    let path = path.display();
    let (class, advice) = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => (
            ConnectionClass::Protocol,
            "; it is not a SQLite database, or it is encrypted or damaged",
        ),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly) => (
            ConnectionClass::Other,
            "; a database in WAL mode needs its -wal and -shm files readable, or a folder in \
             which they can be made, and an unfinished transaction needs its owner to start once",
        ),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
            ConnectionClass::StartingUp,
            "; another program holds it exclusively",
        ),
        _ => (ConnectionClass::Other, ""),
    };
    refuse(class, format!("cannot read {path}: {error}{advice}"))
}

/// Why a statement has no answer.
pub(super) fn of_statement(error: &rusqlite::Error, timeout: Duration) -> SqlError {
    match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => SqlError::Timeout(timeout),
        Some(ErrorCode::AuthorizationForStatementDenied) => forbidden(error),
        Some(ErrorCode::ReadOnly) => SqlError::Forbidden(message(error)),
        Some(ErrorCode::TooBig) => SqlError::LimitExceeded(format!(
            "{}: a statement may have 256 KiB, a value 8 MiB",
            message(error)
        )),
        _ => SqlError::Server(ServerError {
            code: code(error),
            message: message(error),
            ..ServerError::default()
        }),
    }
}

/// What the authorizer denied.
pub(super) fn forbidden(error: &rusqlite::Error) -> SqlError {
    SqlError::Forbidden(format!(
        "{}: a check may only read this file, and only through functions and pragmas that reach \
         nothing else",
        message(error)
    ))
}

fn code(error: &rusqlite::Error) -> Option<i64> {
    match error {
        rusqlite::Error::SqliteFailure(cause, _)
        | rusqlite::Error::SqlInputError { error: cause, .. } => {
            Some(i64::from(cause.extended_code))
        }
        _ => None,
    }
}

/// SQLite's own words, without the statement that the library adds.
fn message(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(message))
        | rusqlite::Error::SqlInputError { msg: message, .. } => message.clone(),
        other => other.to_string(),
    }
}

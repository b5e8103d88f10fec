//! Errors of PgBouncer, as the product's own.
//!
//! It gives most of its errors the SQLSTATE 08P01, whatever happened; newer versions have more specific
//! ones for some. Sentences decide nothing, so what hides behind 08P01 is left open, and said so.

use std::time::Duration;

use sqlx::Error;
use sqlx::postgres::PgSeverity;

use crate::execute::database::postgres::error;
use crate::model::sql::{ConnectionClass, ConnectionError, SqlError};

/// What PgBouncer calls nearly everything that it refuses.
const ANYTHING: &str = "08P01";

/// Why PgBouncer did not let us in, if it is PgBouncer that says so and does not say it by SQLSTATE.
pub fn refused_login(error: &Error) -> Option<ConnectionError> {
    let (ANYTHING, _, said) = error::by_server(error)? else {
        return None;
    };
    Some(ConnectionError {
        class: ConnectionClass::Other,
        message: format!(
            "PgBouncer refused the login: {said} (SQLSTATE 08P01, which it gives alike for a wrong \
             password, for an account that is neither in stats_users nor in admin_users, and for a \
             start-up option that it does not know)"
        ),
        attempts: 1,
    })
}

/// What happened to a statement that had `timeout`, after `elapsed`.
pub fn sql_error(error: &Error, timeout: Duration, elapsed: Duration) -> SqlError {
    match error::by_server(error) {
        Some((ANYTHING, PgSeverity::Fatal | PgSeverity::Panic, said)) => {
            SqlError::Connection(ConnectionError {
                class: ConnectionClass::Lost,
                message: format!("PgBouncer ended the connection: {said}"),
                attempts: 1,
            })
        }
        _ => error::sql_error(error, timeout, elapsed),
    }
}

/// Whether the connection can be used after this error.
pub fn leaves_usable(error: &Error) -> bool {
    error::leaves_usable(error)
}

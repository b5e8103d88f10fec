//! From the driver's errors to ours: by errno, SQLSTATE and the operating system's error kinds.

use std::io;
use std::time::Duration;

use sqlx::mysql::MySqlDatabaseError;

use crate::execute::database::network;
use crate::model::sql::{ConnectionClass, ConnectionError, ServerError, SqlError};
use crate::model::target::{Host, ServerAddress, TlsMode};

/// One attempt that failed.
pub(super) fn refuse(class: ConnectionClass, message: String) -> ConnectionError {
    ConnectionError {
        class,
        message,
        attempts: 1,
    }
}

/// The peer sent what the driver could not even take apart.
pub(super) fn not_the_protocol() -> ConnectionError {
    refuse(
        ConnectionClass::Protocol,
        "what answers there does not speak the MySQL protocol; check host and port".into(),
    )
}

/// The peer said nothing, and answered PostgreSQL's question.
pub(super) fn is_postgresql() -> ConnectionError {
    refuse(
        ConnectionClass::Protocol,
        "what answers there is a PostgreSQL server, not MySQL or MariaDB".into(),
    )
}

/// The peer greeted when the time was as good as over.
pub(super) fn late(limit: Duration) -> ConnectionError {
    refuse(
        ConnectionClass::Timeout,
        format!("no connection within {limit:?}"),
    )
}

/// Why there is no connection. Asks for the host's name once more when that may be the reason.
pub(super) async fn of_connecting(error: sqlx::Error, address: &ServerAddress) -> ConnectionError {
    match error {
        sqlx::Error::Database(ref cause) => match server_error(&error) {
            Some((number, server)) => refuse(
                class_of_number(number).unwrap_or(ConnectionClass::Other),
                format!(
                    "the server refused the connection: {} ({number})",
                    server.message
                ),
            ),
            None => refuse(
                ConnectionClass::Other,
                format!("the server refused the connection: {cause}"),
            ),
        },
        sqlx::Error::Io(cause) => {
            let class = class_of_io(&cause, address).await;
            refuse(class, format!("cannot connect: {cause}"))
        }
        sqlx::Error::Tls(cause) => refuse(
            ConnectionClass::Tls,
            format!("no encrypted connection: {cause}"),
        ),
        sqlx::Error::Protocol(_) | sqlx::Error::Decode(_) | sqlx::Error::RowNotFound => {
            let refusal = not_the_protocol();
            refuse(
                refusal.class,
                format!("{} (or its way to log in): {error}", refusal.message),
            )
        }
        other => refuse(ConnectionClass::Other, format!("cannot connect: {other}")),
    }
}

async fn class_of_io(cause: &io::Error, address: &ServerAddress) -> ConnectionClass {
    if cause.kind() == io::ErrorKind::NotFound && matches!(address.host, Host::Socket { .. }) {
        // Nothing listens: there is no socket file.
        return ConnectionClass::Refused;
    }
    // The TLS library reports a bad certificate as invalid data on the socket.
    if cause.kind() == io::ErrorKind::InvalidData && address.tls.mode != TlsMode::Disable {
        return ConnectionClass::Tls;
    }
    if network::may_be_dns(cause) && network::resolve(&address.host).await.is_err() {
        return ConnectionClass::Dns;
    }
    network::classify(cause)
}

/// Server errors that are about the connection, not about a statement.
fn class_of_number(number: u16) -> Option<ConnectionClass> {
    match number {
        // Access denied, with and without a password; blocked or unwanted host; expired or locked
        // account; TLS or a plugin asked for.
        1045 | 1129 | 1130 | 1251 | 1524 | 1698 | 1820 | 1862 | 3118 | 3159 | 4151 => {
            Some(ConnectionClass::Authentication)
        }
        // The account may not see the database, which is also said of one that does not exist.
        1044 | 1049 => Some(ConnectionClass::UnknownDatabase),
        1040 | 1203 | 1226 => Some(ConnectionClass::TooManyConnections),
        1053 | 1077 | 1079 | 3169 => Some(ConnectionClass::ShuttingDown),
        // The server is in a mode that takes administrators only, during start or upgrade.
        3032 => Some(ConnectionClass::StartingUp),
        // Killed, aborted, packets out of order, errors while reading or writing.
        1152 | 1156..=1161 | 1184 | 1927 => Some(ConnectionClass::Lost),
        _ => None,
    }
}

/// The statement before took the socket with it.
pub(super) fn no_longer_usable() -> SqlError {
    SqlError::Connection(refuse(
        ConnectionClass::Lost,
        "the connection ended with the statement before".into(),
    ))
}

/// Why a statement has no answer.
pub(super) fn of_statement(error: sqlx::Error, timeout: Duration) -> SqlError {
    if let Some((number, server)) = server_error(&error) {
        return of_number(number, server, timeout);
    }
    let (class, message) = match error {
        sqlx::Error::Io(cause) => (
            ConnectionClass::Lost,
            format!("the connection broke during the statement: {cause}"),
        ),
        other => (
            ConnectionClass::Protocol,
            format!("the server's answer could not be read: {other}"),
        ),
    };
    SqlError::Connection(refuse(class, message))
}

fn of_number(number: u16, server: ServerError, timeout: Duration) -> SqlError {
    match number {
        // Access denied: to a database, a command, a column, for want of a privilege, a routine.
        1044 | 1045 | 1142 | 1143 | 1227 | 1370 => SqlError::PermissionDenied(server),
        // No database chosen, unknown database, table, column, routine, key, system variable.
        1046 | 1049 | 1051 | 1054 | 1109 | 1146 | 1176 | 1193 | 1305 => {
            SqlError::UndefinedObject(server)
        }
        // A read-only transaction, a read-only server, a read-only super user's server.
        1290 | 1792 | 1836 => SqlError::Forbidden(server.message),
        1969 | 3024 => SqlError::Timeout(timeout),
        // Not preparable: the one protocol that is certain to take one statement only.
        1295 => SqlError::Server(ServerError {
            hint: Some("this server cannot prepare the statement, and checkrun sends statements prepared only; ask information_schema or performance_schema instead".into()),
            ..server
        }),
        1210 | 1367 => SqlError::InvalidParameter(server.message),
        _ => match class_of_number(number) {
            Some(class) => SqlError::Connection(refuse(class, server.message)),
            None => SqlError::Server(server),
        },
    }
}

/// Whether the connection may take another statement after this error.
pub(super) fn leaves_connection_whole(error: &SqlError) -> bool {
    match error {
        SqlError::Server(_)
        | SqlError::PermissionDenied(_)
        | SqlError::UndefinedObject(_)
        | SqlError::Forbidden(_)
        | SqlError::InvalidParameter(_)
        | SqlError::Timeout(_) => true,
        SqlError::Connection(_) | SqlError::LimitExceeded(_) => false,
    }
}

fn server_error(error: &sqlx::Error) -> Option<(u16, ServerError)> {
    let cause = error
        .as_database_error()?
        .try_downcast_ref::<MySqlDatabaseError>()?;
    let server = ServerError {
        sqlstate: cause.code().map(str::to_owned),
        code: Some(i64::from(cause.number())),
        message: cause.message().to_owned(),
        detail: None,
        hint: None,
    };
    Some((cause.number(), server))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_a_server_that_is_there_lets_nobody_in() {
        for (why, number, class) in [
            ("it shuts down", 1053, ConnectionClass::ShuttingDown),
            (
                "an administrator ended the session with the server",
                3169,
                ConnectionClass::ShuttingDown,
            ),
            (
                "it takes administrators only",
                3032,
                ConnectionClass::StartingUp,
            ),
            ("it is full", 1040, ConnectionClass::TooManyConnections),
            ("somebody killed the session", 1927, ConnectionClass::Lost),
        ] {
            assert_eq!(class_of_number(number), Some(class), "{why}");
        }
        // A statement that is wrong.
        assert_eq!(class_of_number(1064), None);
    }
}

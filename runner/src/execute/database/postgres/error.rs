//! Errors of PostgreSQL and of the driver, as the product's own: by SQLSTATE and kind, never by text.

use std::time::Duration;

use sqlx::Error;
use sqlx::postgres::{PgDatabaseError, PgErrorPosition, PgSeverity};

use crate::execute::database::network;
use crate::model::sql::{ConnectionClass, ConnectionError, ServerError, SqlError};

/// Bytes kept of each text that the server sends with an error; the rest is cut.
const TEXT_MAX: usize = 4096;

/// What happened while connecting.
pub fn connection_error(error: &Error) -> ConnectionError {
    let (class, message) = match error {
        Error::Database(_) => match error.as_database_error().and_then(postgres_error) {
            Some(server) => (connection_class(server.code()), refused(server)),
            None => (ConnectionClass::Other, error.to_string()),
        },
        // Only the TLS library reports bytes that it cannot accept as an I/O error.
        Error::Io(io) if io.kind() == std::io::ErrorKind::InvalidData => {
            (ConnectionClass::Tls, format!("TLS: {io}"))
        }
        Error::Io(io) => (network::classify(io), io.to_string()),
        Error::Tls(tls) => (ConnectionClass::Tls, format!("TLS: {tls}")),
        Error::Configuration(configuration) => (
            ConnectionClass::Tls,
            format!("client certificate: {configuration}"),
        ),
        Error::Protocol(text) => (
            ConnectionClass::Protocol,
            format!(
                "the answer is not PostgreSQL's protocol: {}",
                cut(without_place(text))
            ),
        ),
        other => (ConnectionClass::Other, cut(&other.to_string())),
    };
    ConnectionError {
        class,
        message,
        attempts: 1,
    }
}

/// Who sends a well-formed error speaks the protocol: of this one, it is nearly always a pooler.
const PROTOCOL_VIOLATION: &str = "08P01";

/// What the server said at the login, and what to do where the class alone cannot tell.
fn refused(server: &PgDatabaseError) -> String {
    let said = said(server);
    match server.code() {
        PROTOCOL_VIOLATION => format!(
            "{said}; PgBouncer refuses databases and start-up options in this way: connect to \
             PostgreSQL directly, or see that pgbouncer.ini has the database and \
             ignore_startup_parameters = extra_float_digits,options"
        ),
        _ => said,
    }
}

/// The driver ends its sentences with the place in its source, which means nothing to a reader.
fn without_place(text: &str) -> &str {
    text.rsplit_once(" (sqlx_").map_or(text, |(said, _)| said)
}

/// What happened to a statement that had `timeout`, after `elapsed`.
pub fn sql_error(error: &Error, timeout: Duration, elapsed: Duration) -> SqlError {
    let Some(server) = error.as_database_error().and_then(postgres_error) else {
        return SqlError::Connection(broken(error));
    };
    if ends_the_session(server) {
        return SqlError::Connection(ConnectionError {
            class: match connection_class(server.code()) {
                ConnectionClass::Other => ConnectionClass::Lost,
                class => class,
            },
            message: said(server),
            attempts: 1,
        });
    }
    let said = server_error(server);
    match server.code() {
        "42501" => SqlError::PermissionDenied(said),
        // Table, column, function, schema, type and the like, database.
        "42P01" | "42703" | "42883" | "3F000" | "42704" | "3D000" => {
            SqlError::UndefinedObject(said)
        }
        // Writing in a read-only transaction; what must be the first statement of a transaction.
        "25006" | "25001" => SqlError::Forbidden(said.message),
        // No such parameter; its type cannot be inferred; its bytes do not fit its type.
        "42P02" | "42P18" | "22P03" => SqlError::InvalidParameter(said.message),
        // Also sent when somebody cancels the statement by hand: then it is early.
        "57014" if elapsed >= timeout => SqlError::Timeout(timeout),
        _ => SqlError::Server(said),
    }
}

/// Whether the connection can be used after this error.
pub fn leaves_usable(error: &Error) -> bool {
    error
        .as_database_error()
        .and_then(postgres_error)
        .is_some_and(|server| !ends_the_session(server))
}

/// Whether the server refused what it takes in a transaction only.
pub fn is_no_transaction(error: &Error) -> bool {
    error
        .as_database_error()
        .and_then(postgres_error)
        .is_some_and(|server| server.code() == "25P01")
}

fn broken(error: &Error) -> ConnectionError {
    let mut broken = connection_error(error);
    if broken.class == ConnectionClass::Other {
        broken.class = ConnectionClass::Lost;
    }
    broken
}

fn ends_the_session(error: &PgDatabaseError) -> bool {
    matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic)
}

fn connection_class(sqlstate: &str) -> ConnectionClass {
    match sqlstate {
        "28000" | "28P01" => ConnectionClass::Authentication,
        // The account lacks the database's CONNECT privilege.
        "42501" => ConnectionClass::DatabaseRefused,
        "3D000" => ConnectionClass::UnknownDatabase,
        "53300" => ConnectionClass::TooManyConnections,
        // Starting, recovering, and also shutting down.
        "57P03" => ConnectionClass::StartingUp,
        "57P01" | "57P02" => ConnectionClass::ShuttingDown,
        _ => ConnectionClass::Other,
    }
}

/// SQLSTATE, severity and sentence, if it is the server that speaks.
pub fn by_server(error: &Error) -> Option<(&str, PgSeverity, String)> {
    let server = error.as_database_error().and_then(postgres_error)?;
    Some((server.code(), server.severity(), cut(server.message())))
}

fn postgres_error<'a>(
    error: &'a (dyn sqlx::error::DatabaseError + 'static),
) -> Option<&'a PgDatabaseError> {
    error.try_downcast_ref::<PgDatabaseError>()
}

fn said(error: &PgDatabaseError) -> String {
    format!("{} (SQLSTATE {})", cut(error.message()), error.code())
}

fn server_error(error: &PgDatabaseError) -> ServerError {
    let position = error.position().map(|position| match position {
        PgErrorPosition::Original(character) => format!("at character {character}"),
        PgErrorPosition::Internal { position, query } => {
            format!("at character {position} of {}", cut(query))
        }
    });
    let detail = match (error.detail().map(cut), position) {
        (Some(detail), Some(position)) => Some(format!("{detail} ({position})")),
        (detail, position) => detail.or(position),
    };
    ServerError {
        sqlstate: Some(error.code().into()),
        code: None,
        message: cut(error.message()),
        detail,
        hint: error.hint().map(cut),
    }
}

fn cut(text: &str) -> String {
    if text.len() <= TEXT_MAX {
        return text.into();
    }
    let mut end = TEXT_MAX;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(cut("short"), "short");
        let cut_text = cut(&"é".repeat(TEXT_MAX));
        assert!(cut_text.ends_with("é…") && cut_text.len() <= TEXT_MAX + 3);
    }

    #[test]
    fn why_a_server_that_is_there_lets_nobody_in() {
        for (why, sqlstate, class) in [
            ("it starts", "57P03", ConnectionClass::StartingUp),
            (
                "an administrator stops it",
                "57P01",
                ConnectionClass::ShuttingDown,
            ),
            (
                "a process of it crashed",
                "57P02",
                ConnectionClass::ShuttingDown,
            ),
            ("it is full", "53300", ConnectionClass::TooManyConnections),
            ("anything else", "XX000", ConnectionClass::Other),
        ] {
            assert_eq!(connection_class(sqlstate), class, "{why}");
        }
    }
}

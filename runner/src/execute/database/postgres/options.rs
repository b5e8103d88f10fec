//! What a connection to PostgreSQL is opened with: address, TLS, and the session's settings.
//!
//! The settings travel in the startup packet, so they cost no round trip. `client_connection_check_interval`
//! is not among them: servers before 14 would refuse the connection; `account.rs` sets it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::model::sql::{ConnectionClass, ConnectionError};
use crate::model::target::{Host, ServerAddress, Tls, TlsMode};

/// PostgreSQL cuts longer application names, with a notice.
const APPLICATION_NAME_MAX: usize = 63;

/// A lock that a check waits for is a lock that others wait for, behind the check.
const LOCK_TIMEOUT: Duration = Duration::from_secs(1);

/// How long the server waits for our next statement inside a transaction. No fence stays open
/// between two statements, so this only ends the session of a runner that is no longer there.
const IDLE_IN_TRANSACTION_TIMEOUT: Duration = Duration::from_secs(60);

/// Statements whose plans one connection keeps, so that a run which repeats a query pays for parsing
/// once. More than most runs send: to forget one costs a round trip.
const STATEMENTS_KEPT: usize = 100;

/// The options for `address`; `statement_timeout` is in force until the first query sets its own.
///
/// # Errors
/// A file with a certificate or key that cannot be read.
pub fn connect_options(
    address: &ServerAddress,
    application: &str,
    statement_timeout: Duration,
) -> Result<PgConnectOptions, ConnectionError> {
    let options = login_options(address, application)?;
    Ok(options.options(settings(statement_timeout)))
}

/// Address, account and TLS, without any setting of the session: all that PgBouncer's console takes.
///
/// # Errors
/// A file with a certificate or key that cannot be read.
pub fn login_options(
    address: &ServerAddress,
    application: &str,
) -> Result<PgConnectOptions, ConnectionError> {
    let options = PgConnectOptions::new_without_pgpass()
        .username(&address.user)
        .password(
            address
                .password
                .as_ref()
                .map_or("", |secret| secret.reveal()),
        )
        .database(address.database.as_deref().unwrap_or(&address.user))
        .application_name(application_name(application))
        .statement_cache_capacity(STATEMENTS_KEPT)
        .disable_statement_logging();
    match &address.host {
        Host::Tcp { name, port } => with_tls(options.host(name).port(*port), &address.tls),
        Host::Socket { path, port } => Ok(options
            .host("localhost")
            .socket(path)
            .port(*port)
            .ssl_mode(PgSslMode::Disable)),
    }
}

fn settings(statement_timeout: Duration) -> [(&'static str, String); 6] {
    [
        ("default_transaction_read_only", "on".into()),
        ("statement_timeout", milliseconds(statement_timeout)),
        ("lock_timeout", milliseconds(LOCK_TIMEOUT)),
        (
            "idle_in_transaction_session_timeout",
            milliseconds(IDLE_IN_TRANSACTION_TIMEOUT),
        ),
        ("search_path", "pg_catalog,public".into()),
        // The statement gate reads string literals by this rule.
        ("standard_conforming_strings", "on".into()),
    ]
}

/// Opens the fence around one statement, in one round trip; the limits, and the rule by which the
/// statement gate reads strings, are set again each time, because the statement before may have
/// changed the session's.
#[must_use]
pub fn begin(statement_timeout: Duration) -> String {
    format!(
        "BEGIN TRANSACTION READ ONLY; SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}; \
         SET LOCAL standard_conforming_strings = on",
        milliseconds(statement_timeout),
        milliseconds(LOCK_TIMEOUT)
    )
}

/// Rounded up, so that the server never gives up before the time is over. At least 1, because 0 means
/// no limit to PostgreSQL; at most what its setting takes.
fn milliseconds(duration: Duration) -> String {
    let most = i32::MAX.unsigned_abs().into();
    duration
        .as_micros()
        .div_ceil(1000)
        .clamp(1, most)
        .to_string()
}

fn application_name(application: &str) -> &str {
    let end = application
        .char_indices()
        .map(|(start, c)| start + c.len_utf8())
        .take_while(|end| *end <= APPLICATION_NAME_MAX)
        .last()
        .unwrap_or(0);
    &application[..end]
}

/// The driver loads the system's authorities only for the mode that verifies. It adds those in `ca` to
/// them, where PostgreSQL's own client would trust `ca` alone.
fn with_tls(options: PgConnectOptions, tls: &Tls) -> Result<PgConnectOptions, ConnectionError> {
    let (mode, verifies) = match tls.mode {
        TlsMode::Disable => (PgSslMode::Disable, false),
        TlsMode::Prefer => (PgSslMode::Prefer, false),
        TlsMode::Require => (PgSslMode::Require, false),
        TlsMode::VerifyFull => (PgSslMode::VerifyFull, true),
    };
    // Always set: the driver would otherwise take the file from the environment.
    let authorities = match &tls.ca {
        Some(path) if verifies => read(path, "the authorities to trust")?,
        _ => Vec::new(),
    };
    let options = options.ssl_mode(mode).ssl_root_cert_from_pem(authorities);
    match &tls.client {
        Some(client) => Ok(options
            .ssl_client_cert_from_pem(read(&client.certificate, "the client certificate")?)
            .ssl_client_key_from_pem(read(&client.key, "the client certificate's key")?)),
        None => Ok(options),
    }
}

fn read(path: &Path, what: &str) -> Result<Vec<u8>, ConnectionError> {
    fs::read(path).map_err(|error| ConnectionError {
        class: ConnectionClass::Tls,
        message: format!("cannot read {what} from {}: {error}", path.display()),
        attempts: 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_application_name_is_cut_between_characters() {
        let name = format!("{}é", "x".repeat(62));
        assert_eq!(application_name(&name), "x".repeat(62));
        assert_eq!(
            application_name("checkrun/core/health"),
            "checkrun/core/health"
        );
    }

    #[test]
    fn no_timeout_becomes_no_limit() {
        let cases = [
            (Duration::ZERO, "1"),
            (Duration::from_micros(10), "1"),
            (Duration::from_millis(1500), "1500"),
            (Duration::from_micros(299_001), "300"),
            (Duration::MAX, "2147483647"),
        ];
        for (duration, expected) in cases {
            assert_eq!(milliseconds(duration), expected);
        }
    }
}

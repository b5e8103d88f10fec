//! Logging in by PostgreSQL's protocol, and why that failed; PgBouncer's console is entered the same way.

use std::io;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};

use super::error;
use crate::execute::database::network;
use crate::execute::database::relay::Relay;
use crate::model::sql::{ConnectionClass, ConnectionError};
use crate::model::target::{Host, ServerAddress, TlsMode};

/// Opens a connection, through a relay where it may be encrypted. The relay is to be dropped after the
/// connection.
///
/// # Errors
/// As the driver gives them; [`failure`] explains them.
pub async fn log_in(
    address: &ServerAddress,
    options: PgConnectOptions,
) -> Result<(PgConnection, Option<Relay>), sqlx::Error> {
    let relay = relay_to(address).await?;
    let options = match &relay {
        Some(relay) => options.socket(relay.folder()),
        None => options,
    };
    Ok((options.connect().await?, relay))
}

/// Why there is no connection. Looks the host's name up again if that may be the reason.
pub async fn failure(address: &ServerAddress, error: sqlx::Error) -> ConnectionError {
    let sqlx::Error::Io(io) = &error else {
        return error::connection_error(&error);
    };
    if !network::may_be_dns(io) {
        return error::connection_error(&error);
    }
    match network::resolve(&address.host).await {
        Ok(()) => error::connection_error(&error),
        Err(message) => ConnectionError {
            class: ConnectionClass::Dns,
            message,
            attempts: 1,
        },
    }
}

/// The relay that an encrypted connection needs.
async fn relay_to(address: &ServerAddress) -> io::Result<Option<Relay>> {
    match &address.host {
        Host::Tcp { name, port } if address.tls.mode != TlsMode::Disable => {
            let file = format!(".s.PGSQL.{port}");
            Relay::connect(name, *port, &file).await.map(Some)
        }
        Host::Tcp { .. } | Host::Socket { .. } => Ok(None),
    }
}

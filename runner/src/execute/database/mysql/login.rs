//! Opens a socket to the server, logs in, and sets the session up in one round trip.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use sqlx::ConnectOptions;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};

use super::greeting::{self, Greeter};
use super::{error, privileges, setup};
use crate::execute::database::network;
use crate::execute::database::relay::Relay;
use crate::model::sql::{ConnectionClass, ConnectionError, ServerFacts};
use crate::model::target::{Address, Host, ServerAddress, Target, TlsMode};

/// A session that is ready for statements, and what its server said of itself.
pub(super) struct Session {
    pub(super) socket: MySqlConnection,
    /// What an encrypted connection goes through.
    pub(super) relay: Option<Relay>,
    pub(super) facts: ServerFacts,
}

/// Opens a session.
///
/// # Errors
/// Why there is none; `attempts` is 1.
pub(super) async fn open(target: &Target) -> Result<Session, ConnectionError> {
    let Address::Server(address) = &target.address else {
        return Err(error::refuse(
            ConnectionClass::Other,
            "the target is a file, not a MySQL or MariaDB server".into(),
        ));
    };
    let relay = relay_to(address, target.connect_timeout).await?;
    // The driver indexes into what it receives, so a peer that does not speak the protocol can make
    // it panic.
    let attempt = AssertUnwindSafe(session(address, relay.as_ref()))
        .catch_unwind()
        .await;
    let (socket, answer) = match attempt {
        Ok(Ok(session)) => session,
        Ok(Err(cause)) => return Err(error::of_connecting(cause, address).await),
        Err(_) => return Err(error::not_the_protocol()),
    };
    if !target.allow_privileged {
        privileges::inspect(&answer.grants, address)?;
    }
    Ok(Session {
        socket,
        relay,
        facts: answer.facts,
    })
}

async fn session(
    address: &ServerAddress,
    relay: Option<&Relay>,
) -> Result<(MySqlConnection, setup::Answer), sqlx::Error> {
    let options = match relay {
        Some(relay) => options(address).socket(relay.folder().join(RELAY_FILE)),
        None => options(address),
    };
    let mut socket = options.connect().await?;
    let answer = setup::run(&mut socket).await?;
    Ok((socket, answer))
}

/// The relay that an encrypted connection needs, to a server that has said something.
async fn relay_to(
    address: &ServerAddress,
    limit: Duration,
) -> Result<Option<Relay>, ConnectionError> {
    let Host::Tcp { name, port } = &address.host else {
        return Ok(None);
    };
    if address.tls.mode == TlsMode::Disable {
        return Ok(None);
    }
    let (mut server, timing) = match network::dial(name, *port).await {
        Ok(dialled) => dialled,
        Err(error) => return Err(error::of_connecting(error.into(), address).await),
    };
    let patience = (limit * 9 / 10).saturating_sub(timing.dns + timing.tcp);
    match greeting::awaited(&mut server, patience).await {
        Ok(Greeter::Unread) => {}
        Ok(Greeter::Postgresql) => return Err(error::is_postgresql()),
        Ok(Greeter::Late) => return Err(error::late(limit)),
        Err(error) => return Err(error::of_connecting(error.into(), address).await),
    }
    match Relay::over(server, timing, RELAY_FILE) {
        Ok(relay) => Ok(Some(relay)),
        Err(error) => Err(error::of_connecting(error.into(), address).await),
    }
}

/// What a relay's local socket is called.
const RELAY_FILE: &str = "mysql.sock";

/// Statements that stay prepared until the run ends. Were each one closed after its use, the driver's
/// small packets would wait for each other (Nagle's algorithm against delayed acknowledgements, 40 ms
/// a statement); with a bound, a run cannot fill the server's `max_prepared_stmt_count`.
const PREPARED_MAX: usize = 100;

/// The driver's own session settings are switched off: they would cost a round trip, and `setup`
/// says everything.
fn options(address: &ServerAddress) -> MySqlConnectOptions {
    let mut options = MySqlConnectOptions::new()
        .username(&address.user)
        .ssl_mode(ssl_mode(address.tls.mode))
        .statement_cache_capacity(PREPARED_MAX)
        .set_names(false)
        .timezone(None)
        .pipes_as_concat(false)
        .no_engine_substitution(false)
        .disable_statement_logging();
    options = match &address.host {
        Host::Tcp { name, port } => options.host(name).port(*port),
        Host::Socket { path, .. } => options.socket(path),
    };
    if let Some(password) = &address.password {
        options = options.password(password.reveal());
    }
    if let Some(database) = &address.database {
        options = options.database(database);
    }
    if let Some(ca) = &address.tls.ca {
        options = options.ssl_ca(ca);
    }
    if let Some(client) = &address.tls.client {
        options = options
            .ssl_client_cert(&client.certificate)
            .ssl_client_key(&client.key);
    }
    options
}

fn ssl_mode(mode: TlsMode) -> MySqlSslMode {
    match mode {
        TlsMode::Disable => MySqlSslMode::Disabled,
        TlsMode::Prefer => MySqlSslMode::Preferred,
        TlsMode::Require => MySqlSslMode::Required,
        TlsMode::VerifyFull => MySqlSslMode::VerifyIdentity,
    }
}

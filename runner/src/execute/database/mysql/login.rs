//! Opens a socket to the server, logs in, and sets the session up in one round trip.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use sqlx::ConnectOptions;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};

use super::{error, privileges, setup};
use crate::model::sql::{ConnectionClass, ConnectionError, ServerFacts};
use crate::model::target::{Address, Host, ServerAddress, Target, TlsMode};

/// A session that is ready for statements, and what its server said of itself.
///
/// # Errors
/// Why there is none; `attempts` is 1.
pub(super) async fn open(
    target: &Target,
) -> Result<(MySqlConnection, ServerFacts), ConnectionError> {
    let Address::Server(address) = &target.address else {
        return Err(error::refuse(
            ConnectionClass::Other,
            "the target is a file, not a MySQL or MariaDB server".into(),
        ));
    };
    // The driver indexes into what it receives, so a peer that does not speak the protocol can make
    // it panic.
    let attempt = AssertUnwindSafe(session(address)).catch_unwind().await;
    let (socket, answer) = match attempt {
        Ok(Ok(session)) => session,
        Ok(Err(cause)) => return Err(error::of_connecting(cause, address).await),
        Err(_) => return Err(error::not_the_protocol(address)),
    };
    if !target.allow_privileged {
        privileges::inspect(&answer.grants, address)?;
    }
    Ok((socket, answer.facts))
}

async fn session(address: &ServerAddress) -> Result<(MySqlConnection, setup::Answer), sqlx::Error> {
    let mut socket = options(address).connect().await?;
    let answer = setup::run(&mut socket).await?;
    Ok((socket, answer))
}

/// The driver's own session settings are switched off: they would cost a round trip, and `setup`
/// says everything.
fn options(address: &ServerAddress) -> MySqlConnectOptions {
    let mut options = MySqlConnectOptions::new()
        .username(&address.user)
        .ssl_mode(ssl_mode(address.tls.mode))
        .statement_cache_capacity(0)
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

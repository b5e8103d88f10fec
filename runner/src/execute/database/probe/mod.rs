//! Looks at a server step by step, on the way that a login takes: name, connection, encryption.
//!
//! Each function does one step within a limit and says what it saw ([`crate::model::probe`]); nothing
//! is judged here. `checkrun diagnose` uses them, before it logs in by the same code as checks do.
//!
//! Servers of MySQL's protocol count connections that break off before a login, and block a host that
//! makes too many. So [`handshake`] goes on with the socket that [`dial`] opened, and ends in order.

use std::time::Duration;

use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use crate::clock::Clock;
use crate::model::probe::{Encryption, Handshake, Obstacle};
use crate::model::run::Micros;
use crate::model::sql::ConnectionClass;
use crate::model::target::{Protocol, ServerAddress};

mod certificate;
mod dial;
mod mysql;
mod packet;
mod postgres;
mod tls;
mod verifier;

pub use dial::{dial, dial_socket, look_up};
pub(super) use postgres::SSL_REQUEST;

/// An open connection that nobody has said anything on.
#[derive(Debug)]
pub enum Line {
    /// Over the network.
    Tcp(TcpStream),
    /// Within this machine.
    Socket(UnixStream),
}

/// What the server does before any account is named; the connection is closed afterwards. `now`
/// decides whether a certificate is valid.
pub async fn handshake(
    line: Line,
    address: &ServerAddress,
    now: Micros,
    limit: Duration,
) -> Handshake {
    let start = Clock::System.start();
    let spoken = timeout(limit, speak(line, address, now, limit)).await;
    let (server, encryption) =
        spoken.unwrap_or_else(|_| (None, Encryption::NoServer(silence(limit))));
    Handshake {
        server,
        encryption,
        took: start.elapsed(),
    }
}

async fn speak(
    line: Line,
    address: &ServerAddress,
    now: Micros,
    limit: Duration,
) -> (Option<String>, Encryption) {
    match (address.protocol, line) {
        (Protocol::Postgresql | Protocol::Pgbouncer, Line::Tcp(stream)) => {
            (None, postgres::handshake(stream, address, now).await)
        }
        // The driver does not encrypt on a socket, and a server that hears nothing counts nothing.
        (Protocol::Postgresql | Protocol::Pgbouncer, Line::Socket(_)) => {
            (None, Encryption::NotAsked)
        }
        (Protocol::Mysql, Line::Tcp(stream)) => mysql::handshake(stream, address, now, limit).await,
        (Protocol::Mysql, Line::Socket(stream)) => {
            mysql::handshake(stream, address, now, limit).await
        }
    }
}

/// Characters that are kept of a text that a server chose.
const TEXT_CHARS_MAX: usize = 300;

/// A server's text, shortened: it may be as long as the server likes.
fn shortened(text: &str) -> String {
    let mut kept: String = text.chars().take(TEXT_CHARS_MAX).collect();
    if kept.len() < text.len() {
        kept.push('…');
    }
    kept
}

fn silence(limit: Duration) -> Obstacle {
    Obstacle {
        class: ConnectionClass::Timeout,
        message: format!("the connection was accepted, and then nothing was said within {limit:?}"),
    }
}

#[cfg(test)]
mod tests;

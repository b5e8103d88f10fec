//! What each class of connection error means, and what to try first.
//!
//! Checks get it with the error, so a report says the same whichever check noticed.

use super::Explanation;
use crate::model::sql::ConnectionClass;
use crate::model::target::{Address, Protocol, ServerAddress};

/// Explains a class of connection error.
#[must_use]
#[expect(
    clippy::too_many_lines,
    reason = "a table of texts, a row for each class"
)]
pub fn explain(class: ConnectionClass) -> Explanation {
    let (meaning, advice) = match class {
        ConnectionClass::Refused => (
            "nothing listens at this address and port",
            "See whether the server runs, whether it listens on this interface (listen_addresses, \
             bind-address), and whether the port of the target is right.",
        ),
        ConnectionClass::Unreachable => (
            "there is no route to the host",
            "See whether the host is up, and whether routing, VPN and firewall let this machine reach it.",
        ),
        ConnectionClass::Timeout => (
            "the server did not answer in time",
            "See whether a firewall drops packets to the port, and whether the server is overloaded or frozen.",
        ),
        ConnectionClass::Dns => (
            "the host name does not resolve",
            "See whether the name in the target is spelled right, and whether this machine's resolver knows it.",
        ),
        ConnectionClass::Tls => (
            "the encryption could not be set up",
            "See whether the server's certificate has expired, names this host, and is signed by an \
             authority that this machine trusts.",
        ),
        ConnectionClass::Authentication => (
            "the server refused the account",
            "See whether user and password of the target are right, and whether the server lets this \
             account in from this machine (pg_hba.conf, the account's host part).",
        ),
        ConnectionClass::UnknownDatabase => (
            "there is no such database, or the account may not see it",
            "See whether the database of the target is spelled right, and whether it was renamed or \
             dropped; for MySQL and MariaDB, also whether the account has any right in it; for SQLite, \
             whether the file is there.",
        ),
        ConnectionClass::DatabaseRefused => (
            "the account may not connect to this database",
            "Give the account the right to connect, as the owner of the database or an administrator.",
        ),
        ConnectionClass::TooManyConnections => (
            "the server or the account is at its connection limit",
            "See who holds the connections and close idle ones; then raise the limit \
             (max_connections, the account's own), or put a pooler in front.",
        ),
        ConnectionClass::StartingUp => (
            "the server takes no connections now: it starts up, recovers or shuts down",
            "The server's words say which. Wait for it; if it takes long, its log says what it recovers, \
             or who stopped it.",
        ),
        ConnectionClass::ShuttingDown => (
            "the server is shutting down",
            "See whether this is planned; if not, the server's log says who stopped it.",
        ),
        ConnectionClass::Protocol => (
            "what is there is not a database of this engine",
            "See whether the port belongs to the database, and whether the scheme of the target's URL \
             names the right engine; for SQLite, whether the file is one of its databases.",
        ),
        ConnectionClass::Lost => (
            "the connection broke",
            "See whether the server restarted or killed the session (its log says so), and whether \
             something between closes connections.",
        ),
        ConnectionClass::AccountRefused => (
            "the account may do more than a check needs",
            "Give the target an account of its own with read access only, or set `allow_privileged = \
             true` on the target.",
        ),
        ConnectionClass::Other => (
            "the connection failed",
            "The message says what the system reported; the server's log may say more.",
        ),
    };
    Explanation { meaning, advice }
}

/// The statement that lets the account in, where this class has one.
#[must_use]
pub fn remedy(class: ConnectionClass, address: &Address) -> Option<String> {
    match (class, address) {
        (
            ConnectionClass::DatabaseRefused,
            Address::Server(ServerAddress {
                protocol: Protocol::Postgresql,
                user,
                database: Some(database),
                ..
            }),
        ) => Some(format!(
            "GRANT CONNECT ON DATABASE {} TO {}",
            quoted(database),
            quoted(user)
        )),
        _ => None,
    }
}

/// PostgreSQL's way to write any name.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

//! [`Target`]: one database to look at, with everything that connecting to it needs.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::secret::Secret;

/// One database to look at. Immutable once the configuration is resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Unique; ASCII letters, digits, `.`, `_`, `-`.
    pub name: String,
    /// Where it is and how to get in.
    pub address: Address,
    /// For selection, routes and reports; ordered by key.
    pub labels: BTreeMap<String, String>,
    /// The account may be a superuser or the like.
    pub allow_privileged: bool,
    /// How long one attempt to connect may take.
    pub connect_timeout: Duration,
    /// Attempts to connect, at least 1; only transient failures are tried again.
    pub connect_attempts: u32,
    /// Runs at the same time on this target, at least 1.
    pub max_parallel: u32,
}

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A server over TCP or a Unix socket.
    Server(ServerAddress),
    /// A SQLite file.
    File(PathBuf),
}

impl Address {
    /// A query that every server of this kind answers at once, as long as it works.
    #[must_use]
    pub fn trivial_query(&self) -> &'static str {
        match self {
            Self::Server(ServerAddress {
                protocol: Protocol::Pgbouncer,
                ..
            }) => "SHOW VERSION",
            Self::Server(_) | Self::File(_) => "SELECT 1",
        }
    }

    /// The engine as the URL says it; a `mysql:` URL may lead to MariaDB.
    #[must_use]
    pub fn engine_word(&self) -> &'static str {
        match self {
            Self::Server(ServerAddress {
                protocol: Protocol::Postgresql,
                ..
            }) => "postgresql",
            Self::Server(ServerAddress {
                protocol: Protocol::Mysql,
                ..
            }) => "mysql",
            Self::Server(ServerAddress {
                protocol: Protocol::Pgbouncer,
                ..
            }) => "pgbouncer",
            Self::File(_) => "sqlite",
        }
    }
}

/// Which protocol a server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// `postgres://`, `postgresql://`
    Postgresql,
    /// `mysql://`, `mariadb://`: which of the two it is, the server says.
    Mysql,
    /// `pgbouncer://`: PostgreSQL's protocol, as far as PgBouncer's admin console speaks it.
    Pgbouncer,
}

/// How to reach a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAddress {
    /// Which protocol.
    pub protocol: Protocol,
    /// Host name or IP address, or the socket.
    pub host: Host,
    /// The account's name.
    pub user: String,
    /// Absent for peer or certificate authentication.
    pub password: Option<Secret>,
    /// PostgreSQL: always there (the user's name by default). MySQL: may be absent. PgBouncer: always
    /// `pgbouncer`, its admin console.
    pub database: Option<String>,
    /// How the connection is protected.
    pub tls: Tls,
}

/// The server's end of the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// Host name or address, and port.
    Tcp {
        /// A name, an IPv4 or an IPv6 address without brackets.
        name: String,
        /// 5432, 3306 and 6432 by default.
        port: u16,
    },
    /// PostgreSQL and PgBouncer: the socket's directory and the port that names the file. MySQL: the
    /// socket file.
    Socket {
        /// Directory (PostgreSQL, PgBouncer) or file (MySQL).
        path: PathBuf,
        /// Part of PostgreSQL's socket file name.
        port: u16,
    },
}

impl Host {
    /// Whether the connection stays on this machine: a socket, `localhost`, a loopback address.
    #[must_use]
    pub fn is_local(&self) -> bool {
        match self {
            Self::Socket { .. } => true,
            Self::Tcp { name, .. } => {
                name.eq_ignore_ascii_case("localhost")
                    || name
                        .parse::<std::net::IpAddr>()
                        .is_ok_and(|ip| ip.is_loopback())
            }
        }
    }
}

/// How a connection is protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// How much is asked for.
    pub mode: TlsMode,
    /// PEM file with the authorities to trust; the system's store when absent.
    pub ca: Option<PathBuf>,
    /// PEM files with a client certificate and its key.
    pub client: Option<ClientCertificate>,
}

/// A client certificate for TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// PEM file with the certificate chain.
    pub certificate: PathBuf,
    /// PEM file with the private key.
    pub key: PathBuf,
}

/// How much TLS is asked for; the words are libpq's. Its `verify-ca` is missing: it is only worth
/// something where a given authority replaces the system's, and the drivers add it to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsMode {
    /// No TLS.
    Disable,
    /// TLS if the server offers it, unverified. The default on this machine.
    Prefer,
    /// TLS, unverified.
    Require,
    /// TLS, chain and host name verified. The default for other machines.
    VerifyFull,
}

//! How a test server is reached.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::{Account, Engine, account};

/// Addresses and process of a test server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// The kind of server.
    pub engine: Engine,
    /// Always `127.0.0.1`; `localhost` is good for the certificate too.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// The folder of the Unix socket for PostgreSQL, the socket itself for MariaDB.
    pub socket: PathBuf,
    /// The server's process id (PostgreSQL: of the postmaster).
    pub pid: u32,
    /// The server's log file.
    pub log: PathBuf,
}

impl Endpoint {
    /// `postgres://name:password@127.0.0.1:port/shop`.
    #[must_use]
    pub fn url(&self, account: Account) -> String {
        let Self {
            engine, host, port, ..
        } = self;
        let Account { name, password } = account;
        format!(
            "{}://{name}:{password}@{host}:{port}/{}",
            engine.name(),
            account::DATABASE
        )
    }

    /// The same without the password, as a configuration has it.
    #[must_use]
    pub fn url_without_password(&self, account: Account) -> String {
        let Self {
            engine, host, port, ..
        } = self;
        format!(
            "{}://{}@{host}:{port}/{}",
            engine.name(),
            account.name,
            account::DATABASE
        )
    }
}

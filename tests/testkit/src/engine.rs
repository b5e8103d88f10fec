//! The two kinds of server that the kit can start.

use serde::{Deserialize, Serialize};

/// The kind of a test server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// PostgreSQL 13 or newer, the newest that is installed.
    Postgres,
    /// MariaDB 10.6 or newer.
    Mariadb,
}

impl Engine {
    /// The name as used in URLs and folder names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Mariadb => "mariadb",
        }
    }

    /// The system account that the Debian package makes for the server.
    pub(crate) fn system_account(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Mariadb => "mysql",
        }
    }

    /// The Debian package with the server's programs.
    pub(crate) fn debian_package(self) -> &'static str {
        match self {
            Self::Postgres => "postgresql",
            Self::Mariadb => "mariadb-server",
        }
    }

    /// The signal that ends the server at once but in order.
    pub(crate) fn stop_signal(self) -> &'static str {
        match self {
            Self::Postgres => "QUIT",
            Self::Mariadb => "TERM",
        }
    }
}

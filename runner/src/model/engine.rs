//! Database engines and their versions.

use std::fmt;

use serde::Serialize;

/// The engines that a target can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// PostgreSQL, and servers that speak its protocol.
    Postgresql,
    /// MySQL.
    Mysql,
    /// MariaDB.
    Mariadb,
    /// A SQLite file.
    Sqlite,
    /// The admin console of PgBouncer.
    Pgbouncer,
}

impl Engine {
    /// The lower-case word that users see.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Postgresql => "postgresql",
            Self::Mysql => "mysql",
            Self::Mariadb => "mariadb",
            Self::Sqlite => "sqlite",
            Self::Pgbouncer => "pgbouncer",
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A server's version. PostgreSQL has no third number since 10; it is 0 then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Version {
    /// `15` of 15.18, `10` of 10.11.19.
    pub major: u32,
    /// `18` of 15.18, `11` of 10.11.19.
    pub minor: u32,
    /// `0` of 15.18, `19` of 10.11.19.
    pub patch: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

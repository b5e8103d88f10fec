//! Database engines, their versions, and the target of a run.

use std::fmt;

/// The engines that a target can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// PostgreSQL, and servers that speak its protocol.
    Postgresql,
    /// MySQL.
    Mysql,
    /// MariaDB.
    Mariadb,
    /// A SQLite file.
    Sqlite,
    /// The admin console of PgBouncer, which takes `SHOW` and nothing else.
    Pgbouncer,
}

impl fmt::Display for Engine {
    /// The name as the project behind it writes it: `PostgreSQL`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Postgresql => "PostgreSQL",
            Self::Mysql => "MySQL",
            Self::Mariadb => "MariaDB",
            Self::Sqlite => "SQLite",
            Self::Pgbouncer => "PgBouncer",
        })
    }
}

/// A server's version. PostgreSQL has no third number since 10; it is 0 then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// The one database that a run is about. No address, no credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// As configured.
    pub name: String,
    /// As the server says it: a `mysql:` URL may lead to MariaDB.
    pub engine: Engine,
    /// Parsed from [`Target::version_text`].
    pub version: Version,
    /// As the server gives it.
    pub version_text: String,
    /// The database connected to; none for a MySQL connection without one.
    pub database: Option<String>,
    /// A standby or a read-only replica; none where the engine has no such thing.
    pub in_recovery: Option<bool>,
    /// As configured, ordered by key.
    pub labels: Vec<(String, String)>,
}

/// An engine that a check works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EngineRequirement {
    /// The engine.
    pub engine: Engine,
    /// The oldest version it works on; on older ones the host ends the run.
    pub min_version: Option<Version>,
}

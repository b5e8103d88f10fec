//! What to try first, for everything that is neither a class of connection error nor a problem of the
//! encryption; those are in [`crate::model::connection_advice`]. One place for each text.

use super::document::Problem;

/// What a diagnosis can find besides a refused connection and a bad encryption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Of several addresses of a name, the first ones do not accept.
    AddressDead,
    /// A PostgreSQL standby.
    Standby,
    /// A MySQL or MariaDB server that takes no writes.
    ReadOnly,
    /// A check named the statement that it needs.
    MissingPrivilege,
    /// A statement of a check was refused.
    PermissionDenied,
    /// Checks did not end in time.
    ChecksLate,
    /// The connections were not counted in time.
    CountingLate,
    /// The check that counts connections is not content.
    ConnectionUse,
    /// The query has no answer in time.
    QueryLate,
    /// The query was refused.
    QueryFailed,
    /// No round of connecting and asking succeeded.
    NoSample,
    /// Not every round succeeded.
    RoundFailed,
    /// Connecting takes long.
    SlowConnecting,
    /// The query takes long.
    SlowQuery,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::AddressDead,
        Self::Standby,
        Self::ReadOnly,
        Self::MissingPrivilege,
        Self::PermissionDenied,
        Self::ChecksLate,
        Self::CountingLate,
        Self::ConnectionUse,
        Self::QueryLate,
        Self::QueryFailed,
        Self::NoSample,
        Self::RoundFailed,
        Self::SlowConnecting,
        Self::SlowQuery,
    ];

    /// The stable word for it.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::AddressDead => "address-dead",
            Self::Standby => "standby",
            Self::ReadOnly => "read-only",
            Self::MissingPrivilege => "missing-privilege",
            Self::PermissionDenied => "permission-denied",
            Self::ChecksLate => "checks-late",
            Self::CountingLate => "counting-late",
            Self::ConnectionUse => "connection-use",
            Self::QueryLate => "query-timeout",
            Self::QueryFailed => "query-failed",
            Self::NoSample => "no-sample",
            Self::RoundFailed => "round-failed",
            Self::SlowConnecting => "slow-connecting",
            Self::SlowQuery => "slow-query",
        }
    }

    /// What to try first.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::AddressDead => {
                "Have the server listen on all addresses of its name, or take the dead ones out of the \
                 name's entry; until then each connection takes longer."
            }
            Self::Standby => {
                "If the target should be the primary, see whether a failover happened and where the name \
                 leads; for a standby this is as it should be."
            }
            Self::ReadOnly => {
                "If the target should be the primary, see whether a failover happened and who switched \
                 read_only on; for a replica this is as it should be."
            }
            Self::MissingPrivilege => "Run the statement as an administrator of the database.",
            Self::PermissionDenied => "Grant the account what the message names.",
            Self::ChecksLate => {
                "Run these checks by themselves with `checkrun run --check …`, to see what they wait for."
            }
            Self::CountingLate => {
                "See what the server's sessions wait for; counting them needs no lock."
            }
            Self::ConnectionUse => {
                "See who holds the connections: put `core/connections` into the configuration and run it."
            }
            Self::QueryLate => {
                "See whether the server is overloaded or frozen, and what its sessions wait for."
            }
            Self::QueryFailed => {
                "Run the query by hand with the same account; the server's log may say more."
            }
            Self::NoSample => {
                "Connections succeeded a moment ago: see what changed at the server meanwhile."
            }
            Self::RoundFailed => {
                "See whether the server is at a limit of connections, or something drops them at times."
            }
            Self::SlowConnecting => {
                "Compare the stages dns, tcp and tls: where they are fast, it is the login (a slow \
                 authentication plugin, a name look-up at the server); applications should pool."
            }
            Self::SlowQuery => {
                "A query that reads nothing should take no time: see the distance to the server, and \
                 what keeps its CPUs busy."
            }
        }
    }

    /// It keeps the target from working.
    #[must_use]
    pub fn failed(self, message: impl Into<String>) -> Problem {
        Problem::failed(self.class(), message, self.advice())
    }

    /// The target works in spite of it.
    #[must_use]
    pub fn warning(self, message: impl Into<String>) -> Problem {
        Problem::warning(self.class(), message, self.advice())
    }
}

//! [`Cause`]: what a diagnosis finds that is neither a class of connection error nor a problem of the
//! encryption.

use std::time::Duration;

use crate::model::unit::format_duration;

/// Something that is wrong, with its evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause<'a> {
    /// Of several addresses of a name, the first ones do not accept.
    AddressDead {
        /// The first one.
        dead: &'a str,
        /// The one that accepts.
        alive: &'a str,
    },
    /// A PostgreSQL standby.
    Standby,
    /// A MySQL or MariaDB server that takes no writes.
    ReadOnly,
    /// A check named the statement that lets it look.
    MissingPrivilege {
        /// The check's configured name.
        job: &'a str,
        /// What it says.
        said: &'a str,
        /// The statement.
        statement: &'a str,
    },
    /// A check judged without a part that it may not look at, and named the statement.
    HiddenPart {
        /// The check's configured name.
        job: &'a str,
        /// What it says of the part.
        said: &'a str,
        /// The statement.
        statement: &'a str,
    },
    /// A statement of a check was refused.
    PermissionDenied {
        /// The check's configured name.
        job: &'a str,
        /// The server's words.
        said: &'a str,
        /// What the check declares to need.
        needs: &'a [String],
    },
    /// A check that has a right to look has no judgement all the same.
    NotJudged {
        /// The check's configured name.
        job: &'a str,
        /// The word for its failure.
        class: &'a str,
        /// What it says.
        said: &'a str,
        /// What it advises.
        hint: Option<&'a str>,
    },
    /// The configuration, a secret or a name is not as it must be.
    Configured {
        /// The word for what it is.
        class: &'a str,
        /// What is wrong, and where.
        problem: &'a str,
        /// What helps with that.
        hint: Option<&'a str>,
    },
    /// A check is asked without the names in a folder, which could not be read.
    FolderNotRead {
        /// The check's configured name.
        job: &'a str,
        /// Which folder, and why not.
        why: &'a str,
        /// What helps with that.
        hint: Option<&'a str>,
    },
    /// Checks did not end in time.
    ChecksLate {
        /// Their names.
        names: &'a str,
        /// The time.
        limit: Duration,
    },
    /// The connections were not counted in time.
    CountingLate {
        /// The time.
        limit: Duration,
    },
    /// The check that counts connections is not content.
    ConnectionUse {
        /// Why.
        reason: &'a str,
        /// What it advises.
        hint: Option<&'a str>,
    },
    /// The query has no answer in time.
    QueryLate {
        /// For how long it was waited.
        after: Duration,
    },
    /// The query was refused.
    QueryFailed {
        /// The server's words.
        said: &'a str,
    },
    /// No round of connecting and asking succeeded.
    NoSample {
        /// Why the first one did not.
        said: &'a str,
    },
    /// Not every round succeeded.
    RoundFailed {
        /// Why one did not.
        said: &'a str,
    },
    /// Connecting takes long.
    SlowConnecting {
        /// On average.
        mean: Duration,
        /// From this on it is slow.
        slow_from: Duration,
    },
    /// The query takes long.
    SlowQuery {
        /// On average.
        mean: Duration,
        /// From this on it is slow.
        slow_from: Duration,
    },
}

impl<'a> Cause<'a> {
    /// The stable word for it.
    #[must_use]
    pub fn class(&self) -> &'a str {
        match self {
            Self::NotJudged { class, .. } | Self::Configured { class, .. } => class,
            Self::AddressDead { .. } => "address-dead",
            Self::Standby => "standby",
            Self::ReadOnly => "read-only",
            Self::MissingPrivilege { .. } | Self::HiddenPart { .. } => "missing-privilege",
            Self::PermissionDenied { .. } => "permission-denied",
            Self::FolderNotRead { .. } => "folder-not-read",
            Self::ChecksLate { .. } => "checks-late",
            Self::CountingLate { .. } => "counting-late",
            Self::ConnectionUse { .. } => "connection-use",
            Self::QueryLate { .. } => "query-timeout",
            Self::QueryFailed { .. } => "query-failed",
            Self::NoSample { .. } => "no-sample",
            Self::RoundFailed { .. } => "round-failed",
            Self::SlowConnecting { .. } => "slow-connecting",
            Self::SlowQuery { .. } => "slow-query",
        }
    }

    /// What was seen, with the evidence.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::AddressDead { dead, alive } => format!(
                "{dead} did not accept, {alive} did; every new connection tries the first one first"
            ),
            Self::Standby => {
                "this is a standby: it answers reads only (pg_is_in_recovery() is true)".into()
            }
            Self::ReadOnly => "the server answers reads only (read_only is on)".into(),
            Self::MissingPrivilege { job, said, .. } | Self::PermissionDenied { job, said, .. } => {
                format!("`{job}` cannot look: {said}")
            }
            Self::HiddenPart { job, said, .. } => {
                format!("`{job}` cannot look at a part: {said}")
            }
            Self::NotJudged { job, said, .. } => format!("`{job}` cannot be judged: {said}"),
            Self::Configured { problem, .. } => (*problem).to_owned(),
            Self::FolderNotRead { job, why, .. } => {
                format!("`{job}` is asked without its folder: {why}")
            }
            Self::ChecksLate { names, limit } => {
                format!("not judged within {}: {names}", format_duration(*limit))
            }
            Self::CountingLate { limit } => format!(
                "the connections were not counted within {}",
                format_duration(*limit)
            ),
            Self::ConnectionUse { reason, .. } => (*reason).to_owned(),
            Self::QueryLate { after } => format!("no answer within {}", format_duration(*after)),
            Self::QueryFailed { said } | Self::NoSample { said } => (*said).to_owned(),
            Self::RoundFailed { said } => format!("not every round succeeded: {said}"),
            Self::SlowConnecting { mean, slow_from } => slow("connecting", *mean, *slow_from),
            Self::SlowQuery { mean, slow_from } => slow("the query", *mean, *slow_from),
        }
    }

    /// What to try first.
    #[must_use]
    pub fn advice(&self) -> String {
        let advice = match self {
            Self::AddressDead { .. } => {
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
            Self::MissingPrivilege { .. } | Self::HiddenPart { .. } => {
                "Run the statement as an administrator of the database."
            }
            Self::PermissionDenied { needs, .. } if !needs.is_empty() => {
                let needs = needs.join("; ");
                return format!(
                    "Grant the account what the message names. The check needs: {needs}."
                );
            }
            Self::PermissionDenied { .. } => "Grant the account what the message names.",
            Self::NotJudged { hint, .. } => {
                hint.unwrap_or("Run it by itself with `checkrun run`.")
            }
            Self::Configured { hint, .. } => {
                hint.unwrap_or("Correct it; `checkrun config check` shows the place.")
            }
            Self::FolderNotRead { hint, .. } => {
                hint.unwrap_or("Let the account that runs checkrun list the folder.")
            }
            Self::ChecksLate { .. } => {
                "Run these checks by themselves with `checkrun run --check …`, to see what they wait for."
            }
            Self::CountingLate { .. } => {
                "See what the server's sessions wait for; counting them needs no lock."
            }
            Self::ConnectionUse { hint, .. } => hint.unwrap_or(
                "See who holds the connections: put `core/connections` into the configuration and run it.",
            ),
            Self::QueryLate { .. } => {
                "See whether the server is overloaded or frozen, and what its sessions wait for."
            }
            Self::QueryFailed { .. } => {
                "Run the query by hand with the same account; the server's log may say more."
            }
            Self::NoSample { .. } => {
                "Connections succeeded a moment ago: see what changed at the server meanwhile."
            }
            Self::RoundFailed { .. } => {
                "See whether the server is at a limit of connections, or something drops them at times."
            }
            Self::SlowConnecting { .. } => {
                "Compare the stages dns, tcp and tls: where they are fast, it is the login (a slow \
                 authentication plugin, a name look-up at the server); applications should pool."
            }
            Self::SlowQuery { .. } => {
                "A query that reads nothing should take no time: see the distance to the server, and \
                 what keeps its CPUs busy."
            }
        };
        advice.to_owned()
    }

    /// The statement that mends it, where there is one.
    #[must_use]
    pub fn statement(&self) -> Option<&'a str> {
        match self {
            Self::MissingPrivilege { statement, .. } | Self::HiddenPart { statement, .. } => {
                Some(statement)
            }
            Self::AddressDead { .. }
            | Self::Standby
            | Self::ReadOnly
            | Self::PermissionDenied { .. }
            | Self::NotJudged { .. }
            | Self::Configured { .. }
            | Self::FolderNotRead { .. }
            | Self::ChecksLate { .. }
            | Self::CountingLate { .. }
            | Self::ConnectionUse { .. }
            | Self::QueryLate { .. }
            | Self::QueryFailed { .. }
            | Self::NoSample { .. }
            | Self::RoundFailed { .. }
            | Self::SlowConnecting { .. }
            | Self::SlowQuery { .. } => None,
        }
    }
}

fn slow(what: &str, mean: Duration, slow_from: Duration) -> String {
    format!(
        "{what} takes {} on average, slow from {}",
        format_duration(mean),
        format_duration(slow_from)
    )
}

//! What to do about connections, by what was seen.

/// What `core/connections` can notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Situation {
    /// Less than half of what the server lets in.
    ServerOptimal,
    /// Half or more of it.
    ServerModerate,
    /// Four fifths or more of it.
    ServerHigh,
    /// As above, of the clients that PgBouncer lets in.
    ClientsOptimal,
    /// Half or more of them.
    ClientsModerate,
    /// Four fifths or more of them.
    ClientsHigh,
    /// Less than half of an application's pool.
    PoolOptimal,
    /// Half or more of it.
    PoolModerate,
    /// Four fifths or more of it.
    PoolHigh,
    /// A role, account or database near a limit of its own.
    OwnLimit,
    /// A session that holds a transaction open and does nothing.
    IdleInTransaction,
    /// Sessions that wait for a lock.
    LockWaits,
    /// Clients of PgBouncer that wait for a connection to the server.
    ClientsWaiting,
    /// Clients wait, and PgBouncer has no connection to the server at all.
    NoServer,
    /// A database that PgBouncer was told to hold back.
    Paused,
    /// A database that PgBouncer was told to refuse.
    Disabled,
    /// Sessions of others that this account may not look at.
    Hidden,
}

impl Situation {
    /// All of them, for tests.
    #[cfg(test)]
    pub const ALL: [Self; 17] = [
        Self::ServerOptimal,
        Self::ServerModerate,
        Self::ServerHigh,
        Self::ClientsOptimal,
        Self::ClientsModerate,
        Self::ClientsHigh,
        Self::PoolOptimal,
        Self::PoolModerate,
        Self::PoolHigh,
        Self::OwnLimit,
        Self::IdleInTransaction,
        Self::LockWaits,
        Self::ClientsWaiting,
        Self::NoServer,
        Self::Paused,
        Self::Disabled,
        Self::Hidden,
    ];

    /// What to do next.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::ServerOptimal | Self::ClientsOptimal | Self::PoolOptimal => {
                "There is room enough; nothing to do."
            }
            Self::ServerModerate => {
                "See in the history whether this grows. Before it reaches 80 %, find out which \
                 application holds the most connections and whether it needs them."
            }
            Self::ServerHigh => {
                "Close what the largest holders leave idle: shrink their pools, or let them give \
                 connections back sooner. Where many clients need few connections at a time, put a \
                 pooler in front. Raise max_connections last: each connection costs the server memory."
            }
            Self::ClientsModerate => {
                "See in the history whether this grows. Before it reaches 80 %, find out which \
                 application opens the most client connections."
            }
            Self::ClientsHigh => {
                "Raise max_client_conn and the file limit of the process together; clients cost \
                 PgBouncer little. If the number grows without end, an application does not close its \
                 connections."
            }
            Self::PoolModerate => {
                "The pool has room for peaks. See in the history whether this grows."
            }
            Self::PoolHigh => {
                "Find out what keeps connections checked out: slow queries, transactions left open, or \
                 more requests than the pool was made for. Then raise pool_size, as far as the server \
                 has room for all pools together."
            }
            Self::OwnLimit => {
                "Let the applications of this account or database hold fewer connections, or raise its \
                 own limit (ALTER ROLE … CONNECTION LIMIT, ALTER DATABASE … CONNECTION LIMIT, \
                 max_user_connections)."
            }
            Self::IdleInTransaction => {
                "It keeps locks and keeps old rows from being cleaned up. Find out why the application \
                 neither commits nor rolls back: a request to somewhere else in the middle of a \
                 transaction, or an error that is not handled. PostgreSQL can end such sessions by \
                 idle_in_transaction_session_timeout, MariaDB by idle_transaction_timeout."
            }
            Self::LockWaits => {
                "Find out which transaction holds the lock: pg_blocking_pids() on PostgreSQL, \
                 sys.innodb_lock_waits on MySQL, information_schema.innodb_lock_waits on MariaDB."
            }
            Self::ClientsWaiting => {
                "All connections of the pool are at work. See what they do: long queries and open \
                 transactions hold one each. If they are healthy, raise pool_size, as far as the \
                 server's max_connections allows."
            }
            Self::NoServer => {
                "See whether the server behind PgBouncer runs and lets PgBouncer in: its log says why \
                 the last attempt failed."
            }
            Self::Paused => {
                "Its clients wait until somebody says RESUME on the console. See whether the \
                 maintenance that it was paused for is over."
            }
            Self::Disabled => {
                "New clients are refused until somebody says ENABLE on the console. See whether the \
                 maintenance that it was disabled for is over."
            }
            Self::Hidden => {
                "Let the account look at the sessions of others; it still cannot change anything:"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_situation_has_its_advice() {
        let table: Vec<String> = Situation::ALL
            .iter()
            .map(|situation| format!("{situation:?}\n    {}", situation.advice()))
            .collect();
        insta::assert_snapshot!(table.join("\n"));
    }
}

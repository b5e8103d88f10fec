//! The accounts that exist on every test server, and what each may do.
//!
//! They are created by `fixtures/postgres.sql` and `fixtures/mariadb.sql`. Over TCP and the Unix
//! socket all of them log in with their password, except [`CERTIFIED`].

/// A name and a password that a test server knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// The role or user name.
    pub name: &'static str,
    /// Its password, in no need of escaping in a URL; empty for [`CERTIFIED`].
    pub password: &'static str,
}

/// The name of the database with the tables `customers`, `orders` and `events`.
pub const DATABASE: &str = "shop";

/// A second database, which a check of [`DATABASE`] must not reach; its one table is `secrets`.
pub const OTHER_DATABASE: &str = "other";

/// What a monitoring account should be: `pg_monitor`, or `PROCESS, REPLICATION CLIENT, SLAVE
/// MONITOR`; reads the tables of [`DATABASE`].
pub const MONITOR: Account = Account {
    name: "monitor",
    password: "monitor-password",
};

/// Reads the tables of [`DATABASE`], nothing else.
pub const PLAIN: Account = Account {
    name: "plain",
    password: "plain-password",
};

/// May change and drop everything in [`DATABASE`], so that only the fence stops a write.
pub const WRITER: Account = Account {
    name: "writer",
    password: "writer-password",
};

/// The superuser; on MariaDB all privileges with grant option.
pub const BOSS: Account = Account {
    name: "boss",
    password: "boss-password",
};

/// May hold one connection at a time.
pub const LIMITED: Account = Account {
    name: "limited",
    password: "limited-password",
};

/// May hold no connection at all (`CONNECTION LIMIT 0`). PostgreSQL only.
pub const CLOSED: Account = Account {
    name: "closed",
    password: "closed-password",
};

/// May execute programs on the server (`pg_execute_server_program`); on MariaDB has `FILE`.
pub const PROGRAM: Account = Account {
    name: "program",
    password: "program-password",
};

/// Has the attribute `REPLICATION`. PostgreSQL only.
pub const REPLICATOR: Account = Account {
    name: "replicator",
    password: "replicator-password",
};

/// Is let in over TLS only.
pub const TLS_ONLY: Account = Account {
    name: "tls_only",
    password: "tls-password",
};

/// Is let in over TLS with the client certificate of its name, see
/// [`Certificates::client`](crate::Certificates::client), and needs no password.
pub const CERTIFIED: Account = Account {
    name: "certified",
    password: "",
};

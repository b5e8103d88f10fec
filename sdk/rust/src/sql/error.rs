//! [`DatabaseError`]: why there is no answer from the database.

use std::fmt;
use std::time::Duration;

/// Why a query or a connection attempt has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseError {
    /// The server refused or failed.
    Server(ServerError),
    /// The account lacks a privilege.
    PermissionDenied(ServerError),
    /// A table, column, function … that is not there.
    UndefinedObject(ServerError),
    /// The host's policy: writes, several statements, transaction control …
    Forbidden(String),
    /// The values do not fit the statement.
    InvalidParameter(String),
    /// Given up after this time.
    Timeout(Duration),
    /// There is no connection.
    Connection(ConnectionError),
    /// A budget of this run is spent: queries, rows, bytes, connects.
    LimitExceeded(String),
}

/// What the server said went wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerError {
    /// Five characters; SQLite has none.
    pub sqlstate: Option<String>,
    /// MySQL errno, SQLite extended result code.
    pub code: Option<i64>,
    /// The server's message.
    pub message: String,
    /// PostgreSQL's DETAIL.
    pub detail: Option<String>,
    /// PostgreSQL's HINT.
    pub hint: Option<String>,
}

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionError {
    /// The kind.
    pub class: ConnectionClass,
    /// What the kind means, in a few words, such as `nothing listens at this address and port`.
    pub meaning: String,
    /// What exactly failed; no address and no credential in it.
    pub message: String,
    /// What to try first, for the reader of the report.
    pub advice: String,
    /// How often it was tried.
    pub attempts: u32,
}

/// Why there is no connection; decided from SQLSTATE, errno and OS error, never from message text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConnectionClass {
    /// Nothing listens there.
    Refused,
    /// No route to the host or network.
    Unreachable,
    /// No answer in time.
    Timeout,
    /// The host's name did not resolve.
    Dns,
    /// Certificate, host name or protocol of the encryption.
    Tls,
    /// Wrong user, password or host-based rule.
    Authentication,
    /// The server has no such database (or, for SQLite, there is no such file).
    UnknownDatabase,
    /// The server, or the account, is at its limit.
    TooManyConnections,
    /// The server is not ready yet.
    StartingUp,
    /// The server is going away.
    ShuttingDown,
    /// The answer is not this engine's protocol.
    Protocol,
    /// The connection was open and broke.
    Lost,
    /// The account may do more than a check needs, and the target does not say `allow_privileged`.
    AccountRefused,
    /// Anything else.
    Other,
}

impl ConnectionClass {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Refused,
        Self::Unreachable,
        Self::Timeout,
        Self::Dns,
        Self::Tls,
        Self::Authentication,
        Self::UnknownDatabase,
        Self::TooManyConnections,
        Self::StartingUp,
        Self::ShuttingDown,
        Self::Protocol,
        Self::Lost,
        Self::AccountRefused,
        Self::Other,
    ];

    /// The word that users see, such as `too-many-connections`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Timeout => "connect-timeout",
            Self::Dns => "dns",
            Self::Tls => "tls",
            Self::Authentication => "authentication",
            Self::UnknownDatabase => "unknown-database",
            Self::TooManyConnections => "too-many-connections",
            Self::StartingUp => "starting-up",
            Self::ShuttingDown => "shutting-down",
            Self::Protocol => "protocol",
            Self::Lost => "lost",
            Self::AccountRefused => "account-refused",
            Self::Other => "connection",
        }
    }
}

impl fmt::Display for ConnectionClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match (&self.sqlstate, self.code) {
            (Some(sqlstate), Some(code)) => write!(f, " (SQLSTATE {sqlstate}, code {code})"),
            (Some(sqlstate), None) => write!(f, " (SQLSTATE {sqlstate})"),
            (None, Some(code)) => write!(f, " (code {code})"),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.class)
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(error) => write!(f, "the server refused the query: {error}"),
            Self::PermissionDenied(error) => write!(f, "the account lacks a privilege: {error}"),
            Self::UndefinedObject(error) => write!(f, "the query names something missing: {error}"),
            Self::Forbidden(why) => write!(f, "checkrun does not allow this query: {why}"),
            Self::InvalidParameter(why) => write!(f, "the values do not fit the query: {why}"),
            Self::Timeout(limit) => write!(f, "no answer within {limit:?}"),
            Self::Connection(error) => write!(f, "no connection: {error}"),
            Self::LimitExceeded(what) => write!(f, "a limit of this run is reached: {what}"),
        }
    }
}

impl std::error::Error for DatabaseError {}

impl DatabaseError {
    /// The server's own words, where the server answered at all.
    #[must_use]
    pub fn server(&self) -> Option<&ServerError> {
        match self {
            Self::Server(error) | Self::PermissionDenied(error) | Self::UndefinedObject(error) => {
                Some(error)
            }
            Self::Forbidden(_)
            | Self::InvalidParameter(_)
            | Self::Timeout(_)
            | Self::Connection(_)
            | Self::LimitExceeded(_) => None,
        }
    }
}

macro_rules! from_error {
    ($($error:ident => $variant:ident),+) => {$(
        impl From<$error> for DatabaseError {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        }
    )+};
}

from_error!(ServerError => Server, ConnectionError => Connection);

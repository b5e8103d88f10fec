//! Values, queries, result sets and errors at the database seam.
//!
//! The same shapes as `interface sql` in `sdk/wit/check.wit`; the sandbox converts between the two.

use std::time::Duration;

use super::engine::{Engine, Version};

/// One SQL value. Every column type of every engine maps to one case; `Other` takes the rest, so
/// that a query never fails because of a type.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// A boolean; MySQL has none (its `BOOL` is a small integer).
    Boolean(bool),
    /// Any signed integer.
    Int64(i64),
    /// MySQL `UNSIGNED`; PostgreSQL `oid`, `xid`, `xid8`.
    Uint64(u64),
    /// Any binary floating-point number.
    Float64(f64),
    /// Exact, base 10, as text; also `NaN`, `Infinity`, `-Infinity`.
    Decimal(String),
    /// Text of any kind.
    Text(String),
    /// Binary data.
    Bytes(Vec<u8>),
    /// Microseconds since 1970-01-01T00:00:00Z; `i64::MIN` and `i64::MAX` are -infinity and infinity.
    Instant(i64),
    /// ISO 8601 without a zone, `T` separated.
    Datetime(String),
    /// ISO 8601 date.
    Date(String),
    /// Time of day.
    Time(String),
    /// Microseconds; months counted as 30 days.
    Interval(i64),
    /// Lower case, with hyphens.
    Uuid(String),
    /// JSON as the server wrote it.
    Json(String),
    /// A one-dimensional array of integers.
    Int64Array(Vec<Option<i64>>),
    /// A one-dimensional array of floating-point numbers.
    Float64Array(Vec<Option<f64>>),
    /// A one-dimensional array of text.
    TextArray(Vec<Option<String>>),
    /// Everything else.
    Other {
        /// The server's name of the type.
        type_name: String,
        /// The server's text form of the value.
        text: String,
    },
}

/// One column of a [`ResultSet`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// As the server calls it; not necessarily unique.
    pub name: String,
    /// The server's name of its type.
    pub type_name: String,
}

/// The answer to one [`Query`].
#[derive(Clone, Debug, PartialEq)]
pub struct ResultSet {
    /// In the order of the statement.
    pub columns: Vec<Column>,
    /// Each row has as many values as there are columns.
    pub rows: Vec<Vec<Value>>,
    /// The server had more rows, or more bytes, than the limits of the query.
    pub truncated: bool,
    /// From sending the statement to its last row, the fences around it not included.
    pub elapsed: Duration,
    /// Size of all values, bytes, as counted against [`Query::max_bytes`].
    pub bytes: u64,
}

/// One statement to run, with the limits that are in force for it.
#[derive(Clone, Debug)]
pub struct Query {
    /// One statement; the database refuses what is not read-only.
    pub sql: String,
    /// Values for the placeholders, in order.
    pub parameters: Vec<Value>,
    /// Rows to return at most; one more is asked for, to know whether there were more.
    pub max_rows: u32,
    /// Bytes of values to return at most.
    pub max_bytes: u64,
    /// After this time the query ends, on the server too.
    pub timeout: Duration,
}

/// How long a connection took to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectTiming {
    /// Name resolution, where it is known on its own.
    pub dns: Option<Duration>,
    /// TCP handshake, where it is known on its own.
    pub tcp: Option<Duration>,
    /// TLS handshake, where it is known on its own.
    pub tls: Option<Duration>,
    /// Authentication and session set-up, where it is known on its own.
    pub login: Option<Duration>,
    /// All of the attempt that succeeded.
    pub total: Duration,
    /// 1 when the first attempt succeeded.
    pub attempts: u32,
}

/// What an open connection knows of its server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerFacts {
    /// The engine as the server says it (a `mysql:` URL may lead to MariaDB).
    pub engine: Engine,
    /// Parsed from [`Self::version_text`].
    pub version: Version,
    /// As the server gives it.
    pub version_text: String,
    /// The database connected to; none for a MySQL connection without one.
    pub database: Option<String>,
    /// A standby or a read-only replica; none where the engine has no such thing.
    pub in_recovery: Option<bool>,
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
    /// The server has no such database (or, for SQLite, there is no such file); MySQL and MariaDB say
    /// the same of one that the account may not see.
    UnknownDatabase,
    /// The database is there, and the account may not connect to it. PostgreSQL only.
    DatabaseRefused,
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
    pub const ALL: [Self; 15] = [
        Self::Refused,
        Self::Unreachable,
        Self::Timeout,
        Self::Dns,
        Self::Tls,
        Self::Authentication,
        Self::UnknownDatabase,
        Self::DatabaseRefused,
        Self::TooManyConnections,
        Self::StartingUp,
        Self::ShuttingDown,
        Self::Protocol,
        Self::Lost,
        Self::AccountRefused,
        Self::Other,
    ];

    /// The stable word for this class.
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
            Self::DatabaseRefused => "database-refused",
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

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionError {
    /// The kind, for advice and retry.
    pub class: ConnectionClass,
    /// What failed, in a sentence without a credential; once it has left the session, with marks in
    /// place of the address: see [`super::whereabouts`].
    pub message: String,
    /// How often it was tried.
    pub attempts: u32,
}

/// Why a query has no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum SqlError {
    /// The server refused or failed.
    Server(ServerError),
    /// The account lacks a privilege.
    PermissionDenied(ServerError),
    /// A table, column, function … that is not there.
    UndefinedObject(ServerError),
    /// The host's policy: writes, several statements, transaction control …
    Forbidden(String),
    /// The parameters do not fit the statement.
    InvalidParameter(String),
    /// Given up after this time.
    Timeout(Duration),
    /// There is no connection.
    Connection(ConnectionError),
    /// A budget of this run is spent: queries, rows, bytes, connects.
    LimitExceeded(String),
}

impl SqlError {
    /// The stable word for this kind; a connection error says its class.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Server(_) => "server",
            Self::PermissionDenied(_) => "permission-denied",
            Self::UndefinedObject(_) => "undefined-object",
            Self::Forbidden(_) => "forbidden",
            Self::InvalidParameter(_) => "invalid-parameter",
            Self::Timeout(_) => "query-timeout",
            Self::Connection(error) => error.class.as_str(),
            Self::LimitExceeded(_) => "limit-exceeded",
        }
    }
}

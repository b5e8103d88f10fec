//! [`Value`]: one SQL value.

/// One SQL value. Every column type of every engine maps to one case; [`Value::Other`] takes the
/// rest, so that a query never fails because of a type.
///
/// Checks rarely see it: [`Row::get`](crate::Row::get) reads Rust types. Tests write it as plain
/// Rust values through `From`, with [`NULL`] beside them.
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

/// SQL NULL, for the rows of a test: `rows! { "name", "size"; "orders", NULL }`.
pub const NULL: Value = Value::Null;

impl Value {
    /// The kind of the value, as error messages name it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Boolean(_) => "boolean",
            Self::Int64(_) => "integer",
            Self::Uint64(_) => "unsigned integer",
            Self::Float64(_) => "float",
            Self::Decimal(_) => "decimal",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::Instant(_) => "instant",
            Self::Datetime(_) => "datetime",
            Self::Date(_) => "date",
            Self::Time(_) => "time",
            Self::Interval(_) => "interval",
            Self::Uuid(_) => "uuid",
            Self::Json(_) => "json",
            Self::Int64Array(_) => "integer array",
            Self::Float64Array(_) => "float array",
            Self::TextArray(_) => "text array",
            Self::Other { .. } => "other",
        }
    }
}

macro_rules! value_from {
    ($($rust:ty => |$it:ident| $value:expr),+ $(,)?) => {$(
        impl From<$rust> for Value {
            fn from($it: $rust) -> Self {
                $value
            }
        }
    )+};
}

value_from! {
    bool => |it| Self::Boolean(it),
    i32 => |it| Self::Int64(it.into()),
    i64 => |it| Self::Int64(it),
    u32 => |it| Self::Int64(it.into()),
    // Most columns that a number is compared with are signed.
    u64 => |it| i64::try_from(it).map_or(Self::Uint64(it), Self::Int64),
    f64 => |it| Self::Float64(it),
    &str => |it| Self::Text(it.to_owned()),
    String => |it| Self::Text(it),
    &String => |it| Self::Text(it.clone()),
    Vec<u8> => |it| Self::Bytes(it),
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

//! The types whose binary form we read ourselves; every other type is had as the server's own text.

/// How the value of a column arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Bool,
    Int2,
    Int4,
    Int8,
    /// Four bytes without sign: `oid`, `xid`, `cid`.
    Unsigned4,
    /// `xid8`
    Unsigned8,
    Float4,
    Float8,
    Numeric,
    /// Text that can be of any length.
    Text,
    /// `name`: at most 63 bytes.
    Name,
    /// `"char"`: one byte.
    Char,
    Bytea,
    Date,
    Time,
    Timetz,
    Timestamp,
    Timestamptz,
    Interval,
    Uuid,
    Json,
    Jsonb,
    /// The result of a function that returns nothing.
    Void,
    /// `int2[]`, `int4[]`, `int8[]`, `oid[]`: the elements' kind is one of these.
    Int2Array,
    Int4Array,
    Int8Array,
    OidArray,
    Float4Array,
    Float8Array,
    TextArray,
    /// Had as text, and text in the answer too: enums, `citext`, `xml`.
    AsText,
    /// Had as text; `Value::Other` in the answer.
    Foreign,
}

/// The longest binary `numeric`: 131,072 digits before the point and 16,383 after, four to two bytes.
const NUMERIC_BYTES_MAX: u64 = 75_000;

impl Kind {
    /// The kind of a type of the server's own; `Foreign` for every other number.
    pub fn of_oid(oid: u32) -> Self {
        match oid {
            16 => Self::Bool,
            17 => Self::Bytea,
            18 => Self::Char,
            19 => Self::Name,
            20 => Self::Int8,
            21 => Self::Int2,
            23 => Self::Int4,
            // text, unknown, bpchar, varchar, refcursor, cstring
            25 | 705 | 1042 | 1043 | 1790 | 2275 => Self::Text,
            26 | 28 | 29 => Self::Unsigned4,
            114 => Self::Json,
            142 => Self::AsText,
            700 => Self::Float4,
            701 => Self::Float8,
            1003 | 1009 | 1014 | 1015 => Self::TextArray,
            1005 => Self::Int2Array,
            1007 => Self::Int4Array,
            1016 => Self::Int8Array,
            1021 => Self::Float4Array,
            1022 => Self::Float8Array,
            1028 => Self::OidArray,
            1082 => Self::Date,
            1083 => Self::Time,
            1114 => Self::Timestamp,
            1184 => Self::Timestamptz,
            1186 => Self::Interval,
            1266 => Self::Timetz,
            1700 => Self::Numeric,
            2278 => Self::Void,
            2950 => Self::Uuid,
            3802 => Self::Jsonb,
            5069 => Self::Unsigned8,
            _ => Self::Foreign,
        }
    }

    /// Whether the value is cast to text on the server.
    pub fn is_cast(self) -> bool {
        matches!(self, Self::AsText | Self::Foreign)
    }

    /// Whether the value is an array; one with several dimensions is had as text as well.
    pub fn is_array(self) -> bool {
        matches!(
            self,
            Self::Int2Array
                | Self::Int4Array
                | Self::Int8Array
                | Self::OidArray
                | Self::Float4Array
                | Self::Float8Array
                | Self::TextArray
        )
    }

    /// Bytes of the longest value; none when only the server's memory is the limit.
    pub fn longest(self) -> Option<u64> {
        match self {
            Self::Numeric => Some(NUMERIC_BYTES_MAX),
            Self::Text | Self::Bytea | Self::Json | Self::Jsonb | Self::AsText | Self::Foreign => {
                None
            }
            kind if kind.is_array() => None,
            _ => Some(64),
        }
    }
}

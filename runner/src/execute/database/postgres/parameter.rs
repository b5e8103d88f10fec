//! From [`Value`] to the bytes of a placeholder.
//!
//! A placeholder has the type that the server infers from where it stands (`id = $1`, `$1::inet`); one
//! that stands alone is text. A value is written in that type, or refused with a way out.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgTypeInfo, PgTypeKind};
use sqlx::{Arguments, Encode, Postgres, Type, TypeInfo};

use super::calendar::EPOCH_MICROS;
use super::kind::Kind;
use super::{array, numeric, shape};
use crate::model::sql::Value;

/// Writes the values for placeholders of `types`.
///
/// # Errors
/// A sentence for the check's author: the count does not fit, or a value does not fit its type.
pub fn arguments(types: &[PgTypeInfo], values: &[Value]) -> Result<PgArguments, String> {
    if types.len() != values.len() {
        return Err(format!(
            "the statement has {} placeholders and was given {} values",
            types.len(),
            values.len()
        ));
    }
    let mut arguments = PgArguments::default();
    for (index, (type_info, value)) in types.iter().zip(values).enumerate() {
        let bytes = match value {
            Value::Null => None,
            value => Some(encode(type_info, value).ok_or_else(|| unfit(index, type_info, value))?),
        };
        let argument = Argument {
            type_info: type_info.clone(),
            bytes,
        };
        arguments
            .add(argument)
            .map_err(|error| format!("placeholder ${}: {error}", index + 1))?;
    }
    Ok(arguments)
}

fn unfit(index: usize, type_info: &PgTypeInfo, value: &Value) -> String {
    let (number, name) = (index + 1, type_info.name().to_lowercase());
    format!(
        "placeholder ${number} is of type {name}, which {} does not fit; \
         write ${number}::text::{name} and pass text, or pass a value of that type",
        described(value)
    )
}

fn described(value: &Value) -> &'static str {
    match value {
        Value::Null => "NULL",
        Value::Boolean(_) => "this boolean",
        Value::Int64(_) | Value::Uint64(_) => "this integer",
        Value::Float64(_) | Value::Decimal(_) => "this number",
        Value::Text(_) => "this text",
        Value::Bytes(_) => "this binary value",
        Value::Instant(_) | Value::Datetime(_) | Value::Date(_) | Value::Time(_) => "this time",
        Value::Interval(_) => "this interval",
        Value::Uuid(_) => "this uuid",
        Value::Json(_) => "this JSON",
        Value::Int64Array(_) | Value::Float64Array(_) | Value::TextArray(_) => "this array",
        Value::Other { .. } => "this value",
    }
}

fn encode(type_info: &PgTypeInfo, value: &Value) -> Option<Vec<u8>> {
    let oid = type_info.oid().map_or(0, |oid| oid.0);
    match Kind::of_oid(oid) {
        Kind::Bool => match value {
            Value::Boolean(it) => Some(vec![u8::from(*it)]),
            _ => None,
        },
        kind @ (Kind::Int2 | Kind::Int4 | Kind::Int8 | Kind::Unsigned4 | Kind::Unsigned8) => {
            integer(kind, value)
        }
        kind @ (Kind::Float4 | Kind::Float8) => float(kind, value),
        Kind::Numeric => numeric::encode(&scalar_text(value).filter(|_| is_number(value))?),
        Kind::Text | Kind::Name | Kind::AsText => scalar_text(value).map(String::into_bytes),
        Kind::Bytea => match value {
            Value::Bytes(bytes) => Some(bytes.clone()),
            Value::Text(text) => Some(text.clone().into_bytes()),
            _ => None,
        },
        Kind::Json => json(value),
        Kind::Jsonb => json(value).map(|json| [&[1], json.as_slice()].concat()),
        kind @ (Kind::Date | Kind::Time | Kind::Timestamp | Kind::Timestamptz) => time(kind, value),
        Kind::Interval => match value {
            Value::Interval(micros) => Some([&micros.to_be_bytes()[..], &[0; 8]].concat()),
            _ => None,
        },
        Kind::Uuid => match value {
            Value::Uuid(text) | Value::Text(text) => uuid(text),
            _ => None,
        },
        kind if kind.is_array() => elements(kind, value),
        Kind::Foreign if is_label(type_info) => scalar_text(value).map(String::into_bytes),
        _ => None,
    }
}

/// Enums and `citext` are sent as their text.
fn is_label(type_info: &PgTypeInfo) -> bool {
    matches!(type_info.kind(), PgTypeKind::Enum(_)) || shape::is_citext(type_info.name())
}

fn is_number(value: &Value) -> bool {
    matches!(
        value,
        Value::Int64(_) | Value::Uint64(_) | Value::Float64(_) | Value::Decimal(_)
    )
}

fn integer(kind: Kind, value: &Value) -> Option<Vec<u8>> {
    let number = match value {
        Value::Int64(number) => i128::from(*number),
        Value::Uint64(number) => i128::from(*number),
        _ => return None,
    };
    Some(match kind {
        Kind::Int2 => i16::try_from(number).ok()?.to_be_bytes().to_vec(),
        Kind::Int4 => i32::try_from(number).ok()?.to_be_bytes().to_vec(),
        Kind::Int8 => i64::try_from(number).ok()?.to_be_bytes().to_vec(),
        Kind::Unsigned4 => u32::try_from(number).ok()?.to_be_bytes().to_vec(),
        _ => u64::try_from(number).ok()?.to_be_bytes().to_vec(),
    })
}

fn float(kind: Kind, value: &Value) -> Option<Vec<u8>> {
    let text = scalar_text(value).filter(|_| is_number(value))?;
    Some(match kind {
        Kind::Float4 => text.parse::<f32>().ok()?.to_be_bytes().to_vec(),
        _ => text.parse::<f64>().ok()?.to_be_bytes().to_vec(),
    })
}

fn json(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Json(text) | Value::Text(text) => Some(text.clone().into_bytes()),
        _ => None,
    }
}

fn scalar_text(value: &Value) -> Option<String> {
    Some(match value {
        Value::Boolean(it) => it.to_string(),
        Value::Int64(number) => number.to_string(),
        Value::Uint64(number) => number.to_string(),
        Value::Float64(number) => number.to_string(),
        Value::Decimal(text)
        | Value::Text(text)
        | Value::Datetime(text)
        | Value::Date(text)
        | Value::Time(text)
        | Value::Uuid(text)
        | Value::Json(text)
        | Value::Other { text, .. } => text.clone(),
        Value::Instant(micros) => jiff::Timestamp::from_microsecond(*micros).ok()?.to_string(),
        Value::Null
        | Value::Bytes(_)
        | Value::Interval(_)
        | Value::Int64Array(_)
        | Value::Float64Array(_)
        | Value::TextArray(_) => return None,
    })
}

fn time(kind: Kind, value: &Value) -> Option<Vec<u8>> {
    let epoch = jiff::civil::date(2000, 1, 1);
    let micros_since = |moment: jiff::civil::DateTime, epoch: jiff::civil::DateTime| {
        i64::try_from(moment.duration_since(epoch).as_micros()).ok()
    };
    let micros = match (kind, value) {
        (Kind::Timestamptz, Value::Instant(i64::MIN)) => i64::MIN,
        (Kind::Timestamptz, Value::Instant(i64::MAX)) => i64::MAX,
        (Kind::Timestamptz, Value::Instant(micros)) => micros.checked_sub(EPOCH_MICROS)?,
        (Kind::Timestamptz, Value::Text(text)) => text
            .parse::<jiff::Timestamp>()
            .ok()?
            .as_microsecond()
            .checked_sub(EPOCH_MICROS)?,
        (Kind::Timestamp, Value::Datetime(text) | Value::Text(text)) => {
            micros_since(text.parse().ok()?, epoch.at(0, 0, 0, 0))?
        }
        (Kind::Time, Value::Time(text) | Value::Text(text)) => {
            let time: jiff::civil::Time = text.parse().ok()?;
            micros_since(epoch.to_datetime(time), epoch.at(0, 0, 0, 0))?
        }
        (Kind::Date, Value::Date(text) | Value::Text(text)) => {
            let date: jiff::civil::Date = text.parse().ok()?;
            let days = date.duration_since(epoch).as_hours() / 24;
            return Some(i32::try_from(days).ok()?.to_be_bytes().to_vec());
        }
        _ => return None,
    };
    Some(micros.to_be_bytes().to_vec())
}

fn uuid(text: &str) -> Option<Vec<u8>> {
    let hex: String = text.chars().filter(|c| *c != '-').collect();
    if hex.len() != 32 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let number = u128::from_str_radix(&hex, 16).ok()?;
    Some(number.to_be_bytes().to_vec())
}

fn elements(kind: Kind, value: &Value) -> Option<Vec<u8>> {
    let (element_type, element_kind) = match kind {
        Kind::Int2Array => (21, Kind::Int2),
        Kind::Int4Array => (23, Kind::Int4),
        Kind::Int8Array => (20, Kind::Int8),
        Kind::OidArray => (26, Kind::Unsigned4),
        Kind::Float4Array => (700, Kind::Float4),
        Kind::Float8Array => (701, Kind::Float8),
        _ => (25, Kind::Text),
    };
    let written: Option<Vec<Option<Vec<u8>>>> = match (element_kind, value) {
        (Kind::Float4 | Kind::Float8, Value::Float64Array(numbers)) => {
            let write = |number: &f64| float(element_kind, &Value::Float64(*number));
            numbers
                .iter()
                .map(|n| optional(n.as_ref(), write))
                .collect()
        }
        (Kind::Text, Value::TextArray(texts)) => {
            let write = |text: &String| Some(text.clone().into_bytes());
            texts.iter().map(|t| optional(t.as_ref(), write)).collect()
        }
        (Kind::Float4 | Kind::Float8 | Kind::Text, _) => None,
        (_, Value::Int64Array(numbers)) => {
            let write = |number: &i64| integer(element_kind, &Value::Int64(*number));
            numbers
                .iter()
                .map(|n| optional(n.as_ref(), write))
                .collect()
        }
        _ => None,
    };
    Some(array::encode(element_type, &written?))
}

/// The outer `None` is an element that does not fit, the inner one NULL.
#[expect(
    clippy::option_option,
    reason = "an element may be NULL and may not fit"
)]
fn optional<T>(
    element: Option<&T>,
    write: impl Fn(&T) -> Option<Vec<u8>>,
) -> Option<Option<Vec<u8>>> {
    match element {
        None => Some(None),
        Some(element) => write(element).map(Some),
    }
}

/// A value already written in the type that the server inferred.
struct Argument {
    type_info: PgTypeInfo,
    bytes: Option<Vec<u8>>,
}

impl Type<Postgres> for Argument {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("text")
    }
}

impl Encode<'_, Postgres> for Argument {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        match &self.bytes {
            Some(bytes) => {
                buffer.extend_from_slice(bytes);
                Ok(IsNull::No)
            }
            None => Ok(IsNull::Yes),
        }
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(self.type_info.clone())
    }
}

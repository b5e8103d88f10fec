//! From PostgreSQL's binary format to [`Value`].
//!
//! The bytes come from outside: whatever does not have the length or the form of its type is
//! refused, nothing is assumed.

use super::kind::Kind;
use super::{array, calendar, numeric};
use crate::model::sql::Value;

/// Bytes that are not what the server said they would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a value does not have the form of its type")]
pub struct Malformed;

/// Reads one value that is not NULL; `type_name` is for the types that stay foreign.
///
/// # Errors
/// Bytes that do not fit the type.
pub fn decode(kind: Kind, type_name: &str, bytes: &[u8]) -> Result<Value, Malformed> {
    Ok(match kind {
        Kind::Bool => Value::Boolean(fixed::<1>(bytes)? != [0]),
        Kind::Int2 | Kind::Int4 | Kind::Int8 => Value::Int64(integer(kind, bytes)?),
        Kind::Unsigned4 => Value::Uint64(u32::from_be_bytes(fixed(bytes)?).into()),
        Kind::Unsigned8 => Value::Uint64(u64::from_be_bytes(fixed(bytes)?)),
        Kind::Float4 | Kind::Float8 => Value::Float64(float(kind, bytes)?),
        Kind::Numeric => Value::Decimal(numeric::decode(bytes)?),
        Kind::Text | Kind::Name | Kind::AsText => Value::Text(text(bytes)),
        Kind::Char => Value::Text(character(fixed::<1>(bytes)?[0])),
        Kind::Bytea => Value::Bytes(bytes.to_vec()),
        Kind::Date => Value::Date(calendar::date(i32::from_be_bytes(fixed(bytes)?))),
        Kind::Time => Value::Time(calendar::time(i64::from_be_bytes(fixed(bytes)?))),
        Kind::Timetz => Value::Time(time_with_zone(bytes)?),
        Kind::Timestamp => Value::Datetime(calendar::datetime(i64::from_be_bytes(fixed(bytes)?))),
        Kind::Timestamptz => Value::Instant(calendar::instant(i64::from_be_bytes(fixed(bytes)?))),
        Kind::Interval => Value::Interval(interval(bytes)?),
        Kind::Uuid => Value::Uuid(uuid(fixed(bytes)?)),
        Kind::Json => Value::Json(text(bytes)),
        Kind::Jsonb => match bytes {
            [1, json @ ..] => Value::Json(text(json)),
            _ => return Err(Malformed),
        },
        Kind::Int2Array
        | Kind::Int4Array
        | Kind::Int8Array
        | Kind::OidArray
        | Kind::Float4Array
        | Kind::Float8Array
        | Kind::TextArray => array::decode(kind, bytes)?,
        Kind::Void | Kind::Foreign => Value::Other {
            type_name: type_name.into(),
            text: text(bytes),
        },
    })
}

pub(super) fn integer(kind: Kind, bytes: &[u8]) -> Result<i64, Malformed> {
    Ok(match kind {
        Kind::Int2 => i16::from_be_bytes(fixed(bytes)?).into(),
        Kind::Int4 => i32::from_be_bytes(fixed(bytes)?).into(),
        Kind::Unsigned4 => u32::from_be_bytes(fixed(bytes)?).into(),
        _ => i64::from_be_bytes(fixed(bytes)?),
    })
}

/// A `float4` becomes the `f64` that reads the same in base 10: 0.1 stays 0.1.
pub(super) fn float(kind: Kind, bytes: &[u8]) -> Result<f64, Malformed> {
    if kind == Kind::Float8 {
        return Ok(f64::from_be_bytes(fixed(bytes)?));
    }
    let single = f32::from_be_bytes(fixed(bytes)?);
    Ok(single.to_string().parse().unwrap_or(single.into()))
}

/// A database in `SQL_ASCII` may send bytes that are no UTF-8; they become `U+FFFD`.
pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(super) fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], Malformed> {
    bytes.try_into().map_err(|_| Malformed)
}

/// As the server prints it: nothing for zero, an octal escape beyond ASCII.
fn character(byte: u8) -> String {
    match byte {
        0 => String::new(),
        1..=127 => char::from(byte).into(),
        _ => format!("\\{byte:03o}"),
    }
}

fn time_with_zone(bytes: &[u8]) -> Result<String, Malformed> {
    let bytes: [u8; 12] = fixed(bytes)?;
    let (time, zone) = bytes.split_at(8);
    let seconds_west = i32::from_be_bytes(fixed(zone)?);
    let sign = if seconds_west > 0 { '-' } else { '+' };
    let offset = seconds_west.unsigned_abs();
    let (hours, minutes, seconds) = (offset / 3600, offset / 60 % 60, offset % 60);
    let time = calendar::time(i64::from_be_bytes(fixed(time)?));
    Ok(match seconds {
        0 => format!("{time}{sign}{hours:02}:{minutes:02}"),
        _ => format!("{time}{sign}{hours:02}:{minutes:02}:{seconds:02}"),
    })
}

const MICROS_PER_DAY: i64 = 86_400_000_000;
const DAYS_PER_MONTH: i64 = 30;

/// An infinite interval (PostgreSQL 17) is the largest or smallest number.
fn interval(bytes: &[u8]) -> Result<i64, Malformed> {
    let bytes: [u8; 16] = fixed(bytes)?;
    let (micros, days_and_months) = bytes.split_at(8);
    let (days, months) = days_and_months.split_at(4);
    let micros = i64::from_be_bytes(fixed(micros)?);
    let days = i64::from(i32::from_be_bytes(fixed(days)?));
    let months = i64::from(i32::from_be_bytes(fixed(months)?));
    Ok((days + months * DAYS_PER_MONTH)
        .saturating_mul(MICROS_PER_DAY)
        .saturating_add(micros))
}

fn uuid(bytes: [u8; 16]) -> String {
    let number = u128::from_be_bytes(bytes);
    let hex = format!("{number:032x}");
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_interval_beyond_64_bits_is_the_largest() {
        let mut infinity = i64::MAX.to_be_bytes().to_vec();
        infinity.extend(i32::MAX.to_be_bytes());
        infinity.extend(i32::MAX.to_be_bytes());
        assert_eq!(interval(&infinity), Ok(i64::MAX));
    }

    #[test]
    fn char_reads_as_the_server_prints_it() {
        for (byte, expected) in [(0, ""), (b'r', "r"), (0xe9, "\\351")] {
            assert_eq!(character(byte), expected);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_for_any_type_are_a_value_or_malformed(
            oid in prop_oneof![0u32..4000, Just(5069)],
            bytes in proptest::collection::vec(any::<u8>(), 0..64),
        ) {
            let _ = decode(Kind::of_oid(oid), "type", &bytes);
        }
    }
}

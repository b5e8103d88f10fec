//! From the bytes of the prepared protocol to [`Value`]s.
//!
//! Decoded here and not by the driver, because a zero date must not fail a query, text in any
//! charset is text, and a `DECIMAL` stays exact.

use std::fmt::Write;

use sqlx::mysql::{MySql, MySqlRow, MySqlTypeInfo, MySqlValueRef};
use sqlx::{Decode, Row, Type, TypeInfo, ValueRef};

use crate::model::sql::Value;

/// The bytes of a value; none for NULL. (The driver itself takes a zero date for NULL.)
pub(super) fn bytes(raw: MySqlValueRef<'_>) -> Option<&[u8]> {
    <&[u8] as Decode<MySql>>::decode(raw).ok()
}

/// The server's name of a type. The driver takes text in a `_bin` collation for binary.
pub(super) fn type_name(info: &MySqlTypeInfo) -> &str {
    match info.name() {
        "BINARY" if is_text(info) => "CHAR",
        "VARBINARY" if is_text(info) => "VARCHAR",
        "TINYBLOB" | "BLOB" | "MEDIUMBLOB" | "LONGBLOB" if is_text(info) => "TEXT",
        "BOOLEAN" if *info == <u8 as Type<MySql>>::type_info() => "TINYINT UNSIGNED",
        "BOOLEAN" => "TINYINT",
        name => name,
    }
}

/// Every collation but `binary` means that the server sent UTF-8, whatever it stores.
fn is_text(info: &MySqlTypeInfo) -> bool {
    <str as Type<MySql>>::compatible(info)
}

/// All values of a row.
///
/// # Errors
/// The bytes are not what their type says.
pub(super) fn row(row: &MySqlRow) -> Result<Vec<Value>, sqlx::Error> {
    (0..row.len())
        .map(|index| {
            let raw = row.try_get_raw(index)?;
            let info = raw.type_info().into_owned();
            match bytes(raw) {
                None => Ok(Value::Null),
                Some(bytes) => decode(&info, bytes).ok_or_else(|| {
                    sqlx::Error::Decode(
                        format!("a {} of {} bytes", info.name(), bytes.len()).into(),
                    )
                }),
            }
        })
        .collect()
}

fn decode(info: &MySqlTypeInfo, bytes: &[u8]) -> Option<Value> {
    Some(match type_name(info) {
        "TINYINT" => Value::Int64(i8::from_le_bytes(bytes.try_into().ok()?).into()),
        "SMALLINT" => Value::Int64(i16::from_le_bytes(bytes.try_into().ok()?).into()),
        "MEDIUMINT" | "INT" => Value::Int64(i32::from_le_bytes(bytes.try_into().ok()?).into()),
        "BIGINT" => Value::Int64(i64::from_le_bytes(bytes.try_into().ok()?)),
        "YEAR" => Value::Int64(u16::from_le_bytes(bytes.try_into().ok()?).into()),
        "TINYINT UNSIGNED" => Value::Uint64(u8::from_le_bytes(bytes.try_into().ok()?).into()),
        "SMALLINT UNSIGNED" => Value::Uint64(u16::from_le_bytes(bytes.try_into().ok()?).into()),
        "MEDIUMINT UNSIGNED" | "INT UNSIGNED" => {
            Value::Uint64(u32::from_le_bytes(bytes.try_into().ok()?).into())
        }
        "BIGINT UNSIGNED" => Value::Uint64(u64::from_le_bytes(bytes.try_into().ok()?)),
        "FLOAT" => Value::Float64(shortest(f32::from_le_bytes(bytes.try_into().ok()?))),
        "DOUBLE" => Value::Float64(f64::from_le_bytes(bytes.try_into().ok()?)),
        "BIT" => bits(bytes)?,
        "DECIMAL" => Value::Decimal(String::from_utf8(bytes.to_vec()).ok()?),
        "JSON" => Value::Json(String::from_utf8_lossy(bytes).into_owned()),
        "DATE" => date(bytes)?,
        "DATETIME" => datetime(bytes)?,
        "TIMESTAMP" => timestamp(bytes)?,
        "TIME" => Value::Time(time(bytes)?),
        "GEOMETRY" => Value::Other {
            type_name: "GEOMETRY".into(),
            text: hexadecimal(bytes),
        },
        _ => match String::from_utf8(bytes.to_vec()) {
            Ok(text) if is_text(info) => Value::Text(text),
            _ => Value::Bytes(bytes.to_vec()),
        },
    })
}

/// The number that the server itself would print: 1.1 and not 1.100000023841858.
fn shortest(number: f32) -> f64 {
    number.to_string().parse().unwrap_or(f64::from(number))
}

/// `BIT(1)` to `BIT(64)`, the highest byte first.
fn bits(bytes: &[u8]) -> Option<Value> {
    if bytes.len() > 8 {
        return None;
    }
    let number = bytes
        .iter()
        .fold(0_u64, |sum, &byte| sum << 8 | u64::from(byte));
    Some(Value::Uint64(number))
}

/// The parts of a `DATE`, `DATETIME` or `TIMESTAMP`; trailing parts that are zero are not sent.
#[derive(Default)]
struct Moment {
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
    micros: u32,
}

impl Moment {
    /// The first byte is the length of the rest.
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut moment = Self::default();
        let (_, rest) = bytes.split_first()?;
        if let Some((date, rest)) = rest.split_at_checked(4) {
            moment.year = u16::from_le_bytes([date[0], date[1]]);
            (moment.month, moment.day) = (date[2], date[3]);
            if let Some((time, rest)) = rest.split_at_checked(3) {
                (moment.hour, moment.minute, moment.second) = (time[0], time[1], time[2]);
                if let Ok(micros) = rest.try_into() {
                    moment.micros = u32::from_le_bytes(micros);
                }
            }
        }
        Some(moment)
    }

    /// MySQL knows `0000-00-00` and `2024-05-00`, which no calendar does.
    fn is_of_calendar(&self) -> bool {
        self.month > 0 && self.day > 0
    }

    fn date(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    fn text(&self, separator: char) -> String {
        let time = clock(self.hour.into(), self.minute, self.second, self.micros);
        format!("{}{separator}{time}", self.date())
    }

    /// A date that is none keeps the server's own text.
    fn other(&self, type_name: &str) -> Value {
        Value::Other {
            type_name: type_name.into(),
            text: match type_name {
                "DATE" => self.date(),
                _ => self.text(' '),
            },
        }
    }
}

fn clock(hours: u32, minute: u8, second: u8, micros: u32) -> String {
    let mut text = format!("{hours:02}:{minute:02}:{second:02}");
    if micros > 0 {
        // Writing to a String cannot fail.
        let _ = write!(text, ".{micros:06}");
    }
    text
}

fn date(bytes: &[u8]) -> Option<Value> {
    let moment = Moment::read(bytes)?;
    Some(if moment.is_of_calendar() {
        Value::Date(moment.date())
    } else {
        moment.other("DATE")
    })
}

fn datetime(bytes: &[u8]) -> Option<Value> {
    let moment = Moment::read(bytes)?;
    Some(if moment.is_of_calendar() {
        Value::Datetime(moment.text('T'))
    } else {
        moment.other("DATETIME")
    })
}

/// The session's time zone is UTC.
fn timestamp(bytes: &[u8]) -> Option<Value> {
    let moment = Moment::read(bytes)?;
    let instant: Option<jiff::Timestamp> = format!("{}Z", moment.text('T')).parse().ok();
    Some(match instant {
        Some(instant) if moment.is_of_calendar() => Value::Instant(instant.as_microsecond()),
        _ => moment.other("TIMESTAMP"),
    })
}

/// A time of day or a duration, as MySQL writes it: `-838:59:59`, `12:00:00.500000`.
fn time(bytes: &[u8]) -> Option<String> {
    let (&length, rest) = bytes.split_first()?;
    if length == 0 {
        return Some(clock(0, 0, 0, 0));
    }
    let (head, fraction) = rest.split_at_checked(8)?;
    let days = u32::from_le_bytes(head[1..5].try_into().ok()?);
    let hours = days.checked_mul(24)?.checked_add(head[5].into())?;
    let micros = fraction.try_into().map_or(0, u32::from_le_bytes);
    let sign = if head[0] == 1 { "-" } else { "" };
    Some(format!("{sign}{}", clock(hours, head[6], head[7], micros)))
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 + bytes.len() * 2);
    text.push_str("0x");
    for byte in bytes {
        let _ = write!(text, "{byte:02X}");
    }
    text
}

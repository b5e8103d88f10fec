//! [`FromValue`]: Rust types from SQL values, without ever losing something in silence.

use std::time::{Duration, SystemTime};

use super::value::Value;

/// A Rust type that a column can be read as.
///
/// | Rust | from |
/// |---|---|
/// | `bool` | boolean; the integers 0 and 1, because MySQL has no boolean |
/// | `i64`, `u64` | integers in range; a decimal that is whole, because `sum()` returns one |
/// | `f64` | every number; a decimal may be NaN or infinite |
/// | `String` | text, uuid, json, dates and times, decimals, and what has no kind of its own |
/// | `Duration` | an interval that is not negative |
/// | `SystemTime` | an instant that is finite |
/// | `Vec<u8>` | bytes |
/// | `Vec<Option<i64>>`, `Vec<Option<f64>>`, `Vec<Option<String>>` | arrays |
/// | `Option<T>` | NULL, or what `T` is read from |
/// | `Value` | anything |
#[diagnostic::on_unimplemented(
    message = "a column cannot be read as `{Self}`",
    note = "it can be bool, i64, u64, f64, String, Duration, SystemTime, Vec<u8>, Value, or Option of one of them"
)]
pub trait FromValue: Sized {
    /// What the type is called in error messages.
    const KIND: &'static str;

    /// The value as this type, or none if it does not fit.
    fn from_value(value: &Value) -> Option<Self>;

    /// What NULL becomes; none means that NULL is an error.
    fn from_null() -> Option<Self> {
        None
    }
}

impl<T: FromValue> FromValue for Option<T> {
    const KIND: &'static str = T::KIND;

    fn from_value(value: &Value) -> Option<Self> {
        T::from_value(value).map(Some)
    }

    fn from_null() -> Option<Self> {
        Some(None)
    }
}

impl FromValue for Value {
    const KIND: &'static str = "value";

    fn from_value(value: &Value) -> Option<Self> {
        Some(value.clone())
    }

    fn from_null() -> Option<Self> {
        Some(Self::Null)
    }
}

impl FromValue for bool {
    const KIND: &'static str = "bool";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Boolean(it) => Some(*it),
            Value::Int64(0) | Value::Uint64(0) => Some(false),
            Value::Int64(1) | Value::Uint64(1) => Some(true),
            _ => None,
        }
    }
}

impl FromValue for i64 {
    const KIND: &'static str = "i64";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Int64(it) => Some(*it),
            Value::Uint64(it) => Self::try_from(*it).ok(),
            Value::Decimal(digits) => whole(digits).parse().ok(),
            _ => None,
        }
    }
}

impl FromValue for u64 {
    const KIND: &'static str = "u64";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Int64(it) => Self::try_from(*it).ok(),
            Value::Uint64(it) => Some(*it),
            Value::Decimal(digits) => whole(digits).parse().ok(),
            _ => None,
        }
    }
}

/// The digits without a fraction of zeros: `12.00` is whole, `12.50` stays as it is.
fn whole(digits: &str) -> &str {
    match digits.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
        _ => digits,
    }
}

impl FromValue for f64 {
    const KIND: &'static str = "f64";

    #[expect(
        clippy::cast_precision_loss,
        reason = "a check that reads a float accepts its precision"
    )]
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Int64(it) => Some(*it as Self),
            Value::Uint64(it) => Some(*it as Self),
            Value::Float64(it) => Some(*it),
            Value::Decimal(digits) => digits.parse().ok(),
            _ => None,
        }
    }
}

impl FromValue for String {
    const KIND: &'static str = "String";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text)
            | Value::Decimal(text)
            | Value::Datetime(text)
            | Value::Date(text)
            | Value::Time(text)
            | Value::Uuid(text)
            | Value::Json(text)
            | Value::Other { text, .. } => Some(text.clone()),
            _ => None,
        }
    }
}

impl FromValue for Duration {
    const KIND: &'static str = "Duration";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Interval(micros) => u64::try_from(*micros).ok().map(Self::from_micros),
            _ => None,
        }
    }
}

impl FromValue for SystemTime {
    const KIND: &'static str = "SystemTime";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Instant(i64::MIN | i64::MAX) => None,
            Value::Instant(micros) => instant(*micros),
            _ => None,
        }
    }
}

/// The instant so many microseconds after (or, if negative, before) 1970.
pub(crate) fn instant(micros: i64) -> Option<SystemTime> {
    let distance = Duration::from_micros(micros.unsigned_abs());
    if micros < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(distance)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(distance)
    }
}

impl FromValue for Vec<u8> {
    const KIND: &'static str = "Vec<u8>";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Bytes(bytes) => Some(bytes.clone()),
            _ => None,
        }
    }
}

macro_rules! array_from_value {
    ($($element:ty, $variant:ident, $kind:literal;)+) => {$(
        impl FromValue for Vec<Option<$element>> {
            const KIND: &'static str = $kind;

            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    Value::$variant(elements) => Some(elements.clone()),
                    _ => None,
                }
            }
        }
    )+};
}

array_from_value! {
    i64, Int64Array, "Vec<Option<i64>>";
    f64, Float64Array, "Vec<Option<f64>>";
    String, TextArray, "Vec<Option<String>>";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(it: &str) -> String {
        it.to_owned()
    }

    #[test]
    fn whole_numbers_are_read_from_every_kind_of_whole_number() {
        for (value, expected) in [
            (Value::Int64(-7), Some(-7)),
            (Value::Uint64(7), Some(7)),
            (Value::Uint64(u64::MAX), None),
            (Value::Decimal(text("12")), Some(12)),
            (Value::Decimal(text("12.00")), Some(12)),
            (Value::Decimal(text("12.5")), None),
            (Value::Decimal(text("NaN")), None),
            (Value::Float64(12.0), None),
            (Value::Text(text("12")), None),
            (Value::Boolean(true), None),
        ] {
            assert_eq!(i64::from_value(&value), expected, "{value:?}");
        }
        assert_eq!(u64::from_value(&Value::Int64(-1)), None);
        assert_eq!(u64::from_value(&Value::Uint64(u64::MAX)), Some(u64::MAX));
    }

    #[test]
    fn floats_are_read_from_every_number_and_from_nothing_else() {
        for (value, expected) in [
            (Value::Int64(2), Some(2.0)),
            (Value::Uint64(2), Some(2.0)),
            (Value::Float64(0.5), Some(0.5)),
            (Value::Decimal(text("0.25")), Some(0.25)),
            (Value::Decimal(text("-Infinity")), Some(f64::NEG_INFINITY)),
            (Value::Text(text("0.25")), None),
        ] {
            assert_eq!(f64::from_value(&value), expected, "{value:?}");
        }
    }

    #[test]
    fn a_boolean_may_be_a_small_integer_but_only_zero_or_one() {
        assert_eq!(bool::from_value(&Value::Int64(1)), Some(true));
        assert_eq!(bool::from_value(&Value::Uint64(0)), Some(false));
        assert_eq!(bool::from_value(&Value::Int64(2)), None);
    }

    #[test]
    fn times_that_have_no_rust_form_are_refused() {
        assert_eq!(
            Duration::from_value(&Value::Interval(1_500_000)),
            Some(Duration::from_millis(1500))
        );
        assert_eq!(Duration::from_value(&Value::Interval(-1)), None);
        assert_eq!(
            SystemTime::from_value(&Value::Instant(-1_000_000)),
            SystemTime::UNIX_EPOCH.checked_sub(Duration::from_secs(1))
        );
        assert_eq!(SystemTime::from_value(&Value::Instant(i64::MAX)), None);
    }

    #[test]
    fn only_an_option_takes_null() {
        assert_eq!(Option::<i64>::from_null(), Some(None));
        assert_eq!(i64::from_null(), None);
        assert_eq!(Option::<i64>::from_value(&Value::Int64(1)), Some(Some(1)));
    }
}

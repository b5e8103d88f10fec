//! What a value says, as far as metrics are concerned.

use checkrun_sdk::{FromValue, Value};

/// One value of the first row, sorted by what becomes of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reading {
    /// A finite number.
    Number(f64),
    /// An interval.
    Seconds(f64),
    /// A boolean.
    Flag(bool),
    /// SQL NULL.
    Null,
    /// NaN or infinity.
    NotFinite,
    /// Anything that is only shown.
    Text,
}

impl Reading {
    /// Reads a value. A decimal that is none is a text; one beyond the range of a float is not finite.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Boolean(flag) => Self::Flag(*flag),
            Value::Interval(micros) => {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "285 years of microseconds fit exactly"
                )]
                let seconds = *micros as f64 / 1e6;
                Self::Seconds(seconds)
            }
            other => match f64::from_value(other) {
                None => Self::Text,
                Some(number) if number.is_finite() => Self::Number(number),
                Some(_) => Self::NotFinite,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_is_read() {
        let text = || "12".to_owned();
        for (value, expected) in [
            (Value::Null, Reading::Null),
            (Value::Boolean(true), Reading::Flag(true)),
            (Value::Int64(-3), Reading::Number(-3.0)),
            (Value::Uint64(3), Reading::Number(3.0)),
            (Value::Float64(0.5), Reading::Number(0.5)),
            (Value::Float64(f64::NAN), Reading::NotFinite),
            (Value::Decimal("0.125".to_owned()), Reading::Number(0.125)),
            (Value::Decimal("NaN".to_owned()), Reading::NotFinite),
            (Value::Decimal("-Infinity".to_owned()), Reading::NotFinite),
            (
                Value::Decimal(format!("1{}", "0".repeat(400))),
                Reading::NotFinite,
            ),
            (Value::Decimal("12,5".to_owned()), Reading::Text),
            (Value::Interval(90_000_000), Reading::Seconds(90.0)),
            (Value::Interval(-500_000), Reading::Seconds(-0.5)),
            (Value::Text(text()), Reading::Text),
            (Value::Bytes(vec![1]), Reading::Text),
            (Value::Instant(0), Reading::Text),
            (Value::Datetime(text()), Reading::Text),
            (Value::Date(text()), Reading::Text),
            (Value::Time(text()), Reading::Text),
            (Value::Uuid(text()), Reading::Text),
            (Value::Json(text()), Reading::Text),
            (Value::Int64Array(vec![Some(1)]), Reading::Text),
            (Value::Float64Array(vec![Some(1.0)]), Reading::Text),
            (Value::TextArray(vec![None]), Reading::Text),
            (
                Value::Other {
                    type_name: "point".to_owned(),
                    text: "(1,2)".to_owned(),
                },
                Reading::Text,
            ),
        ] {
            assert_eq!(Reading::of(&value), expected, "{value:?}");
        }
    }
}

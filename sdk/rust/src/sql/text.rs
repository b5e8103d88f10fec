//! A [`Value`] as text, for summaries, evidence and messages.

use std::fmt;

use super::value::Value;

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

impl fmt::Display for Value {
    /// As a person would write it: `NULL`, `12`, `2026-01-31T12:00:00Z`, `90s`; of bytes and arrays
    /// only how many there are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Boolean(it) => write!(f, "{it}"),
            Self::Int64(it) => write!(f, "{it}"),
            Self::Uint64(it) => write!(f, "{it}"),
            Self::Float64(it) => write!(f, "{it}"),
            Self::Decimal(text)
            | Self::Text(text)
            | Self::Datetime(text)
            | Self::Date(text)
            | Self::Time(text)
            | Self::Uuid(text)
            | Self::Json(text)
            | Self::Other { text, .. } => f.write_str(text),
            Self::Instant(i64::MIN) => f.write_str("-infinity"),
            Self::Instant(i64::MAX) => f.write_str("infinity"),
            Self::Instant(micros) => instant(*micros, f),
            Self::Interval(micros) => {
                let sign = if *micros < 0 { "-" } else { "" };
                let micros = micros.unsigned_abs();
                let per_second = MICROS_PER_SECOND.unsigned_abs();
                write!(f, "{sign}{}", micros / per_second)?;
                fraction(micros % per_second, f)?;
                f.write_str("s")
            }
            Self::Bytes(it) => counted(it.len(), "byte", f),
            Self::Int64Array(it) => counted(it.len(), "element", f),
            Self::Float64Array(it) => counted(it.len(), "element", f),
            Self::TextArray(it) => counted(it.len(), "element", f),
        }
    }
}

fn counted(count: usize, what: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let plural = if count == 1 { "" } else { "s" };
    write!(f, "{count} {what}{plural}")
}

/// The fraction of a second, without the zeros at its end; nothing if it is zero.
fn fraction(micros: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if micros == 0 {
        return Ok(());
    }
    write!(f, ".{}", format!("{micros:06}").trim_end_matches('0'))
}

fn instant(micros: i64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let seconds = micros.div_euclid(MICROS_PER_SECOND);
    let (year, month, day) = civil(seconds.div_euclid(SECONDS_PER_DAY));
    let second = seconds.rem_euclid(SECONDS_PER_DAY);
    write!(
        f,
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}",
        second / 3600,
        second / 60 % 60,
        second % 60
    )?;
    fraction(micros.rem_euclid(MICROS_PER_SECOND).unsigned_abs(), f)?;
    f.write_str("Z")
}

/// Year, month and day of the Gregorian calendar, so many days after 1970-01-01.
///
/// Counts in years that begin in March, so that the leap day is the last of a year: 400 of them
/// always have 146,097 days, and their months follow one linear rule.
fn civil(days: i64) -> (i64, i64, i64) {
    const DAYS_FROM_0000_03_01_TO_1970: i64 = 719_468;
    const DAYS_IN_400_YEARS: i64 = 146_097;
    let days = days + DAYS_FROM_0000_03_01_TO_1970;
    let era = days.div_euclid(DAYS_IN_400_YEARS);
    let day_of_era = days.rem_euclid(DAYS_IN_400_YEARS);
    let leap_free = day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096;
    let year_of_era = leap_free / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_a_person_would() {
        let day = 86_400 * 1_000_000;
        for (value, expected) in [
            (Value::Null, "NULL"),
            (Value::Boolean(true), "true"),
            (Value::Int64(-7), "-7"),
            (Value::Float64(0.5), "0.5"),
            (Value::Decimal("12.50".to_owned()), "12.50"),
            (Value::Text("a \"b\"".to_owned()), "a \"b\""),
            (Value::Bytes(vec![0]), "1 byte"),
            (Value::Int64Array(vec![None, None]), "2 elements"),
            (Value::Interval(90_000_000), "90s"),
            (Value::Interval(-1_500_000), "-1.5s"),
            (Value::Instant(0), "1970-01-01T00:00:00Z"),
            (Value::Instant(-1), "1969-12-31T23:59:59.999999Z"),
            (
                Value::Instant(1_767_225_600_250_000),
                "2026-01-01T00:00:00.25Z",
            ),
            (Value::Instant(11_016 * day), "2000-02-29T00:00:00Z"),
            (Value::Instant(11_017 * day), "2000-03-01T00:00:00Z"),
            (Value::Instant(-25_508 * day), "1900-03-01T00:00:00Z"),
            (Value::Instant(-25_509 * day), "1900-02-28T00:00:00Z"),
            (Value::Instant(i64::MAX), "infinity"),
            (Value::Instant(i64::MIN), "-infinity"),
        ] {
            assert_eq!(value.to_string(), expected, "{value:?}");
        }
        // The farthest instants that are finite are written, too.
        for micros in [i64::MIN + 1, i64::MAX - 1] {
            assert!(Value::Instant(micros).to_string().ends_with('Z'));
        }
    }
}

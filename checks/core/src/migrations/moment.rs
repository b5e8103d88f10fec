//! Times as the tools write them, in whatever form the engine hands them over.

use std::time::{Duration, SystemTime};

use checkrun_sdk::Value;

use crate::text::cut;

/// Characters of a time that are shown; garbage may be longer.
const SHOWN_CHARS_MAX: usize = 40;
/// Whole numbers from here on are milliseconds since 1970, below it seconds: the year 5138, or 1973.
const MILLISECONDS_FROM: i64 = 100_000_000_000;
const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// For people: an instant in UTC, or the text that the tool wrote.
pub fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Instant(micros) => instant(*micros),
        Value::Int64(number) => instant(micros_of_number(*number)?),
        Value::Text(text) | Value::Datetime(text) | Value::Other { text, .. } => {
            match whole_number(value) {
                Some(number) => instant(micros_of_number(number)?),
                None => Some(cut(text, SHOWN_CHARS_MAX)),
            }
        }
        Value::Null => None,
        // Not as a text of its own: showing every kind would make the pack a tenth larger.
        other => Some(other.kind().to_owned()),
    }
}

/// `2026-01-31T12:00:00Z`; none for what is no time, such as infinity.
fn instant(micros: i64) -> Option<String> {
    let seconds = micros.div_euclid(MICROS_PER_SECOND);
    let (year, month, day) = date(seconds.div_euclid(SECONDS_PER_DAY));
    let time = seconds.rem_euclid(SECONDS_PER_DAY);
    (0..=9_999).contains(&year).then(|| {
        format!(
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
            time / 3_600,
            time / 60 % 60,
            time % 60
        )
    })
}

/// How long ago it was, at `now`; nothing for what is no time. A time without a zone is taken for UTC,
/// and one that is yet to come for now.
pub fn age(value: &Value, now: SystemTime) -> Option<Duration> {
    let micros = match value {
        Value::Instant(i64::MIN | i64::MAX) => return None,
        Value::Instant(micros) => *micros,
        Value::Datetime(text) => micros_of_text(text)?,
        Value::Int64(_) | Value::Text(_) => match (whole_number(value), value) {
            (Some(number), _) => micros_of_number(number)?,
            (None, Value::Text(text)) => micros_of_text(text)?,
            (None, _) => return None,
        },
        _ => return None,
    };
    let since = Duration::from_micros(u64::try_from(micros).ok()?);
    let now = now.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(now.saturating_sub(since))
}

fn whole_number(value: &Value) -> Option<i64> {
    match value {
        Value::Int64(number) => Some(*number),
        Value::Text(digits) => digits.parse().ok(),
        _ => None,
    }
}

fn micros_of_number(number: i64) -> Option<i64> {
    let per = if number.unsigned_abs() >= MILLISECONDS_FROM.unsigned_abs() {
        1_000
    } else {
        MICROS_PER_SECOND
    };
    number.checked_mul(per)
}

/// `2026-01-31T12:00:00`, with a blank instead of the `T`; a fraction and a zone are not looked at.
fn micros_of_text(text: &str) -> Option<i64> {
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let separators = [(4, "-"), (7, "-"), (13, ":"), (16, ":")];
    if separators
        .iter()
        .any(|(at, mark)| text.get(*at..at + 1) != Some(mark))
    {
        return None;
    }
    let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
    let (hour, minute, second) = (part(11, 13)?, part(14, 16)?, part(17, 19)?);
    let sound = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..=60).contains(&second);
    let seconds =
        days_since_1970(year, month, day) * SECONDS_PER_DAY + hour * 3_600 + minute * 60 + second;
    (sound && year >= 0).then(|| seconds * MICROS_PER_SECOND)
}

/// Days of the Gregorian calendar. A year is counted from March, so that its last day is the odd one.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let day_of_era = year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    day_of_era + day_of_year - 719_468
}

/// The date so many days after 1970: the way back from [`days_since_1970`], era by era of 400 years.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (era * 400 + year + later, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(it: &str) -> Value {
        Value::Text(it.to_owned())
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    /// 2026-01-01T00:00:00Z
    const NEW_YEAR: i64 = 1_767_225_600;

    #[test]
    fn a_time_is_understood_in_every_form_in_which_tools_write_it() {
        let an_hour_later = at(1_767_225_600 + 3_600);
        for value in [
            Value::Instant(NEW_YEAR * MICROS_PER_SECOND),
            Value::Datetime("2026-01-01T00:00:00.123".to_owned()),
            text("2026-01-01 00:00:00"),
            text("2026-01-01T00:00:00.123+00:00"),
            Value::Int64(NEW_YEAR),
            Value::Int64(NEW_YEAR * 1_000),
            text("1767225600000"),
        ] {
            let age = age(&value, an_hour_later);
            assert_eq!(age, Some(Duration::from_secs(3_600)), "{value:?}");
        }
    }

    #[test]
    fn the_calendar_has_its_leap_days() {
        for (date, days) in [
            ("1970-01-01 00:00:00", 0),
            ("1972-03-01 00:00:00", 790),
            ("2000-02-29 00:00:00", 11_016),
            ("2024-12-31 00:00:00", 20_088),
        ] {
            let expected = days * SECONDS_PER_DAY * MICROS_PER_SECOND;
            assert_eq!(micros_of_text(date), Some(expected), "{date}");
            let shown = date.replace(' ', "T") + "Z";
            assert_eq!(instant(expected), Some(shown));
        }
    }

    #[test]
    fn what_is_no_time_has_no_age_and_is_shown_as_it_is() {
        let now = at(1_767_225_600);
        for (value, expected) in [
            (text("soon"), Some("soon")),
            (text(""), Some("")),
            (text("2026-13-01 00:00:00"), Some("2026-13-01 00:00:00")),
            (text("ü026-01-01 00:00:00"), Some("ü026-01-01 00:00:00")),
            (Value::Null, None),
            (Value::Instant(i64::MAX), None),
            (Value::Bytes(vec![0; 9]), Some("bytes")),
        ] {
            assert_eq!(age(&value, now), None, "{value:?}");
            assert_eq!(shown(&value).as_deref(), expected, "{value:?}");
        }
        assert_eq!(age(&Value::Int64(i64::MAX), now), None);
        let long = shown(&text(&"x".repeat(10_000))).expect("text");
        assert!(long.chars().count() <= SHOWN_CHARS_MAX + 1);
    }

    #[test]
    fn a_time_that_is_yet_to_come_is_now() {
        let tomorrow = Value::Int64(NEW_YEAR + 86_400);
        assert_eq!(age(&tomorrow, at(1_767_225_600)), Some(Duration::ZERO));
    }
}

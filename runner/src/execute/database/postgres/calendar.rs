//! Dates and times, counted by PostgreSQL from 2000-01-01, in ISO 8601.
//!
//! Years before 1 end in ` BC`, as the server writes them; `infinity` and `-infinity` are words.

/// Days from 1970-01-01 to 2000-01-01.
const EPOCH_DAYS: i64 = 10_957;

/// Microseconds from 1970-01-01 to 2000-01-01.
pub(super) const EPOCH_MICROS: i64 = EPOCH_DAYS * MICROS_PER_DAY;

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// Days since 2000-01-01.
pub fn date(days: i32) -> String {
    match days {
        i32::MAX => "infinity".into(),
        i32::MIN => "-infinity".into(),
        days => {
            let (date, era) = civil(i64::from(days));
            format!("{date}{era}")
        }
    }
}

/// Microseconds since 2000-01-01T00:00, without a zone.
pub fn datetime(micros: i64) -> String {
    match micros {
        i64::MAX => "infinity".into(),
        i64::MIN => "-infinity".into(),
        micros => {
            let (date, era) = civil(micros.div_euclid(MICROS_PER_DAY));
            format!("{date}T{}{era}", time(micros.rem_euclid(MICROS_PER_DAY)))
        }
    }
}

/// Microseconds since midnight; 24:00:00 is a time too.
pub fn time(micros: i64) -> String {
    let micros = micros.clamp(0, MICROS_PER_DAY);
    let seconds = micros / 1_000_000;
    let (hours, minutes, fraction) = (seconds / 3600, seconds / 60 % 60, micros % 1_000_000);
    let whole = format!("{hours:02}:{minutes:02}:{:02}", seconds % 60);
    match fraction {
        0 => whole,
        _ => format!("{whole}.{fraction:06}")
            .trim_end_matches('0')
            .into(),
    }
}

/// Microseconds since 1970 from those since 2000. The last thirty of PostgreSQL's 294,276 years do
/// not fit and end just before infinity.
pub fn instant(micros: i64) -> i64 {
    match micros {
        i64::MAX | i64::MIN => micros,
        micros => micros.saturating_add(EPOCH_MICROS).min(i64::MAX - 1),
    }
}

/// The proleptic Gregorian date of a day since 2000-01-01, and its era.
///
/// Years are counted from March, so that the leap day is a year's last, in eras of 400 years.
fn civil(days: i64) -> (String, &'static str) {
    const DAYS_PER_ERA: i64 = 146_097;
    // From 0000-03-01.
    let days = days + EPOCH_DAYS + 719_468;
    let (era, day_of_era) = (days.div_euclid(DAYS_PER_ERA), days.rem_euclid(DAYS_PER_ERA));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    match year {
        1.. => (format!("{year:04}-{month:02}-{day:02}"), ""),
        _ => (format!("{:04}-{month:02}-{day:02}", 1 - year), " BC"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_as_the_server_counts_them() {
        let cases = [
            (0, "2000-01-01"),
            (-1, "1999-12-31"),
            (59, "2000-02-29"),
            (-730_119, "0001-01-01"),
            (-730_120, "0001-12-31 BC"),
            (2_921_939, "9999-12-31"),
            (2_921_940, "10000-01-01"),
            (i32::MAX, "infinity"),
            (i32::MIN, "-infinity"),
        ];
        for (days, expected) in cases {
            assert_eq!(date(days), expected);
        }
    }

    #[test]
    fn the_ends_of_time_stay_apart_from_infinity() {
        assert_eq!(instant(i64::MAX), i64::MAX);
        assert_eq!(instant(i64::MIN), i64::MIN);
        assert_eq!(instant(i64::MAX - 5), i64::MAX - 1);
        assert_eq!(instant(0), EPOCH_MICROS);
    }

    proptest! {
        #[test]
        fn dates_agree_with_the_calendar_library(days in -730_000i32..2_900_000) {
            let expected = jiff::civil::date(2000, 1, 1)
                .checked_add(jiff::Span::new().days(days))
                .expect("in range");
            prop_assert_eq!(date(days), expected.to_string());
        }
    }
}

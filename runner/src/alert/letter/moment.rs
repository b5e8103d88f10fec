//! Times and durations as people read them.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::run::Micros;

/// `2026-11-25 14:02:10 CET (13:02:10 UTC)`; once only where both are the same.
pub fn both(time: Micros, zone: &TimeZone) -> String {
    let Ok(instant) = Timestamp::from_microsecond(time.0) else {
        return time.to_string();
    };
    let utc = instant.to_zoned_datetime(TimeZone::UTC);
    let local = instant.to_zoned_datetime(zone.clone());
    if local.offset() == utc.offset() {
        return utc.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    }
    let short = match local.date() == utc.date() {
        true => utc.strftime("%H:%M:%S UTC"),
        false => utc.strftime("%Y-%m-%d %H:%M:%S UTC"),
    };
    format!("{} ({short})", local.strftime("%Y-%m-%d %H:%M:%S %Z"))
}

/// `14:02`, in the zone; `2026-11-24 14:02` if that is not the day of `now`.
pub fn short(time: Micros, now: Micros, zone: &TimeZone) -> String {
    let local = |time: Micros| {
        let instant = Timestamp::from_microsecond(time.0).ok()?;
        Some(instant.to_zoned_datetime(zone.clone()))
    };
    let Some(then) = local(time) else {
        return time.to_string();
    };
    let is_today = local(now).is_some_and(|now| now.date() == then.date());
    let format = if is_today { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    then.strftime(format).to_string()
}

/// From one time to a later one; nothing if it is not later.
pub fn between(from: Micros, to: Micros) -> Duration {
    let micros = i128::from(to.0) - i128::from(from.0);
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

/// `35 s`, `42 min`, `2 h 15 min`, `3 d 4 h`: two units at most, the second left out where it is 0.
pub fn span(duration: Duration) -> String {
    const UNITS: [(&str, u64); 4] = [("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)];
    let seconds = duration.as_secs();
    let first = UNITS.iter().position(|(_, size)| seconds >= *size);
    let Some(first) = first else {
        return "less than 1 s".to_owned();
    };
    let (unit, size) = UNITS[first];
    let whole = format!("{} {unit}", seconds / size);
    // Nobody needs the seconds of something that took minutes.
    let second = match UNITS.get(first + 1) {
        Some((unit, smaller)) if *smaller > 1 => Some((unit, seconds % size / smaller)),
        _ => None,
    };
    match second {
        Some((unit, more)) if more > 0 => format!("{whole} {more} {unit}"),
        _ => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_two_units_at_most() {
        for (seconds, text) in [
            (0, "less than 1 s"),
            (35, "35 s"),
            (90, "1 min"),
            (2520, "42 min"),
            (7200, "2 h"),
            (8100, "2 h 15 min"),
            (86_400 * 3 + 3600 * 4 + 59, "3 d 4 h"),
        ] {
            assert_eq!(span(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn a_time_is_given_in_its_zone_and_in_utc() {
        let time = |text: &str| {
            let time: Timestamp = text.parse().expect("a time");
            Micros(time.as_microsecond())
        };
        let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
        for (at, zone, text) in [
            (
                "2026-11-25T13:02:10Z",
                &berlin,
                "2026-11-25 14:02:10 CET (13:02:10 UTC)",
            ),
            (
                "2026-07-31T22:30:00Z",
                &berlin,
                "2026-08-01 00:30:00 CEST (2026-07-31 22:30:00 UTC)",
            ),
            (
                "2026-11-25T13:02:10Z",
                &TimeZone::UTC,
                "2026-11-25 13:02:10 UTC",
            ),
        ] {
            assert_eq!(both(time(at), zone), text);
        }
        let now = time("2026-11-25T23:30:00Z");
        for (at, text) in [
            ("2026-11-25T23:10:00Z", "00:10"),
            ("2026-11-25T13:02:10Z", "2026-11-25 14:02"),
        ] {
            assert_eq!(short(time(at), now, &berlin), text);
        }
        assert_eq!(both(Micros(i64::MAX), &berlin), i64::MAX.to_string());
    }

    #[test]
    fn time_that_runs_backwards_is_no_time() {
        assert_eq!(between(Micros(5), Micros(3)), Duration::ZERO);
        assert_eq!(between(Micros(i64::MAX), Micros(i64::MIN)), Duration::ZERO);
        assert_eq!(between(Micros(0), Micros(3)), Duration::from_micros(3));
    }
}

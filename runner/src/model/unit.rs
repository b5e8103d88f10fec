//! Durations and sizes as people write them: `500ms`, `5m`, `2GiB`.
//!
//! Configuration values, parameters and thresholds share the two parsers; summaries and reports
//! share [`format_value`] and [`format_duration`].

use std::time::Duration;

/// Reads `500ms`, `1.5s`, `5m`, `2h`, `7d`, `2w`. No sign, no bare number.
///
/// # Errors
/// A sentence that says what was expected.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = split_number(text)?;
    let seconds = match unit {
        "us" | "µs" => number / 1e6,
        "ms" => number / 1e3,
        "s" => number,
        "m" | "min" => number * 60.0,
        "h" => number * 3600.0,
        "d" => number * 86_400.0,
        "w" => number * 604_800.0,
        "" => return Err(format!("`{text}` has no unit; write for example `{text}s`")),
        other => {
            return Err(format!(
                "`{other}` is not a unit of time; use us, ms, s, m, h, d, w"
            ));
        }
    };
    Duration::try_from_secs_f64(seconds).map_err(|_| format!("`{text}` is too long"))
}

/// Reads `512B`, `64KiB`, `10MB`, `2GiB`, `1TB`. Decimal and binary prefixes mean what they say.
///
/// # Errors
/// A sentence that says what was expected.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let (number, unit) = split_number(text)?;
    let factor: f64 = match unit {
        "B" => 1.0,
        "kB" | "KB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        "TB" => 1e12,
        "KiB" => 1024.0,
        "MiB" => 1024f64.powi(2),
        "GiB" => 1024f64.powi(3),
        "TiB" => 1024f64.powi(4),
        "" => {
            return Err(format!(
                "`{text}` has no unit; write for example `{text}MiB`"
            ));
        }
        other => {
            return Err(format!(
                "`{other}` is not a unit of size; use B, kB, KiB, MB, MiB, GB, GiB, TB, TiB"
            ));
        }
    };
    let bytes = number * factor;
    // 2^63 is far beyond any real size and exactly representable, so the cast below is lossless enough.
    if bytes > 9.2e18 {
        return Err(format!("`{text}` is too large"));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bounds checked above"
    )]
    Ok(bytes.round() as u64)
}

/// A metric's value for people: `350 ms`, `1.5 GiB`, `81.2 %`, `12`.
#[must_use]
pub fn format_value(value: f64, unit: &str) -> String {
    match unit {
        "seconds" => format_seconds(value),
        "bytes" => format_bytes(value),
        "ratio" => format!("{} %", round(value * 100.0)),
        "count" => round(value),
        "per-second" => format!("{}/s", round(value)),
        other => format!("{} {other}", round(value)),
    }
}

/// A duration for people: `12 ms`, `1.5 s`, `2 min`.
#[must_use]
pub fn format_duration(duration: Duration) -> String {
    format_seconds(duration.as_secs_f64())
}

fn format_seconds(seconds: f64) -> String {
    let magnitude = seconds.abs();
    let (factor, unit) = match magnitude {
        0.0 => (1.0, "s"),
        m if m < 0.000_999_5 => (1e6, "µs"),
        m if m < 0.999_5 => (1e3, "ms"),
        m if m < 120.0 => (1.0, "s"),
        m if m < 7200.0 => (1.0 / 60.0, "min"),
        m if m < 172_800.0 => (1.0 / 3600.0, "h"),
        _ => (1.0 / 86_400.0, "d"),
    };
    format!("{} {unit}", round(seconds * factor))
}

fn format_bytes(bytes: f64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = bytes;
    let mut unit = UNITS[0];
    for next in &UNITS[1..] {
        if value.abs() < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = next;
    }
    format!("{} {unit}", round(value))
}

/// Three significant digits below 1000, whole numbers above; no trailing zeros.
fn round(value: f64) -> String {
    let decimals = match value.abs() {
        m if m >= 99.95 || m == 0.0 => 0,
        m if m >= 9.995 => 1,
        m if m >= 0.995 => 2,
        _ => 3,
    };
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn split_number(text: &str) -> Result<(f64, &str), String> {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let number = digits
        .parse()
        .map_err(|_| format!("`{text}` does not begin with a number"))?;
    Ok((number, unit.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, seconds) in [
            ("500ms", 0.5),
            ("1.5s", 1.5),
            ("5m", 300.0),
            ("2 h", 7200.0),
            ("7d", 604_800.0),
            ("250us", 0.000_25),
        ] {
            assert_eq!(
                parse_duration(text),
                Ok(Duration::from_secs_f64(seconds)),
                "{text}"
            );
        }
        for bad in [
            "",
            "s",
            "5",
            "-1s",
            "5 parsecs",
            "1.2.3s",
            "99999999999999999999w",
        ] {
            assert!(parse_duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sizes() {
        for (text, bytes) in [
            ("512B", 512),
            ("64KiB", 65_536),
            ("10MB", 10_000_000),
            ("2GiB", 2_147_483_648),
        ] {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
        for bad in ["", "GiB", "5", "-1B", "5 XB", "99999999999TB"] {
            assert!(parse_size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn values_for_people() {
        for (value, unit, text) in [
            (0.350_4, "seconds", "350 ms"),
            (0.000_25, "seconds", "250 µs"),
            (0.0, "seconds", "0 s"),
            (1.5, "seconds", "1.5 s"),
            (600.0, "seconds", "10 min"),
            (259_200.0, "seconds", "3 d"),
            (1536.0, "bytes", "1.5 KiB"),
            (-2048.0, "bytes", "-2 KiB"),
            (0.812, "ratio", "81.2 %"),
            (1.0, "ratio", "100 %"),
            (12.0, "count", "12"),
            (1_234_567.0, "count", "1234567"),
            (2.5, "per-second", "2.5/s"),
            (21.0, "celsius", "21 celsius"),
        ] {
            assert_eq!(format_value(value, unit), text);
        }
    }
}

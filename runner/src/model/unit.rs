//! Durations and sizes as people write them: `500ms`, `5m`, `2GiB`.
//!
//! Configuration values, parameters and thresholds share these two parsers.

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
}

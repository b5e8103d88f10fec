//! Durations, sizes and versions as people write them, read at compile time.
//!
//! The same spellings as in the configuration: `500ms`, `5m`, `2GiB`.

use syn::LitStr;

/// Reads `500ms`, `1.5s`, `5m`, `2h`, `7d`, `2w` as nanoseconds.
pub fn duration_nanos(literal: &LitStr) -> syn::Result<u64> {
    let nanos_per = |unit: &str| match unit {
        "us" | "µs" => Some(1e3),
        "ms" => Some(1e6),
        "s" => Some(1e9),
        "m" | "min" => Some(60e9),
        "h" => Some(3_600e9),
        "d" => Some(86_400e9),
        "w" => Some(604_800e9),
        _ => None,
    };
    scaled(
        literal,
        nanos_per,
        "a duration; write for example `500ms`, `30s`, `5m`, `1h` or `7d`",
    )
}

/// Reads `512B`, `64KiB`, `10MB`, `2GiB`, `1TB` as bytes.
pub fn size_bytes(literal: &LitStr) -> syn::Result<u64> {
    let bytes_per = |unit: &str| match unit {
        "B" => Some(1.0),
        "kB" | "KB" => Some(1e3),
        "MB" => Some(1e6),
        "GB" => Some(1e9),
        "TB" => Some(1e12),
        "KiB" => Some(1024.0),
        "MiB" => Some(1024f64.powi(2)),
        "GiB" => Some(1024f64.powi(3)),
        "TiB" => Some(1024f64.powi(4)),
        _ => None,
    };
    scaled(
        literal,
        bytes_per,
        "a size; write for example `512B`, `64KiB` or `2GiB`",
    )
}

/// Reads `13`, `10.6` or `8.0.36`; numbers left out are 0.
pub fn version(literal: &LitStr) -> syn::Result<[u32; 3]> {
    let text = literal.value();
    let mut numbers = [0; 3];
    let parts: Vec<&str> = text.split('.').collect();
    let valid = parts.len() <= numbers.len()
        && parts
            .iter()
            .zip(&mut numbers)
            .all(|(part, number)| part.parse().map(|parsed| *number = parsed).is_ok());
    if valid {
        Ok(numbers)
    } else {
        Err(syn::Error::new(
            literal.span(),
            format!("`{text}` is not a version; write for example `13` or `10.6`"),
        ))
    }
}

fn scaled(
    literal: &LitStr,
    factor: impl Fn(&str) -> Option<f64>,
    expected: &str,
) -> syn::Result<u64> {
    let text = literal.value();
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    digits
        .parse::<f64>()
        .ok()
        .zip(factor(unit.trim()))
        .map(|(number, factor)| number * factor)
        // Beyond 2^63 no duration or size is meant seriously, and the cast below would saturate.
        .filter(|value| *value < 9.2e18)
        .map(|value| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "bounds checked above, and there is no sign to parse"
            )]
            let whole = value.round() as u64;
            whole
        })
        .ok_or_else(|| syn::Error::new(literal.span(), format!("`{text}` is not {expected}")))
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    fn literal(text: &str) -> LitStr {
        LitStr::new(text, Span::call_site())
    }

    #[test]
    fn durations_sizes_and_versions_are_read_as_people_write_them() {
        for (text, nanos) in [
            ("500ms", 500_000_000),
            ("1.5s", 1_500_000_000),
            ("5m", 300_000_000_000),
            ("2 h", 7_200_000_000_000),
        ] {
            assert_eq!(duration_nanos(&literal(text)).expect(text), nanos, "{text}");
        }
        for (text, bytes) in [("512B", 512), ("64KiB", 65_536), ("10MB", 10_000_000)] {
            assert_eq!(size_bytes(&literal(text)).expect(text), bytes, "{text}");
        }
        for (text, numbers) in [
            ("13", [13, 0, 0]),
            ("10.6", [10, 6, 0]),
            ("8.0.36", [8, 0, 36]),
        ] {
            assert_eq!(version(&literal(text)).expect(text), numbers, "{text}");
        }
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in ["", "5", "s", "-1s", "5 parsecs", "1.2.3s", "9999999999999w"] {
            assert!(duration_nanos(&literal(text)).is_err(), "{text}");
        }
        for text in ["", "5", "GiB", "-1B", "5 XB", "99999999999TB"] {
            assert!(size_bytes(&literal(text)).is_err(), "{text}");
        }
        for text in ["", "thirteen", "1.2.3.4", "1..2", "-1"] {
            assert!(version(&literal(text)).is_err(), "{text}");
        }
    }
}

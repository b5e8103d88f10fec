//! How times and long texts are shown in summaries.

use std::time::Duration;

/// A time span with as many digits as people compare: `850 µs`, `12.3 ms`, `6.20 s`.
///
/// In whole numbers, because formatting floats would be a tenth of the pack.
pub fn time(duration: Duration) -> String {
    let micros = duration.as_micros();
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..1_000_000 => format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100),
        _ => format!(
            "{}.{:02} s",
            micros / 1_000_000,
            micros % 1_000_000 / 10_000
        ),
    }
}

/// The text, cut after so many characters.
pub fn cut(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short_and_truncated_never_rounded_up() {
        for (micros, expected) in [
            (0, "0 µs"),
            (999, "999 µs"),
            (1_000, "1.0 ms"),
            (12_345, "12.3 ms"),
            (999_999, "999.9 ms"),
            (1_000_000, "1.00 s"),
            (6_205_000, "6.20 s"),
            (90_000_000, "90.00 s"),
        ] {
            assert_eq!(time(Duration::from_micros(micros)), expected, "{micros}");
        }
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(cut("größe", 3), "grö…");
        assert_eq!(cut("größe", 5), "größe");
        assert_eq!(cut("", 0), "");
    }
}

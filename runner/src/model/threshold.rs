//! The threshold language: `> 80%`, `outside 1..5`, in a metric's own or a compatible unit.

use std::fmt;

use super::unit::{parse_duration, parse_size};

/// A condition on one number. Keeps the text it was written as, to show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    text: String,
    condition: Condition,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Condition {
    Above(f64),
    AtLeast(f64),
    Below(f64),
    AtMost(f64),
    Outside(f64, f64),
    Inside(f64, f64),
}

impl Threshold {
    /// Reads `> x`, `>= x`, `< x`, `<= x`, `outside a..b` or `inside a..b`. A number may carry a
    /// unit that fits `unit`: a duration for `seconds`, a size for `bytes`, `%` for `ratio`; any of
    /// them where `unit` is empty, because it is not known yet.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    pub fn parse(text: &str, unit: &str) -> Result<Self, String> {
        let trimmed = text.trim();
        if trimmed.starts_with("reaches") {
            return Err(
                "`reaches … within …` needs forecasts, which this version does not have yet".into(),
            );
        }
        let condition = if let Some(rest) = trimmed.strip_prefix(">=") {
            Condition::AtLeast(number(rest, unit)?)
        } else if let Some(rest) = trimmed.strip_prefix("<=") {
            Condition::AtMost(number(rest, unit)?)
        } else if let Some(rest) = trimmed.strip_prefix('>') {
            Condition::Above(number(rest, unit)?)
        } else if let Some(rest) = trimmed.strip_prefix('<') {
            Condition::Below(number(rest, unit)?)
        } else if let Some(rest) = trimmed.strip_prefix("outside ") {
            let (low, high) = range(rest, unit)?;
            Condition::Outside(low, high)
        } else if let Some(rest) = trimmed.strip_prefix("inside ") {
            let (low, high) = range(rest, unit)?;
            Condition::Inside(low, high)
        } else {
            return Err(format!(
                "`{trimmed}` is not a threshold; write `> x`, `>= x`, `< x`, `<= x`, `outside a..b` or `inside a..b`"
            ));
        };
        Ok(Self {
            text: trimmed.to_owned(),
            condition,
        })
    }

    /// Whether the value breaches it. The bounds of `outside a..b` are good, those of `inside a..b` are bad.
    #[must_use]
    pub fn is_breached_by(&self, value: f64) -> bool {
        match self.condition {
            Condition::Above(limit) => value > limit,
            Condition::AtLeast(limit) => value >= limit,
            Condition::Below(limit) => value < limit,
            Condition::AtMost(limit) => value <= limit,
            Condition::Outside(low, high) => value < low || value > high,
            Condition::Inside(low, high) => value >= low && value <= high,
        }
    }

    /// Where good and bad meet, one number or two, in the metric's unit.
    #[must_use]
    pub fn bounds(&self) -> Vec<f64> {
        match self.condition {
            Condition::Above(limit)
            | Condition::AtLeast(limit)
            | Condition::Below(limit)
            | Condition::AtMost(limit) => vec![limit],
            Condition::Outside(low, high) | Condition::Inside(low, high) => vec![low, high],
        }
    }

    /// The smallest and largest value that is not a breach, as monitoring plugins write ranges; for
    /// `inside a..b` the range with a leading `@`.
    #[must_use]
    pub fn as_plugin_range(&self) -> String {
        match self.condition {
            Condition::Above(limit) | Condition::AtLeast(limit) => format!("~:{limit}"),
            Condition::Below(limit) | Condition::AtMost(limit) => format!("{limit}:"),
            Condition::Outside(low, high) => format!("{low}:{high}"),
            Condition::Inside(low, high) => format!("@{low}:{high}"),
        }
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

fn range(text: &str, unit: &str) -> Result<(f64, f64), String> {
    let (low, high) = text
        .split_once("..")
        .ok_or_else(|| format!("`{}` is not a range; write `a..b`", text.trim()))?;
    let (low, high) = (number(low, unit)?, number(high, unit)?);
    if low > high {
        return Err(format!("the range `{}` begins above its end", text.trim()));
    }
    Ok((low, high))
}

fn number(text: &str, unit: &str) -> Result<f64, String> {
    let text = text.trim();
    let (sign, magnitude) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text),
    };
    if let Ok(plain) = magnitude.parse::<f64>() {
        return if plain.is_finite() {
            Ok(sign * plain)
        } else {
            Err(format!("`{text}` is not a finite number"))
        };
    }
    let value = match unit {
        "seconds" => parse_duration(magnitude)?.as_secs_f64(),
        #[expect(
            clippy::cast_precision_loss,
            reason = "a threshold of 2^53 bytes may be off by one"
        )]
        "bytes" => parse_size(magnitude)? as f64,
        "ratio" => percent(magnitude)?,
        "" => any_unit(magnitude).ok_or_else(|| {
            format!("`{text}` is not a number; write for example `80`, `80%`, `500ms` or `2GiB`")
        })?,
        other => {
            return Err(format!(
                "`{text}` is not a number; the metric's unit is `{other}`, so write it without one"
            ));
        }
    };
    Ok(sign * value)
}

fn any_unit(text: &str) -> Option<f64> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a threshold of 2^53 bytes may be off by one"
    )]
    let bytes = parse_size(text).ok().map(|bytes| bytes as f64);
    let seconds = parse_duration(text)
        .ok()
        .map(|duration| duration.as_secs_f64());
    percent(text).ok().or(seconds).or(bytes)
}

fn percent(text: &str) -> Result<f64, String> {
    text.strip_suffix('%')
        .and_then(|digits| digits.trim_end().parse::<f64>().ok())
        .filter(|number| number.is_finite())
        .map(|number| number / 100.0)
        .ok_or_else(|| format!("`{text}` is not a share; write for example `80%` or `0.8`"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_breached_and_what_is_not() {
        for (text, unit, breached, good) in [
            ("> 80%", "ratio", 0.81, 0.8),
            (">= 0.8", "ratio", 0.8, 0.79),
            ("> 500ms", "seconds", 0.501, 0.5),
            ("< 10", "count", 9.0, 10.0),
            ("<= -5", "celsius", -5.0, -4.9),
            ("> 2GiB", "bytes", 2_147_483_649.0, 2_147_483_648.0),
            ("outside 1..5", "count", 5.1, 5.0),
            ("inside 1..5", "count", 5.0, 5.1),
            ("> 80%", "", 0.81, 0.8),
            ("> 500ms", "", 0.501, 0.5),
            ("> 10MiB", "", 10_485_761.0, 10_485_760.0),
            ("> 7", "", 7.1, 7.0),
        ] {
            let threshold = Threshold::parse(text, unit).expect(text);
            assert!(threshold.is_breached_by(breached), "{text} by {breached}");
            assert!(!threshold.is_breached_by(good), "{text} by {good}");
        }
    }

    #[test]
    fn what_is_refused_says_why() {
        let refusals = [
            ("80%", "ratio"),
            ("> 80%", "count"),
            ("> 5MiB", "seconds"),
            ("> much", "ratio"),
            ("> nan", "count"),
            ("outside 5..1", "count"),
            ("inside 5", "count"),
            ("reaches 100% within 7d", "ratio"),
        ]
        .map(|(text, unit)| format!("{text}: {}", Threshold::parse(text, unit).expect_err(text)))
        .join("\n");
        insta::assert_snapshot!(refusals);
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_or_refused_without_panic(text in ".{0,40}", unit in "ratio|bytes|seconds|count") {
            let _ = Threshold::parse(&text, &unit);
        }

        #[test]
        fn above_and_at_most_are_opposites(limit in -1e9f64..1e9, value in -1e9f64..1e9) {
            let above = Threshold::parse(&format!("> {limit}"), "count").expect("a number");
            let at_most = Threshold::parse(&format!("<= {limit}"), "count").expect("a number");
            prop_assert_ne!(above.is_breached_by(value), at_most.is_breached_by(value));
        }
    }
}

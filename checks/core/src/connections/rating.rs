//! How full something is, in one word.
//!
//! | used / capacity | rating | efficiency |
//! |---|---|---|
//! | < 50 % | optimal | excellent |
//! | < 80 % | moderate | good |
//! | ≥ 80 % | high | concerning |

/// From this share on it is not optimal any more, percent.
const MODERATE_FROM_PERCENT: u64 = 50;
/// From this share on it is high, percent.
const HIGH_FROM_PERCENT: u64 = 80;

/// How full something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rating {
    /// Less than half.
    Optimal,
    /// Half or more.
    Moderate,
    /// Four fifths or more.
    High,
}

impl Rating {
    /// Rates a use; whatever has no room at all is full.
    pub fn of(used: u64, capacity: u64) -> Self {
        let reaches =
            |percent: u64| u128::from(used) * 100 >= u128::from(capacity) * u128::from(percent);
        if reaches(HIGH_FROM_PERCENT) {
            Self::High
        } else if reaches(MODERATE_FROM_PERCENT) {
            Self::Moderate
        } else {
            Self::Optimal
        }
    }

    /// The word for the use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Optimal => "optimal",
            Self::Moderate => "moderate",
            Self::High => "high",
        }
    }

    /// The word for how well the capacity fits the use.
    pub const fn efficiency(self) -> &'static str {
        match self {
            Self::Optimal => "excellent",
            Self::Moderate => "good",
            Self::High => "concerning",
        }
    }
}

/// The share for people, `12.3 %`, never rounded up; in whole numbers, because formatting floats would
/// be a tenth of the pack.
pub fn percent(used: u64, capacity: u64) -> String {
    if capacity == 0 {
        return "no room".to_owned();
    }
    let tenths = u128::from(used) * 1000 / u128::from(capacity);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// The share as a metric; without any capacity, everything is in use.
#[expect(clippy::cast_precision_loss, reason = "no server has 2^53 connections")]
pub fn ratio(used: u64, capacity: u64) -> f64 {
    match capacity {
        0 => 1.0,
        capacity => used as f64 / capacity as f64,
    }
}

/// A number of connections as the value of a metric.
#[expect(clippy::cast_precision_loss, reason = "no server has 2^53 connections")]
pub fn number(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_boundary_has_its_rating() {
        for (reason, used, capacity, word, shown) in [
            ("nothing", 0, 100, "optimal", "0.0 %"),
            ("just below half", 49, 100, "optimal", "49.0 %"),
            ("a hair below half", 4_999, 10_000, "optimal", "49.9 %"),
            ("half", 50, 100, "moderate", "50.0 %"),
            ("just below four fifths", 79, 100, "moderate", "79.0 %"),
            ("a hair below", 7_999, 10_000, "moderate", "79.9 %"),
            ("four fifths", 80, 100, "high", "80.0 %"),
            ("all", 97, 97, "high", "100.0 %"),
            (
                "more than all: reserved ones too",
                100,
                97,
                "high",
                "103.0 %",
            ),
            ("one of one", 1, 1, "high", "100.0 %"),
            ("no capacity", 0, 0, "high", "no room"),
            ("absurd", u64::MAX, u64::MAX, "high", "100.0 %"),
        ] {
            let rating = Rating::of(used, capacity);
            assert_eq!(
                (rating.word(), percent(used, capacity).as_str()),
                (word, shown),
                "{reason}"
            );
        }
    }

    #[test]
    fn efficiency_has_the_same_cuts() {
        for (rating, efficiency) in [
            (Rating::Optimal, "excellent"),
            (Rating::Moderate, "good"),
            (Rating::High, "concerning"),
        ] {
            assert_eq!(rating.efficiency(), efficiency);
        }
    }
}

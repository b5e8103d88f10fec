//! The rating: means held against three cuts, the worse of connecting and asking decides.

use std::fmt;
use std::time::Duration;

/// How fast, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rating {
    /// Below the first cut.
    Excellent,
    /// Below the second.
    Good,
    /// Below the third.
    Acceptable,
    /// All others.
    Poor,
    /// Nothing succeeded, so there is nothing to rate.
    Error,
}

/// Below which mean something is excellent, good, acceptable.
#[derive(Clone, Copy, Debug)]
pub struct Cuts {
    excellent: Duration,
    good: Duration,
    acceptable: Duration,
}

/// Of opening a connection.
pub const CONNECTING: Cuts = Cuts {
    excellent: Duration::from_millis(100),
    good: Duration::from_millis(500),
    acceptable: Duration::from_millis(1_000),
};

/// Of a query.
pub const ASKING: Cuts = Cuts {
    excellent: Duration::from_millis(50),
    good: Duration::from_millis(200),
    acceptable: Duration::from_millis(1_000),
};

impl Cuts {
    /// The smallest mean that is poor.
    pub fn poor_from(self) -> Duration {
        self.acceptable
    }

    /// The rating of a mean; a mean at a cut is not below it.
    pub fn rate(self, mean: Option<Duration>) -> Rating {
        match mean {
            None => Rating::Error,
            Some(mean) if mean < self.excellent => Rating::Excellent,
            Some(mean) if mean < self.good => Rating::Good,
            Some(mean) if mean < self.acceptable => Rating::Acceptable,
            Some(_) => Rating::Poor,
        }
    }
}

impl fmt::Display for Rating {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Excellent => "excellent",
            Self::Good => "good",
            Self::Acceptable => "acceptable",
            Self::Poor => "poor",
            Self::Error => "error",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rating_ends_right_at_its_cut() {
        for (cuts, micros, rating) in [
            (CONNECTING, 0, Rating::Excellent),
            (CONNECTING, 99_999, Rating::Excellent),
            (CONNECTING, 100_000, Rating::Good),
            (CONNECTING, 499_999, Rating::Good),
            (CONNECTING, 500_000, Rating::Acceptable),
            (CONNECTING, 999_999, Rating::Acceptable),
            (CONNECTING, 1_000_000, Rating::Poor),
            (ASKING, 0, Rating::Excellent),
            (ASKING, 49_999, Rating::Excellent),
            (ASKING, 50_000, Rating::Good),
            (ASKING, 199_999, Rating::Good),
            (ASKING, 200_000, Rating::Acceptable),
            (ASKING, 999_999, Rating::Acceptable),
            (ASKING, 1_000_000, Rating::Poor),
            (ASKING, u64::MAX, Rating::Poor),
        ] {
            let mean = Some(Duration::from_micros(micros));
            assert_eq!(cuts.rate(mean), rating, "{micros} µs");
        }
    }

    #[test]
    fn nothing_measured_is_an_error_and_never_fast() {
        assert_eq!(CONNECTING.rate(None), Rating::Error);
        assert_eq!(ASKING.rate(None), Rating::Error);
        assert!(Rating::Error > Rating::Poor, "the worse one decides");
    }
}

//! The only place that reads the time of day. Everything else takes it as a value.

use std::time::Instant;

use crate::model::run::Micros;

/// Where the time comes from.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// The machine's.
    System,
    /// Always the same; for tests.
    Fixed(Micros),
}

impl Clock {
    /// Microseconds since 1970.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the clock"
    )]
    pub fn now(self) -> Micros {
        match self {
            Self::System => Micros(jiff::Timestamp::now().as_microsecond()),
            Self::Fixed(at) => at,
        }
    }

    /// A point from which durations are measured; not a time of day, so not part of what is fixed.
    #[must_use]
    pub fn start(self) -> Instant {
        Instant::now()
    }
}

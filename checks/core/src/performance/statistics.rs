//! What some time spans have in common, and how they were collected.

use std::time::Duration;

/// The time spans of what succeeded, and how often it was tried.
#[derive(Clone, Debug)]
pub struct Samples<E> {
    times: Vec<Duration>,
    failures: u32,
    last_error: Option<E>,
}

impl<E> Default for Samples<E> {
    fn default() -> Self {
        Self {
            times: Vec::new(),
            failures: 0,
            last_error: None,
        }
    }
}

impl<E> Samples<E> {
    /// It took this long.
    pub fn took(&mut self, time: Duration) {
        self.times.push(time);
    }

    /// It failed.
    pub fn failed(&mut self, error: E) {
        self.failures += 1;
        self.last_error = Some(error);
    }

    /// The time spans of what succeeded, in their order.
    pub fn times(&self) -> &[Duration] {
        &self.times
    }

    /// What they have in common.
    pub fn statistics(&self) -> Option<Statistics> {
        Statistics::of(&self.times)
    }

    /// How often it succeeded.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a run may send 200 queries in all"
    )]
    pub fn succeeded(&self) -> u32 {
        self.times.len() as u32
    }

    /// How often it was tried.
    pub fn tried(&self) -> u32 {
        self.succeeded() + self.failures
    }

    /// How often it failed.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Why it failed the last time.
    pub fn last_error(&self) -> Option<&E> {
        self.last_error.as_ref()
    }
}

/// Smallest, mean, percentiles and largest of some time spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// The smallest.
    pub min: Duration,
    /// The sum divided by the number.
    pub mean: Duration,
    /// Half of them are at most this.
    pub p50: Duration,
    /// 95 of 100 are at most this.
    pub p95: Duration,
    /// The largest.
    pub max: Duration,
}

impl Statistics {
    /// None without any time span: nothing is not fast.
    pub fn of(times: &[Duration]) -> Option<Self> {
        let mut sorted = times.to_vec();
        sorted.sort_unstable();
        let sum: Duration = sorted.iter().sum();
        Some(Self {
            min: *sorted.first()?,
            mean: sum.checked_div(u32::try_from(sorted.len()).ok()?)?,
            p50: percentile(&sorted, 50)?,
            p95: percentile(&sorted, 95)?,
            max: *sorted.last()?,
        })
    }
}

/// By nearest rank: of n in order of size, the one at place ⌈percent × n / 100⌉.
fn percentile(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let rank = (percent * sorted.len()).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn millis(numbers: impl IntoIterator<Item = u64>) -> Vec<Duration> {
        numbers.into_iter().map(Duration::from_millis).collect()
    }

    #[test]
    fn percentiles_are_measured_values() {
        for (why, times, [min, mean, p50, p95, max]) in [
            ("one is all of them", millis([7]), [7, 7, 7, 7, 7]),
            (
                "of two, the lower is the median",
                millis([9, 1]),
                [1, 5, 1, 9, 9],
            ),
            (
                "of three, the middle one",
                millis([3, 1, 8]),
                [1, 4, 3, 8, 8],
            ),
            (
                "of 20, p95 is the second largest",
                millis(1..=20),
                [1, 10, 10, 19, 20],
            ),
            (
                "of 100, p95 is the 95th",
                millis((1..=100).rev()),
                [1, 50, 50, 95, 100],
            ),
        ] {
            let of = Statistics::of(&times).expect(why);
            let whole = [of.min, of.mean, of.p50, of.p95, of.max].map(|it| it.as_millis() as u64);
            assert_eq!(whole, [min, mean, p50, p95, max], "{why}");
        }
        assert_eq!(Statistics::of(&[]), None, "nothing measured is not zero");
    }

    proptest! {
        #[test]
        fn a_percentile_is_the_smallest_value_that_enough_others_do_not_exceed(
            times in vec(0_u64..1_000, 1..300),
            percent in 1_usize..=100,
        ) {
            let mut sorted = millis(times);
            sorted.sort_unstable();
            let found = percentile(&sorted, percent).expect("there are some");
            let not_above = |limit| sorted.iter().filter(|time| **time <= limit).count();
            prop_assert!(not_above(found) * 100 >= percent * sorted.len());
            for smaller in sorted.iter().filter(|time| **time < found) {
                prop_assert!(not_above(*smaller) * 100 < percent * sorted.len());
            }
        }

        #[test]
        fn statistics_are_in_order_whatever_the_order_of_the_samples(
            times in vec(0_u64..10_000_000_000, 1..300),
        ) {
            let times: Vec<Duration> = times.into_iter().map(Duration::from_nanos).collect();
            let of = Statistics::of(&times).expect("there are some");
            prop_assert!(of.min <= of.mean && of.mean <= of.max, "{:?}", of);
            prop_assert!(of.min <= of.p50 && of.p50 <= of.p95 && of.p95 <= of.max, "{:?}", of);
            let mut turned = times;
            turned.reverse();
            prop_assert_eq!(Statistics::of(&turned), Some(of));
        }
    }
}

//! A metric's last day, made ready for drawing: in order, without what cannot be drawn, with its holes.

use crate::model::notification::{Limit, Measured};
use crate::model::run::Micros;

/// How many times the usual distance two points may be apart before nothing is drawn between them.
const HOLE_SPACINGS: i64 = 3;

/// A day, and as much as the first of its points may be late, microseconds.
const DAY_US_MAX: i64 = 25 * 3600 * 1_000_000;

/// The points of a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    /// In order of time, at least one, all finite.
    points: Vec<(i64, f64)>,
    /// Farther apart than this, two points have a hole between them, microseconds.
    hole_us: i64,
    /// When the day ends: now, or with its last point if nobody knows better, microseconds.
    end_us: i64,
}

/// Where a metric's values get worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worse {
    /// Upwards.
    Up,
    /// Downwards.
    Down,
    /// Nobody can say.
    Unknown,
}

impl Day {
    /// None if there is nothing to draw.
    pub fn of(points: &[(Micros, f64)], now: Micros) -> Option<Self> {
        let mut points: Vec<(i64, f64)> = points
            .iter()
            .filter(|(_, value)| value.is_finite())
            .map(|&(at, value)| (at.0, value))
            .collect();
        points.sort_by_key(|(at, _)| *at);
        let (begin, end) = (points.first()?.0, points.last()?.0);
        let hole_us = usual_distance(&points).saturating_mul(HOLE_SPACINGS);
        let is_today = now.0 > end && now.0.saturating_sub(begin) <= DAY_US_MAX;
        Some(Self {
            points,
            hole_us,
            end_us: if is_today { now.0 } else { end },
        })
    }

    /// When it begins and ends, microseconds. After the last point there may be a hole.
    pub fn window(&self) -> (i64, i64) {
        let begin = self.points.first().map_or(self.end_us, |(at, _)| *at);
        (begin, self.end_us)
    }

    /// The newest point.
    pub fn last(&self) -> Option<(i64, f64)> {
        self.points.last().copied()
    }

    /// Whether the newest value still holds at the end.
    pub fn lasts(&self) -> bool {
        self.last()
            .is_some_and(|(at, _)| self.end_us.saturating_sub(at) <= self.hole_us)
    }

    /// The lowest and the highest value.
    pub fn range(&self) -> (f64, f64) {
        let values = self.points.iter().map(|(_, value)| *value);
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        })
    }

    /// The points in pieces without holes.
    pub fn pieces(&self) -> impl Iterator<Item = &[(i64, f64)]> {
        self.points
            .chunk_by(|(a, _), (b, _)| b.saturating_sub(*a) <= self.hole_us)
    }

    /// The value that was current so long before the newest one, unless there is a hole.
    pub fn before_last(&self, before_us: i64) -> Option<f64> {
        let last = self.last()?.0;
        let at = last.saturating_sub(before_us);
        let before = self.points.iter().rev().find(|(known, _)| *known <= at);
        // The first point of a day may be a little younger than a whole day.
        let point = before.or(self.points.first())?;
        let distance = at.saturating_sub(point.0).saturating_abs();
        (distance <= self.hole_us && point.0 < last).then_some(point.1)
    }

    /// The worst value between two times.
    pub fn worst(&self, from: Micros, to: Micros, worse: Worse) -> Option<(Micros, f64)> {
        let within = |(at, _): &&(i64, f64)| (from.0..=to.0).contains(at);
        let points = self.points.iter().filter(within);
        let worst = match worse {
            Worse::Up => points.max_by(|a, b| a.1.total_cmp(&b.1)),
            Worse::Down => points.min_by(|a, b| a.1.total_cmp(&b.1)),
            Worse::Unknown => None,
        };
        worst.map(|&(at, value)| (Micros(at), value))
    }
}

impl Worse {
    /// By the thresholds.
    pub fn of(measured: &Measured) -> Self {
        let limits = [&measured.critical, &measured.warning];
        let mut known = limits.into_iter().flatten().map(by_limit);
        known
            .find(|it| *it != Self::Unknown)
            .unwrap_or(Self::Unknown)
    }
}

fn by_limit(limit: &Limit) -> Worse {
    match limit.text.trim_start().chars().next() {
        Some('>') => Worse::Up,
        Some('<') => Worse::Down,
        _ => Worse::Unknown,
    }
}

/// The median distance of neighbours.
fn usual_distance(points: &[(i64, f64)]) -> i64 {
    let mut distances: Vec<i64> = points
        .windows(2)
        .map(|pair| pair[1].0.saturating_sub(pair[0].0))
        .collect();
    distances.sort_unstable();
    distances.get(distances.len() / 2).copied().unwrap_or(0)
}

/// Where a value lies between two others, from 0 to 1; in the middle if they are the same.
pub fn share(value: f64, low: f64, high: f64) -> f64 {
    // Halves, because the distance of two finite numbers need not be finite.
    let (value, low, high) = (value / 2.0, low / 2.0, high / 2.0);
    if high <= low {
        return 0.5;
    }
    ((value - low) / (high - low)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(points: &[(i64, f64)]) -> Day {
        let points: Vec<_> = points.iter().map(|&(at, v)| (Micros(at), v)).collect();
        Day::of(&points, Micros(0)).expect("something to draw")
    }

    #[test]
    fn what_cannot_be_drawn_is_left_out_and_the_rest_is_in_order() {
        assert_eq!(Day::of(&[], Micros(0)), None);
        assert_eq!(Day::of(&[(Micros(1), f64::NAN)], Micros(0)), None);
        let day = day(&[(3, 1.0), (1, f64::INFINITY), (2, -4.0)]);
        assert_eq!((day.window(), day.range()), ((2, 3), (-4.0, 1.0)));
    }

    #[test]
    fn a_hole_is_where_points_are_much_farther_apart_than_usual() {
        let day = day(&[
            (0, 1.0),
            (10, 1.0),
            (20, 1.0),
            (50, 1.0),
            (81, 1.0),
            (91, 1.0),
        ]);
        let lengths: Vec<usize> = day.pieces().map(<[_]>::len).collect();
        assert_eq!(lengths, [4, 2]);
    }

    #[test]
    fn the_value_of_an_hour_ago_is_none_in_a_hole_or_before_the_beginning() {
        let day = day(&[
            (0, 1.0),
            (10, 2.0),
            (20, 3.0),
            (90, 4.0),
            (100, 5.0),
            (110, 6.0),
        ]);
        for (before, value) in [
            (10, Some(5.0)),
            (15, Some(4.0)),
            (50, None),
            (90, Some(3.0)),
            (110, Some(1.0)),
            (120, Some(1.0)),
            (500, None),
        ] {
            assert_eq!(day.before_last(before), value, "{before}");
        }
    }

    #[test]
    fn a_day_goes_on_until_now_unless_now_is_another_day() {
        let points = [(Micros(0), 1.0), (Micros(10), 1.0)];
        for (now, end, lasts) in [
            (5, 10, true),
            (30, 30, true),
            (100, 100, false),
            (2 * DAY_US_MAX, 10, true),
        ] {
            let day = Day::of(&points, Micros(now)).expect("something to draw");
            assert_eq!((day.window(), day.lasts()), ((0, end), lasts), "{now}");
        }
    }

    #[test]
    fn shares_of_any_numbers_are_between_nothing_and_all() {
        for (value, low, high, share_is) in [
            (5.0, 0.0, 10.0, 0.5),
            (7.0, 7.0, 7.0, 0.5),
            (f64::MAX, f64::MIN, f64::MAX, 1.0),
            (0.0, f64::MIN, f64::MAX, 0.5),
        ] {
            assert!((share(value, low, high) - share_is).abs() < 1e-9);
        }
    }
}

//! A day in one line of characters: `▁▁▂▃▅▇█`.

use super::day::{Day, Worse, share};

/// Columns that a day takes: one for each half hour.
const COLUMNS: usize = 48;

/// From low to high.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Nothing was measured.
const HOLE: char = '·';

/// The day as bars, from its lowest to its highest value; none for less than two points in time.
pub fn sparkline(day: &Day, worse: Worse) -> Option<String> {
    let (begin, end) = day.window();
    if begin >= end {
        return None;
    }
    let mut columns: [Option<f64>; COLUMNS] = [None; COLUMNS];
    let column = |at: i64| {
        let share = share(at as f64, begin as f64, end as f64);
        ((share * COLUMNS as f64) as usize).min(COLUMNS - 1)
    };
    for piece in day.pieces() {
        let mut last: Option<(usize, f64)> = None;
        for &(at, value) in piece {
            let here = column(at);
            // Columns between two points without a hole have the earlier value.
            if let Some((before, value)) = last {
                for between in &mut columns[before + 1..here.max(before + 1)] {
                    *between = Some(value);
                }
            }
            columns[here] = Some(match columns[here] {
                Some(known) if worse == Worse::Down => known.min(value),
                Some(known) => known.max(value),
                None => value,
            });
            last = Some((here, value));
        }
    }
    // The newest value holds until it is missed.
    if let Some((at, value)) = day.last().filter(|_| day.lasts()) {
        columns[column(at) + 1..].fill(Some(value));
    }
    let (low, high) = day.range();
    let bar = |value: f64| {
        let step = share(value, low, high) * (BARS.len() - 1) as f64;
        BARS[(step.round() as usize).min(BARS.len() - 1)]
    };
    Some(columns.iter().map(|it| it.map_or(HOLE, bar)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::run::Micros;

    fn drawn(points: impl IntoIterator<Item = (i64, f64)>) -> Option<String> {
        let points: Vec<_> = points.into_iter().map(|(at, v)| (Micros(at), v)).collect();
        sparkline(&Day::of(&points, Micros(0))?, Worse::Up)
    }

    #[test]
    fn a_day_in_bars() {
        for (reason, points, bars) in [
            (
                "a rise",
                (0..96).map(|n| (n, n as f64)).collect::<Vec<_>>(),
                "▁▁▁▂▂▂▂▂▂▂▃▃▃▃▃▃▃▄▄▄▄▄▄▄▅▅▅▅▅▅▅▆▆▆▆▆▆▇▇▇▇▇▇▇████",
            ),
            (
                "a few points far apart have no holes",
                vec![(0, 0.0), (10, 1.0), (20, 0.0)],
                "▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁███████████████████████▁",
            ),
            (
                "a constant is in the middle",
                vec![(0, 5.0), (1, 5.0)],
                "▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅",
            ),
        ] {
            assert_eq!(drawn(points).as_deref(), Some(bars), "{reason}");
        }
    }

    #[test]
    fn a_hole_is_shown_and_a_peak_is_never_averaged_away() {
        let points = (0..1000)
            .filter(|n| !(400..600).contains(n))
            .map(|n| (n, if n == 700 { 9.0 } else { 0.0 }));
        let bars = drawn(points).expect("bars");
        assert_eq!(bars.matches('·').count(), 8, "{bars}");
        assert_eq!(bars.matches('█').count(), 1, "{bars}");
    }

    #[test]
    fn a_single_moment_is_no_line() {
        assert_eq!(drawn([(5, 1.0)]), None);
        assert_eq!(drawn([(5, 1.0), (5, 2.0)]), None);
    }
}

//! A day of values in as many as a program can draw.

/// Of each such part of the values the lowest and the highest are kept.
const PARTS: usize = 100;

/// Every value where there are few; else the extremes of each of [`PARTS`] parts, and the newest, in their
/// order. What is no number goes with the lowest.
pub(super) fn thinned<T>(day: &[(T, f64)]) -> impl Iterator<Item = &(T, f64)> {
    let length = day.len().div_ceil(PARTS).max(1);
    let last = day.len().saturating_sub(1);
    day.chunks(length)
        .enumerate()
        .flat_map(move |(part, values)| {
            let by_value = |a: &&usize, b: &&usize| values[**a].1.total_cmp(&values[**b].1);
            let places: Vec<usize> = (0..values.len()).collect();
            let low = places.iter().min_by(by_value).copied();
            let high = places.iter().max_by(by_value).copied();
            let newest = last.checked_sub(part * length);
            let mut kept: Vec<usize> = [low, high].into_iter().flatten().collect();
            kept.extend(newest.filter(|place| *place < values.len()));
            kept.sort_unstable();
            kept.dedup();
            kept.into_iter().map(|place| &values[place])
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> Vec<(usize, f64)> {
        let day: Vec<(usize, f64)> = values.iter().copied().enumerate().collect();
        thinned(&day).copied().collect()
    }

    #[test]
    fn few_values_are_all_kept() {
        assert_eq!(of(&[]), []);
        let few: Vec<f64> = (0..100).map(f64::from).collect();
        assert_eq!(of(&few).len(), 100);
    }

    #[test]
    fn of_many_the_extremes_and_the_newest_are_kept_in_their_order() {
        let mut many: Vec<f64> = (0..20_000).map(|n| f64::from(n % 7)).collect();
        many[12_345] = 99.0;
        many[54] = -5.0;
        many[19_999] = 3.0;
        let kept = of(&many);
        assert!(kept.len() <= 2 * PARTS + 1, "{}", kept.len());
        assert!(kept.contains(&(12_345, 99.0)) && kept.contains(&(54, -5.0)));
        assert_eq!(kept.last(), Some(&(19_999, 3.0)));
        assert!(kept.is_sorted_by_key(|(place, _)| *place));
    }
}

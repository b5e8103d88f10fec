//! Metric names from column names.
//!
//! Lower case; everything but letters, digits and `_` becomes one `_`, and none is left at either
//! end. A name that would begin with a digit gets `column_` in front; one of which nothing is left
//! becomes `column_1`, `column_2` … by its place. A name that is taken gets `_2`, `_3` … behind.

use std::collections::BTreeSet;

/// Characters of a metric's name, before a suffix: what PostgreSQL allows for a column.
const NAME_CHARS_MAX: usize = 63;

/// The names given out so far.
#[derive(Debug, Default)]
pub struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// The name of the metric for a column at this place, 1 being the first.
    pub fn unique(&mut self, column: &str, place: usize) -> String {
        let base = normalised(column, place);
        let mut name = base.clone();
        let mut count = 1_usize;
        while !self.taken.insert(name.clone()) {
            count += 1;
            name = format!("{base}_{count}");
        }
        name
    }
}

fn normalised(column: &str, place: usize) -> String {
    let mut name = String::new();
    for c in column.chars().map(|c| c.to_ascii_lowercase()) {
        if name.len() == NAME_CHARS_MAX {
            break;
        }
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_');
    if name.is_empty() {
        format!("column_{place}")
    } else if name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("column_{name}")
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use checkrun_sdk::is_metric_name;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn column_names_become_metric_names() {
        for (column, expected) in [
            ("orders", "orders"),
            ("Open Orders", "open_orders"),
            ("count(*)", "count"),
            ("?column?", "column"),
            ("sum(a + b)", "sum_a_b"),
            ("_private_", "private"),
            ("95th percentile", "column_95th_percentile"),
            ("größe", "gr_e"),
            ("数量", "column_1"),
            ("", "column_1"),
            ("***", "column_1"),
            ("\u{1b}[31mred\n", "column_31mred"),
            ("<b>", "b"),
        ] {
            assert_eq!(Names::default().unique(column, 1), expected, "{column:?}");
        }
    }

    #[test]
    fn names_that_are_taken_get_the_next_free_number() {
        let mut names = Names::default();
        let given = ["a", "a", "A ", "a_2", "a"].map(|column| names.unique(column, 1));
        assert_eq!(given, ["a", "a_2", "a_3", "a_2_2", "a_4"]);
    }

    proptest! {
        #[test]
        fn any_columns_get_names_that_are_valid_short_and_different(
            columns in vec(r"(\PC|[a_1\s]){0,100}|\p{any}{0,4}|column_[0-9]", 0..20),
        ) {
            let mut names = Names::default();
            let mut given = BTreeSet::new();
            for (index, column) in columns.iter().enumerate() {
                let name = names.unique(column, index + 1);
                prop_assert!(is_metric_name(&name), "{:?}", name);
                prop_assert!(name.len() < 100, "{:?}", name);
                prop_assert!(given.insert(name.clone()), "{:?} twice", name);
            }
        }
    }
}

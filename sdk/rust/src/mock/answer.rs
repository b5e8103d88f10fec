//! `rows!`: the rows of an answer, written in a test.

use std::time::Duration;

use crate::sql::rows::{Column, Rows};
use crate::sql::value::Value;

/// What an answer takes that does not say otherwise.
const DEFAULT_ELAPSED: Duration = Duration::from_millis(1);

/// Writes an answer: first the columns, then one row after the other, each ended by `;`. Values are
/// Rust values, [`Value`](crate::Value)s, or [`NULL`](crate::NULL).
///
/// ```
/// use checkrun_sdk::{NULL, rows};
///
/// let rows = rows! {
///     "name",   "dead_rows", "last_vacuum";
///     "orders", 1200,        NULL;
///     "items",  3,           NULL;
/// };
/// assert_eq!(rows.len(), 2);
/// ```
#[macro_export]
macro_rules! rows {
    ($($column:expr),+ ; $($($value:expr),+);* $(;)?) => {
        $crate::Rows::of(
            &[$($column),+],
            ::std::vec![$(::std::vec![$($crate::Value::from($value)),+]),*],
        )
    };
}

impl Rows {
    /// An answer of these columns and rows; [`rows!`](crate::rows) is easier to read. For tests.
    ///
    /// # Panics
    /// If a row does not have as many values as there are columns.
    #[must_use]
    #[track_caller]
    pub fn of(columns: &[&str], rows: Vec<Vec<Value>>) -> Self {
        for (index, row) in rows.iter().enumerate() {
            assert_eq!(
                row.len(),
                columns.len(),
                "row {} has {} values, but there are {} columns: {}",
                index + 1,
                row.len(),
                columns.len(),
                columns.join(", ")
            );
        }
        Self {
            columns: columns
                .iter()
                .enumerate()
                .map(|(index, name)| Column {
                    name: (*name).to_owned(),
                    type_name: rows
                        .iter()
                        .map(|row| &row[index])
                        .find(|value| **value != Value::Null)
                        .map_or("unknown", Value::kind)
                        .to_owned(),
                })
                .collect(),
            rows,
            truncated: false,
            elapsed: DEFAULT_ELAPSED,
        }
    }

    /// The answer took this long; 1 ms if the test does not say. For tests.
    #[must_use]
    pub fn taking(mut self, elapsed: Duration) -> Self {
        self.elapsed = elapsed;
        self
    }

    /// The server had more rows than the limit. For tests.
    #[must_use]
    pub fn truncated(mut self) -> Self {
        self.truncated = true;
        self
    }
}

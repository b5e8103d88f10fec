//! What the answer to the validation query means.

use checkrun_sdk::{Rows, Value};

/// Yes, unless the query says no by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The database works.
    Yes,
    /// It does not, in these words.
    No(&'static str),
}

/// No row means no, and so does a single value that is NULL or false. A number never does: 0 may be
/// a good count, and MySQL and SQLite have no other false.
pub fn of(rows: &Rows) -> Answer {
    let mut answers = rows.iter();
    let Some(first) = answers.next() else {
        return match rows.is_truncated() {
            // There is a row, and it is too large to be handed over.
            true => Answer::Yes,
            false => Answer::No("no row"),
        };
    };
    let mut values = first.iter().map(|(_, value)| value);
    match (values.next(), values.next(), answers.next()) {
        (Some(Value::Null), None, None) => Answer::No("NULL"),
        (Some(Value::Boolean(false)), None, None) => Answer::No("false"),
        _ => Answer::Yes,
    }
}

#[cfg(test)]
mod tests {
    use checkrun_sdk::NULL;
    use checkrun_sdk::mock::rows;

    use super::*;

    #[test]
    fn only_nothing_and_false_mean_no() {
        for (answer, expected) in [
            (rows! { "it"; 1 }, Answer::Yes),
            (rows! { "it"; 0 }, Answer::Yes),
            (rows! { "it"; "" }, Answer::Yes),
            (rows! { "it"; true }, Answer::Yes),
            (rows! { "it"; false; false }, Answer::Yes),
            (rows! { "it", "other"; NULL, 1 }, Answer::Yes),
            (rows! { "it"; }.truncated(), Answer::Yes),
            (rows! { "it"; }, Answer::No("no row")),
            (rows! { "it"; NULL }, Answer::No("NULL")),
            (rows! { "it"; false }, Answer::No("false")),
        ] {
            assert_eq!(of(&answer), expected, "{answer:?}");
        }
    }
}

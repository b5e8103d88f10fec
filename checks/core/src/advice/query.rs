//! Advice of `core/query`.

situations! {
    /// The answer is empty.
    NoRow => "An aggregate such as count(*) always returns one; for anything else, make sure that the row is there.",
    /// Not even one row fits into what a query may bring back.
    TooLarge => "Leave long texts out of the statement, or shorten them with left(…, 100); only numbers become metrics.",
    /// A column of the row is NULL.
    Null => "NULL cannot be judged; write coalesce(…, 0) in the statement if it means nothing here.",
    /// A column of the row is NaN or infinite.
    NotFinite => "NaN and infinity cannot be judged; exclude them in the statement, for example with nullif().",
    /// No column of the row becomes a metric.
    NoNumber => "Only numbers, intervals and booleans become metrics; cast the column in the statement.",
    /// More columns than there may be metrics.
    TooWide => "Name the columns that matter instead of selecting all of them.",
}

#[cfg(test)]
mod tests {
    use super::Situation;

    #[test]
    fn every_situation_has_its_advice() {
        insta::assert_snapshot!(Situation::table());
    }
}

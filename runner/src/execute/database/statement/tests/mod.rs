//! What the gate accepts, what it refuses and why, and that no text makes it panic.

use proptest::prelude::*;

use super::{Dialect, accept};
use accepted::ACCEPTED;
use bypasses::BYPASSES;

mod accepted;
mod bypasses;

const PG: Dialect = Dialect::Postgresql;
const MY: Dialect = Dialect::Mysql;
const LITE: Dialect = Dialect::Sqlite;

#[test]
fn statements_that_read_are_accepted() {
    for &(dialect, sql, text, kind) in ACCEPTED {
        let statement = accept(sql, dialect).unwrap_or_else(|why| panic!("{sql:?} refused: {why}"));
        assert_eq!((statement.text, statement.kind), (text, kind), "{sql:?}");
    }
}

#[test]
fn every_bypass_is_refused() {
    for &(dialect, sql) in BYPASSES {
        assert!(
            accept(sql, dialect).is_err(),
            "{dialect:?} accepted {sql:?}"
        );
    }
    assert!(BYPASSES.len() >= 60);
}

#[test]
fn what_is_refused_says_why_and_what_to_do() {
    let sentences: Vec<String> = BYPASSES
        .iter()
        .filter_map(|&(dialect, sql)| {
            let why = accept(sql, dialect).err()?;
            Some(format!("{dialect:?} {sql:?}\n  {why}"))
        })
        .collect();
    insta::assert_snapshot!(sentences.join("\n"));
}

/// Pieces from which hostile statements are made; random characters alone rarely get past the
/// first word.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "select", "with", "x", "as", "(", ")", "explain", "analyze", "into", "for", "update",
            "delete", "from", ";", "'", "\"", "`", "[", "]", "$$", "$a$", "E'", "\\", "--", "\n",
            "#", "/*", "*/", "/*!", "/*+", " ", "1", "1e", ".", "é", "\u{2028}", "pragma", "=",
            "@", ":", "?", "U&'", "\r",
        ])
        .prop_map(String::from),
        ".{0,6}",
    ]
}

fn dialect() -> impl Strategy<Value = Dialect> {
    prop::sample::select(vec![PG, MY, LITE])
}

proptest! {
    #[test]
    fn any_text_is_accepted_or_refused_without_a_panic(sql in ".{0,80}", dialect in dialect()) {
        let _ = accept(&sql, dialect);
    }

    #[test]
    fn what_is_accepted_is_one_statement_and_stays_the_same(
        pieces in prop::collection::vec(piece(), 0..30),
        dialect in dialect(),
    ) {
        let sql = format!("select {}", pieces.concat());
        if let Ok(statement) = accept(&sql, dialect) {
            prop_assert_eq!(accept(statement.text, dialect), Ok(statement));
            // A second statement behind it never passes.
            let two = format!("{}\n;\ndelete from t", statement.text);
            prop_assert!(accept(&two, dialect).is_err(), "{two:?}");
        }
    }
}

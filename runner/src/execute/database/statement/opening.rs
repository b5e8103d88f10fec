//! Decides by how a statement begins whether it is of a kind that reads.

use super::token::Token;
use super::{Dialect, Kind, pragma};

/// What a statement is that answers with rows of its own.
const READING: [&str; 4] = ["SELECT", "WITH", "VALUES", "TABLE"];

/// Options of PostgreSQL's `EXPLAIN (…)` that need no execution, and their values.
const EXPLAIN_OPTIONS: [&str; 17] = [
    "VERBOSE",
    "COSTS",
    "SETTINGS",
    "GENERIC_PLAN",
    "BUFFERS",
    "SUMMARY",
    "MEMORY",
    "FORMAT",
    "TEXT",
    "XML",
    "JSON",
    "YAML",
    "ON",
    "OFF",
    "TRUE",
    "FALSE",
    "AUTO",
];

/// The kind of the statement.
///
/// # Errors
/// A sentence that says why it is refused and what would be accepted.
pub(super) fn kind(tokens: &[Token<'_>], dialect: Dialect) -> Result<Kind, String> {
    if reads(tokens, dialect) {
        return Ok(Kind::Select);
    }
    let (first, rest) = tokens
        .split_first()
        .ok_or_else(|| format!("there is no statement; {}", dialect.offer()))?;
    match dialect {
        _ if first.is_word("EXPLAIN") => explain(rest, dialect)?,
        Dialect::Postgresql | Dialect::Mysql if first.is_word("SHOW") => {}
        Dialect::Mysql if first.is_any_word(&["DESCRIBE", "DESC"]) => explain(rest, dialect)?,
        Dialect::Sqlite if first.is_word("PRAGMA") => pragma::inspect(rest)?,
        _ => return Err(refusal(first, dialect)),
    }
    Ok(Kind::Show)
}

/// Whether the first word, behind any parentheses, is one of [`READING`].
fn reads(tokens: &[Token<'_>], dialect: Dialect) -> bool {
    let first = tokens.iter().find(|token| !token.is_symbol(b'('));
    first.is_some_and(|token| {
        // SQLite has no `TABLE t`.
        token.is_any_word(&READING) && !(dialect == Dialect::Sqlite && token.is_word("TABLE"))
    })
}

fn refusal(first: &Token<'_>, dialect: Dialect) -> String {
    // Enough of a keyword to recognise it; the text comes from the pack and may be long.
    const SHOWN_CHARACTERS: usize = 30;
    let shown: String = first.text.chars().take(SHOWN_CHARACTERS).collect();
    let shown = shown.escape_debug();
    let instead = match dialect {
        Dialect::Sqlite if first.is_any_word(&["SHOW", "DESCRIBE", "DESC"]) => {
            " (SQLite describes a table with `pragma table_info(name)`)"
        }
        Dialect::Mysql if first.is_word("ANALYZE") => {
            " (it executes the statement; EXPLAIN only plans it)"
        }
        _ => "",
    };
    format!(
        "a statement may not begin with {shown}{instead}; {}",
        dialect.offer()
    )
}

/// What follows `EXPLAIN`: options, and a statement that would be accepted on its own.
fn explain(rest: &[Token<'_>], dialect: Dialect) -> Result<(), String> {
    let rest = match dialect {
        Dialect::Postgresql => after_postgresql_options(rest)?,
        Dialect::Mysql => after_mysql_options(rest)?,
        Dialect::Sqlite => after_words(rest, &["QUERY", "PLAN"]),
    };
    let reading = reads(rest, dialect) || (dialect == Dialect::Mysql && names_a_table(rest));
    if reading {
        return Ok(());
    }
    Err(format!(
        "EXPLAIN is accepted of a statement that reads only; {}",
        dialect.offer()
    ))
}

fn executes() -> String {
    "EXPLAIN ANALYZE executes the statement; leave ANALYZE away".into()
}

/// `EXPLAIN VERBOSE …`, `EXPLAIN (FORMAT json, BUFFERS) …`.
fn after_postgresql_options<'a, 'b>(rest: &'a [Token<'b>]) -> Result<&'a [Token<'b>], String> {
    let is_list = rest.first().is_some_and(|token| token.is_symbol(b'('));
    if !is_list || reads(rest, Dialect::Postgresql) {
        let rest = after_words(rest, &["VERBOSE"]);
        let analyzes = |token: &Token<'_>| token.is_any_word(&["ANALYZE", "ANALYSE"]);
        return if rest.first().is_some_and(analyzes) {
            Err(executes())
        } else {
            Ok(rest)
        };
    }
    for (index, token) in rest.iter().enumerate().skip(1) {
        if token.is_symbol(b')') {
            return Ok(&rest[index + 1..]);
        }
        if token.is_any_word(&["ANALYZE", "ANALYSE"]) {
            return Err(executes());
        }
        if !token.is_symbol(b',') && !token.is_any_word(&EXPLAIN_OPTIONS) {
            return Err(format!(
                "an option of EXPLAIN is not one of those that need no execution: {}",
                EXPLAIN_OPTIONS[..8].join(", ")
            ));
        }
    }
    Ok(&[])
}

/// `EXPLAIN FORMAT = JSON …`, `EXPLAIN EXTENDED …`.
fn after_mysql_options<'a, 'b>(mut rest: &'a [Token<'b>]) -> Result<&'a [Token<'b>], String> {
    loop {
        rest = match rest {
            [first, ..] if first.is_word("ANALYZE") => return Err(executes()),
            [first, tail @ ..] if first.is_any_word(&["EXTENDED", "PARTITIONS"]) => tail,
            [format, equals, _, tail @ ..]
                if format.is_word("FORMAT") && equals.is_symbol(b'=') =>
            {
                tail
            }
            _ => return Ok(rest),
        };
    }
}

fn after_words<'a, 'b>(rest: &'a [Token<'b>], words: &[&str]) -> &'a [Token<'b>] {
    let given = words
        .iter()
        .zip(rest)
        .take_while(|(word, token)| token.is_word(word))
        .count();
    &rest[given..]
}

/// MySQL's `DESCRIBE [database.]table [column or pattern]`, and `EXPLAIN FOR CONNECTION 7`.
fn names_a_table(rest: &[Token<'_>]) -> bool {
    const WRITES: [&str; 4] = ["INSERT", "UPDATE", "DELETE", "REPLACE"];
    let begins_with_name = |rest: &[Token<'_>]| {
        rest.first()
            .is_some_and(|t| t.is_name() && !t.is_any_word(&WRITES))
    };
    match rest {
        [for_word, connection, _] if for_word.is_word("FOR") => connection.is_word("CONNECTION"),
        [database, dot, table @ ..] if database.is_name() && dot.is_symbol(b'.') => {
            begins_with_name(table) && table.len() <= 2
        }
        _ => begins_with_name(rest) && rest.len() <= 2,
    }
}

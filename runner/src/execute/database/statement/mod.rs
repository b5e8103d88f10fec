//! Which statements a check may send: [`accept`] takes one statement that reads, and refuses the rest
//! with a sentence that says why and what would be accepted.
//!
//! It is the first of three fences; the read-only transaction and the account's privileges stand
//! behind it. It reads the text with the lexical rules of each engine (`token`), so that a comment or
//! a string cannot hide a second statement, and it trusts those rules because the sessions fix what
//! could change them: MySQL's `sql_mode` (neither `ANSI_QUOTES` nor `NO_BACKSLASH_ESCAPES`) and
//! PostgreSQL's `standard_conforming_strings`.
//!
//! `opening` decides by how a statement begins, `clauses` by what must not appear further on, and
//! `pragma` holds SQLite's list.

use token::{Token, tokenize};

mod clauses;
mod opening;
pub mod pragma;
#[cfg(test)]
mod tests;
mod token;

/// Whose lexical rules apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Dollar quoting, nested comments, `E''`.
    Postgresql,
    /// Backticks, `#` comments, `/*! */`.
    Mysql,
    /// Brackets, backticks.
    Sqlite,
}

/// A statement that may be sent: one, and of a kind that reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement<'a> {
    /// Without surrounding blanks, comments and a trailing semicolon; its parentheses are balanced.
    pub text: &'a str,
    /// What it begins with.
    pub kind: Kind,
}

/// The kinds of statements that may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `SELECT`, `WITH`, `VALUES`, `TABLE`, with or without parentheses: usable as a subquery.
    Select,
    /// `SHOW`, `DESCRIBE`, `EXPLAIN` (not `ANALYZE`), SQLite's reading `PRAGMA`s.
    Show,
}

/// Accepts one statement that reads; everything else is refused with a sentence that says why.
///
/// # Errors
/// The sentence.
pub fn accept(sql: &str, dialect: Dialect) -> Result<Statement<'_>, String> {
    let mut tokens = tokenize(sql, dialect)?;
    while tokens.last().is_some_and(|token| token.is_symbol(b';')) {
        tokens.pop();
    }
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
        return Err(format!("there is no statement; {}", dialect.offer()));
    };
    let (start, end) = (first.start, last.end());
    // At the end of what is sent it would begin a comment; before a comment it was two signs.
    if dialect == Dialect::Mysql && sql[..end].ends_with("--") {
        return Err("the statement ends with `--`; remove it".into());
    }
    one_statement(&tokens)?;
    let kind = opening::kind(&tokens, dialect)?;
    clauses::inspect(&tokens, dialect)?;
    Ok(Statement {
        text: &sql[start..end],
        kind,
    })
}

/// How many placeholders (`?`) a statement of MySQL has.
#[must_use]
pub fn question_marks(sql: &str) -> usize {
    tokenize(sql, Dialect::Mysql).map_or(0, |tokens| {
        tokens.iter().filter(|token| token.is_symbol(b'?')).count()
    })
}

/// The tokens of a line that a MySQL server wrote; quoted names and strings keep their quotes.
///
/// # Errors
/// The line is not made of whole tokens.
pub fn mysql_words(line: &str) -> Result<Vec<String>, String> {
    let tokens = tokenize(line, Dialect::Mysql)?;
    Ok(tokens.iter().map(|token| token.text.to_owned()).collect())
}

/// One statement, with its parentheses in pairs, so that it cannot leave one that is put around it.
fn one_statement(tokens: &[Token<'_>]) -> Result<(), String> {
    let mut depth = 0_usize;
    for token in tokens {
        if token.is_symbol(b';') {
            return Err(
                "there is more than one statement; send each with a query of its own".into(),
            );
        }
        if token.is_symbol(b'(') {
            depth += 1;
        }
        if token.is_symbol(b')') {
            depth = depth
                .checked_sub(1)
                .ok_or("a parenthesis is closed that was never opened")?;
        }
    }
    if depth > 0 {
        return Err("a parenthesis is never closed".into());
    }
    Ok(())
}

impl Dialect {
    /// What would be accepted, as the second half of a sentence.
    fn offer(self) -> &'static str {
        match self {
            Self::Postgresql => {
                "a check may send one SELECT, WITH, VALUES, TABLE, SHOW, or EXPLAIN without ANALYZE"
            }
            Self::Mysql => {
                "a check may send one SELECT, WITH, VALUES, TABLE, SHOW, DESCRIBE, or EXPLAIN without ANALYZE"
            }
            Self::Sqlite => {
                "a check may send one SELECT, WITH, VALUES, EXPLAIN, or PRAGMA that only reads"
            }
        }
    }
}

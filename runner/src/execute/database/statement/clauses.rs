//! What must not appear inside a statement that begins harmlessly.
//!
//! Names in quotes are names, never keywords. The words looked for here are reserved in their
//! engines, or mean the same wherever they stand, so that looking for them refuses no real query.

use super::Dialect;
use super::token::{Token, TokenKind};

/// MySQL's functions that reach outside the query: a file, a lock that others wait for, a sequence.
const REACHING_IN_MYSQL: [&str; 5] = ["LOAD_FILE", "GET_LOCK", "NEXTVAL", "SETVAL", "SYS_EXEC"];

/// PostgreSQL's functions that a read-only transaction does not stop: an account may end the sessions
/// and statements of its own name, which are those of other runs; and what executes a text would let
/// a statement do so behind the gate's back.
const REACHING_IN_POSTGRESQL: [&str; 7] = [
    "PG_TERMINATE_BACKEND",
    "PG_CANCEL_BACKEND",
    "QUERY_TO_XML",
    "QUERY_TO_XMLSCHEMA",
    "QUERY_TO_XML_AND_XMLSCHEMA",
    "TS_STAT",
    "TS_REWRITE",
];

/// Looks through all tokens of an accepted kind of statement.
///
/// # Errors
/// A sentence that names the clause and says what to do instead.
pub(super) fn inspect(tokens: &[Token<'_>], dialect: Dialect) -> Result<(), String> {
    no_write_beside_with(tokens)?;
    if dialect == Dialect::Sqlite {
        return Ok(());
    }
    for index in 0..tokens.len() {
        let rest = &tokens[index..];
        if rest[0].is_word("INTO") {
            return Err(into_refusal(dialect));
        }
        if locks_rows(rest) {
            return Err("the statement would lock rows; leave FOR UPDATE, FOR SHARE and LOCK IN SHARE MODE away".into());
        }
        match dialect {
            Dialect::Mysql => {
                no_next_value(rest)?;
                no_function_of(&REACHING_IN_MYSQL, rest)?;
            }
            Dialect::Postgresql => {
                no_escaped_function(rest)?;
                no_function_of(&REACHING_IN_POSTGRESQL, rest)?;
            }
            Dialect::Sqlite => {}
        }
    }
    Ok(())
}

fn into_refusal(dialect: Dialect) -> String {
    match dialect {
        Dialect::Mysql => {
            "INTO would write a file or a variable; the rows themselves are the answer".into()
        }
        Dialect::Postgresql | Dialect::Sqlite => {
            "INTO would create a table; the rows themselves are the answer".into()
        }
    }
}

fn locks_rows(rest: &[Token<'_>]) -> bool {
    match rest {
        [first, second, ..] if first.is_word("FOR") => {
            second.is_any_word(&["UPDATE", "SHARE", "NO", "KEY"])
        }
        [lock, in_word, share, ..] => {
            lock.is_word("LOCK") && in_word.is_word("IN") && share.is_word("SHARE")
        }
        _ => false,
    }
}

fn no_next_value(rest: &[Token<'_>]) -> Result<(), String> {
    match rest {
        [next, value, for_word, ..]
            if next.is_word("NEXT") && value.is_word("VALUE") && for_word.is_word("FOR") =>
        {
            Err("NEXT VALUE FOR would advance the sequence".into())
        }
        _ => Ok(()),
    }
}

/// `U&"\0070g_…"(…)`: a name that says something else than it reads.
fn no_escaped_function(rest: &[Token<'_>]) -> Result<(), String> {
    match rest {
        [u, and, name, next, ..]
            if u.is_word("U")
                && and.is_symbol(b'&')
                && name.kind == TokenKind::QuotedName
                && (next.is_symbol(b'(') || next.is_word("UESCAPE")) =>
        {
            Err("a function's name may not be written with escapes; write it plainly".into())
        }
        _ => Ok(()),
    }
}

/// A function's name may stand in quotes, so they are taken off here.
fn no_function_of(reaching: &[&str], rest: &[Token<'_>]) -> Result<(), String> {
    let [name, open, ..] = rest else {
        return Ok(());
    };
    if !name.is_name() || !open.is_symbol(b'(') {
        return Ok(());
    }
    let name = name.text.trim_matches(['`', '"']);
    match reaching
        .iter()
        .find(|function| function.eq_ignore_ascii_case(name))
    {
        Some(function) => Err(format!(
            "the function {function} reaches outside this query; a check may not call it"
        )),
        None => Ok(()),
    }
}

/// `WITH x AS (DELETE …)` and `WITH x AS (…) DELETE …`; a function `insert(…)` is neither.
fn no_write_beside_with(tokens: &[Token<'_>]) -> Result<(), String> {
    const WRITES: [&str; 5] = ["INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"];
    if !tokens.iter().any(|token| token.is_word("WITH")) {
        return Ok(());
    }
    let writes = tokens.windows(3).find(|window| {
        let behind_parenthesis = window[0].is_symbol(b'(') || window[0].is_symbol(b')');
        let object_follows = window[2].is_name()
            || (window[2].kind == TokenKind::Symbol && !is_operator(window[2].text));
        behind_parenthesis && window[1].is_any_word(&WRITES) && object_follows
    });
    match writes {
        Some(window) => Err(format!(
            "{} beside WITH would write; only SELECT may stand there",
            window[1].text.to_ascii_uppercase()
        )),
        None => Ok(()),
    }
}

/// Characters behind a column or a function that happens to be called like a keyword.
fn is_operator(symbol: &str) -> bool {
    matches!(
        symbol,
        "(" | ")" | "," | "." | "=" | "<" | ">" | "+" | "-" | "*" | "/" | "|" | ":"
    )
}

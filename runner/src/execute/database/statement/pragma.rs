//! SQLite's pragmas that only read: the list that both the gate and the authorizer go by.

use super::token::{Token, TokenKind};

/// Pragmas that read when they stand alone. `database_list` is not among them: it would show a check
/// where the file is.
const WITHOUT_ARGUMENT: [&str; 30] = [
    "application_id",
    "auto_vacuum",
    "busy_timeout",
    "cache_size",
    "collation_list",
    "compile_options",
    "data_version",
    "encoding",
    "foreign_key_check",
    "foreign_keys",
    "freelist_count",
    "function_list",
    "integrity_check",
    "journal_mode",
    "journal_size_limit",
    "locking_mode",
    "max_page_count",
    "mmap_size",
    "module_list",
    "page_count",
    "page_size",
    "pragma_list",
    "query_only",
    "quick_check",
    "recursive_triggers",
    "schema_version",
    "synchronous",
    "table_list",
    "user_version",
    "wal_autocheckpoint",
];

/// Pragmas that take a name or a count and still only read.
const WITH_ARGUMENT: [&str; 10] = [
    "foreign_key_check",
    "foreign_key_list",
    "index_info",
    "index_list",
    "index_xinfo",
    "integrity_check",
    "quick_check",
    "table_info",
    "table_list",
    "table_xinfo",
];

/// Whether a pragma with, or without, an argument only reads.
#[must_use]
pub fn reads(name: &str, argument: Option<&str>) -> bool {
    let list: &[&str] = match argument {
        Some(_) => &WITH_ARGUMENT,
        None => &WITHOUT_ARGUMENT,
    };
    list.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// What follows `PRAGMA`: `[schema.]name`, `[schema.]name(argument)`.
pub(super) fn inspect(rest: &[Token<'_>]) -> Result<(), String> {
    let rest = match rest {
        [schema, dot, tail @ ..] if schema.is_name() && dot.is_symbol(b'.') => tail,
        _ => rest,
    };
    let (name, argument) = match rest {
        [name] => (name, None),
        [name, open, argument @ .., close] if open.is_symbol(b'(') && close.is_symbol(b')') => {
            (name, argument_of(argument))
        }
        _ => {
            return Err(
                "a PRAGMA may only read: `pragma name` or `pragma name(argument)`, never `=`"
                    .into(),
            );
        }
    };
    if name.kind == TokenKind::Word && reads(name.text, argument) {
        return Ok(());
    }
    let list: &[&str] = match argument {
        Some(_) => &WITH_ARGUMENT,
        None => &WITHOUT_ARGUMENT,
    };
    Err(format!(
        "this PRAGMA is not one of those that only read: {}",
        list.join(", ")
    ))
}

fn argument_of<'a>(argument: &[Token<'a>]) -> Option<&'a str> {
    Some(argument.first().map_or("", |token| token.text))
}

//! What a statement may do to a SQLite file: read, compute, and ask the pragmas of the gate's list.
//!
//! SQLite asks while it prepares a statement, also for what views, triggers and table-valued
//! functions bring in; so nothing gets around it by being written differently.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use crate::execute::database::statement::pragma;

/// Functions that reach outside the file, should a build of SQLite have them.
const REACHING_FUNCTIONS: [&str; 5] = [
    "edit",
    "fts3_tokenizer",
    "load_extension",
    "readfile",
    "writefile",
];

/// Puts the authorizer before everything that is prepared from now on. The flag says whether it has
/// denied anything: SQLite has a result code for that, but does not use it for functions.
pub(super) fn install(handle: &mut Connection) -> rusqlite::Result<Arc<AtomicBool>> {
    let denied = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&denied);
    handle.authorizer(Some(move |context: AuthContext<'_>| {
        if is_allowed(&context.action) {
            Authorization::Allow
        } else {
            flag.store(true, Ordering::Relaxed);
            Authorization::Deny
        }
    }))?;
    Ok(denied)
}

fn is_allowed(action: &AuthAction<'_>) -> bool {
    match action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => true,
        AuthAction::Function { function_name } => !REACHING_FUNCTIONS
            .iter()
            .any(|name| name.eq_ignore_ascii_case(function_name)),
        AuthAction::Pragma {
            pragma_name,
            pragma_value,
        } => pragma::reads(pragma_name, *pragma_value),
        AuthAction::Insert { table_name }
        | AuthAction::Delete { table_name }
        | AuthAction::Update { table_name, .. } => belongs_to_rtree(table_name),
        _ => false,
    }
}

/// Whoever reads an R-tree has the module prepare its own writes too. They are never run: the file is
/// open read-only, and a statement of a check that writes is refused as such.
fn belongs_to_rtree(table: &str) -> bool {
    ["_node", "_rowid", "_parent"]
        .iter()
        .any(|suffix| table.ends_with(suffix))
}

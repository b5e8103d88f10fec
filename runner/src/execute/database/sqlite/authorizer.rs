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
        _ => false,
    }
}

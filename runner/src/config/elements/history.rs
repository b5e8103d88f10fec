//! `[history]` and `[run]`: where results are kept, and how many jobs run at once.

use std::path::PathBuf;

use super::Context;
use crate::config::collector::Remark;
use crate::config::shape::fields::Fields;

/// The history's file when none is named.
const PATH: &str = "checkrun.db";

/// Runs at the same time when no number is given.
const PARALLEL: u32 = 16;

/// The path of the history.
pub(in crate::config) fn decode_path(
    fields: Option<Fields<'_>>,
    context: &mut Context<'_, '_>,
) -> PathBuf {
    let Some(path) = fields.and_then(|fields| fields.text("path")) else {
        return context.source.resolve(PATH);
    };
    let text = *path.get_ref();
    if text.starts_with("~/") {
        let remark = Remark::new("`~` is not understood in paths")
            .with_hint("write the path in full, or relative to this file");
        context.problems.error(&path.span(), remark);
    } else if text.contains("://") {
        let remark = Remark::new("the history is a SQLite file, and this is a URL")
            .with_hint("write a path: `path = \"checkrun.db\"`");
        context.problems.error(&path.span(), remark);
    }
    context.source.resolve(text)
}

/// How many runs may happen at the same time.
pub(in crate::config) fn decode_parallel(fields: Option<Fields<'_>>) -> u32 {
    fields
        .and_then(|fields| fields.count("parallel"))
        .unwrap_or(PARALLEL)
}

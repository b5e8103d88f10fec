//! [`extents`]: which part of the file belongs to which table of a list.

use super::fields::{Fields, fields_of};
use crate::config::source::Span;

/// For every table that [`Fields::tables`] finds, in the same order: from where it begins to where the
/// next table of the file does. `root` is the whole file.
pub(in crate::config) fn extents(root: Fields<'_>, list: &str) -> Vec<Span> {
    let mut starts: Vec<usize> = root
        .entries()
        .flat_map(|(key, value)| {
            let items = value
                .get_ref()
                .as_array()
                .into_iter()
                .flat_map(|l| l.iter());
            let tables = items.filter_map(fields_of);
            let mut starts: Vec<usize> = tables.map(|table| table.span().start).collect();
            if starts.is_empty() {
                starts.push(key.span().start);
            }
            starts
        })
        .collect();
    starts.sort_unstable();
    let extent = |table: Fields<'_>| {
        let start = table.span().start;
        let next = starts.iter().find(|other| **other > start);
        start..next.copied().unwrap_or(usize::MAX)
    };
    root.tables(list).into_iter().map(extent).collect()
}

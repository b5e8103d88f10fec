//! [`Fields`]: typed access to a table whose shape has been checked.
//!
//! Every getter gives `None` for a key that is absent or of the wrong type; the latter has been
//! reported by [`super::check`] already, so nobody reports it twice.

use std::time::Duration;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use crate::config::source::Span;
use crate::config::suggest;
use crate::model::unit::parse_duration;

/// A table and the place to point at when something is missing in it.
#[derive(Clone, Copy)]
pub(in crate::config) struct Fields<'t> {
    table: &'t DeTable<'t>,
    start: usize,
    end: usize,
}

impl<'t> Fields<'t> {
    /// Takes a table and its place.
    pub(in crate::config) fn new(table: &'t DeTable<'t>, at: &Span) -> Self {
        Self {
            table,
            start: at.start,
            end: at.end,
        }
    }

    /// The table's place: its header, or the inline table.
    pub(in crate::config) fn span(self) -> Span {
        self.start..self.end
    }

    /// Whether the key is there, whatever its value.
    pub(in crate::config) fn has(self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Whether somebody meant to write this key: it is there, whatever its value, or another one is
    /// near it. No declared key is near one that this is asked of.
    pub(in crate::config) fn attempts(self, key: &str) -> bool {
        self.has(key)
            || self
                .table
                .keys()
                .any(|other| suggest::nearest(other.get_ref(), [key]).is_some())
    }

    /// Whether the list `[[key]]` has more in it than [`Self::tables`] finds.
    pub(in crate::config) fn hides_tables(self, key: &str) -> bool {
        let list = self
            .table
            .get(key)
            .and_then(|list| list.get_ref().as_array());
        match list {
            Some(list) => list.iter().any(|item| !item.get_ref().is_table()),
            None => self.attempts(key),
        }
    }

    /// The place of the key itself, or of the table without it.
    pub(in crate::config) fn key_span(self, key: &str) -> Span {
        self.table
            .get_key_value(key)
            .map_or_else(|| self.span(), |(key, _)| key.span())
    }

    /// A text.
    pub(in crate::config) fn text(self, key: &str) -> Option<Spanned<&'t str>> {
        let value = self.table.get(key)?;
        Some(Spanned::new(value.span(), value.get_ref().as_str()?))
    }

    /// A duration.
    pub(in crate::config) fn duration(self, key: &str) -> Option<Duration> {
        parse_duration(self.text(key)?.get_ref()).ok()
    }

    /// A whole number, bounded by the declaration of its key.
    pub(in crate::config) fn count(self, key: &str) -> Option<u32> {
        let number = self.table.get(key)?.get_ref().as_integer()?;
        u32::try_from(integer(number)?).ok()
    }

    /// `true` or `false`.
    pub(in crate::config) fn boolean(self, key: &str) -> Option<bool> {
        self.table.get(key)?.get_ref().as_bool()
    }

    /// The texts of a list.
    pub(in crate::config) fn texts(self, key: &str) -> Vec<Spanned<&'t str>> {
        let list = self
            .table
            .get(key)
            .and_then(|list| list.get_ref().as_array());
        list.into_iter()
            .flat_map(|list| list.iter())
            .filter_map(|item| Some(Spanned::new(item.span(), item.get_ref().as_str()?)))
            .collect()
    }

    /// A table.
    pub(in crate::config) fn table(self, key: &str) -> Option<Fields<'t>> {
        fields_of(self.table.get(key)?)
    }

    /// The tables of a list, `[[key]]`.
    pub(in crate::config) fn tables(self, key: &str) -> Vec<Fields<'t>> {
        let list = self
            .table
            .get(key)
            .and_then(|list| list.get_ref().as_array());
        list.into_iter()
            .flat_map(|list| list.iter())
            .filter_map(fields_of)
            .collect()
    }

    /// Every key and value, in the order of the keys.
    pub(in crate::config) fn entries(
        self,
    ) -> impl Iterator<Item = (Spanned<&'t str>, &'t Spanned<DeValue<'t>>)> {
        self.table
            .iter()
            .map(|(key, value)| (Spanned::new(key.span(), key.get_ref().as_ref()), value))
    }
}

/// The value as a table.
pub(in crate::config) fn fields_of<'t>(value: &'t Spanned<DeValue<'t>>) -> Option<Fields<'t>> {
    Some(Fields::new(value.get_ref().as_table()?, &value.span()))
}

/// The number; `None` when it does not fit.
pub(in crate::config) fn integer(number: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

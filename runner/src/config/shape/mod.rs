//! The shape of the configuration: which tables and keys there are and what they take.
//!
//! One declaration ([`keys::ROOT`]) serves three readers: [`check`] holds a file against it,
//! [`schema`] turns it into a JSON Schema for editors, and [`fields::Fields`] gives the elements the
//! values that have passed.

pub(super) mod check;
pub(super) mod extents;
pub(super) mod fields;
pub(super) mod keys;
pub(super) mod schema;

/// A table and its keys.
pub(super) struct Table {
    /// As the file writes it: `[[target]]`, `password`.
    pub name: &'static str,
    /// What it is for, for people who edit the file.
    pub about: &'static str,
    /// Every key that it takes.
    pub keys: &'static [Key],
}

/// A key and what it takes.
pub(super) struct Key {
    /// As the file writes it.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// What it is for, for people who edit the file.
    pub about: &'static str,
    /// A value as the file writes it; shown when the type is wrong.
    pub example: &'static str,
    /// Whether the table is of no use without it.
    pub presence: Presence,
    /// Whether this version acts on it.
    pub effect: Effect,
    /// Words that people will try and that are not taken, each with what to do instead.
    pub refused: &'static [(&'static str, &'static str)],
}

/// Whether a key must be there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// It has a default or may be left out.
    Optional,
    /// Leaving it out is a problem.
    Required,
}

/// Whether this version acts on a key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// It does.
    Now,
    /// It only checks the value; the text says what is missing.
    Later(&'static str),
}

/// What a key takes.
pub(super) enum Takes {
    /// Any text.
    Text,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A duration, at most so many seconds and more than none.
    Duration {
        /// The longest, seconds.
        max_seconds: u64,
    },
    /// A duration or `forever`.
    Age,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Count {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// A list of texts with at least one.
    TextList,
    /// Free keys with texts.
    TextMap,
    /// Free keys with texts, numbers, booleans or lists of texts.
    Parameters,
    /// A table.
    Table(&'static Table),
    /// A text, or a table in its place.
    TextOrTable(&'static Table),
    /// Free keys with texts or tables.
    TextOrTableMap(&'static Table),
    /// A list of tables, `[[…]]`.
    TableList(&'static Table),
    /// Free keys with tables.
    TableMap(&'static Table),
}

impl Key {
    /// A key that may be left out.
    const fn optional(
        name: &'static str,
        takes: Takes,
        example: &'static str,
        about: &'static str,
    ) -> Self {
        Self {
            name,
            takes,
            about,
            example,
            presence: Presence::Optional,
            effect: Effect::Now,
            refused: &[],
        }
    }

    /// A key that must be there.
    const fn required(
        name: &'static str,
        takes: Takes,
        example: &'static str,
        about: &'static str,
    ) -> Self {
        Self {
            presence: Presence::Required,
            ..Self::optional(name, takes, example, about)
        }
    }

    /// The same key, with words that are refused for a reason.
    const fn refusing(self, refused: &'static [(&'static str, &'static str)]) -> Self {
        Self { refused, ..self }
    }

    /// The same key, on which this version does not act yet.
    const fn later(self, missing: &'static str) -> Self {
        Self {
            effect: Effect::Later(missing),
            ..self
        }
    }
}

impl Table {
    /// The key with this name.
    pub(super) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

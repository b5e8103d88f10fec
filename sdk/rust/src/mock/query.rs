//! What a test expects to be asked, and what it answers.

use std::fmt;

use crate::sql::error::{ConnectionError, DatabaseError, ServerError};
use crate::sql::rows::Rows;
use crate::sql::value::Value;
use crate::sql::values::IntoValues;

/// A query whose text contains this; white space counts as one space on both sides.
#[must_use]
pub fn contains(part: &str) -> QueryMatcher {
    QueryMatcher {
        text: Text::Contains(one_spaced(part)),
        values: None,
    }
}

/// A query whose text is this; white space counts as one space on both sides.
#[must_use]
pub fn exactly(sql: &str) -> QueryMatcher {
    QueryMatcher {
        text: Text::Exactly(one_spaced(sql)),
        values: None,
    }
}

/// Which queries an expectation is about; made by [`contains`] or [`exactly`].
#[derive(Clone, Debug, PartialEq)]
pub struct QueryMatcher {
    text: Text,
    values: Option<Vec<Value>>,
}

#[derive(Clone, Debug, PartialEq)]
enum Text {
    Contains(String),
    Exactly(String),
}

impl QueryMatcher {
    /// Only with these values for its placeholders: `contains("pg_class").with((1000, "public"))`.
    #[must_use]
    pub fn with(mut self, values: impl IntoValues) -> Self {
        self.values = Some(values.into_values());
        self
    }

    pub(super) fn matches(&self, sql: &str, values: &[Value]) -> bool {
        let sql = one_spaced(sql);
        let text_matches = match &self.text {
            Text::Contains(part) => sql.contains(part),
            Text::Exactly(all) => sql == *all,
        };
        text_matches && self.values.as_deref().is_none_or(|known| known == values)
    }
}

impl fmt::Display for QueryMatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.text {
            Text::Contains(part) => write!(f, "contains(\"{part}\")")?,
            Text::Exactly(all) => write!(f, "exactly(\"{all}\")")?,
        }
        match &self.values {
            None => Ok(()),
            Some(values) => write!(f, " with {values:?}"),
        }
    }
}

fn one_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a query is answered with: the rows of [`rows!`](crate::rows), or an error.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// An answer.
    Rows(Rows),
    /// No answer.
    Error(DatabaseError),
}

impl From<Rows> for Answer {
    fn from(rows: Rows) -> Self {
        Self::Rows(rows)
    }
}

impl From<DatabaseError> for Answer {
    fn from(error: DatabaseError) -> Self {
        Self::Error(error)
    }
}

impl From<ServerError> for Answer {
    fn from(error: ServerError) -> Self {
        Self::Error(error.into())
    }
}

impl From<ConnectionError> for Answer {
    fn from(error: ConnectionError) -> Self {
        Self::Error(error.into())
    }
}

/// One query that the test expects.
#[derive(Clone, Debug)]
pub(super) struct ExpectedQuery {
    pub matcher: QueryMatcher,
    pub answer: Answer,
}

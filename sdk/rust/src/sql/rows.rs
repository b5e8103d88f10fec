//! [`Rows`] and [`Row`]: the answer to a query, read by column name.

use std::fmt;
use std::time::Duration;

use super::convert::FromValue;
use super::value::Value;

/// One column of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// As the server calls it; not necessarily unique.
    pub name: String,
    /// The server's name of its type.
    pub type_name: String,
}

/// The answer to one query.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Value>>,
    pub(crate) truncated: bool,
    pub(crate) elapsed: Duration,
}

impl Rows {
    /// The columns, in the order of the statement.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether the server had more rows, or more bytes, than the limits of the query.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// From sending the statement to its last row, as the host measured it.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The first row.
    #[must_use]
    pub fn first(&self) -> Option<Row<'_>> {
        self.iter().next()
    }

    /// The rows, in the order of the server.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        self.rows.iter().map(|values| Row {
            columns: &self.columns,
            values,
        })
    }
}

/// One row, borrowed from its [`Rows`].
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    columns: &'a [Column],
    values: &'a [Value],
}

impl<'a> Row<'a> {
    /// The value of a column; of the first one, if several have this name.
    ///
    /// # Errors
    /// There is no such column, its value is not a `T`, or it is NULL and `T` is not an `Option`.
    pub fn get<T: FromValue>(&self, column: &str) -> Result<T, ColumnError> {
        let index = self
            .columns
            .iter()
            .position(|candidate| candidate.name == column)
            .ok_or_else(|| ColumnError::Missing {
                column: column.to_owned(),
                available: self.columns.iter().map(|it| it.name.clone()).collect(),
            })?;
        self.read(index)
    }

    /// The value of the first column, whatever its name.
    ///
    /// # Errors
    /// As [`Row::get`]; a row without any column misses column `1`.
    pub fn first<T: FromValue>(&self) -> Result<T, ColumnError> {
        if self.columns.is_empty() {
            return Err(ColumnError::Missing {
                column: "1".to_owned(),
                available: Vec::new(),
            });
        }
        self.read(0)
    }

    /// Columns and values side by side, in the order of the statement.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&'a Column, &'a Value)> {
        self.columns.iter().zip(self.values)
    }

    fn read<T: FromValue>(&self, index: usize) -> Result<T, ColumnError> {
        let column = &self.columns[index].name;
        let value = self.values.get(index).unwrap_or(&Value::Null);
        if *value == Value::Null {
            return T::from_null().ok_or_else(|| ColumnError::Null {
                column: column.clone(),
                wanted: T::KIND,
            });
        }
        T::from_value(value).ok_or_else(|| ColumnError::Type {
            column: column.clone(),
            wanted: T::KIND,
            found: value.clone(),
        })
    }
}

/// A struct whose fields are named like the columns of a query.
///
/// ```
/// use checkrun_sdk::FromRow;
///
/// #[derive(FromRow)]
/// struct Table {
///     name: String,
///     dead_rows: i64,
///     last_vacuum: Option<std::time::SystemTime>,
/// }
/// ```
pub trait FromRow: Sized {
    /// Reads one row.
    ///
    /// # Errors
    /// As [`Row::get`].
    fn from_row(row: Row<'_>) -> Result<Self, ColumnError>;
}

/// Why a column could not be read. The check and its SQL do not fit together.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnError {
    /// The answer has no such column.
    Missing {
        /// The name asked for.
        column: String,
        /// The names there are.
        available: Vec<String>,
    },
    /// The value is NULL.
    Null {
        /// The column's name.
        column: String,
        /// The Rust type asked for.
        wanted: &'static str,
    },
    /// The value is of another type, or out of range.
    Type {
        /// The column's name.
        column: String,
        /// The Rust type asked for.
        wanted: &'static str,
        /// The value.
        found: Value,
    },
}

impl fmt::Display for ColumnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { column, available } if available.is_empty() => {
                write!(f, "column `{column}` is missing; the answer has no columns")
            }
            Self::Missing { column, available } => write!(
                f,
                "column `{column}` is missing; there are: {}",
                available.join(", ")
            ),
            Self::Null { column, wanted } => write!(
                f,
                "column `{column}` is NULL; read it as Option<{wanted}>, or use coalesce() in the query"
            ),
            Self::Type {
                column,
                wanted,
                found,
            } => write!(
                f,
                "column `{column}` cannot be read as {wanted}: it holds the {} {}",
                found.kind(),
                shown(found)
            ),
        }
    }
}

impl std::error::Error for ColumnError {}

/// Long values are cut: the message is for a log line.
const SHOWN_CHARS_MAX: usize = 60;

fn shown(value: &Value) -> String {
    let text = match value {
        Value::Text(text) => format!("{text:?}"),
        other => other.to_string(),
    };
    match text.char_indices().nth(SHOWN_CHARS_MAX) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use crate::{NULL, rows};

    #[test]
    fn every_column_error_says_what_to_change() {
        let rows = rows! {
            "name", "size", "note";
            "orders", 12, NULL;
        };
        let row = rows.first().expect("one row");
        let messages = [
            row.get::<i64>("sise").map(drop),
            row.get::<String>("note").map(drop),
            row.get::<i64>("name").map(drop),
            row.get::<bool>("size").map(drop),
        ]
        .map(|result| result.expect_err("cannot be read").to_string())
        .join("\n");
        insta::assert_snapshot!(messages, @r#"
        column `sise` is missing; there are: name, size, note
        column `note` is NULL; read it as Option<String>, or use coalesce() in the query
        column `name` cannot be read as i64: it holds the text "orders"
        column `size` cannot be read as bool: it holds the integer 12
        "#);
    }

    #[test]
    fn columns_are_read_by_name_and_null_becomes_none() {
        let rows = rows! { "name", "size"; "orders", NULL; };
        let row = rows.first().expect("one row");
        assert_eq!(row.get("name"), Ok("orders".to_owned()));
        assert_eq!(row.get::<Option<i64>>("size"), Ok(None));
        assert_eq!(row.first(), Ok("orders".to_owned()));
    }

    #[test]
    fn a_long_value_is_cut_in_the_message() {
        let rows = rows! { "note"; "x".repeat(10_000) };
        let error = rows.first().expect("one row").get::<i64>("note");
        assert!(error.expect_err("not a number").to_string().len() < 200);
    }
}

//! The console's rows, which come as text: numbers become numbers, everything else stays text.

use futures_util::StreamExt;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row, ValueRef, raw_sql};

use crate::execute::database::postgres::fetch::{self, Fetched};
use crate::execute::database::postgres::kind::Kind;
use crate::execute::database::postgres::shape;
use crate::model::sql::{Column, Query, Value};

/// Sends one statement and reads its rows within the limits of the query.
///
/// # Errors
/// As the driver gives them.
pub async fn fetch(
    connection: &mut PgConnection,
    statement: &'static str,
    query: &Query,
) -> Result<(Vec<Column>, Fetched), sqlx::Error> {
    let mut columns = Vec::new();
    let rows = raw_sql(statement).fetch(connection).boxed();
    let fetched = fetch::collect(rows, query, |row| {
        let fields = row.columns().iter().map(shape::unresolved);
        if columns.is_empty() {
            columns = fields.clone().map(|field| field.column).collect();
        }
        let values = fields.enumerate();
        values
            .map(|(index, field)| read(row, index, field.kind))
            .collect::<Result<_, sqlx::Error>>()
            .map(Some)
    })
    .await?;
    Ok((columns, fetched))
}

/// The text of a column, by its name; none when there is no such column or it is NULL.
pub fn text(row: &PgRow, column: &str) -> Option<String> {
    let value = row.try_get_raw(column).ok()?;
    let bytes = value.as_bytes().ok()?;
    Some(String::from_utf8_lossy(bytes).into_owned())
}

fn read(row: &PgRow, index: usize, kind: Kind) -> Result<Value, sqlx::Error> {
    let value = row.try_get_raw(index)?;
    if value.is_null() {
        return Ok(Value::Null);
    }
    let text = String::from_utf8_lossy(value.as_bytes().map_err(sqlx::Error::Decode)?).into_owned();
    let number = match kind {
        Kind::Int2 | Kind::Int4 | Kind::Int8 => text.parse().ok(),
        _ => None,
    };
    Ok(match (number, kind) {
        (Some(number), _) => Value::Int64(number),
        (None, Kind::Numeric) => Value::Decimal(text),
        (None, _) => Value::Text(text),
    })
}

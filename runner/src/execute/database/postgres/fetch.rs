//! Reads the rows of an answer until they end or the query's limits are reached.

use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use sqlx::postgres::PgRow;
use sqlx::{Row, ValueRef};

use super::fenced::Failure;
use super::projection::{Place, Projection};
use super::shape::Field;
use super::value::decode;
use crate::execute::database::VALUE_BYTES_MIN;
use crate::model::sql::{Query, Value};

/// Where the values are in a row.
pub struct Layout {
    places: Vec<Place>,
    too_large: Option<usize>,
}

impl Layout {
    /// The guest's own columns.
    pub fn as_is(columns: usize) -> Self {
        let place = |value| Place { value, text: None };
        Self {
            places: (0..columns).map(place).collect(),
            too_large: None,
        }
    }

    /// The columns of a projection.
    pub fn projected(projection: &Projection) -> Self {
        Self {
            places: projection.places.clone(),
            too_large: Some(projection.too_large),
        }
    }
}

/// The rows within the limits.
pub struct Fetched {
    pub rows: Vec<Vec<Value>>,
    pub bytes: u64,
    /// There is at least one more row; the stream was left where it was.
    pub truncated: bool,
}

/// Reads the rows of a statement whose shape is known.
pub async fn fetch(
    rows: BoxStream<'_, Result<PgRow, sqlx::Error>>,
    fields: &[Field],
    layout: &Layout,
    query: &Query,
) -> Result<Fetched, Failure> {
    collect(rows, query, |row| {
        if is_too_large(row, layout)? {
            return Ok(None);
        }
        let values = fields.iter().zip(&layout.places);
        values
            .map(|(field, place)| read(row, field, *place))
            .collect::<Result<_, _>>()
            .map(Some)
    })
    .await
}

/// Reads rows with `read`, which gives none for a row that was too large to be sent. A row that does
/// not fit is left out, and so are all after it.
pub async fn collect<E: From<sqlx::Error>>(
    mut rows: BoxStream<'_, Result<PgRow, sqlx::Error>>,
    query: &Query,
    mut read: impl FnMut(&PgRow) -> Result<Option<Vec<Value>>, E>,
) -> Result<Fetched, E> {
    let mut fetched = Fetched {
        rows: Vec::new(),
        bytes: 0,
        truncated: false,
    };
    while let Some(row) = rows.try_next().await? {
        let full = fetched.rows.len() as u64 >= u64::from(query.max_rows);
        let values = match full {
            true => None,
            false => read(&row)?,
        };
        let Some(values) = values else {
            fetched.truncated = true;
            break;
        };
        let sizes = values.iter().map(size);
        let bytes = sizes.fold(fetched.bytes, u64::saturating_add);
        if bytes > query.max_bytes {
            fetched.truncated = true;
            break;
        }
        fetched.bytes = bytes;
        fetched.rows.push(values);
    }
    Ok(fetched)
}

fn is_too_large(row: &PgRow, layout: &Layout) -> Result<bool, Failure> {
    let Some(index) = layout.too_large else {
        return Ok(false);
    };
    let value = row.try_get_raw(index)?;
    Ok(!value.is_null() && value.as_bytes().map_err(sqlx::Error::Decode)? != [0])
}

fn read(row: &PgRow, field: &Field, place: Place) -> Result<Value, Failure> {
    let type_name = &field.column.type_name;
    let value = row.try_get_raw(place.value)?;
    if !value.is_null() {
        let bytes = value.as_bytes().map_err(sqlx::Error::Decode)?;
        return decode(field.kind, type_name, bytes)
            .map_err(|malformed| Failure::Driver(sqlx::Error::Protocol(malformed.to_string())));
    }
    let Some(text) = place.text else {
        return Ok(Value::Null);
    };
    let text = row.try_get_raw(text)?;
    match text.is_null() {
        true => Ok(Value::Null),
        false => Ok(Value::Other {
            type_name: type_name.clone(),
            text: text.as_str().map_err(sqlx::Error::Decode)?.into(),
        }),
    }
}

/// Bytes that a value counts against [`Query::max_bytes`].
fn size(value: &Value) -> u64 {
    let texts = |length: usize| length as u64;
    let own = match value {
        Value::Null
        | Value::Boolean(_)
        | Value::Int64(_)
        | Value::Uint64(_)
        | Value::Float64(_)
        | Value::Instant(_)
        | Value::Interval(_) => 0,
        Value::Decimal(text)
        | Value::Text(text)
        | Value::Datetime(text)
        | Value::Date(text)
        | Value::Time(text)
        | Value::Uuid(text)
        | Value::Json(text)
        | Value::Other { text, .. } => texts(text.len()),
        Value::Bytes(bytes) => texts(bytes.len()),
        Value::Int64Array(elements) => texts(elements.len()) * VALUE_BYTES_MIN,
        Value::Float64Array(elements) => texts(elements.len()) * VALUE_BYTES_MIN,
        Value::TextArray(elements) => elements
            .iter()
            .map(|text| texts(text.as_ref().map_or(0, String::len)).max(VALUE_BYTES_MIN))
            .sum(),
    };
    own.max(VALUE_BYTES_MIN)
}

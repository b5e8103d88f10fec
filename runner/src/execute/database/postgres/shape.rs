//! What a statement returns and takes, known before it runs.
//!
//! The driver describes a statement while it prepares it. It cannot do so for a few types (multiranges,
//! `pg_node_tree`, types of an extension's own category): [`probe`] then asks the server in SQL.

use std::collections::HashMap;

use sqlx::postgres::{PgColumn, PgStatement, PgTypeInfo, PgTypeKind};
use sqlx::{
    AssertSqlSafe, Column as _, Either, Executor, PgConnection, Row, SqlSafeStr, Statement,
    TypeInfo, raw_sql,
};

use super::kind::Kind;
use crate::model::sql::Column;

/// Types with a lower number are the server's own.
const FIRST_EXTENSION_OID: u32 = 10_000;

/// One column of a statement's answer.
#[derive(Clone, Debug)]
pub struct Field {
    pub column: Column,
    pub kind: Kind,
}

/// A statement as the server understands it.
pub struct Shape {
    pub fields: Vec<Field>,
    /// What the placeholders were inferred to be.
    pub parameters: Vec<PgTypeInfo>,
    /// Absent when the driver could not prepare the statement as it is.
    pub statement: Option<PgStatement>,
}

/// Prepares `sql` and tells what the driver learned of it.
///
/// # Errors
/// The server's, and the driver's when it cannot describe what cannot be asked for in SQL.
pub async fn describe(connection: &mut PgConnection, sql: &str) -> Result<Shape, sqlx::Error> {
    let statement = prepare(connection, sql.into()).await?;
    let fields = statement.columns().iter().map(resolved).collect();
    Ok(Shape {
        fields,
        parameters: parameters(&statement),
        statement: Some(statement),
    })
}

/// Whether the driver failed to describe a statement that the server understood.
pub fn is_beyond_the_driver(error: &sqlx::Error) -> bool {
    matches!(
        error,
        sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::Decode(_)
            | sqlx::Error::TypeNotFound { .. }
    )
}

pub async fn prepare(
    connection: &mut PgConnection,
    sql: String,
) -> Result<PgStatement, sqlx::Error> {
    connection
        .prepare_with(AssertSqlSafe(sql).into_sql_str(), &[])
        .await
}

pub fn parameters(statement: &PgStatement) -> Vec<PgTypeInfo> {
    match statement.parameters() {
        Some(Either::Left(types)) => types.to_vec(),
        _ => Vec::new(),
    }
}

/// A cursor over the statement's row of NULLs, which the server can give without running it.
pub fn probe_sql(sql: &str) -> String {
    format!(
        "DECLARE checkrun_shape NO SCROLL CURSOR FOR SELECT g.* FROM (VALUES (1)) AS one \
         LEFT JOIN (SELECT * FROM (\n{sql}\n) AS g LIMIT 0) AS g ON true"
    )
}

/// The fields of the cursor that [`probe_sql`] has declared.
///
/// # Errors
/// As the driver gives them.
pub async fn probe(connection: &mut PgConnection) -> Result<Vec<Field>, sqlx::Error> {
    let row = raw_sql("FETCH 1 FROM checkrun_shape")
        .fetch_one(&mut *connection)
        .await?;
    let mut fields: Vec<Field> = row.columns().iter().map(unresolved).collect();
    let oids = row.columns().iter().map(oid);
    let unknown: Vec<String> = oids
        .filter(|oid| Kind::of_oid(*oid) == Kind::Foreign)
        .map(|oid| oid.to_string())
        .collect();
    if unknown.is_empty() {
        return Ok(fields);
    }
    let question = format!(
        "SELECT oid::text AS oid, pg_catalog.format_type(oid, NULL) AS name, \
         (typtype = 'e')::text AS is_enum FROM pg_catalog.pg_type WHERE oid IN ({})",
        unknown.join(",")
    );
    let mut types = HashMap::new();
    for row in raw_sql(AssertSqlSafe(question))
        .fetch_all(connection)
        .await?
    {
        let oid: String = row.try_get("oid")?;
        let name: String = row.try_get("name")?;
        let is_enum: String = row.try_get("is_enum")?;
        types.insert(oid, (name, is_enum == "true"));
    }
    for (field, column) in fields.iter_mut().zip(row.columns()) {
        if let Some((name, is_enum)) = types.get(&oid(column).to_string()) {
            field.column.type_name.clone_from(name);
            if *is_enum || is_citext(name) {
                field.kind = Kind::AsText;
            }
        }
    }
    Ok(fields)
}

/// The text type of an extension, which may be installed in any schema.
pub fn is_citext(type_name: &str) -> bool {
    type_name == "citext" || type_name.ends_with(".citext")
}

fn oid(column: &PgColumn) -> u32 {
    column.type_info().oid().map_or(0, |oid| oid.0)
}

/// A field whose type the driver has resolved.
fn resolved(column: &PgColumn) -> Field {
    let mut field = unresolved(column);
    let is_enum = || matches!(column.type_info().kind(), PgTypeKind::Enum(_));
    if field.kind == Kind::Foreign && (is_citext(&field.column.type_name) || is_enum()) {
        field.kind = Kind::AsText;
    }
    field
}

/// A field as far as the number of its type tells; the driver panics when asked for more.
pub fn unresolved(column: &PgColumn) -> Field {
    let oid = oid(column);
    let name = column.type_info().name();
    Field {
        column: Column {
            name: column.name().into(),
            type_name: match oid {
                0..FIRST_EXTENSION_OID => name.to_lowercase(),
                _ => name.to_owned(),
            },
        },
        kind: Kind::of_oid(oid),
    }
}

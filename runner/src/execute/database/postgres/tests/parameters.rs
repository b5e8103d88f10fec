//! Values for placeholders.

use checkrun_testkit::account::MONITOR;

use super::types::{other, text};
use super::*;

/// A statement, the value of its placeholder, and the value that comes back.
type Case = (&'static str, Value, Value);

/// A placeholder that gives its value back.
fn same(sql: &'static str, value: Value) -> Case {
    (sql, value.clone(), value)
}

fn numbers() -> Vec<Case> {
    let int = Value::Int64(42);
    let exact = Value::Decimal("-1.50".into());
    vec![
        ("SELECT $1", int.clone(), text("42")),
        same("SELECT $1::int2", int.clone()),
        ("SELECT $1::int8", Value::Uint64(42), int.clone()),
        ("SELECT $1::oid", int.clone(), Value::Uint64(42)),
        same("SELECT $1::numeric", exact),
        (
            "SELECT $1::numeric",
            int.clone(),
            Value::Decimal("42".into()),
        ),
        same("SELECT $1::float8", Value::Float64(0.1)),
        same("SELECT $1::float8", Value::Float64(f64::INFINITY)),
        ("SELECT $1::float4", int.clone(), Value::Float64(42.0)),
        same("SELECT $1::bool", Value::Boolean(true)),
        same("SELECT $1::int", Value::Null),
        same("SELECT id FROM customers WHERE id = $1", int.clone()),
        (
            "SELECT '{[1,3)}'::int4multirange WHERE $1::int = 42",
            int,
            other("int4multirange", "{[1,3)}"),
        ),
    ]
}

fn times() -> Vec<Case> {
    vec![
        same("SELECT $1::timestamptz", Value::Instant(1)),
        same("SELECT $1::timestamptz", Value::Instant(i64::MAX)),
        (
            "SELECT $1::timestamptz",
            text("1970-01-01T00:00:01Z"),
            Value::Instant(1_000_000),
        ),
        same(
            "SELECT $1::timestamp",
            Value::Datetime("2024-02-29T01:02:03.5".into()),
        ),
        same("SELECT $1::date", Value::Date("1999-12-31".into())),
        same("SELECT $1::time", Value::Time("01:02:03".into())),
        same("SELECT $1::interval", Value::Interval(-5)),
    ]
}

fn others() -> Vec<Case> {
    let ids = Value::Int64Array(vec![Some(42), None]);
    let texts = Value::TextArray(vec![Some("b".into())]);
    vec![
        same("SELECT $1", text("a")),
        (
            "SELECT count(*) FROM customers WHERE email LIKE $1",
            text("%.org"),
            Value::Int64(100),
        ),
        same("SELECT $1::bytea", Value::Bytes(vec![0, 1])),
        same(
            "SELECT $1::uuid",
            Value::Uuid("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11".into()),
        ),
        same("SELECT $1::jsonb", Value::Json("[1]".into())),
        ("SELECT $1::json", text("[1]"), Value::Json("[1]".into())),
        (
            "SELECT id FROM customers WHERE id = ANY($1)",
            ids,
            Value::Int64(42),
        ),
        same("SELECT $1::float8[]", Value::Float64Array(vec![None])),
        ("SELECT 'b' = ANY($1::text[])", texts, Value::Boolean(true)),
        (
            "SELECT $1::text::inet",
            text("1.2.3.4"),
            other("inet", "1.2.3.4"),
        ),
    ]
}

#[tokio::test]
async fn a_placeholder_has_the_type_of_the_place_where_it_stands() {
    let mut session = session(target(MONITOR));
    let mut wrong = Vec::new();
    for (sql, parameter, expected) in [numbers(), times(), others()].concat() {
        match session
            .query(&with(sql, std::slice::from_ref(&parameter)))
            .await
        {
            Ok(answer) if answer.rows == [[expected.clone()]] => {}
            other => wrong.push(format!(
                "{sql} with {parameter:?}: expected {expected:?}, got {other:?}"
            )),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_refused_with_a_way_out() {
    let mut session = session(target(MONITOR));
    let cases = [
        ("SELECT $1::int2", vec![Value::Int64(40_000)]),
        ("SELECT $1::int", vec![Value::Text("1".into())]),
        ("SELECT $1::inet", vec![Value::Text("1.2.3.4".into())]),
        ("SELECT $1::uuid", vec![Value::Text("no".into())]),
        ("SELECT $1::int4multirange", vec![Value::Text("{}".into())]),
        ("SELECT 1", vec![Value::Null]),
        ("SELECT $1", vec![]),
        ("SELECT $1 || $2", vec![Value::Null]),
    ];
    let mut sentences = Vec::new();
    for (sql, parameters) in cases {
        match session.query(&with(sql, &parameters)).await {
            Err(SqlError::InvalidParameter(sentence)) => {
                sentences.push(format!("{sql}: {sentence}"))
            }
            other => panic!("{sql}: {other:?}"),
        }
    }
    insta::assert_snapshot!(sentences.join("\n"));
    assert_eq!(value(&mut session, "SELECT 1").await, Value::Int64(1));
}

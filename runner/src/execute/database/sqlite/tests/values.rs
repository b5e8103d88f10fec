//! What is stored arrives as it is, and so does every parameter.

use super::*;

#[tokio::test]
async fn every_storage_class_arrives_as_it_is_stored() {
    let fixture = Fixture::new();
    fixture.write(
        "types.db",
        "create table t (i integer, r real, t text, b blob, yes boolean, d date, n numeric, x); \
         insert into t values (-9223372036854775808, 1e308, 'ü', x'00ff', true, '2024-02-29', 1.5, cast(x'ff41' as text)); \
         insert into t values ('text', 'in', 3, 'every', 'column', 4, null, 9e999)",
    );
    let mut connection = fixture.open("types.db").await.unwrap();
    let answer = ask(&mut connection, "select *, 1 + 1 as sum from t")
        .await
        .unwrap();
    let types: Vec<_> = answer
        .columns
        .iter()
        .map(|column| &*column.type_name)
        .collect();
    assert_eq!(
        types,
        [
            "INTEGER", "REAL", "TEXT", "BLOB", "boolean", "date", "numeric", "TEXT", "INTEGER"
        ]
    );
    let text = |text: &str| Value::Text(text.into());
    assert_eq!(
        answer.rows,
        [
            vec![
                Value::Int64(i64::MIN),
                Value::Float64(1e308),
                text("ü"),
                Value::Bytes(vec![0, 255]),
                Value::Int64(1),
                text("2024-02-29"),
                Value::Float64(1.5),
                Value::Bytes(vec![0xff, 0x41]),
                Value::Int64(2),
            ],
            vec![
                text("text"),
                text("in"),
                text("3"),
                text("every"),
                text("column"),
                Value::Int64(4),
                Value::Null,
                Value::Float64(f64::INFINITY),
                Value::Int64(2),
            ],
        ]
    );
}

#[tokio::test]
async fn parameters_of_every_kind_arrive() {
    let fixture = Fixture::new();
    let mut connection = fixture.open("shop.db").await.unwrap();
    let text = |text: &str| Value::Text(text.into());
    for (parameter, expected) in [
        (Value::Null, Value::Null),
        (Value::Boolean(true), Value::Int64(1)),
        (Value::Int64(i64::MIN), Value::Int64(i64::MIN)),
        (Value::Uint64(5), Value::Int64(5)),
        (
            Value::Float64(f64::NEG_INFINITY),
            Value::Float64(f64::NEG_INFINITY),
        ),
        (Value::Decimal("1.10".into()), text("1.10")),
        (text("' ? ;"), text("' ? ;")),
        (Value::Bytes(vec![0]), Value::Bytes(vec![0])),
        (
            Value::Instant(1_709_168_523_000_000),
            text("2024-02-29 01:02:03"),
        ),
        (
            Value::Instant(1_709_168_523_000_004),
            text("2024-02-29 01:02:03.000004"),
        ),
        (Value::Interval(5), Value::Int64(5)),
    ] {
        let answer = connection
            .query(&query("select ?", vec![parameter.clone()]))
            .await
            .unwrap();
        assert_eq!(answer.rows[0][0], expected, "{parameter:?}");
    }
    for parameters in [
        vec![],
        vec![Value::Null, Value::Null],
        vec![Value::Uint64(u64::MAX)],
        vec![Value::Float64(f64::NAN)],
        vec![Value::Instant(i64::MAX)],
        vec![Value::Int64Array(vec![])],
    ] {
        let error = connection
            .query(&query("select ?", parameters))
            .await
            .unwrap_err();
        assert!(matches!(error, SqlError::InvalidParameter(_)), "{error:?}");
    }
}

//! Every common type arrives as the right value, and none fails a query.

use super::*;

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn other(type_name: &str, text: &str) -> Value {
    Value::Other {
        type_name: type_name.into(),
        text: text.into(),
    }
}

/// Column's type, its value as SQL, the name and the value that a check gets.
#[expect(clippy::too_many_lines, reason = "one row for each type")]
fn cases() -> Vec<(&'static str, &'static str, &'static str, Value)> {
    vec![
        ("tinyint", "-128", "TINYINT", Value::Int64(-128)),
        ("tinyint(1)", "-1", "TINYINT", Value::Int64(-1)),
        (
            "tinyint(1) unsigned",
            "255",
            "TINYINT UNSIGNED",
            Value::Uint64(255),
        ),
        ("boolean", "true", "TINYINT", Value::Int64(1)),
        ("smallint", "-32768", "SMALLINT", Value::Int64(-32768)),
        (
            "smallint unsigned",
            "65535",
            "SMALLINT UNSIGNED",
            Value::Uint64(65535),
        ),
        (
            "mediumint",
            "-8388608",
            "MEDIUMINT",
            Value::Int64(-8_388_608),
        ),
        (
            "mediumint unsigned",
            "16777215",
            "MEDIUMINT UNSIGNED",
            Value::Uint64(16_777_215),
        ),
        ("int", "-2147483648", "INT", Value::Int64(-2_147_483_648)),
        (
            "int unsigned zerofill",
            "4294967295",
            "INT UNSIGNED",
            Value::Uint64(4_294_967_295),
        ),
        (
            "bigint",
            "-9223372036854775808",
            "BIGINT",
            Value::Int64(i64::MIN),
        ),
        (
            "bigint unsigned",
            "18446744073709551615",
            "BIGINT UNSIGNED",
            Value::Uint64(u64::MAX),
        ),
        ("bit(1)", "b'1'", "BIT", Value::Uint64(1)),
        (
            "bit(64)",
            "b'1000000000000000000000000000000000000000000000000000000000000001'",
            "BIT",
            Value::Uint64(1 << 63 | 1),
        ),
        ("year", "2024", "YEAR", Value::Int64(2024)),
        ("year", "0", "YEAR", Value::Int64(0)),
        ("float", "1.1", "FLOAT", Value::Float64(1.1)),
        (
            "double",
            "1.7976931348623157e308",
            "DOUBLE",
            Value::Float64(f64::MAX),
        ),
        (
            "decimal(65, 30)",
            "-12345678901234567890123456789012345.000000000000000000000000000001",
            "DECIMAL",
            Value::Decimal(
                "-12345678901234567890123456789012345.000000000000000000000000000001".into(),
            ),
        ),
        (
            "decimal(4, 2)",
            "0",
            "DECIMAL",
            Value::Decimal("0.00".into()),
        ),
        ("char(5)", "'ab'", "CHAR", text("ab")),
        (
            "varchar(20) character set latin1",
            "'Grüße'",
            "VARCHAR",
            text("Grüße"),
        ),
        (
            "varchar(20) character set utf16",
            "'Grüße 🦀'",
            "VARCHAR",
            text("Grüße 🦀"),
        ),
        (
            "varchar(20) collate utf8mb4_bin",
            "'bin'",
            "VARCHAR",
            text("bin"),
        ),
        ("char(3) collate utf8mb4_bin", "'bin'", "CHAR", text("bin")),
        ("text collate utf8mb4_bin", "'bin'", "TEXT", text("bin")),
        ("varchar(20)", "''", "VARCHAR", text("")),
        ("longtext", "'long'", "TEXT", text("long")),
        (
            "binary(3)",
            "x'00FF01'",
            "BINARY",
            Value::Bytes(vec![0, 255, 1]),
        ),
        (
            "varbinary(3)",
            "'abc'",
            "VARBINARY",
            Value::Bytes(b"abc".to_vec()),
        ),
        ("blob", "x'00'", "BLOB", Value::Bytes(vec![0])),
        ("enum('a', 'b')", "'b'", "ENUM", text("b")),
        ("set('a', 'b')", "'a,b'", "CHAR", text("a,b")),
        (
            "date",
            "'2024-02-29'",
            "DATE",
            Value::Date("2024-02-29".into()),
        ),
        ("date", "'0000-00-00'", "DATE", other("DATE", "0000-00-00")),
        ("date", "'2024-05-00'", "DATE", other("DATE", "2024-05-00")),
        (
            "datetime",
            "'9999-12-31 23:59:59'",
            "DATETIME",
            Value::Datetime("9999-12-31T23:59:59".into()),
        ),
        (
            "datetime(6)",
            "'2024-02-29 01:02:03.000004'",
            "DATETIME",
            Value::Datetime("2024-02-29T01:02:03.000004".into()),
        ),
        (
            "datetime",
            "'2024-02-29'",
            "DATETIME",
            Value::Datetime("2024-02-29T00:00:00".into()),
        ),
        (
            "datetime",
            "'0000-00-00 00:00:00'",
            "DATETIME",
            other("DATETIME", "0000-00-00 00:00:00"),
        ),
        (
            "timestamp null",
            "'1970-01-01 00:00:01'",
            "TIMESTAMP",
            Value::Instant(1_000_000),
        ),
        (
            "timestamp(6) null",
            "'2024-02-29 01:02:03.000004'",
            "TIMESTAMP",
            Value::Instant(1_709_168_523_000_004),
        ),
        (
            "timestamp null",
            "'0000-00-00 00:00:00'",
            "TIMESTAMP",
            other("TIMESTAMP", "0000-00-00 00:00:00"),
        ),
        ("time", "'12:34:56'", "TIME", Value::Time("12:34:56".into())),
        (
            "time(3)",
            "'-00:00:00.5'",
            "TIME",
            Value::Time("-00:00:00.500000".into()),
        ),
        (
            "time",
            "'-838:59:59'",
            "TIME",
            Value::Time("-838:59:59".into()),
        ),
        ("time", "'00:00:00'", "TIME", Value::Time("00:00:00".into())),
        ("json", "'{\"a\": 1}'", "TEXT", text("{\"a\": 1}")),
        (
            "point",
            "point(1, 2)",
            "GEOMETRY",
            other(
                "GEOMETRY",
                "0x000000000101000000000000000000F03F0000000000000040",
            ),
        ),
        (
            "uuid",
            "'123e4567-e89b-12d3-a456-426655440000'",
            "CHAR",
            text("123e4567-e89b-12d3-a456-426655440000"),
        ),
        ("inet6", "'2001:db8::1'", "CHAR", text("2001:db8::1")),
        ("int", "null", "INT", Value::Null),
    ]
}

#[tokio::test]
async fn every_type_arrives_as_the_right_value() {
    let cases = cases();
    let columns: Vec<_> = cases
        .iter()
        .enumerate()
        .map(|(index, (column, ..))| format!("c{index} {column}"))
        .collect();
    let values: Vec<_> = cases.iter().map(|(_, value, ..)| *value).collect();
    prepare(&[
        "create or replace database types",
        &format!("create table types.t ({})", columns.join(", ")),
        &format!(
            "set sql_mode = '', time_zone = '+00:00'; insert into types.t values ({})",
            values.join(", ")
        ),
    ])
    .await;
    let answer = ask(&mut boss().await, "select * from types.t")
        .await
        .unwrap();
    for (index, (column, value, type_name, expected)) in cases.iter().enumerate() {
        let got = (&*answer.columns[index].type_name, &answer.rows[0][index]);
        assert_eq!(got, (*type_name, expected), "{column} {value}");
    }
}

#[tokio::test]
async fn expressions_of_every_kind_are_values_too() {
    let mut connection = monitor().await;
    for (sql, expected) in [
        ("select null", Value::Null),
        ("select 1 = 1", Value::Int64(1)),
        ("select 0.1 + 0.2", Value::Decimal("0.3".into())),
        ("select 'a' collate utf8mb4_bin", text("a")),
        ("select _binary 'a'", Value::Bytes(b"a".to_vec())),
        (
            "select sec_to_time(-90000)",
            Value::Time("-25:00:00".into()),
        ),
        (
            "select sum(id) from customers",
            Value::Decimal("5050".into()),
        ),
        ("select concat('a', 1)", text("a1")),
        ("select from_unixtime(0) is null", Value::Int64(0)),
    ] {
        assert_eq!(one(&mut connection, sql).await, expected, "{sql}");
    }
}

#[tokio::test]
async fn parameters_of_every_kind_arrive_at_the_server() {
    let mut connection = monitor().await;
    for (sql, parameter, expected) in [
        ("select ? is null", Value::Null, Value::Int64(1)),
        ("select ? + 0", Value::Boolean(true), Value::Int64(1)),
        ("select ?", Value::Int64(-5), Value::Int64(-5)),
        ("select ?", Value::Uint64(u64::MAX), Value::Uint64(u64::MAX)),
        ("select ?", Value::Float64(0.5), Value::Float64(0.5)),
        (
            "select cast(? as decimal(40, 2))",
            Value::Decimal("12345678901234567890.12".into()),
            Value::Decimal("12345678901234567890.12".into()),
        ),
        ("select ?", text("ü ' ? \\"), text("ü ' ? \\")),
        ("select hex(?)", Value::Bytes(vec![0, 255]), text("00FF")),
        (
            "select cast(? as datetime(6))",
            Value::Instant(1_709_168_523_000_004),
            Value::Datetime("2024-02-29T01:02:03.000004".into()),
        ),
        (
            "select cast(? as datetime)",
            Value::Datetime("2024-02-29T01:02:03".into()),
            Value::Datetime("2024-02-29T01:02:03".into()),
        ),
        (
            "select cast(? as date)",
            Value::Date("2024-02-29".into()),
            Value::Date("2024-02-29".into()),
        ),
        (
            "select cast(? as time)",
            Value::Interval(-90_000_000_000),
            Value::Time("-25:00:00".into()),
        ),
        (
            "select json_value(?, '$.a')",
            Value::Json("{\"a\": 7}".into()),
            text("7"),
        ),
        (
            "select count(*) from orders where placed_at = ?",
            Value::Instant(1_767_229_200_000_000),
            Value::Int64(1),
        ),
    ] {
        let answer = connection
            .query(&query(sql, vec![parameter.clone()]))
            .await
            .unwrap();
        assert_eq!(answer.rows[0][0], expected, "{sql} with {parameter:?}");
    }
}

#[tokio::test]
async fn parameters_that_do_not_fit_are_refused_before_the_server() {
    let mut connection = monitor().await;
    for (sql, parameters) in [
        ("select ?", vec![]),
        (
            "select '?', `id` /* ? */ from orders",
            vec![Value::Int64(1)],
        ),
        ("select ?, ?", vec![Value::Int64(1)]),
        ("select ?", vec![Value::Float64(f64::NAN)]),
        ("select ?", vec![Value::Instant(i64::MAX)]),
        ("select ?", vec![Value::Interval(i64::MAX)]),
        ("select ?", vec![Value::TextArray(vec![])]),
    ] {
        let error = connection.query(&query(sql, parameters)).await.unwrap_err();
        assert!(
            matches!(error, SqlError::InvalidParameter(_)),
            "{sql}: {error:?}"
        );
    }
}

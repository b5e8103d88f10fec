//! Every type arrives as the right value, and none fails a query.

use checkrun_testkit::account::MONITOR;

use super::*;

pub fn other(type_name: &str, text: &str) -> Value {
    Value::Other {
        type_name: type_name.into(),
        text: text.into(),
    }
}

pub fn text(text: &str) -> Value {
    Value::Text(text.into())
}

/// One row per type: an expression, and its value.
fn scalars() -> Vec<(&'static str, Value)> {
    vec![
        ("null", Value::Null),
        ("true", Value::Boolean(true)),
        ("false", Value::Boolean(false)),
        ("(-32768)::int2", Value::Int64(-32_768)),
        ("2147483647::int4", Value::Int64(2_147_483_647)),
        ("(-9223372036854775808)::int8", Value::Int64(i64::MIN)),
        ("4294967295::oid", Value::Uint64(4_294_967_295)),
        ("'4294967295'::xid", Value::Uint64(4_294_967_295)),
        ("'7'::cid", Value::Uint64(7)),
        ("'18446744073709551615'::xid8", Value::Uint64(u64::MAX)),
        ("0.1::float4", Value::Float64(0.1)),
        ("1.5e300::float8", Value::Float64(1.5e300)),
        ("'-infinity'::float8", Value::Float64(f64::NEG_INFINITY)),
        ("'t'::text", text("t")),
        ("'literal'", text("literal")),
        ("'v'::varchar(3)", text("v")),
        ("'b'::bpchar(3)", text("b  ")),
        ("'n'::name", text("n")),
        ("'c'::\"char\"", text("c")),
        ("'<a/>'::xml", text("<a/>")),
        ("'\\x00ff'::bytea", Value::Bytes(vec![0, 255])),
        ("date '2024-02-29'", Value::Date("2024-02-29".into())),
        ("date '0044-03-15 BC'", Value::Date("0044-03-15 BC".into())),
        ("date '-infinity'", Value::Date("-infinity".into())),
        ("time '12:34:56.789'", Value::Time("12:34:56.789".into())),
        ("time '24:00'", Value::Time("24:00:00".into())),
        ("timetz '12:00+05:30'", Value::Time("12:00:00+05:30".into())),
        ("timetz '12:00-03'", Value::Time("12:00:00-03:00".into())),
        (
            "timestamp '2024-02-29 01:02:03.5'",
            Value::Datetime("2024-02-29T01:02:03.5".into()),
        ),
        ("timestamp 'infinity'", Value::Datetime("infinity".into())),
        (
            "timestamptz '1970-01-01 00:00:01+00'",
            Value::Instant(1_000_000),
        ),
        (
            "timestamptz '1969-12-31 23:59:59.5+00'",
            Value::Instant(-500_000),
        ),
        ("timestamptz 'infinity'", Value::Instant(i64::MAX)),
        ("timestamptz '-infinity'", Value::Instant(i64::MIN)),
        (
            "interval '1 month 2 days 3 seconds'",
            Value::Interval(2_764_803_000_000),
        ),
        ("interval '-1 second'", Value::Interval(-1_000_000)),
        (
            "'A0EEBC99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid",
            Value::Uuid("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11".into()),
        ),
        ("'{\"a\":  1}'::json", Value::Json("{\"a\":  1}".into())),
        ("'{\"a\":  1}'::jsonb", Value::Json("{\"a\": 1}".into())),
        ("pg_sleep(0)", other("void", "")),
        ("'cursor'::refcursor", text("cursor")),
    ]
}

fn arrays() -> Vec<(&'static str, Value)> {
    let integers = |list: &[Option<i64>]| Value::Int64Array(list.to_vec());
    vec![
        ("'{1,NULL,3}'::int2[]", integers(&[Some(1), None, Some(3)])),
        ("'{1,2}'::int4[]", integers(&[Some(1), Some(2)])),
        ("'{}'::int4[]", integers(&[])),
        ("'[5:6]={1,2}'::int8[]", integers(&[Some(1), Some(2)])),
        ("'{4294967295}'::oid[]", integers(&[Some(4_294_967_295)])),
        ("'{0.1,NaN}'::float4[] = '{}'", Value::Boolean(false)),
        (
            "'{0.5,NULL}'::float4[]",
            Value::Float64Array(vec![Some(0.5), None]),
        ),
        ("'{0.1}'::float8[]", Value::Float64Array(vec![Some(0.1)])),
        (
            "array['a', NULL, '']",
            Value::TextArray(vec![Some("a".into()), None, Some(String::new())]),
        ),
        ("'{a}'::varchar[]", Value::TextArray(vec![Some("a".into())])),
        ("'{a}'::name[]", Value::TextArray(vec![Some("a".into())])),
        ("'{{1,2},{3,4}}'::int4[]", other("int4[]", "{{1,2},{3,4}}")),
        ("'{{a,\"b c\"}}'::text[]", other("text[]", "{{a,\"b c\"}}")),
        ("'{t,f}'::bool[]", other("bool[]", "{t,f}")),
        ("'{1.50}'::numeric[]", other("numeric[]", "{1.50}")),
    ]
}

fn foreign() -> Vec<(&'static str, Value)> {
    vec![
        ("12.5::money", other("money", "$12.50")),
        ("'10.0.0.1'::inet", other("inet", "10.0.0.1")),
        ("null::inet", Value::Null),
        ("'10.0.0.0/8'::cidr", other("cidr", "10.0.0.0/8")),
        (
            "'08:00:2b:01:02:03'::macaddr",
            other("macaddr", "08:00:2b:01:02:03"),
        ),
        ("int4range(1, 5)", other("int4range", "[1,5)")),
        (
            "'{[1,3),[5,7)}'::int4multirange",
            other("int4multirange", "{[1,3),[5,7)}"),
        ),
        ("point(1, 2)", other("point", "(1,2)")),
        ("box(point(0,0), point(1,1))", other("box", "(1,1),(0,0)")),
        ("'pg_class'::regclass", other("regclass", "pg_class")),
        ("'now'::regproc", other("regproc", "now")),
        (
            "to_tsvector('simple', 'a b')",
            other("tsvector", "'a':1 'b':2"),
        ),
        (
            "to_tsquery('simple', 'a & b')",
            other("tsquery", "'a' & 'b'"),
        ),
        (
            "'postgres=r/postgres'::aclitem",
            other("aclitem", "postgres=r/postgres"),
        ),
        ("'16/B374D848'::pg_lsn", other("pg_lsn", "16/B374D848")),
        ("'(0,1)'::tid", other("tid", "(0,1)")),
        ("B'101'", other("bit", "101")),
        ("B'101'::varbit", other("varbit", "101")),
        ("'$.a'::jsonpath", other("jsonpath", "$.\"a\"")),
        ("row(1, 'a')", other("record", "(1,a)")),
        ("'1 2'::int2vector", other("int2vector", "1 2")),
        ("'1 2'::oidvector", other("oidvector", "1 2")),
        ("'10:20:'::pg_snapshot", other("pg_snapshot", "10:20:")),
        ("'Ab'::checkrun_types.citext", text("Ab")),
        (
            "'a=>1'::checkrun_types.hstore",
            other("checkrun_types.hstore", "\"a\"=>\"1\""),
        ),
        ("'sad'::checkrun_types.mood", text("sad")),
        (
            "array['sad'::checkrun_types.mood]",
            other("checkrun_types.mood[]", "{sad}"),
        ),
        ("'5'::checkrun_types.small", Value::Int64(5)),
        ("'7'::checkrun_types.label", text("7")),
        (
            "row(1, 'x')::checkrun_types.pair",
            other("checkrun_types.pair", "(1,x)"),
        ),
    ]
}

async fn create_types() {
    let mut witness = Witness::new().await;
    witness
        .do_it(
            "SELECT pg_advisory_lock(77); DROP SCHEMA IF EXISTS checkrun_types CASCADE; \
             CREATE SCHEMA checkrun_types; GRANT USAGE ON SCHEMA checkrun_types TO public; \
             CREATE TYPE checkrun_types.mood AS ENUM ('sad', 'happy'); \
             CREATE DOMAIN checkrun_types.small AS int CHECK (value < 10); \
             CREATE DOMAIN checkrun_types.label AS text; \
             CREATE TYPE checkrun_types.pair AS (a int, b text); \
             CREATE EXTENSION citext SCHEMA checkrun_types; \
             CREATE EXTENSION hstore SCHEMA checkrun_types",
        )
        .await;
}

#[tokio::test]
async fn every_type_arrives_as_its_value() {
    create_types().await;
    let mut session = session(target(MONITOR));
    let mut wrong = Vec::new();
    for (expression, expected) in [scalars(), arrays(), foreign()].concat() {
        match run(&mut session, &format!("SELECT {expression}")).await {
            Ok(answer) if answer.rows == [[expected.clone()]] => {}
            other => wrong.push(format!(
                "{expression}: expected {expected:?}, got {other:?}"
            )),
        }
    }
    for (sql, label) in [
        ("SELECT $1::checkrun_types.mood", "happy"),
        ("SELECT $1::checkrun_types.citext", "Ab"),
    ] {
        let answer = session.query(&with(sql, &[text(label)])).await;
        if !matches!(&answer, Ok(answer) if answer.rows == [[text(label)]]) {
            wrong.push(format!("{sql} with {label}: {answer:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn numbers_are_exact_to_the_last_digit() {
    let mut session = session(target(MONITOR));
    let texts = [
        "0",
        "0.00",
        "1",
        "-1.50",
        "10000",
        "99999999.00010000",
        "0.0001",
        "0.00000000000000001",
        "123456789012345678901234567890.123456789",
        "NaN",
        "Infinity",
        "-Infinity",
        "-0.0000001",
    ];
    for text in texts {
        let sql = format!("SELECT '{text}'::numeric");
        assert_eq!(value(&mut session, &sql).await, Value::Decimal(text.into()));
    }
    let sql = "SELECT (1e131000::numeric + 1)::numeric";
    let Value::Decimal(long) = value(&mut session, sql).await else {
        panic!("a number");
    };
    assert_eq!(long.len(), 131_001);
}

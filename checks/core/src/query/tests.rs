//! Answers of every shape, as `core/query` reports them.

use std::time::Duration;

use checkrun_sdk::mock::{Mock, contains, exactly, rows};
use checkrun_sdk::{NULL, ServerError, Value};

use super::*;

const SQL: &str = "select … from orders";

fn asked() -> Mock {
    Mock::postgresql("15.4").parameter("sql", SQL)
}

fn decimal(digits: &str) -> Value {
    Value::Decimal(digits.to_owned())
}

#[test]
fn every_shape_of_answer_has_its_report() {
    let wide: Vec<String> = (0..250).map(|column| format!("c{column}")).collect();
    let wide_columns: Vec<&str> = wide.iter().map(String::as_str).collect();
    let cases = [
        ("one number", asked(), rows! { "open_orders"; 12 }),
        (
            "numbers of every kind, and a text beside them",
            asked().parameter("unit", "bytes"),
            rows! {
                "Total Size",        "oldest",                       "is_primary", "name";
                decimal("1234.50"), Value::Interval(90_000_000), true,         "orders";
            },
        ),
        ("several rows", asked(), rows! { "n"; 1; 2; 3 }),
        (
            "more rows than the limit",
            asked(),
            rows! { "n"; 1; 2 }.truncated(),
        ),
        (
            "a column named like our own metric",
            asked(),
            rows! { "row_count"; 7 },
        ),
        (
            "columns of the same name",
            asked(),
            rows! { "n", "n", "N!"; 1, 2, 3 },
        ),
        ("no row", asked(), rows! { "n"; }),
        (
            "a first row beyond the limit",
            asked(),
            rows! { "n"; }.truncated(),
        ),
        ("only NULL", asked(), rows! { "n"; NULL }),
        ("NULL beside a number", asked(), rows! { "n", "m"; 1, NULL }),
        (
            "a decimal that is not a number",
            asked(),
            rows! { "n"; decimal("NaN") },
        ),
        ("no number", asked(), rows! { "name"; "orders" }),
        (
            "more numbers than are measured",
            asked(),
            Rows::of(&wide_columns, vec![(0..250).map(Value::Int64).collect()]),
        ),
        (
            "a long and hostile text",
            asked(),
            rows! {
                "n", "note";
                1,   format!("\u{1b}[31m<b>{}", "x".repeat(5_000));
            },
        ),
    ];
    let reports: Vec<String> = cases
        .into_iter()
        .map(|(name, mock, rows)| {
            let mut report = mock.on_query(exactly(SQL), rows).run(query).expect(name);
            // The snapshot need not show two hundred numbers.
            if report.metrics.len() > 10 {
                report.metrics.drain(2..report.metrics.len() - 1);
            }
            format!("== {name}\n{report}").replace('\u{1b}', "␛")
        })
        .collect();
    insta::assert_snapshot!(reports.join("\n"));
}

#[test]
fn no_report_is_longer_than_the_host_accepts() {
    let columns: Vec<String> = (0..1_600).map(|column| format!("c{column}")).collect();
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let row = vec![Value::Int64(1); columns.len()];
    let report = asked()
        .on_query(exactly(SQL), Rows::of(&columns, vec![row]))
        .run(query)
        .expect("a report");
    assert_eq!(report.metrics.len(), METRICS_MAX + 1);
    assert!(report.summary.len() < 1_000);
}

#[test]
fn parameters_fill_the_placeholders_as_text() {
    let report = asked()
        .parameter("parameters", ["eu", "2026"])
        .on_query(exactly(SQL).with(("eu", "2026")), rows! { "n"; 1 })
        .run(query)
        .expect("a report");
    assert_eq!(report.value_of("n"), Some(1.0));
}

#[test]
fn what_is_wrong_with_the_statement_names_the_parameter() {
    for (error, expected) in [
        (
            DatabaseError::Forbidden("it writes".to_owned()),
            Error::bad_parameter("sql", "it writes"),
        ),
        (
            DatabaseError::InvalidParameter("one is missing".to_owned()),
            Error::bad_parameter("parameters", "one is missing"),
        ),
        (
            DatabaseError::UndefinedObject(ServerError::default()),
            Error::Database(DatabaseError::UndefinedObject(ServerError::default())),
        ),
        (
            DatabaseError::Timeout(Duration::from_secs(1)),
            Error::Database(DatabaseError::Timeout(Duration::from_secs(1))),
        ),
    ] {
        let result = asked().on_query(contains("orders"), error).run(query);
        assert_eq!(result, Err(expected));
    }
}

#[test]
fn an_empty_unit_is_refused_before_anything_is_asked() {
    let error = asked()
        .parameter("unit", " ")
        .run(query)
        .expect_err("no unit");
    assert_eq!(
        error.to_string(),
        "parameter `unit`: it is empty; plain numbers are a `count`"
    );
}

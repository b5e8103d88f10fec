//! The mock is strict, and says what to change.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::*;
use crate::prelude::*;
use crate::{ConnectionClass, ConnectionError, CounterChange, ServerError, rows};

const DEAD: MetricSpec = MetricSpec::count("dead_rows", "Dead rows");
const UNLISTED: MetricSpec = MetricSpec::count("unlisted", "Forgotten in the attribute");

/// How dead rows are judged.
#[derive(Params)]
struct Limits {
    /// Fewer are left out.
    #[param(default = 1000, range = 0..=1_000_000)]
    min_rows: i64,
    /// The schema.
    schema: Option<String>,
    /// How thorough.
    #[param(default = "fast", choices = ["fast", "full"])]
    mode: String,
}

/// Dead rows.
#[check(title = "Dead rows", engines = [postgresql >= "13"], metrics = [DEAD])]
fn dead_rows(ctx: &Ctx, limits: Limits) -> Result<Report> {
    let dead: i64 = ctx.query_scalar("select sum(n)\n  from t where n > $1", (limits.min_rows,))?;
    let place = limits.schema.unwrap_or(limits.mode);
    Ok(Report::ok(format!("{dead} dead in {place}")).metric(DEAD.value(dead as f64)))
}

/// Reports whatever its parameter says.
#[check(title = "Bad reports", metrics = [DEAD])]
fn bad_report(_ctx: &Ctx, what: What) -> Result<Report> {
    let report = Report::ok("bad");
    Ok(match what.kind.as_str() {
        "unlisted metric" => report.metric(UNLISTED.value(1.0)),
        "infinite metric" => report.metric(DEAD.value(f64::INFINITY)),
        "metric twice" => report.metric(DEAD.value(1.0)).metric(DEAD.value(2.0)),
        "bad name" => report.metric(Metric::undeclared("Dead Rows", "count", 1.0)),
        _ => report
            .finding(Finding::new("key", Status::Ok, "one"))
            .finding(Finding::new("key", Status::Ok, "two")),
    })
}

/// Which bad report.
#[derive(Params)]
struct What {
    /// In words.
    kind: String,
}

/// The text with which a test fails.
fn failure(test: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(test)).expect_err("the mock should refuse this");
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(other) => (*other.downcast::<&str>().expect("a text")).to_owned(),
    }
}

#[test]
fn an_expected_query_is_answered_whatever_its_white_space() {
    let report = Mock::postgresql("15.4")
        .parameter("min_rows", 5)
        .on_query(
            exactly("select sum(n) from t where n > $1").with((5,)),
            rows! { "sum"; 7 },
        )
        .run(dead_rows)
        .expect("a report");
    assert_eq!(report.summary, "7 dead in fast");
    assert_eq!(report.value_of("dead_rows"), Some(7.0));
}

fn answered() -> Mock {
    Mock::postgresql("15.4").on_query(contains("sum"), rows! { "sum"; 7 })
}

#[test]
fn every_misfit_between_test_and_check_says_what_to_change() {
    let misfits: [(&str, fn()); 9] = [
        ("a query that is not expected", || {
            let _ = Mock::postgresql("15.4")
                .on_query(contains("sum").with((1,)), rows! { "sum"; 7 })
                .run(dead_rows);
        }),
        ("a query that is never asked", || {
            let _ = answered()
                .on_query(contains("pg_class"), rows! { "n"; 1 })
                .run(dead_rows);
        }),
        ("a connection that is never opened", || {
            let _ = answered().on_connect(Duration::ZERO).run(dead_rows);
        }),
        ("an unknown parameter", || {
            let _ = answered().parameter("min_row", 1).run(dead_rows);
        }),
        ("a parameter of another kind", || {
            let _ = answered().parameter("min_rows", "many").run(dead_rows);
        }),
        ("a text that is no choice", || {
            let _ = answered().parameter("mode", "slow").run(dead_rows);
        }),
        ("a required parameter left out", || {
            let _ = Mock::sqlite("3.40.1").run(bad_report);
        }),
        ("a query that the host ends the run before", || {
            let _ = Mock::postgresql("12.9")
                .on_query(contains("sum"), rows! { "sum"; 7 })
                .run(dead_rows);
        }),
        ("a row of the wrong length", || {
            let _ = rows! { "a", "b"; 1, 2; 3 };
        }),
    ];
    let texts = misfits
        .map(|(name, test)| format!("== {name}\n{}", failure(test)))
        .join("\n");
    insta::assert_snapshot!(texts);
}

/// Touches the server in the way that its parameter says, and minds nothing.
#[check(title = "Stubborn", engines = [postgresql >= "13", mysql])]
fn stubborn(ctx: &Ctx, what: What) -> Result<Report> {
    match what.kind.as_str() {
        "query" => drop(ctx.query("select 1", ())),
        "connect" => drop(ctx.connect()),
        "target" => drop(ctx.target()),
        _ => {}
    }
    Ok(Report::ok("went on"))
}

#[test]
fn the_run_ends_where_the_check_first_asks_a_server_that_it_does_not_work_on() {
    let refused = |server: &str| {
        let needed = "needs PostgreSQL from 13.0.0 or MySQL";
        Err(Error::not_applicable(format!(
            "{needed}, and this is {server}"
        )))
    };
    let went_on = || Ok("went on".to_owned());
    let timing = Duration::from_millis(1);
    for (mock, kind, ends) in [
        (
            Mock::postgresql("12.9"),
            "query",
            refused("PostgreSQL 12.9.0"),
        ),
        (
            Mock::postgresql("12.9").on_connect(timing),
            "connect",
            refused("PostgreSQL 12.9.0"),
        ),
        (
            Mock::mariadb("10.11.6"),
            "target",
            refused("MariaDB 10.11.6"),
        ),
        (Mock::mariadb("10.11.6"), "nothing", went_on()),
        (Mock::mysql("5.7"), "target", went_on()),
        (
            Mock::postgresql("13.0").on_query(contains("1"), rows! { "one"; 1 }),
            "query",
            went_on(),
        ),
    ] {
        let result = mock.parameter("kind", kind).run(stubborn);
        assert_eq!(result.map(|report| report.summary), ends, "{kind}");
    }
}

#[test]
fn a_report_that_the_host_would_refuse_fails_the_test() {
    let texts = [
        "unlisted metric",
        "infinite metric",
        "metric twice",
        "bad name",
        "finding twice",
    ]
    .map(|kind| {
        let mock = Mock::sqlite("3.40.1").parameter("kind", kind);
        format!("{kind}: {}", failure(|| drop(mock.run(bad_report))))
    })
    .join("\n");
    insta::assert_snapshot!(texts);
}

#[test]
fn a_value_outside_its_range_is_a_bad_parameter() {
    let error = Mock::postgresql("15.4")
        .parameter("min_rows", -1)
        .run(dead_rows)
        .expect_err("out of range");
    assert_eq!(
        error.to_string(),
        "parameter `min_rows`: -1 is outside 0..=1000000"
    );
}

#[test]
fn errors_of_every_kind_can_be_scripted() {
    let server = || ServerError {
        message: "no".to_owned(),
        ..ServerError::default()
    };
    for error in [
        DatabaseError::Server(server()),
        DatabaseError::PermissionDenied(server()),
        DatabaseError::UndefinedObject(server()),
        DatabaseError::Forbidden("writes".to_owned()),
        DatabaseError::InvalidParameter("one too many".to_owned()),
        DatabaseError::Timeout(Duration::from_secs(1)),
        DatabaseError::Connection(ConnectionError {
            class: ConnectionClass::Lost,
            meaning: "the connection broke".to_owned(),
            message: "gone".to_owned(),
            advice: "See whether the server restarted.".to_owned(),
            attempts: 1,
        }),
        DatabaseError::LimitExceeded("queries".to_owned()),
    ] {
        let result = Mock::postgresql("15.4")
            .on_query(contains("sum"), error.clone())
            .run(dead_rows);
        assert_eq!(result, Err(Error::Database(error)));
    }
}

#[test]
fn a_scalar_of_no_row_or_several_is_an_error_that_counts_them() {
    for (rows, count) in [(rows! { "sum"; }, 0), (rows! { "sum"; 1; 2 }, 2)] {
        let error = Mock::postgresql("15.4")
            .on_query(contains("sum"), rows)
            .run(dead_rows)
            .expect_err("not one row");
        let expected = format!("the query returned {count} rows where exactly one was expected");
        assert!(error.to_string().starts_with(&expected), "{error}");
    }
}

/// Remembers, and fails when told to.
#[check(title = "Memory")]
fn memory(ctx: &Ctx) -> Result<Report> {
    let runs = ctx.state("runs").map_or(0, |text| text.len());
    ctx.set_state("runs", &"x".repeat(runs + 1))?;
    let change = ctx.counter("commits", ctx.query_scalar("select n", ())?, None)?;
    ctx.log(Level::Info, &format!("{change:?}"));
    Ok(Report::ok("remembered"))
}

#[test]
fn memory_is_kept_only_by_runs_that_return_a_report() {
    let mock = Mock::sqlite("3.40.1").on_query(contains("n"), rows! { "n"; 100 });
    mock.run(memory).expect("a report");
    let mock = mock
        .after(Duration::from_secs(10))
        .on_query(contains("n"), rows! { "n"; "not a number" });
    mock.run(memory).expect_err("a failure");
    assert_eq!(mock.kept_state("runs").as_deref(), Some("x"));
    let mock = mock
        .after(Duration::from_secs(10))
        .on_query(contains("n"), rows! { "n"; 150 });
    mock.run(memory).expect("a report");
    let mock = mock.on_query(contains("n"), rows! { "n"; 20 });
    mock.run(memory).expect("a report");
    assert_eq!(mock.kept_state("runs").as_deref(), Some("xxx"));
    let changes: Vec<String> = mock.log().into_iter().map(|(_, text)| text).collect();
    let grown = CounterChange::Change {
        increase: 50.0,
        elapsed: Duration::from_secs(20),
        per_second: 2.5,
    };
    assert_eq!(
        changes,
        ["First".to_owned(), format!("{grown:?}"), "Reset".to_owned()]
    );
}

/// Says what is left before and after one connection and one query.
#[check(title = "Clock")]
fn clock(ctx: &Ctx) -> Result<Report> {
    let before = ctx.remaining();
    ctx.connect()?;
    // A timeout takes its time, too.
    let _ = ctx.query("select 1", ());
    Ok(Report::ok(format!("{before:?}, {:?}", ctx.remaining())))
}

#[test]
fn answers_take_of_the_run_s_time_what_they_say_and_each_run_has_all_of_it() {
    let late = DatabaseError::Timeout(Duration::from_secs(60));
    let mock = Mock::sqlite("3.40.1")
        .remaining(Duration::from_secs(10))
        .on_connect(Duration::from_secs(1))
        .on_query(
            contains("1"),
            rows! { "1"; 1 }.taking(Duration::from_secs(2)),
        );
    assert_eq!(mock.run(clock).expect("a report").summary, "10s, 7s");
    let mock = mock
        .on_connect(Duration::from_secs(1))
        .on_query(contains("1"), late);
    assert_eq!(mock.run(clock).expect("a report").summary, "10s, 0ns");
}

//! Every state of a database, as `core/health` reports it.

use std::time::Duration;

use checkrun_sdk::mock::{Mock, contains, exactly, rows};
use checkrun_sdk::{
    ConnectTiming, ConnectionClass, ConnectionError, DatabaseError, NULL, ServerError,
};

use super::*;

mod migrations;

const CONNECT: Duration = Duration::from_micros(8_400);

/// Connected, and not asked about migrations; [`migrations`] has the tests of that.
fn connected() -> Mock {
    Mock::postgresql("15.4")
        .on_connect(CONNECT)
        .parameter("migrations", "ignore")
}

fn connection_error(class: ConnectionClass) -> ConnectionError {
    ConnectionError {
        class,
        meaning: format!("what {class} means"),
        message: "the operating system's words".to_owned(),
        advice: format!("What to try first when it is {class}."),
        attempts: 2,
    }
}

fn server_error(sqlstate: &str, message: &str) -> ServerError {
    ServerError {
        sqlstate: Some(sqlstate.to_owned()),
        message: message.to_owned(),
        ..ServerError::default()
    }
}

fn answering() -> Vec<(&'static str, Mock)> {
    let one = || rows! { "1"; 1 };
    vec![
        (
            "it answers",
            connected().on_query(
                exactly("SELECT 1"),
                one().taking(Duration::from_micros(1_230)),
            ),
        ),
        (
            "it answers at exactly the limit, which is not slow",
            connected().on_query(contains("1"), one().taking(Duration::from_secs(5))),
        ),
        (
            "it answers slowly",
            connected().on_query(contains("1"), one().taking(Duration::from_millis(6_200))),
        ),
        (
            "it answers slower than configured, with a query of its own",
            connected()
                .parameter("slow", Duration::from_millis(500))
                .parameter("query", "SELECT max(id) FROM orders")
                .on_query(
                    exactly("SELECT max(id) FROM orders"),
                    rows! { "max"; 7 }.taking(Duration::from_millis(501)),
                ),
        ),
        (
            "the first attempt to connect failed",
            Mock::mysql("8.0.36")
                .parameter("migrations", "ignore")
                .on_connect_timing(ConnectTiming {
                    total: CONNECT,
                    attempts: 2,
                    ..ConnectTiming::default()
                })
                .on_query(contains("1"), one()),
        ),
        (
            "it is PgBouncer, whose console knows no SELECT",
            Mock::pgbouncer("1.18.0").on_connect(CONNECT).on_query(
                exactly("SHOW VERSION"),
                rows! { "version"; "PgBouncer 1.18.0" },
            ),
        ),
        (
            "the validation query answers with no row",
            connected().on_query(contains("1"), rows! { "1"; }),
        ),
        (
            "the validation query answers with NULL",
            connected().on_query(contains("1"), rows! { "1"; NULL }),
        ),
        (
            "the validation query answers with false",
            connected().on_query(contains("1"), rows! { "1"; false }),
        ),
    ]
}

fn failing() -> Vec<(&'static str, Mock)> {
    vec![
        (
            "the server fails the query",
            connected().on_query(
                contains("1"),
                ServerError {
                    detail: Some("more of it".to_owned()),
                    hint: Some("run REINDEX".to_owned()),
                    ..server_error("XX001", "invalid page in block 7")
                },
            ),
        ),
        (
            "the account may not run the query",
            connected().on_query(
                contains("1"),
                DatabaseError::PermissionDenied(server_error(
                    "42501",
                    "permission denied for table t",
                )),
            ),
        ),
        (
            "the query names a table that is gone",
            connected().on_query(
                contains("1"),
                DatabaseError::UndefinedObject(server_error(
                    "42P01",
                    "relation \"t\" does not exist",
                )),
            ),
        ),
        (
            "the query does not end",
            connected().on_query(
                contains("1"),
                DatabaseError::Timeout(Duration::from_secs(10)),
            ),
        ),
        (
            "the connection breaks during the query",
            connected().on_query(contains("1"), connection_error(ConnectionClass::Lost)),
        ),
    ]
}

fn unreachable() -> Vec<(&'static str, Mock)> {
    vec![
        (
            "nothing listens",
            Mock::postgresql("15.4").on_connect_error(connection_error(ConnectionClass::Refused)),
        ),
        (
            "connecting takes all the time of the run",
            Mock::postgresql("15.4")
                .on_connect_error(DatabaseError::Timeout(Duration::from_secs(10))),
        ),
    ]
}

#[test]
fn every_state_of_a_database_has_its_report() {
    let reports: Vec<String> = [answering(), failing(), unreachable()]
        .into_iter()
        .flatten()
        .map(|(name, mock)| format!("== {name}\n{}", mock.run(health).expect(name)))
        .collect();
    insta::assert_snapshot!(reports.join("\n"));
}

#[test]
fn every_class_but_a_refused_account_is_unhealthy() {
    for class in ConnectionClass::ALL {
        let result = Mock::postgresql("15.4")
            .on_connect_error(connection_error(class))
            .run(health);
        if class == ConnectionClass::AccountRefused {
            assert_eq!(
                result,
                Err(DatabaseError::from(connection_error(class)).into())
            );
        } else {
            let report = result.expect("a dead database is a result");
            assert_eq!(report.status, Status::Critical, "{class}");
            assert_eq!(report.value_of("attempts"), Some(2.0), "{class}");
            let finding = &report.findings[0];
            assert!(
                finding
                    .evidence
                    .contains(&("error_class".to_owned(), class.to_string())),
                "{finding}"
            );
        }
    }
}

#[test]
fn what_says_nothing_about_the_database_is_a_failure() {
    let forbidden = connected()
        .parameter("query", "DELETE FROM t")
        .on_query(
            contains("DELETE"),
            DatabaseError::Forbidden("it writes".to_owned()),
        )
        .run(health);
    assert_eq!(forbidden, Err(Error::bad_parameter("query", "it writes")));

    let spent = DatabaseError::LimitExceeded("queries".to_owned());
    let limited = connected()
        .on_query(contains("1"), spent.clone())
        .run(health);
    assert_eq!(limited, Err(spent.into()));
}

#[test]
fn a_server_that_talks_too_much_is_cut_short() {
    let long = || "ö\n".repeat(100_000);
    let error = ServerError {
        detail: Some(long()),
        hint: Some(long()),
        ..server_error("XX000", &long())
    };
    let talkative = ConnectionError {
        message: long(),
        ..connection_error(ConnectionClass::Other)
    };
    for mock in [
        connected().on_query(contains("1"), error),
        Mock::postgresql("15.4").on_connect_error(talkative),
    ] {
        let report = mock.run(health).expect("a report");
        assert!(report.summary.len() < 1_000, "{}", report.summary.len());
        assert!(report.to_string().len() < 50_000);
    }
}

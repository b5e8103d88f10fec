//! Courses that the measuring can take: a sentence, and the host that takes it there.

use std::time::Duration;

use checkrun_sdk::mock::{Mock, contains, exactly, rows};
use checkrun_sdk::{ConnectionClass, ConnectionError, DatabaseError, ServerError};

const CATALOG: &str = "pg_catalog.pg_class";

pub fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub fn server() -> Mock {
    Mock::postgresql("15.4")
}

/// One round of the two queries that are asked without parameters.
pub fn round(mock: Mock, connect: Duration, one: Duration, count: Duration) -> Mock {
    mock.on_connect(connect)
        .on_query(exactly("SELECT 1"), rows! { "1"; 1 }.taking(one))
        .on_query(contains(CATALOG), rows! { "count"; 400 }.taking(count))
}

/// As many rounds in which everything takes the same.
pub fn steady(rounds: u32, connect: Duration, query: Duration) -> Mock {
    let mock = server().parameter("rounds", i64::from(rounds));
    (0..rounds).fold(mock, |mock, _| round(mock, connect, query, query))
}

pub fn own(queries: &[&str]) -> Mock {
    let queries: Vec<String> = queries.iter().map(|sql| (*sql).to_owned()).collect();
    server()
        .parameter("queries", queries)
        .parameter("rounds", 1)
}

pub fn answering(mock: Mock, sql: &str, time: Duration) -> Mock {
    mock.on_query(exactly(sql), rows! { "n"; 1 }.taking(time))
}

pub fn connection_error(class: ConnectionClass) -> ConnectionError {
    ConnectionError {
        class,
        meaning: format!("what {class} means"),
        message: "the operating system's words".to_owned(),
        advice: format!("What to try first when it is {class}."),
        attempts: 2,
    }
}

pub fn server_error(sqlstate: &str, message: &str) -> ServerError {
    ServerError {
        sqlstate: Some(sqlstate.to_owned()),
        message: message.to_owned(),
        ..ServerError::default()
    }
}

pub fn healthy() -> Vec<(&'static str, Mock)> {
    let varied = [(8, 1, 2), (12, 2, 3), (10, 3, 4)]
        .into_iter()
        .fold(server(), |mock, (connect, one, count)| {
            round(mock, ms(connect), ms(one), ms(count))
        });
    vec![
        ("three rounds by default", varied),
        ("a single round", steady(1, ms(8), ms(1))),
        (
            "connecting is slow, but not poor: advice, and no warning",
            steady(1, ms(700), ms(1)),
        ),
        ("connecting is poor", steady(1, ms(1_200), ms(1))),
        ("both queries are poor", steady(1, ms(8), ms(1_500))),
        (
            "one query is poor and the mean of all is not: advice, and no warning",
            round(server().parameter("rounds", 1), ms(8), ms(1), ms(1_500)),
        ),
        (
            "one query is poor, and the mean of all with it: only that one is a warning",
            round(server().parameter("rounds", 1), ms(8), ms(1), ms(2_500)),
        ),
    ]
}

pub fn failing_queries() -> Vec<(&'static str, Mock)> {
    let three = own(&["SELECT 1", "SELECT 2", "SELECT 3"]).on_connect(ms(8));
    let denied = DatabaseError::PermissionDenied(server_error(
        "42501",
        "permission denied for table payroll",
    ));
    let missing = DatabaseError::UndefinedObject(server_error("42P01", "no such relation"));
    vec![
        (
            "one query lacks a privilege, one a table; the one between is measured",
            answering(three, "SELECT 2", ms(3))
                .on_query(exactly("SELECT 1"), denied)
                .on_query(exactly("SELECT 3"), missing),
        ),
        (
            "a query takes all of its share, and the one behind it has its own",
            own(&["SELECT slow", "SELECT 1"])
                .remaining(Duration::from_secs(10))
                .on_connect(ms(8))
                .on_query(exactly("SELECT slow"), DatabaseError::Timeout(ms(4_746)))
                .on_query(exactly("SELECT 1"), rows! { "1"; 1 }),
        ),
        (
            "no query is answered",
            own(&["SELECT broken"]).on_connect(ms(8)).on_query(
                exactly("SELECT broken"),
                ServerError {
                    detail: Some("more of it".to_owned()),
                    hint: Some("run REINDEX".to_owned()),
                    ..server_error("XX001", "invalid page in block 7")
                },
            ),
        ),
        (
            "the run has read as much as it may",
            answering(
                own(&["SELECT 1", "SELECT wide", "SELECT 3"]).on_connect(ms(8)),
                "SELECT 1",
                ms(1),
            )
            .on_query(
                exactly("SELECT wide"),
                DatabaseError::LimitExceeded("bytes: a run may read 32 MiB".to_owned()),
            ),
        ),
    ]
}

pub fn failing_connections() -> Vec<(&'static str, Mock)> {
    vec![
        (
            "one connection of three is refused, and the run's own goes on",
            round(server(), ms(8), ms(1), ms(1))
                .on_connect_error(connection_error(ConnectionClass::TooManyConnections))
                .on_connect(ms(8))
                .on_query(exactly("SELECT 1"), rows! { "1"; 1 })
                .on_query(contains(CATALOG), rows! { "count"; 400 })
                .on_query(exactly("SELECT 1"), rows! { "1"; 1 })
                .on_query(contains(CATALOG), rows! { "count"; 400 }),
        ),
        (
            "the connection breaks in the second round, and there is no other",
            round(server(), ms(8), ms(1), ms(1))
                .on_connect(ms(8))
                .on_query(exactly("SELECT 1"), connection_error(ConnectionClass::Lost))
                .on_connect_error(connection_error(ConnectionClass::Refused)),
        ),
        (
            "the connection breaks in the first round, and the next ones have another",
            round(
                round(
                    server()
                        .on_connect(ms(8))
                        .on_query(exactly("SELECT 1"), connection_error(ConnectionClass::Lost)),
                    ms(9),
                    ms(1),
                    ms(1),
                ),
                ms(9),
                ms(1),
                ms(1),
            ),
        ),
    ]
}

pub fn short_of_time() -> Vec<(&'static str, Mock)> {
    vec![
        (
            "after two rounds there is no time for a third",
            round(
                round(
                    server().remaining(Duration::from_secs(5)),
                    ms(100),
                    ms(400),
                    ms(500),
                ),
                ms(100),
                ms(900),
                ms(1_000),
            ),
        ),
        (
            "connecting leaves no time for any query",
            server()
                .remaining(Duration::from_secs(2))
                .on_connect(ms(1_600)),
        ),
        (
            "the first query leaves no time for the second",
            server()
                .remaining(Duration::from_secs(2))
                .on_connect(ms(8))
                .on_query(exactly("SELECT 1"), DatabaseError::Timeout(ms(1_492))),
        ),
    ]
}

pub fn dead() -> Vec<(&'static str, Mock)> {
    vec![
        (
            "nothing listens",
            server().on_connect_error(connection_error(ConnectionClass::Refused)),
        ),
        (
            "the connection breaks before any answer, each time",
            (0..3).fold(server(), |mock, _| {
                mock.on_connect(ms(8))
                    .on_query(exactly("SELECT 1"), connection_error(ConnectionClass::Lost))
            }),
        ),
    ]
}

//! Budgets: what a query gets, and what the check is told when they are spent.

use std::time::Instant;

use super::*;
use crate::execute::sandbox::scripted::{Script, ScriptedDatabase};
use crate::model::engine::{Engine, Version};
use crate::model::sql::{ConnectionClass, ConnectionError, Value};

const UNLIMITED: QueryOptions = QueryOptions {
    max_rows: None,
    timeout_ms: None,
};

fn deadline() -> Deadline {
    Deadline {
        began: Instant::now(),
        timeout: Duration::from_secs(30),
    }
}

/// A database whose every answer has so many rows, and counts as so many bytes.
fn answering(rows: usize, bytes: u64) -> ScriptedDatabase {
    ScriptedDatabase::new(Script::Rows(ResultSet {
        columns: Vec::new(),
        rows: vec![vec![Value::Null]; rows],
        truncated: false,
        elapsed: Duration::ZERO,
        bytes,
    }))
}

fn asking(database: &ScriptedDatabase) -> Asked {
    Asked::new(Some(Box::new(database.clone())), Vec::new())
}

async fn select(
    asked: &mut Asked,
    options: QueryOptions,
) -> Result<Result<ResultSet, SqlError>, Refusal> {
    let sql = "select 1".to_owned();
    asked.query(sql, Vec::new(), options, deadline()).await
}

#[tokio::test]
async fn a_query_gets_no_more_than_the_check_wishes_and_the_limits_allow() {
    for (why, max_rows, timeout_ms, rows, most_ms) in [
        ("no wish", None, None, 10_000, 30_000),
        ("a small wish", Some(5), Some(50), 5, 50),
        ("a wish for nothing", Some(0), Some(0), 0, 0),
        (
            "a large wish",
            Some(u32::MAX),
            Some(u32::MAX),
            10_000,
            30_000,
        ),
    ] {
        let database = answering(0, 0);
        let options = QueryOptions {
            max_rows,
            timeout_ms,
        };
        let answer = select(&mut asking(&database), options).await;
        assert!(matches!(answer, Ok(Ok(_))), "{why}");
        let query = &database.asked()[0];
        assert_eq!(query.max_rows, rows, "{why}");
        assert!(query.timeout <= Duration::from_millis(most_ms), "{why}");
    }
}

#[tokio::test]
async fn each_budget_ends_with_its_own_words() {
    for (queries, rows, bytes, words) in [
        (200, 0, 0, "queries: a run may send 200"),
        (5, 10_000, 0, "rows: a run may read 50000"),
        (4, 0, 8 * 1024 * 1024, "bytes: a run may read 32 MiB"),
    ] {
        let database = answering(rows, bytes);
        let mut asked = asking(&database);
        for _ in 0..queries {
            let answer = select(&mut asked, UNLIMITED).await;
            assert!(matches!(answer, Ok(Ok(_))), "{words}");
        }
        for _ in 0..limits::IGNORED_REFUSALS {
            let answer = select(&mut asked, UNLIMITED).await;
            assert_eq!(answer, Ok(Err(SqlError::LimitExceeded(words.into()))));
        }
        let answer = select(&mut asked, UNLIMITED).await;
        let budget = words.to_owned();
        assert_eq!(answer, Err(Refusal::Ignored { budget }));
        assert_eq!(database.asked().len(), queries, "{words}");
    }
}

#[tokio::test]
async fn the_last_query_gets_what_is_left_of_the_run_s_budget() {
    let database = answering(9_999, 0);
    let mut asked = asking(&database);
    for _ in 0..6 {
        let answer = select(&mut asked, UNLIMITED).await;
        assert!(matches!(answer, Ok(Ok(_))));
    }
    assert_eq!(database.asked()[5].max_rows, 5);
    assert_eq!(asked.rows, limits::ROWS_PER_RUN);
}

#[tokio::test]
async fn a_statement_that_is_too_large_is_not_sent() {
    let database = answering(0, 0);
    let mut asked = asking(&database);
    for (sql, parameters, why) in [
        (
            "x".repeat(limits::SQL_BYTES + 1),
            0,
            "the statement has 257 KiB, 256 KiB are allowed",
        ),
        (
            String::new(),
            1001,
            "the statement has 1001 parameters, 1000 are allowed",
        ),
    ] {
        let values = (0..parameters).map(|_| sql::Value::Null).collect();
        let answer = asked.query(sql, values, UNLIMITED, deadline()).await;
        assert_eq!(answer, Ok(Err(SqlError::InvalidParameter(why.into()))));
    }
    assert!(database.asked().is_empty());
}

#[test]
fn a_statement_is_shown_in_one_short_line() {
    let mut asked = Asked::new(None, Vec::new());
    asked.queries = 3;
    asked.during = During::Query {
        sql: format!("select\n\t\u{1b}[31m {}", "x, ".repeat(50)),
        sent: Duration::ZERO,
    };
    let during = asked.during();
    assert!(
        during.starts_with("waiting for query 3 (select \\u{1b}[31m x, x,"),
        "{during}"
    );
    assert!(during.ends_with("…)") && during.len() < 120, "{during}");
}

#[tokio::test]
async fn a_connection_that_hangs_is_given_up_while_the_check_can_still_report() {
    let database = ScriptedDatabase::new(Script::Hangs);
    let deadline = Deadline {
        began: Instant::now(),
        timeout: Duration::from_millis(800),
    };
    let answer = asking(&database).connect(deadline).await;
    let Ok(Err(SqlError::Connection(error))) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(error.class, ConnectionClass::Timeout);
    assert!(
        error
            .message
            .starts_with("<address>: no connection within 5"),
        "{}",
        error.message
    );
    let rest = deadline.remaining();
    assert!(rest > Duration::ZERO, "{rest:?}");
}

#[tokio::test]
async fn the_time_in_the_database_is_that_of_answers_and_of_failures_without_connecting() {
    let failed = |error| ScriptedDatabase::new(Script::Fails(error));
    let lost = SqlError::Connection(ConnectionError {
        class: ConnectionClass::Lost,
        message: String::new(),
        attempts: 1,
    });
    let timeout_ms = Some(20);
    for (why, database, least_ms, most_ms) in [
        ("as the answer says", ScriptedDatabase::one(), 0, 1),
        ("no connection", failed(lost), 0, 0),
        (
            "given up after its timeout",
            ScriptedDatabase::new(Script::TimesOut),
            20,
            10_000,
        ),
    ] {
        let mut asked = asking(&database);
        let options = QueryOptions {
            timeout_ms,
            ..UNLIMITED
        };
        assert!(select(&mut asked, options).await.is_ok(), "{why}");
        let waited = asked.waited(deadline());
        assert!(
            waited >= Duration::from_millis(least_ms),
            "{why}: {waited:?}"
        );
        assert!(
            waited <= Duration::from_millis(most_ms),
            "{why}: {waited:?}"
        );
    }
}

#[test]
fn a_query_that_the_run_s_end_cuts_off_counts_until_then() {
    let mut asked = Asked::new(None, Vec::new());
    asked.waited = Duration::from_secs(1);
    asked.during = During::Query {
        sql: String::new(),
        sent: Duration::from_secs(2),
    };
    let deadline = Deadline {
        began: Instant::now() - Duration::from_secs(5),
        timeout: Duration::from_secs(5),
    };
    let waited = asked.waited(deadline);
    assert!(waited >= Duration::from_secs(4), "{waited:?}");
    assert!(waited < Duration::from_secs(5), "{waited:?}");
}

fn from(engine: Engine, major: u32) -> EngineRequirement {
    EngineRequirement {
        engine,
        min_version: Some(Version {
            major,
            minor: 4,
            patch: 0,
        }),
    }
}

#[tokio::test]
async fn a_server_that_the_check_does_not_work_on_ends_the_run_before_its_first_query() {
    let any_mysql = EngineRequirement {
        engine: Engine::Mysql,
        min_version: None,
    };
    let refused = |needed: &str| Some(format!("needs {needed}, and this is postgresql 15.4.0"));
    for (why, engines, refusal) in [
        ("every engine", vec![], None),
        (
            "exactly this version",
            vec![from(Engine::Postgresql, 15)],
            None,
        ),
        (
            "an older one",
            vec![any_mysql, from(Engine::Postgresql, 9)],
            None,
        ),
        (
            "a newer one",
            vec![from(Engine::Postgresql, 16)],
            refused("postgresql from 16.4.0"),
        ),
        (
            "others",
            vec![any_mysql, from(Engine::Mariadb, 10)],
            refused("mysql or mariadb from 10.4.0"),
        ),
    ] {
        let database = ScriptedDatabase::one();
        let asked = || Asked::new(Some(Box::new(database.clone())), engines.clone());
        let told = [
            asked().facts().await.err(),
            asked().connect(deadline()).await.err(),
            select(&mut asked(), UNLIMITED).await.err(),
        ]
        .map(|refused| refused.map(|refused| refused.to_string()));
        assert_eq!(
            told,
            [refusal.clone(), refusal.clone(), refusal.clone()],
            "{why}"
        );
        let sent = usize::from(refusal.is_none());
        assert_eq!(database.asked().len(), sent, "{why}");
    }
}

#[tokio::test]
async fn where_nobody_knows_the_server_the_check_gets_the_error_of_connecting() {
    let lost = SqlError::Connection(ConnectionError {
        class: ConnectionClass::Refused,
        message: String::new(),
        attempts: 1,
    });
    let needed = vec![from(Engine::Mysql, 99)];
    for (why, script, class) in [
        ("refused", Script::Fails(lost), ConnectionClass::Refused),
        ("hanging", Script::Hangs, ConnectionClass::Timeout),
    ] {
        let database = ScriptedDatabase::new(script);
        let mut asked = Asked::new(Some(Box::new(database.clone())), needed.clone());
        let options = QueryOptions {
            timeout_ms: Some(20),
            ..UNLIMITED
        };
        let answer = select(&mut asked, options).await;
        let Ok(Err(SqlError::Connection(error))) = answer else {
            panic!("{why}: {answer:?}");
        };
        assert_eq!(error.class, class, "{why}");
        assert_eq!(asked.queries, 1, "{why}: the check's attempts are counted");
        assert!(database.asked().is_empty(), "{why}");
    }
}

//! Answers that are too long are cut, statements that are too slow end, and nothing of either stays
//! on the server.

use std::time::Instant;

use sqlx::Row;

use super::*;
use crate::model::sql::ConnectionClass;

/// A statement's own limit, and what it may take beyond it.
const LIMIT: Duration = Duration::from_millis(300);
const GRACE: Duration = Duration::from_secs(2);

#[tokio::test]
async fn rows_beyond_the_limit_are_cut() {
    let mut limited = query("select id from events order by id limit 11", Vec::new());
    for (max_rows, rows, truncated) in [
        (10, 10, true),
        (11, 11, false),
        (12, 11, false),
        (0, 0, true),
    ] {
        let mut connection = monitor().await;
        limited.max_rows = max_rows;
        let answer = connection.query(&limited).await.unwrap();
        assert_eq!(
            (answer.rows.len(), answer.truncated),
            (rows, truncated),
            "{max_rows}"
        );
        assert_eq!(connection.is_usable(), !truncated, "{max_rows}");
    }
}

#[tokio::test]
async fn bytes_beyond_the_limit_are_cut_before_the_row() {
    let mut connection = monitor().await;
    let mut limited = query("select repeat('x', 100) from events", Vec::new());
    limited.max_bytes = 1000;
    let answer = connection.query(&limited).await.unwrap();
    assert_eq!(
        (answer.rows.len(), answer.truncated, answer.bytes),
        (10, true, 1000)
    );
    // One value larger than the whole limit.
    let mut connection = monitor().await;
    limited.sql = "select 1, repeat('x', 1000000)".into();
    let answer = connection.query(&limited).await.unwrap();
    assert_eq!((answer.rows.len(), answer.truncated), (0, true));
    assert_eq!(answer.columns.len(), 2);
}

#[tokio::test]
async fn a_long_answer_is_not_waited_for() {
    let mut connection = monitor().await;
    let mut limited = query(
        "select repeat('x', 1000000) from events a cross join events b",
        Vec::new(),
    );
    limited.max_bytes = 3_000_000;
    let start = Instant::now();
    let answer = connection.query(&limited).await.unwrap();
    assert!(
        answer.truncated && start.elapsed() < GRACE,
        "{:?}",
        start.elapsed()
    );
    assert!(!connection.is_usable());
}

#[tokio::test]
async fn slow_statements_end_on_the_server_and_the_connection_stays() {
    let mut connection = monitor().await;
    for sql in [
        "select sleep(30)",
        "select benchmark(1000000000000, md5('x'))",
        "with recursive n as (select 1 as i union all select i + 1 from n) select count(*) from n, n a, n b, n c",
        "select count(*) from events a cross join events b cross join events c where a.detail < c.detail",
    ] {
        let mut slow = query(sql, Vec::new());
        slow.timeout = LIMIT;
        let start = Instant::now();
        let error = connection.query(&slow).await.unwrap_err();
        assert_eq!(error, SqlError::Timeout(LIMIT), "{sql}");
        assert!(
            start.elapsed() < LIMIT + GRACE,
            "{sql}: {:?}",
            start.elapsed()
        );
        assert_eq!(one(&mut connection, "select 1").await, Value::Int64(1));
    }
}

#[tokio::test]
async fn a_lock_is_waited_for_one_second_at_most() {
    prepare(&[
        "create or replace database locks",
        "create table locks.t (id int)",
    ])
    .await;
    let mut admin = admin().await;
    admin
        .execute(sqlx::raw_sql("lock tables locks.t write"))
        .await
        .unwrap();
    let mut connection = boss().await;
    let start = Instant::now();
    let error = ask(&mut connection, "select * from locks.t")
        .await
        .unwrap_err();
    assert!(
        matches!(&error, SqlError::Server(error) if error.code == Some(1205)),
        "{error:?}"
    );
    assert!(start.elapsed() < Duration::from_secs(1) + GRACE);
}

/// How many sessions on the server run, or ran last, a statement with this label.
async fn sessions(admin: &mut MySqlConnection, connection_id: u64) -> i64 {
    let sql =
        format!("select count(*) from information_schema.processlist where id = {connection_id}");
    let row = admin
        .fetch_one(sqlx::raw_sql(AssertSqlSafe(sql)))
        .await
        .unwrap();
    row.get(0)
}

async fn connection_id(connection: &mut Connection) -> u64 {
    let Value::Uint64(id) = one(connection, "select connection_id()").await else {
        panic!("no number");
    };
    id
}

async fn until_gone(connection_id: u64) {
    let mut admin = admin().await;
    let deadline = Instant::now() + Duration::from_secs(10);
    while sessions(&mut admin, connection_id).await > 0 {
        assert!(Instant::now() < deadline, "the session is still there");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_dropped_future_leaves_no_session_on_the_server() {
    let mut connection = monitor().await;
    let id = connection_id(&mut connection).await;
    let mut slow = query("select sleep(60)", Vec::new());
    slow.timeout = Duration::from_secs(1);
    let waited = tokio::time::timeout(LIMIT, connection.query(&slow)).await;
    assert!(waited.is_err());
    until_gone(id).await;
    assert!(!connection.is_usable());
    let error = ask(&mut connection, "select 1").await.unwrap_err();
    assert!(matches!(error, SqlError::Connection(_)), "{error:?}");
}

#[tokio::test]
async fn a_closed_connection_leaves_no_session_on_the_server() {
    let mut connection = monitor().await;
    let id = connection_id(&mut connection).await;
    connection.close().await;
    until_gone(id).await;
}

#[tokio::test]
async fn a_killed_session_is_a_lost_connection() {
    let mut connection = monitor().await;
    let id = connection_id(&mut connection).await;
    let mut admin = admin().await;
    let kill = AssertSqlSafe(format!("kill {id}"));
    admin.execute(sqlx::raw_sql(kill)).await.unwrap();
    until_gone(id).await;
    let error = ask(&mut connection, "select 1").await.unwrap_err();
    let SqlError::Connection(error) = error else {
        panic!("{error:?}");
    };
    assert_eq!(error.class, ConnectionClass::Lost, "{error:?}");
    assert!(!connection.is_usable());
}

/// Small packets that wait for each other's acknowledgement cost 40 ms a statement.
#[tokio::test]
async fn short_statements_do_not_wait_for_the_network() {
    let mut connection = monitor().await;
    let start = Instant::now();
    for number in 0..50 {
        one(&mut connection, &format!("select {number}")).await;
    }
    assert!(
        start.elapsed() < Duration::from_secs(1),
        "{:?}",
        start.elapsed()
    );
}

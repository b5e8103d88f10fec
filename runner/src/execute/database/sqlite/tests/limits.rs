//! Answers that are too long are cut, statements that are too slow end, and locks are not waited for.

use super::*;

const NUMBERS: &str =
    "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n";
const ENDLESS: &str =
    "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";

#[tokio::test]
async fn answers_beyond_the_limits_are_cut() {
    let fixture = Fixture::new();
    let mut connection = fixture.open("shop.db").await.unwrap();
    let mut limited = query(NUMBERS, vec![]);
    limited.max_rows = 10;
    let answer = connection.query(&limited).await.unwrap();
    assert_eq!(
        (answer.rows.len(), answer.truncated, answer.bytes),
        (10, true, 80)
    );
    limited.sql = "select id from orders".into();
    limited.max_rows = 2;
    let answer = connection.query(&limited).await.unwrap();
    assert_eq!((answer.rows.len(), answer.truncated), (2, false));
    limited.sql = "select hex(zeroblob(500)) from orders".into();
    limited.max_bytes = 1500;
    let answer = connection.query(&limited).await.unwrap();
    assert_eq!((answer.rows.len(), answer.truncated), (1, true));
    for sql in [
        "select randomblob(300000000)",
        "select hex(zeroblob(5000000))",
    ] {
        let error = ask(&mut connection, sql).await.unwrap_err();
        assert!(
            matches!(error, SqlError::LimitExceeded(_)),
            "{sql}: {error:?}"
        );
    }
}

#[tokio::test]
async fn an_endless_statement_ends_at_its_limit_and_the_file_stays_open() {
    let fixture = Fixture::new();
    let mut connection = fixture.open("shop.db").await.unwrap();
    let mut endless = query(ENDLESS, vec![]);
    endless.timeout = Duration::from_millis(200);
    let start = Instant::now();
    let error = connection.query(&endless).await.unwrap_err();
    assert_eq!(error, SqlError::Timeout(endless.timeout));
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(one(&mut connection, "select 1").await, Value::Int64(1));
}

#[test]
fn a_dropped_future_ends_its_thread_at_once() {
    let fixture = Fixture::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut connection = fixture.open("shop.db").await.unwrap();
        let mut endless = query(ENDLESS, vec![]);
        endless.timeout = Duration::from_secs(600);
        let start = Instant::now();
        let waited =
            tokio::time::timeout(Duration::from_millis(100), connection.query(&endless)).await;
        assert!(waited.is_err());
        assert!(start.elapsed() < Duration::from_secs(1), "the drop blocked");
        assert!(!connection.is_usable());
    });
    // Waits for blocking threads; with the statement still running, for all of this time.
    let start = Instant::now();
    runtime.shutdown_timeout(Duration::from_secs(30));
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "the statement still runs"
    );
}

#[tokio::test]
async fn a_writers_lock_is_waited_for_one_second_at_most() {
    let fixture = Fixture::new();
    let mut connection = fixture.open("shop.db").await.unwrap();
    let writer = fixture.write("shop.db", "begin exclusive");
    let start = Instant::now();
    let error = ask(&mut connection, "select count(*) from orders")
        .await
        .unwrap_err();
    assert!(
        matches!(&error, SqlError::Server(error) if error.code == Some(5)),
        "{error:?}"
    );
    assert!(start.elapsed() < Duration::from_secs(3));
    let error = fixture.open("shop.db").await.unwrap_err();
    assert_eq!(error.class, ConnectionClass::StartingUp, "{error:?}");
    drop(writer);
    assert!(
        ask(&mut connection, "select count(*) from orders")
            .await
            .is_ok()
    );
}

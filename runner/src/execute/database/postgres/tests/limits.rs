//! Rows, bytes and time: every query ends within its limits and leaves nothing on the server.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use checkrun_testkit::account::{BOSS, MONITOR};
use checkrun_testkit::{Engine, Options, Paused, Server};

use super::*;

#[tokio::test]
async fn rows_beyond_the_limit_are_not_downloaded() {
    let mut session = session(target(MONITOR));
    let mut few = query("SELECT n FROM generate_series(1, 1000000000) AS n");
    few.max_rows = 3;
    let start = Instant::now();
    // The function materialises its rows on the server; a table or a recursion would not.
    few.sql =
        "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT n FROM n".into();
    let answer = session.query(&few).await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(2));
    assert!(answer.truncated);
    assert_eq!(answer.rows.len(), 3);
    assert_eq!(value(&mut session, "SELECT 1").await, Value::Int64(1));
}

#[tokio::test]
async fn exactly_as_many_rows_as_allowed_are_not_truncated() {
    let mut session = session(target(MONITOR));
    for (rows, truncated) in [(2, false), (3, false), (4, true)] {
        let mut some = query(&format!("SELECT generate_series(1, {rows})"));
        some.max_rows = 3;
        let answer = session.query(&some).await.unwrap();
        assert_eq!(
            (answer.rows.len(), answer.truncated),
            (rows.min(3), truncated)
        );
    }
}

#[tokio::test]
async fn bytes_beyond_the_limit_are_not_returned() {
    let mut session = session(target(MONITOR));
    let mut large = query("SELECT repeat('x', 1000) FROM generate_series(1, 10)");
    large.max_bytes = 3_500;
    let answer = session.query(&large).await.unwrap();
    assert_eq!(
        (answer.rows.len(), answer.bytes, answer.truncated),
        (3, 3_000, true)
    );

    // NULLs need memory too.
    let nulls = vec!["NULL::int"; 1000].join(", ");
    let mut wide = query(&format!("SELECT {nulls} FROM generate_series(1, 100)"));
    wide.max_bytes = 80_000;
    let answer = session.query(&wide).await.unwrap();
    assert_eq!((answer.rows.len(), answer.truncated), (10, true));
}

#[tokio::test]
async fn a_huge_value_is_not_downloaded() {
    let relay = Relay::open();
    let mut target = target(MONITOR);
    address(&mut target).host = relay.host.clone();
    let mut session = session(target);
    for sql in [
        "SELECT 1, 'small' UNION ALL SELECT 2, repeat('x', 100000000)",
        "SELECT 1, ''::bytea UNION ALL SELECT 2, repeat('x', 100000000)::bytea",
        "SELECT 1, '{}'::text[] UNION ALL SELECT 2, array[repeat('x', 100000000)]",
        "SELECT 1, row('')::record UNION ALL SELECT 2, row(repeat('x', 100000000))",
    ] {
        let mut huge = query(sql);
        huge.timeout = Duration::from_secs(60);
        let answer = session.query(&huge).await.unwrap();
        assert!(answer.truncated, "{sql}");
        assert_eq!(answer.rows.len(), 1, "{sql}");
        assert_eq!(answer.rows[0][0], Value::Int64(1));
    }
    let downloaded = relay.downloaded.load(Ordering::Relaxed);
    assert!((1..100_000).contains(&downloaded), "{downloaded} bytes");
}

/// Passes bytes on between clients and the server, and counts what the server sends.
struct Relay {
    host: Host,
    downloaded: Arc<AtomicU64>,
}

impl Relay {
    fn open() -> Self {
        let server = Servers::from_environment().postgres;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let downloaded = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&downloaded);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect((server.host.as_str(), server.port)).unwrap();
                let up = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let counter = Arc::clone(&counter);
                std::thread::spawn(move || pass(up.0, up.1, &AtomicU64::new(0)));
                std::thread::spawn(move || pass(server, client, &counter));
            }
        });
        Self {
            host: Host::Tcp {
                name: "127.0.0.1".into(),
                port,
            },
            downloaded,
        }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, counter: &AtomicU64) {
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        counter.fetch_add(length as u64, Ordering::Relaxed);
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}

#[tokio::test]
async fn a_slow_query_ends_with_the_servers_timeout() {
    let mut session = session(target(MONITOR));
    for sql in [
        "SELECT pg_sleep(30)",
        "SELECT count(*) FROM generate_series(1, 10000000000)",
        "SELECT count(*) FROM customers a, customers b, customers c, customers d, customers e, customers f",
    ] {
        let mut slow = query(sql);
        slow.timeout = Duration::from_millis(300);
        let start = Instant::now();
        assert_eq!(
            session.query(&slow).await,
            Err(SqlError::Timeout(slow.timeout)),
            "{sql}"
        );
        assert!(
            start.elapsed() < Duration::from_millis(1300),
            "{sql}: {:?}",
            start.elapsed()
        );
        assert_eq!(value(&mut session, "SELECT 1").await, Value::Int64(1));
    }
}

#[tokio::test]
async fn a_statement_that_somebody_cancels_is_not_a_timeout() {
    let mut session = named(target(MONITOR), "checkrun/cancelled");
    let mut witness = Witness::new().await;
    let slow = query("SELECT pg_sleep(9)");
    let cancel = async {
        let active = "SELECT count(*)::text FROM pg_stat_activity WHERE state = 'active' AND \
             query LIKE '%pg_sleep(9)%' AND application_name = 'checkrun/cancelled'";
        witness.sees(active, "1", Duration::from_secs(5)).await;
        witness
            .ask("SELECT pg_cancel_backend(pid)::text FROM pg_stat_activity WHERE application_name = 'checkrun/cancelled'")
            .await
    };
    let (answer, _) = tokio::join!(session.query(&slow), cancel);
    assert!(
        matches!(answer, Err(SqlError::Server(error)) if error.sqlstate.as_deref() == Some("57014"))
    );
}

#[tokio::test]
async fn a_lock_is_waited_for_a_second_at_most() {
    let mut owner = Witness::new().await;
    owner
        .do_it("CREATE TABLE IF NOT EXISTS checkrun_locked (i int); GRANT SELECT ON checkrun_locked TO public")
        .await;
    owner
        .do_it("BEGIN; LOCK TABLE checkrun_locked IN ACCESS EXCLUSIVE MODE")
        .await;
    let mut session = session(target(MONITOR));
    let start = Instant::now();
    let answer = run(&mut session, "SELECT * FROM checkrun_locked").await;
    assert!(
        matches!(answer, Err(SqlError::Server(error)) if error.sqlstate.as_deref() == Some("55P03"))
    );
    assert!(start.elapsed() < Duration::from_secs(4));
    owner.do_it("ROLLBACK").await;
}

#[tokio::test]
async fn a_server_that_is_stopped_in_a_query_ends_the_call_in_time_and_keeps_nothing() {
    let server = Server::start(Engine::Postgres, &Options::default()).expect("a server");
    let endpoint = server.endpoint();
    let mut session = named(target_at(&endpoint, MONITOR), "checkrun/stopped");
    run(&mut session, "SELECT 1").await.unwrap();
    let mut slow = query("SELECT pg_sleep(30)");
    slow.timeout = Duration::from_secs(3);
    let stop = async {
        let mut witness = Witness::at(&endpoint).await;
        witness
            .sees(
                "SELECT count(*)::text FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(30)' AND state = 'active'",
                "1",
                Duration::from_millis(2500),
            )
            .await;
        Paused::server(endpoint.pid).expect("stopped")
    };
    let start = Instant::now();
    let (answer, paused) = tokio::join!(session.query(&slow), stop);
    assert_eq!(answer, Err(SqlError::Timeout(slow.timeout)));
    assert!(
        start.elapsed() < slow.timeout + Duration::from_secs(1),
        "{:?}",
        start.elapsed()
    );

    // The next call finds nobody home, and ends in time as well.
    let mut next = query("SELECT 1");
    next.timeout = Duration::from_millis(500);
    let start = Instant::now();
    assert!(matches!(
        session.query(&next).await,
        Err(SqlError::Connection(_))
    ));
    assert!(start.elapsed() < Duration::from_millis(1500));

    drop(paused);
    let mut witness = Witness::at(&endpoint).await;
    witness.sees_nobody("checkrun/stopped").await;
    assert_eq!(value(&mut session, "SELECT 1").await, Value::Int64(1));
}

#[tokio::test]
async fn a_dropped_query_leaves_nothing_on_the_server() {
    let mut session = named(target(MONITOR), "checkrun/dropped");
    run(&mut session, "SELECT 1").await.unwrap();
    let mut witness = Witness::new().await;
    for sql in [
        "SELECT pg_sleep(30)",
        "SELECT count(*) FROM generate_series(1, 10000000000)",
    ] {
        let slow = query(sql);
        let active = "SELECT count(*)::text FROM pg_stat_activity WHERE state = 'active' \
             AND application_name = 'checkrun/dropped'";
        tokio::select! {
            answer = session.query(&slow) => panic!("{answer:?}"),
            () = witness.sees(active, "1", Duration::from_secs(5)) => {}
        }
        witness.sees_nobody("checkrun/dropped").await;
        assert_eq!(value(&mut session, "SELECT 1").await, Value::Int64(1));
    }
}

#[tokio::test]
async fn a_connection_that_the_server_ends_is_replaced() {
    let mut session = named(target(MONITOR), "checkrun/ended");
    run(&mut session, "SELECT 1").await.unwrap();
    let mut witness = Witness::new().await;
    witness
        .ask("SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE application_name = 'checkrun/ended'")
        .await;
    witness.sees_nobody("checkrun/ended").await;
    assert!(matches!(
        run(&mut session, "SELECT 1").await,
        Err(SqlError::Connection(_))
    ));
    assert_eq!(value(&mut session, "SELECT 1").await, Value::Int64(1));
}

#[tokio::test]
async fn closing_ends_the_session_on_the_server() {
    let mut session = named(privileged(BOSS), "checkrun/closed");
    session.connect().await.unwrap();
    session.connect().await.unwrap();
    let mut witness = Witness::new().await;
    witness
        .sees(&sessions("checkrun/closed"), "1", Duration::from_secs(5))
        .await;
    session.close().await;
    witness.sees_nobody("checkrun/closed").await;
}

//! No write, no way out of the transaction, no state for the next run, no privileged account.

use checkrun_testkit::account::{BOSS, MONITOR, PLAIN, PROGRAM, REPLICATOR, WRITER};

use super::*;
use crate::execute::database::postgres;
use crate::model::sql::ConnectionClass;

/// Writes, locks and ways out: refused for every role, the superuser included.
const REFUSED: &[&str] = &[
    "INSERT INTO customers VALUES (1000, 'x')",
    "UPDATE customers SET name = 'x'",
    "DELETE FROM customers",
    "TRUNCATE customers",
    "MERGE INTO customers USING customers c ON false WHEN NOT MATCHED THEN DO NOTHING",
    "WITH gone AS (DELETE FROM customers RETURNING *) SELECT * FROM gone",
    "WITH new AS (INSERT INTO customers VALUES (1000, 'x') RETURNING id) SELECT * FROM new",
    "SELECT checkrun_fences.write()",
    "SELECT * FROM checkrun_fences.write()",
    "SELECT nextval('checkrun_fences.numbers')",
    "SELECT setval('checkrun_fences.numbers', 5)",
    "CREATE TABLE t (i int)",
    "CREATE TEMP TABLE t (i int)",
    "SELECT 1 INTO t",
    "SELECT 1 INTO TEMP t",
    "CREATE TABLE t AS SELECT 1",
    "DO $$ BEGIN DELETE FROM customers; END $$",
    "CALL checkrun_fences.commits()",
    "SELECT * FROM customers FOR UPDATE",
    "SELECT * FROM customers FOR KEY SHARE",
    "REFRESH MATERIALIZED VIEW checkrun_fences.view",
    "EXPLAIN ANALYZE INSERT INTO customers VALUES (1000, 'x')",
    "EXPLAIN (ANALYZE) DELETE FROM customers",
    "EXPLAIN (ANALYZE false, ANALYZE true) DELETE FROM customers",
    "SET TRANSACTION READ WRITE",
    "SELECT set_config('transaction_read_only', 'off', false)",
    "SELECT set_config('transaction_read_only', 'off', true)",
    "COMMIT",
    "COMMIT AND CHAIN",
    "ROLLBACK",
    "END",
    "ABORT",
    "BEGIN READ WRITE",
    "START TRANSACTION READ WRITE",
    "SAVEPOINT s",
    "PREPARE TRANSACTION 'x'",
    "SELECT 1; DELETE FROM customers",
    "COMMIT; DELETE FROM customers",
    "SELECT 1; COMMIT; SELECT 2",
    "/* SELECT */ COMMIT",
    "SELECT 1 /* ; */ ; DROP TABLE customers",
    "SELECT $q$ ; $q$; DELETE FROM customers",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "DEALLOCATE ALL",
    "LISTEN jobs",
    "NOTIFY jobs",
    "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
    "SET work_mem = '1GB'",
    "SET statement_timeout = 0",
    "RESET ALL",
    "DISCARD ALL",
    "COPY customers TO STDOUT",
    "COPY customers TO '/tmp/checkrun-fences'",
    "COPY customers TO PROGRAM 'true'",
    "COPY customers FROM '/etc/passwd'",
    "LOAD 'auto_explain'",
    "LOCK TABLE customers IN ACCESS EXCLUSIVE MODE",
    "CHECKPOINT",
    "VACUUM",
    "ANALYZE customers",
    "REINDEX TABLE customers",
    "CLUSTER",
    "ALTER SYSTEM SET work_mem = '1GB'",
    "ALTER ROLE monitor SUPERUSER",
    "GRANT ALL ON customers TO public",
    "IMPORT FOREIGN SCHEMA x FROM SERVER y INTO z",
    "SECURITY LABEL ON TABLE customers IS 'x'",
    "COMMENT ON TABLE customers IS 'x'",
    "SELECT * FROM other.public.secrets",
    "TABLE other.public.secrets",
    "",
    ";",
    "-- nothing",
    "SELECT 1\0; COMMIT",
];

async fn create_objects() {
    let sql = "SELECT pg_advisory_lock(78); DROP SCHEMA IF EXISTS checkrun_fences CASCADE; \
         CREATE SCHEMA checkrun_fences; GRANT USAGE ON SCHEMA checkrun_fences TO public; \
         CREATE TABLE checkrun_fences.written (i int); \
         CREATE SEQUENCE checkrun_fences.numbers; \
         GRANT ALL ON checkrun_fences.numbers TO public; \
         CREATE MATERIALIZED VIEW checkrun_fences.view AS SELECT 1 AS one; \
         CREATE FUNCTION checkrun_fences.write() RETURNS int LANGUAGE sql VOLATILE SECURITY DEFINER \
         AS 'INSERT INTO checkrun_fences.written VALUES (1) RETURNING i'; \
         CREATE PROCEDURE checkrun_fences.commits() LANGUAGE plpgsql AS \
         'BEGIN INSERT INTO checkrun_fences.written VALUES (1); COMMIT; END'";
    Witness::new().await.do_it(sql).await;
}

/// What a write anywhere in the shop would change.
const FINGERPRINT: &str = "SELECT concat_ws(' ', (SELECT count(*) FROM customers), \
     (SELECT md5(string_agg(c::text, ',' ORDER BY id)) FROM customers c), \
     (SELECT count(*) FROM checkrun_fences.written), \
     (SELECT last_value || is_called::text FROM checkrun_fences.numbers), \
     (SELECT count(*) FROM pg_largeobject_metadata), \
     (SELECT count(*) FROM pg_class WHERE relname = 't'))";

#[tokio::test]
async fn every_write_and_every_way_out_is_refused_for_every_role() {
    create_objects().await;
    let mut witness = Witness::new().await;
    let before = witness.ask(FINGERPRINT).await;
    for who in [MONITOR, WRITER, BOSS] {
        let mut session = session(privileged(who));
        let mut passed = Vec::new();
        for sql in REFUSED {
            if let Ok(answer) = run(&mut session, sql).await {
                passed.push(format!("{}: {sql}: {answer:?}", who.name));
            }
            // The fence of the next statement stands.
            let fenced = value(
                &mut session,
                "SELECT current_setting('transaction_read_only')",
            )
            .await;
            assert_eq!(fenced, Value::Text("on".into()), "after {sql}");
        }
        assert!(passed.is_empty(), "{}", passed.join("\n"));
    }
    assert_eq!(witness.ask(FINGERPRINT).await, before);
}

/// Servers before 16 let these write in a read-only transaction.
const ROLLED_BACK: &[&str] = &[
    "SELECT lo_create(0)",
    "SELECT lo_creat(-1)",
    "SELECT lo_from_bytea(0, 'x')",
    "SELECT pg_current_xact_id()",
    "SELECT pg_export_snapshot()",
];

#[tokio::test]
async fn what_the_server_lets_through_is_rolled_back() {
    create_objects().await;
    let mut witness = Witness::new().await;
    let before = witness.ask(FINGERPRINT).await;
    for who in [WRITER, BOSS] {
        let mut session = session(privileged(who));
        for sql in ROLLED_BACK {
            let _ = run(&mut session, sql).await;
        }
    }
    assert_eq!(witness.ask(FINGERPRINT).await, before);
}

#[tokio::test]
async fn what_the_server_refuses_has_its_own_kind() {
    create_objects().await;
    let mut session = session(target(PLAIN));
    let cases = [
        ("SELECT checkrun_fences.write()", "forbidden"),
        ("SELECT nextval('checkrun_fences.numbers')", "forbidden"),
        ("SELECT * FROM nowhere", "undefined"),
        ("SELECT nothing FROM customers", "undefined"),
        ("SELECT nothing()", "undefined"),
        ("SELECT * FROM nowhere.t", "undefined"),
        ("SELECT 1::nothing", "undefined"),
        ("SELECT * FROM pg_authid", "denied"),
        ("SELECT pg_read_file('/etc/passwd')", "denied"),
        ("SELECT 1/0", "server 22012"),
        ("SELEC 1", "forbidden"),
        ("SELECT 'a'::int", "server 22P02"),
    ];
    for (sql, expected) in cases {
        let said = match run(&mut session, sql).await {
            Err(SqlError::Forbidden(_)) => "forbidden".into(),
            Err(SqlError::UndefinedObject(_)) => "undefined".into(),
            Err(SqlError::PermissionDenied(_)) => "denied".into(),
            Err(SqlError::Server(error)) => format!("server {}", error.sqlstate.unwrap()),
            other => format!("{other:?}"),
        };
        assert_eq!(said, expected, "{sql}");
    }
}

/// What a plain role may do to its own session, and how a later one would see it.
const TRACES: &[(&str, &str)] = &[
    (
        "SELECT pg_advisory_lock(4711)",
        "SELECT count(*)::text FROM pg_locks WHERE objid = 4711",
    ),
    (
        "SELECT pg_advisory_lock_shared(4711)",
        "SELECT count(*)::text FROM pg_locks WHERE objid = 4711",
    ),
    (
        "SELECT pg_advisory_xact_lock(4711)",
        "SELECT count(*)::text FROM pg_locks WHERE objid = 4711",
    ),
    (
        "SELECT set_config('work_mem', '99MB', false)",
        "SELECT (current_setting('work_mem') = '99MB')::int::text",
    ),
    (
        "SELECT set_config('checkrun.mark', 'x', false)",
        "SELECT count(*)::text FROM (SELECT current_setting('checkrun.mark', true) AS s) AS t WHERE s <> ''",
    ),
    ("SELECT pg_notify('jobs', 'x')", "SELECT 0::text"),
    (
        "SELECT pg_sleep(0)",
        "SELECT count(*)::text FROM pg_prepared_statements WHERE statement = 'SELECT pg_sleep(0)'",
    ),
];

#[tokio::test]
async fn what_a_session_may_do_to_itself_is_gone_in_the_next() {
    for (sql, trace) in TRACES {
        let application = format!("checkrun/traces/{}", sql.len());
        let mut first = named(target(MONITOR), &application);
        run(&mut first, sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        first.close().await;
        let mut witness = Witness::new().await;
        witness.sees_nobody(&application).await;
        let next = value(&mut session(target(MONITOR)), trace).await;
        assert_eq!(next, Value::Text("0".into()), "{sql}");
    }
}

#[tokio::test]
async fn a_notification_is_never_delivered() {
    let mut listener = Witness::new().await;
    listener.do_it("LISTEN checkrun_jobs").await;
    let mut session = session(target(MONITOR));
    run(&mut session, "SELECT pg_notify('checkrun_jobs', 'x')")
        .await
        .unwrap();
    assert_eq!(
        listener
            .ask("SELECT pg_notification_queue_usage()::text")
            .await,
        "0"
    );
}

#[tokio::test]
async fn a_query_cannot_weaken_the_next_one() {
    let mut session = session(target(MONITOR));
    let weaken = [
        "SELECT set_config('statement_timeout', '0', false)",
        "SELECT set_config('lock_timeout', '0', false)",
        "SELECT set_config('default_transaction_read_only', 'off', false)",
        "SELECT set_config('search_path', 'evil', false)",
        "SELECT set_config('session_characteristics', 'x', false)",
        "SELECT set_config('idle_in_transaction_session_timeout', '0', false)",
        "SELECT set_config('DateStyle', 'German', false), set_config('TimeZone', 'Asia/Tokyo', false)",
        "SELECT set_config('client_encoding', 'LATIN1', false)",
    ];
    let settings = "SELECT concat_ws(' ', current_setting('transaction_read_only'), \
         current_setting('default_transaction_read_only'), current_setting('statement_timeout'), \
         current_setting('lock_timeout'), current_setting('search_path'), \
         current_setting('idle_in_transaction_session_timeout'), current_setting('TimeZone'), \
         current_setting('client_encoding'), current_setting('client_connection_check_interval'))";
    for sql in weaken {
        let _ = run(&mut session, sql).await;
        let mut next = query(settings);
        next.timeout = Duration::from_secs(3600);
        let answer = session.query(&next).await.unwrap();
        let Value::Text(text) = &answer.rows[0][0] else {
            panic!("text");
        };
        assert!(
            text.starts_with("on on 1h") || text.starts_with("on on 3599"),
            "{sql}: {text}"
        );
        assert!(
            text.ends_with(" 1s pg_catalog,public 1min UTC UTF8 1s"),
            "{sql}: {text}"
        );
    }
    run(
        &mut session,
        "SELECT set_config('statement_timeout', '0', false)",
    )
    .await
    .unwrap();
    let mut slow = query("SELECT pg_sleep(5)");
    slow.timeout = Duration::from_millis(200);
    assert_eq!(
        session.query(&slow).await,
        Err(SqlError::Timeout(slow.timeout))
    );
}

#[tokio::test]
async fn a_fence_that_does_not_stand_any_more_is_noticed() {
    let mut connection = postgres::Connection::open(&target(MONITOR), "checkrun/test")
        .await
        .unwrap();
    connection.query(&query("SELECT 1")).await.unwrap();
    assert!(connection.is_usable());
    // No statement that passes the gate can do this. Once the first end is read, send another.
    connection.inner.ping().await.unwrap();
    connection.close_fence();
    // A quick server has answered already, and the connection is given up; else the next query hears.
    if connection.is_usable() {
        let next = connection.query(&query("SELECT 1")).await;
        assert!(matches!(next, Err(SqlError::Forbidden(_))), "{next:?}");
    }
    assert!(!connection.is_usable());
}

#[tokio::test]
async fn a_transaction_does_not_outlive_its_query() {
    let mut session = named(target(MONITOR), "checkrun/idle");
    let mut witness = Witness::new().await;
    let state = "SELECT state || coalesce(xact_start::text, '') FROM pg_stat_activity \
         WHERE application_name = 'checkrun/idle'";
    for sql in ["SELECT 1", "SELECT 1/0", "SELECT name FROM customers"] {
        let _ = run(&mut session, sql).await;
        witness.sees(state, "idle", Duration::from_secs(5)).await;
    }
}

#[tokio::test]
async fn a_privileged_account_is_refused_at_the_door() {
    let mut witness = Witness::new().await;
    witness
        .do_it(
            "SELECT pg_advisory_lock(79); \
             DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'checkrun_deputy') THEN \
             CREATE ROLE checkrun_deputy LOGIN PASSWORD 'deputy-password' NOINHERIT IN ROLE boss; \
             END IF; END $$",
        )
        .await;
    let deputy = Account {
        name: "checkrun_deputy",
        password: "deputy-password",
    };
    let mut messages = Vec::new();
    for who in [BOSS, PROGRAM, REPLICATOR, deputy] {
        match session(target(who)).facts().await {
            Err(SqlError::Connection(error)) => {
                assert_eq!(error.class, ConnectionClass::AccountRefused);
                messages.push(error.message);
            }
            other => panic!("{}: {other:?}", who.name),
        }
        session(privileged(who))
            .facts()
            .await
            .expect("allowed by the target");
    }
    insta::assert_snapshot!(messages.join("\n"));
    for who in [MONITOR, PLAIN, WRITER] {
        session(target(who)).facts().await.expect("not privileged");
    }
}

#[tokio::test]
async fn a_superuser_s_functions_are_why_it_is_refused() {
    // They run in a read-only transaction; only the account's privileges can stop them.
    let mut boss = session(privileged(BOSS));
    let mut monitor = session(target(MONITOR));
    for sql in [
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT pg_ls_dir('.')",
        "SELECT lo_get(1)",
    ] {
        let _ = run(&mut boss, sql).await;
        let refused = run(&mut monitor, sql).await;
        assert!(
            matches!(
                refused,
                Err(SqlError::PermissionDenied(_) | SqlError::UndefinedObject(_))
            ),
            "{sql}: {refused:?}"
        );
    }
    assert!(
        run(&mut boss, "SELECT pg_read_file('PG_VERSION')")
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_check_cannot_end_another_run_that_has_the_same_account() {
    let mut victim = named(target(MONITOR), "checkrun/victim");
    run(&mut victim, "SELECT 1").await.unwrap();
    let mut attacker = named(target(MONITOR), "checkrun/attacker");
    for function in ["pg_terminate_backend", "pg_cancel_backend"] {
        let kill = format!(
            "SELECT {function}(pid) FROM pg_stat_activity WHERE application_name = 'checkrun/victim'"
        );
        let quoted = kill.replace('\'', "\'\'");
        for attempt in [
            kill.clone(),
            kill.replace(function, &format!("\"{function}\"")),
            kill.replace(function, &format!("U&\"\\0070{}\"", &function[1..])),
            format!("SELECT query_to_xml('{quoted}', true, true, '')"),
            format!("SELECT * FROM ts_stat('{quoted}')"),
            format!("SELECT ts_rewrite('a'::tsquery, '{quoted}')"),
        ] {
            let answer = run(&mut attacker, &attempt).await;
            assert!(
                matches!(answer, Err(SqlError::Forbidden(_))),
                "{attempt}: {answer:?}"
            );
        }
    }
    assert_eq!(value(&mut victim, "SELECT 1").await, Value::Int64(1));
}

//! No write, no other file, no setting, no way out: through the gate, and again without it.

use super::*;

/// What every fence is tried with: writes, other files, settings, ways out.
fn attempts(fixture: &Fixture) -> Vec<String> {
    let folder = fixture.folder.path().display();
    let mut attempts: Vec<String> = [
        "insert into orders values (3, 'x', 1)",
        "update orders set note = 'x'",
        "delete from orders",
        "insert into places values (2, 3, 4)",
        "delete from places_node",
        "replace into orders values (1, 'x', 1)",
        "with x as (select 9) insert into orders(id) select * from x",
        "create table t (a)",
        "create temp table t (a)",
        "create view v as select 1",
        "create trigger t after insert on orders begin select 1; end",
        "create index i on orders (note)",
        "create virtual table v using fts5(a)",
        "drop table orders",
        "alter table orders rename to x",
        "begin",
        "begin immediate",
        "commit",
        "rollback",
        "savepoint s",
        "release s",
        "vacuum",
        "reindex",
        "analyze",
        "detach main",
        "pragma query_only = off",
        "pragma query_only(0)",
        "pragma writable_schema = on",
        "pragma journal_mode = delete",
        "pragma journal_mode(wal)",
        "pragma user_version = 9",
        "pragma wal_checkpoint",
        "pragma optimize",
        "pragma mmap_size = 1000000",
        "pragma hard_heap_limit = 0",
        "pragma trusted_schema = on",
        "pragma temp_store_directory = '/tmp'",
        "pragma incremental_vacuum",
        "pragma database_list",
    ]
    .map(String::from)
    .into();
    attempts.extend([
        format!("attach '{folder}/other.db' as o"),
        format!("attach '{folder}/new.db' as o"),
        format!("attach 'file:{folder}/new.db?mode=rwc' as o"),
        "attach ':memory:' as m".into(),
        format!("vacuum into '{folder}/copy.db'"),
    ]);
    attempts
}

#[tokio::test]
async fn no_fence_lets_a_write_through() {
    let fixture = Fixture::new();
    let before = fixture.content();
    let mut connection = fixture.open("shop.db").await.unwrap();
    for sql in attempts(&fixture) {
        let error = ask(&mut connection, &sql).await.unwrap_err();
        assert!(matches!(error, SqlError::Forbidden(_)), "{sql}: {error:?}");
    }
    // The second fence on its own: SQLite refuses all of them without the gate.
    let mut handle = connection.handle.take().unwrap();
    for sql in attempts(&fixture) {
        let statement = rows::Statement {
            text: &sql,
            must_be_readonly: false,
        };
        let cancelled = Arc::new(AtomicBool::new(false));
        let answer = rows::fetch(&mut handle, &statement, &query(&sql, vec![]), cancelled);
        assert!(answer.is_err(), "{sql}: {answer:?}");
    }
    drop(handle);
    assert_eq!(fixture.content(), before);
}

/// Statements that begin harmlessly.
#[tokio::test]
async fn functions_and_tables_that_reach_outside_are_not_there() {
    let fixture = Fixture::new();
    let mut connection = fixture.open("shop.db").await.unwrap();
    for sql in [
        "select load_extension('x')",
        "select fts3_tokenizer('simple')",
        "select writefile('/tmp/x', 'x')",
        "select readfile('/etc/passwd')",
        "select edit('x')",
        "select * from pragma_database_list",
        "select * from pragma_journal_mode('delete')",
        "select * from pragma_user_version(5)",
        "select * from o.secrets",
        "select * from fsdir('/')",
    ] {
        assert!(ask(&mut connection, sql).await.is_err(), "{sql}");
    }
    let error = ask(&mut connection, "select load_extension('x')").await;
    assert!(matches!(error, Err(SqlError::Forbidden(_))), "{error:?}");
}

#[tokio::test]
async fn statements_that_read_are_answered() {
    let fixture = Fixture::new();
    let mut connection = fixture.open("shop.db").await.unwrap();
    assert_eq!(connection.facts().engine, Engine::Sqlite);
    assert_eq!(connection.facts().version.to_string(), rusqlite::version());
    for (sql, expected) in [
        ("select count(*) from orders", Value::Int64(2)),
        (
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < 5) select sum(i) from n",
            Value::Int64(15),
        ),
        ("values (1), (2)", Value::Int64(1)),
        ("select max(id) from both", Value::Int64(2)),
        (
            "select word from words where words match 'hello'",
            Value::Text("hello world".into()),
        ),
        ("select id from places where west < 3", Value::Int64(1)),
        ("select value from json_each('[5]')", Value::Int64(5)),
        (
            "select name from pragma_table_info('orders')",
            Value::Text("id".into()),
        ),
        ("pragma user_version", Value::Int64(7)),
        ("pragma quick_check", Value::Text("ok".into())),
        ("pragma integrity_check(5)", Value::Text("ok".into())),
        ("pragma table_info(orders)", Value::Int64(0)),
        ("pragma query_only", Value::Int64(1)),
        (
            "select name from sqlite_schema limit 1",
            Value::Text("orders".into()),
        ),
    ] {
        assert_eq!(one(&mut connection, sql).await, expected, "{sql}");
    }
    for sql in [
        "explain select 1",
        "explain query plan select * from orders",
        "pragma page_count",
    ] {
        assert!(ask(&mut connection, sql).await.is_ok(), "{sql}");
    }
    let error = ask(&mut connection, "select * from nothing")
        .await
        .unwrap_err();
    assert!(matches!(error, SqlError::Server(error) if error.code == Some(1)));
}

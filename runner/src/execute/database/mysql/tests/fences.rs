//! No write, no way out of the transaction, no state left, no second statement, no file, no other
//! database: through the gate, and again without it.

use std::path::Path;

use super::*;
use crate::execute::database::mysql::{parameter, rows};

const TABLES: &[&str] = &[
    "create or replace database fences",
    "create table fences.innodb (id int primary key) engine=innodb",
    "create table fences.myisam (id int primary key) engine=myisam",
    "insert into fences.innodb values (1)",
    "insert into fences.myisam values (1)",
    "create sequence fences.numbers",
    "create function fences.writes() returns int modifies sql data begin insert into fences.innodb values (7); return 1; end",
];

/// Statements that a check may not send; none of them reaches the server.
const REFUSED_BY_THE_GATE: &[&str] = &[
    "insert into fences.innodb values (2)",
    "update fences.myisam set id = 3",
    "delete from fences.innodb",
    "replace into fences.innodb values (2)",
    "create temporary table t (id int)",
    "drop table fences.innodb",
    "select * from fences.innodb for update",
    "select * from fences.innodb lock in share mode",
    "execute immediate 'insert into fences.innodb values (2)'",
    "explain insert into fences.innodb values (2)",
    "analyze insert into fences.innodb values (2)",
    "load data infile '/etc/passwd' into table fences.innodb",
    "commit",
    "rollback",
    "begin",
    "start transaction read write",
    "set transaction read write",
    "set session transaction read write",
    "set autocommit = 1",
    "analyze table fences.innodb",
    "optimize table fences.innodb",
    "set @x = 1",
    "set statement max_statement_time = 0 for select sleep(1)",
    "handler fences.innodb open",
    "prepare p from 'select 1'",
    "kill 1",
    "use other",
    "flush tables",
    "lock tables fences.innodb write",
    "unlock tables",
    "call fences.p()",
    "do sleep(1)",
    "grant select on *.* to monitor@'%'",
    "select get_lock('checkrun', 0)",
    "select load_file('/etc/passwd')",
    "select 1 into outfile '/tmp/checkrun-outfile'",
    "select 1 into dumpfile '/tmp/checkrun-outfile'",
    "select 1 into @x",
    "select nextval(fences.numbers)",
    "select next value for fences.numbers",
    "select 1; delete from fences.innodb",
    "select 1 /*! into outfile '/tmp/checkrun-outfile' */",
    "with x as (select 1) delete from fences.innodb",
    "begin not atomic delete from fences.innodb; end",
];

/// Statements that the server itself refuses in a read-only transaction, whatever the account.
const REFUSED_BY_THE_SERVER: &[&str] = &[
    "insert into fences.innodb values (2)",
    "update fences.myisam set id = 3",
    "delete from fences.myisam",
    "create temporary table fences.t (id int)",
    "create table fences.t (id int)",
    "drop table fences.innodb",
    "truncate table fences.innodb",
    "select * from fences.innodb for update",
    "select fences.writes()",
    "execute immediate 'insert into fences.innodb values (2)'",
    "analyze insert into fences.innodb values (2)",
    "lock tables fences.innodb write",
    "select 1; delete from fences.innodb",
];

/// Both tables' contents and the last number of the sequence, as text.
async fn state() -> String {
    let mut boss = boss().await;
    let state = "select concat((select group_concat(id) from fences.innodb), '/', \
         (select group_concat(id) from fences.myisam), '/', \
         (select next_not_cached_value from fences.numbers))";
    format!("{:?}", one(&mut boss, state).await)
}

#[tokio::test]
async fn no_fence_lets_a_write_through() {
    prepare(TABLES).await;
    let before = state().await;
    for mut connection in [monitor().await, boss().await] {
        for sql in REFUSED_BY_THE_GATE {
            let error = ask(&mut connection, sql).await.unwrap_err();
            assert!(matches!(error, SqlError::Forbidden(_)), "{sql}: {error:?}");
        }
        assert_eq!(one(&mut connection, "select 1").await, Value::Int64(1));
    }
    without_the_gate().await;
    assert_eq!(state().await, before);
    assert!(!Path::new("/tmp/checkrun-outfile").exists());
}

/// The second fence on its own, for the account with all privileges.
async fn without_the_gate() {
    let mut connection = boss().await;
    for sql in REFUSED_BY_THE_SERVER {
        let mut socket = connection.socket.take().unwrap();
        let query = query(sql, Vec::new());
        let limits = super::super::setup::limits(connection.facts.engine, &query);
        rows::execute(&mut socket, limits, query.timeout)
            .await
            .unwrap();
        let arguments = parameter::encode(sql, &[]).unwrap();
        let answer = rows::fetch(&mut socket, (*sql).into(), arguments, &query).await;
        assert!(answer.is_err(), "{sql}: {answer:?}");
        rows::execute(&mut socket, "ROLLBACK".into(), query.timeout)
            .await
            .unwrap();
        connection.socket = Some(socket);
    }
}

#[tokio::test]
async fn a_check_reaches_what_its_account_may_read_and_nothing_else() {
    let mut connection = monitor().await;
    assert_eq!(
        one(&mut connection, "select count(*) from orders").await,
        Value::Int64(1000)
    );
    for sql in [
        "select * from other.secrets",
        "select * from mysql.global_priv",
    ] {
        let error = ask(&mut connection, sql).await.unwrap_err();
        assert!(
            matches!(error, SqlError::PermissionDenied(_)),
            "{sql}: {error:?}"
        );
    }
    for sql in ["select * from nothing", "select nothing from orders"] {
        let error = ask(&mut connection, sql).await.unwrap_err();
        assert!(
            matches!(error, SqlError::UndefinedObject(_)),
            "{sql}: {error:?}"
        );
    }
    let error = ask(&mut connection, "select from where").await.unwrap_err();
    assert!(
        matches!(&error, SqlError::Server(error) if error.code == Some(1064)),
        "{error:?}"
    );
}

#[tokio::test]
async fn statements_that_read_in_other_ways_are_answered() {
    let mut connection = monitor().await;
    for sql in [
        "show tables",
        "show global status like 'Uptime'",
        "show variables like 'version'",
        "show processlist",
        "show engine innodb status",
        "show all slaves status",
        "describe orders",
        "explain select * from orders where id = 1",
        "explain format=json select 1",
        "show create table orders",
        "show index from orders",
        "values (1), (2)",
        "with x as (select 1 as a) select a from x",
        "(select 1) union (select 2)",
        "select * from information_schema.tables limit 3",
    ] {
        let answer = ask(&mut connection, sql).await;
        assert!(answer.is_ok(), "{sql}: {answer:?}");
    }
    let empty = ask(
        &mut connection,
        "select id, name from customers where id < 0",
    )
    .await
    .unwrap();
    let names: Vec<_> = empty
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    assert_eq!((names, empty.rows.len()), (vec!["id", "name"], 0));
}

#[tokio::test]
async fn nothing_of_a_session_is_left_for_the_next() {
    let mut connection = monitor().await;
    one(&mut connection, "select @left := 5").await;
    connection.close().await;
    let mut connection = monitor().await;
    assert_eq!(one(&mut connection, "select @left").await, Value::Null);
    assert_eq!(
        one(&mut connection, "select @@in_transaction").await,
        Value::Uint64(1),
        "each statement has its transaction"
    );
    connection.close().await;
}

#[tokio::test]
async fn the_process_list_says_whose_statement_it_is() {
    let mut connection = monitor().await;
    let info = "select info from information_schema.processlist where id = connection_id()";
    let Value::Text(info) = one(&mut connection, info).await else {
        panic!("no text");
    };
    assert!(info.starts_with("/* checkrun/test */ select"), "{info}");
}

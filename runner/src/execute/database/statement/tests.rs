//! What the gate accepts, what it refuses and why, and that no text makes it panic.

use proptest::prelude::*;

use super::{Dialect, Kind, accept};

const PG: Dialect = Dialect::Postgresql;
const MY: Dialect = Dialect::Mysql;
const LITE: Dialect = Dialect::Sqlite;

/// Dialect, statement, the text that goes to the server, its kind.
const ACCEPTED: &[(Dialect, &str, &str, Kind)] = &[
    (PG, "select 1", "select 1", Kind::Select),
    (PG, "  SELECT 1 ; ", "SELECT 1", Kind::Select),
    (PG, "select 1;;-- done", "select 1", Kind::Select),
    (
        PG,
        "/* a /* nested */ one */ select 1 -- end",
        "select 1",
        Kind::Select,
    ),
    (
        PG,
        "((select 1) union (select 2))",
        "((select 1) union (select 2))",
        Kind::Select,
    ),
    (
        PG,
        "with x as (select 1) select * from x",
        "with x as (select 1) select * from x",
        Kind::Select,
    ),
    (
        PG,
        "with x as not materialized (select 1) table x",
        "with x as not materialized (select 1) table x",
        Kind::Select,
    ),
    (PG, "values (1), (2)", "values (1), (2)", Kind::Select),
    (PG, "table pg_class", "table pg_class", Kind::Select),
    (PG, "show work_mem", "show work_mem", Kind::Show),
    (PG, "explain select 1", "explain select 1", Kind::Show),
    (
        PG,
        "explain verbose select 1",
        "explain verbose select 1",
        Kind::Show,
    ),
    (
        PG,
        "explain (format json, buffers off) select 1",
        "explain (format json, buffers off) select 1",
        Kind::Show,
    ),
    (PG, "explain (select 1)", "explain (select 1)", Kind::Show),
    (
        PG,
        "select ';', $$;$$, $a$ ; $$ ; $a$, E'\\';', \";\"",
        "select ';', $$;$$, $a$ ; $$ ; $a$, E'\\';', \";\"",
        Kind::Select,
    ),
    (
        PG,
        "select E'a'\n  'b\\';' , 1",
        "select E'a'\n  'b\\';' , 1",
        Kind::Select,
    ),
    (
        PG,
        "select E'a'--x\n'b\\';'",
        "select E'a'--x\n'b\\';'",
        Kind::Select,
    ),
    (
        PG,
        "select U&'d\\0061t\\+000061' where a like '\\'",
        "select U&'d\\0061t\\+000061' where a like '\\'",
        Kind::Select,
    ),
    (
        PG,
        "select $1::int, a$b from t where x = $2",
        "select $1::int, a$b from t where x = $2",
        Kind::Select,
    ),
    (
        PG,
        "select 1.5e-3, .5, 1_000, 0xff",
        "select 1.5e-3, .5, 1_000, 0xff",
        Kind::Select,
    ),
    (
        PG,
        "select substring(x for 2), \"into\"",
        "select substring(x for 2), \"into\"",
        Kind::Select,
    ),
    (
        PG,
        "select 'Grüße' as größe",
        "select 'Grüße' as größe",
        Kind::Select,
    ),
    (
        PG,
        "with x as (select 1) select (x.delete), insert(1, 2) from x",
        "with x as (select 1) select (x.delete), insert(1, 2) from x",
        Kind::Select,
    ),
    (MY, "select 1 # a ; comment", "select 1", Kind::Select),
    (MY, "select 5--1", "select 5--1", Kind::Select),
    (MY, "select 1 --\n", "select 1", Kind::Select),
    (
        MY,
        "select 'it\\'s ;', \"a;\"\"b\", `;` from t",
        "select 'it\\'s ;', \"a;\"\"b\", `;` from t",
        Kind::Select,
    ),
    (
        MY,
        "show engine innodb status",
        "show engine innodb status",
        Kind::Show,
    ),
    (
        MY,
        "describe shop.orders",
        "describe shop.orders",
        Kind::Show,
    ),
    (MY, "desc orders '%id'", "desc orders '%id'", Kind::Show),
    (MY, "explain orders", "explain orders", Kind::Show),
    (
        MY,
        "explain format=json select 1",
        "explain format=json select 1",
        Kind::Show,
    ),
    (
        MY,
        "explain extended select 1",
        "explain extended select 1",
        Kind::Show,
    ),
    (
        MY,
        "explain for connection 7",
        "explain for connection 7",
        Kind::Show,
    ),
    (
        MY,
        "select /*+ NO_INDEX(t) */ * from t",
        "select /*+ NO_INDEX(t) */ * from t",
        Kind::Select,
    ),
    (
        MY,
        "select * from 2023_sales use index for order by (a)",
        "select * from 2023_sales use index for order by (a)",
        Kind::Select,
    ),
    (
        MY,
        "select '/*! not a comment */'",
        "select '/*! not a comment */'",
        Kind::Select,
    ),
    (
        MY,
        "select replace(a, 'x', 'y'), @@version",
        "select replace(a, 'x', 'y'), @@version",
        Kind::Select,
    ),
    (
        MY,
        "select `load_file`, get_lock from t",
        "select `load_file`, get_lock from t",
        Kind::Select,
    ),
    (
        LITE,
        "select [a;b], `c;`, \"d;\", x'00' from t",
        "select [a;b], `c;`, \"d;\", x'00' from t",
        Kind::Select,
    ),
    (
        LITE,
        "select ?, ?2, :a, @b, $c::d",
        "select ?, ?2, :a, @b, $c::d",
        Kind::Select,
    ),
    (
        LITE,
        "explain query plan select 1",
        "explain query plan select 1",
        Kind::Show,
    ),
    (LITE, "pragma page_count", "pragma page_count", Kind::Show),
    (
        LITE,
        "PRAGMA main.table_info(orders);",
        "PRAGMA main.table_info(orders)",
        Kind::Show,
    ),
    (
        LITE,
        "pragma quick_check(1)",
        "pragma quick_check(1)",
        Kind::Show,
    ),
];

/// Attempts to get something else through, by dialect.
const BYPASSES: &[(Dialect, &str)] = &[
    (PG, ""),
    (PG, " ; "),
    (PG, "-- select 1"),
    (PG, "; select 1"),
    (PG, "insert into t values (1)"),
    (PG, "se/**/lect 1"),
    (PG, "select 1; delete from t"),
    (PG, "select 1;\u{a0}"),
    (PG, "\u{a0}select 1"),
    (PG, "\u{feff}select 1"),
    (PG, "ſelect 1"),
    (PG, "select 1\0; delete from t"),
    (PG, "select '\\'; delete from t; --'"),
    (PG, "select E'\\\\'; delete from t; --'"),
    (PG, "select E'a' '\\'; delete from t; --'"),
    (PG, "select $a$ $b$ $a$; delete from t"),
    (PG, "select a$$; delete from t; --$$"),
    (PG, "select $$ unterminated"),
    (PG, "select 'unterminated"),
    (PG, "select \"unterminated"),
    (PG, "select 1 /* /* */ ; delete from t"),
    (PG, "/* */ delete from t"),
    (PG, "(((delete from t)))"),
    (PG, "commit"),
    (PG, "end"),
    (PG, "begin"),
    (PG, "set statement_timeout = 0"),
    (PG, "reset all"),
    (PG, "do $$ begin end $$"),
    (PG, "copy t to program 'id'"),
    (PG, "call p()"),
    (PG, "execute p"),
    (PG, "declare c cursor with hold for select 1"),
    (PG, "explain analyze delete from t"),
    (PG, "explain analyse select 1"),
    (PG, "explain verbose analyze select 1"),
    (PG, "explain /**/ analyze select 1"),
    (PG, "explain (analyze) select 1"),
    (PG, "explain (costs off, analyze true) select 1"),
    (PG, "explain (\"analyze\") select 1"),
    (PG, "explain (U&\"an\\0061lyze\") select 1"),
    (PG, "explain (costs off) delete from t"),
    (PG, "explain delete from t"),
    (PG, "explain explain analyze select 1"),
    (PG, "explain"),
    (PG, "explain ("),
    (PG, "select * into t2 from t"),
    (PG, "select 1.into t2"),
    (PG, "select 1e5into t2"),
    (PG, "select $1into t2"),
    (PG, "select 1e'\\'; delete from t; --'"),
    (PG, "select * from t for update"),
    (PG, "select * from t for/**/no key update"),
    (PG, "select * from t for key share"),
    (PG, "with x as (delete from t returning *) select * from x"),
    (PG, "with x as (select 1) insert into t select * from x"),
    (
        PG,
        "with x as (select 1) merge into t using x on true when matched then delete",
    ),
    (
        PG,
        "with x as (update only t set a = 1 returning *) table x",
    ),
    (PG, "select 1) q, (select 2"),
    (PG, "select (1"),
    (MY, "select 1/*!50000 ; delete from t */"),
    (MY, "/*!50000 delete */ from t"),
    (MY, "select 1 /*M!100000 into outfile '/tmp/x' */"),
    (MY, "select 1 into outfile '/tmp/x'"),
    (MY, "select 1 into dumpfile '/tmp/x'"),
    (MY, "select 1 into @x"),
    (MY, "(select 1) INTO OUTFILE '/tmp/x'"),
    (MY, "select 1.into outfile '/tmp/x'"),
    (MY, "select 1.5into outfile '/tmp/x'"),
    (MY, "select 1e5into outfile '/tmp/x'"),
    (MY, "select 5.e3into outfile '/tmp/x'"),
    (MY, "select .5into outfile '/tmp/x'"),
    (MY, "table t into outfile '/tmp/x'"),
    (MY, "select * from t for update"),
    (MY, "select * from t for share"),
    (MY, "select * from t lock in share mode"),
    (MY, "select 1;--x"),
    (MY, "select 'a\\'; delete from t; --'; delete from t"),
    (MY, "select \"a\"\"; delete from t"),
    (MY, "select `a``; delete from t"),
    (MY, "select 1 /* /* */ ; delete from t */"),
    (MY, "select 1 # x\n; delete from t"),
    (MY, "select /*+ max_execution_time(0) */ 1"),
    (MY, "select /*+SET_VAR(max_execution_time=0)*/ 1"),
    (MY, "set statement max_statement_time=0 for select 1"),
    (MY, "analyze select 1"),
    (MY, "analyze table t"),
    (MY, "analyze format=json select 1"),
    (MY, "explain analyze select 1"),
    (MY, "explain format=tree analyze select 1"),
    (MY, "describe analyze select 1"),
    (MY, "explain delete from t"),
    (MY, "explain update t set a = 1"),
    (MY, "desc insert into t values (1)"),
    (MY, "explain replace into t values (1)"),
    (MY, "select load_file('/etc/passwd')"),
    (MY, "select `load_file` ('/etc/passwd')"),
    (MY, "select get_lock('a', 1)"),
    (MY, "select nextval(s)"),
    (MY, "select next value for s"),
    (MY, "handler t open"),
    (MY, "do sleep(1)"),
    (MY, "kill 7"),
    (MY, "use mysql"),
    (MY, "load data infile 'x' into table t"),
    (MY, "prepare p from 'select 1'"),
    (MY, "execute immediate 'insert into t values (1)'"),
    (MY, "optimize table t"),
    (MY, "begin not atomic select 1; end"),
    (MY, "with x as (select 1) delete from t"),
    (MY, "with x as (select 1) update t set a = 1"),
    (LITE, "attach 'x' as y"),
    (LITE, "vacuum into 'x'"),
    (LITE, "reindex"),
    (LITE, "table t"),
    (LITE, "show tables"),
    (LITE, "pragma query_only = off"),
    (LITE, "pragma query_only(off)"),
    (LITE, "pragma main.journal_mode(delete)"),
    (LITE, "pragma \"query_only\"=0"),
    (LITE, "pragma wal_checkpoint"),
    (LITE, "pragma database_list"),
    (LITE, "pragma writable_schema"),
    (LITE, "pragma user_version; delete from t"),
    (LITE, "pragma"),
    (LITE, "explain pragma query_only = off"),
    (LITE, "explain query plan delete from t"),
    (LITE, "with x as (select 1) insert into t select * from x"),
    (LITE, "with x as (select 1) replace into t select * from x"),
    (LITE, "select $a('); delete from t; --')"),
    (LITE, "select [a; delete from t"),
    (LITE, "select 1 /* open"),
];

#[test]
fn statements_that_read_are_accepted() {
    for &(dialect, sql, text, kind) in ACCEPTED {
        let statement = accept(sql, dialect).unwrap_or_else(|why| panic!("{sql:?} refused: {why}"));
        assert_eq!((statement.text, statement.kind), (text, kind), "{sql:?}");
    }
}

#[test]
fn every_bypass_is_refused() {
    for &(dialect, sql) in BYPASSES {
        assert!(
            accept(sql, dialect).is_err(),
            "{dialect:?} accepted {sql:?}"
        );
    }
    assert!(BYPASSES.len() >= 60);
}

#[test]
fn what_is_refused_says_why_and_what_to_do() {
    let sentences: Vec<String> = BYPASSES
        .iter()
        .filter_map(|&(dialect, sql)| {
            let why = accept(sql, dialect).err()?;
            Some(format!("{dialect:?} {sql:?}\n  {why}"))
        })
        .collect();
    insta::assert_snapshot!(sentences.join("\n"));
}

/// Pieces from which hostile statements are made; random characters alone rarely get past the
/// first word.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "select", "with", "x", "as", "(", ")", "explain", "analyze", "into", "for", "update",
            "delete", "from", ";", "'", "\"", "`", "[", "]", "$$", "$a$", "E'", "\\", "--", "\n",
            "#", "/*", "*/", "/*!", "/*+", " ", "1", "1e", ".", "é", "\u{2028}", "pragma", "=",
            "@", ":", "?", "U&'", "\r",
        ])
        .prop_map(String::from),
        ".{0,6}",
    ]
}

fn dialect() -> impl Strategy<Value = Dialect> {
    prop::sample::select(vec![PG, MY, LITE])
}

proptest! {
    #[test]
    fn any_text_is_accepted_or_refused_without_a_panic(sql in ".{0,80}", dialect in dialect()) {
        let _ = accept(&sql, dialect);
    }

    #[test]
    fn what_is_accepted_is_one_statement_and_stays_the_same(
        pieces in prop::collection::vec(piece(), 0..30),
        dialect in dialect(),
    ) {
        let sql = format!("select {}", pieces.concat());
        if let Ok(statement) = accept(&sql, dialect) {
            prop_assert_eq!(accept(statement.text, dialect), Ok(statement));
            // A second statement behind it never passes.
            let two = format!("{}\n;\ndelete from t", statement.text);
            prop_assert!(accept(&two, dialect).is_err(), "{two:?}");
        }
    }
}

//! Every form of a reading statement gives the answer that it gives without us.

use checkrun_testkit::account::MONITOR;

use super::*;

#[tokio::test]
async fn columns_keep_their_names_and_types_whatever_is_done_to_them() {
    let mut session = session(target(MONITOR));
    let sql = "SELECT 1 AS a, 'x'::text AS a, '1.1.1.1'::inet AS \"Odd \"\"name\", 2 WHERE false";
    let answer = run(&mut session, sql).await.unwrap();
    let columns: Vec<_> = answer
        .columns
        .iter()
        .map(|c| (c.name.as_str(), c.type_name.as_str()))
        .collect();
    assert_eq!(
        columns,
        [
            ("a", "int4"),
            ("a", "text"),
            ("Odd \"name", "inet"),
            ("?column?", "int4")
        ]
    );
    assert!(answer.rows.is_empty() && !answer.truncated);
}

#[tokio::test]
async fn whole_catalogs_can_be_read() {
    let catalogs = [
        "pg_class",
        "pg_index",
        "pg_constraint",
        "pg_attrdef",
        "pg_proc",
        "pg_type",
        "pg_stats",
        "pg_stat_activity",
        "pg_settings",
        "pg_database",
        "pg_statistic_ext",
        "pg_locks",
        "pg_rules",
        "pg_stat_replication",
        "pg_replication_slots",
        "pg_attribute",
        "pg_range",
        "pg_operator",
    ];
    let mut session = session(target(MONITOR));
    for catalog in catalogs {
        let answer = run(&mut session, &format!("TABLE {catalog}")).await;
        let answer = answer.unwrap_or_else(|error| panic!("{catalog}: {error:?}"));
        assert!(!answer.columns.is_empty(), "{catalog}");
        assert!(
            answer
                .rows
                .iter()
                .all(|row| row.len() == answer.columns.len())
        );
    }
}

#[tokio::test]
async fn forms_of_reading_statements_keep_their_order_and_meaning() {
    let mut session = session(target(MONITOR));
    let cases = [
        (
            "SELECT name FROM customers ORDER BY id DESC LIMIT 2 -- the last",
            "Customer 100 Customer 99",
        ),
        ("(SELECT 'a') UNION ALL (SELECT 'b')", "a b"),
        ("VALUES ('x'), ('y')", "x y"),
        ("WITH n AS (SELECT 'n'::text AS n) SELECT n FROM n", "n"),
        ("SHOW search_path", "pg_catalog,public"),
        ("SELECT 'a' AS size", "a"),
        ("SELECT c2 FROM (SELECT 1 AS c1, 'b' AS c2) AS g", "b"),
        ("SELECT 'end'; -- and a comment", "end"),
    ];
    for (sql, expected) in cases {
        let answer = run(&mut session, sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        let texts: Vec<_> = answer
            .rows
            .iter()
            .map(|row| match &row[0] {
                Value::Text(text) => text.clone(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(texts.join(" "), expected, "{sql}");
    }
    let empty = run(&mut session, "SELECT FROM generate_series(1, 3)")
        .await
        .unwrap();
    assert_eq!(empty.rows, vec![Vec::<Value>::new(); 3]);
    let plan = run(&mut session, "EXPLAIN SELECT * FROM customers")
        .await
        .unwrap();
    assert_eq!(plan.columns[0].name, "QUERY PLAN");
}

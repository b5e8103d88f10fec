//! What `core/migrations` says of every state that a tool's tables can be in.

use std::time::Duration;

use checkrun_sdk::mock::{Mock, contains, rows};
use checkrun_sdk::{ConnectionClass, ConnectionError, NULL, Rows, ServerError, Value};

use super::*;

mod sound;
mod unsound;

/// Schema, table, columns.
type Listed = (&'static str, &'static str, &'static str);

const SQLX: Listed = (
    "public",
    "_sqlx_migrations",
    "version,description,installed_on,success,checksum,execution_time",
);
const FLYWAY: Listed = (
    "shop",
    "flyway_schema_history",
    "installed_rank,version,description,type,script,checksum,installed_by,installed_on,execution_time,success",
);
const MIGRATE: Listed = ("public", "schema_migrations", "version,dirty");
const DBMATE: Listed = ("public", "schema_migrations", "version");
const RAILS: Listed = (
    "public",
    "ar_internal_metadata",
    "key,value,created_at,updated_at",
);
const ALEMBIC: Listed = ("public", "alembic_version", "version_num");
const DJANGO: Listed = ("public", "django_migrations", "id,app,name,applied");
const LIQUIBASE: Listed = (
    "public",
    "databasechangelog",
    "id,author,filename,dateexecuted,orderexecuted,exectype,md5sum",
);
const LIQUIBASE_LOCK: Listed = (
    "public",
    "databasechangeloglock",
    "id,locked,lockgranted,lockedby",
);
const KNEX: Listed = ("public", "knex_migrations", "id,name,batch,migration_time");
const KNEX_LOCK: Listed = ("public", "knex_migrations_lock", "index,is_locked");
const OWN: Listed = ("public", "migrations", "id,species,season");

/// 2026-01-01T00:00:00Z, when every run of these tests starts.
const NOW: i64 = 1_767_225_600_000_000;

fn listing(tables: &[Listed], closed: &[&str]) -> Rows {
    let columns = [
        "schema_name",
        "table_name",
        "column_names",
        "reachable",
        "readable",
        "account",
    ];
    let row = |(schema, table, columns): &Listed| {
        vec![
            Value::from(*schema),
            Value::from(*table),
            Value::from(*columns),
            Value::from(!closed.contains(schema)),
            Value::from(!closed.contains(table)),
            Value::from("monitor"),
        ]
    };
    Rows::of(&columns, tables.iter().map(row).collect())
}

fn with(tables: &[Listed]) -> Mock {
    without(tables, &[])
}

/// Of these tables some, or their schemas, are closed to the account.
fn without(tables: &[Listed], closed: &[&str]) -> Mock {
    Mock::postgresql("15.4").on_query(contains("pg_catalog.pg_class"), listing(tables, closed))
}

fn totals(applied: i64, failed: i64, last: impl Into<Value>) -> Rows {
    rows! { "applied", "failed", "rolled_back", "last_applied"; applied, failed, 0, last.into() }
}

fn keys(keys: &[&str]) -> Rows {
    let row = |key: &&str| vec![Value::from(*key)];
    Rows::of(&["migration"], keys.iter().map(row).collect())
}

/// A ledger of so many applied migrations, read without anything to compare with.
fn read(mock: Mock, table: &str, applied: i64, failed: i64, version: &[&str]) -> Mock {
    let last = Value::Instant(NOW - 86_400_000_000);
    mock.on_query(contains(table), totals(applied, failed, last))
        .on_query(contains(table), keys(version))
}

fn folder(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn every_state_of_a_tool_has_its_report() {
    let reports: Vec<String> = [
        sound::common(),
        sound::particular(),
        unsound::failing(),
        unsound::unjudged(),
    ]
    .into_iter()
    .flatten()
    .map(|(name, mock)| format!("== {name}\n{}", mock.run(migrations).expect(name)))
    .collect();
    insta::assert_snapshot!(reports.join("\n"));
}

#[test]
fn without_any_table_that_may_be_read_the_grants_are_the_answer() {
    let grant = "GRANT USAGE ON SCHEMA \"shop\" TO \"monitor\"; \
                 GRANT SELECT ON \"shop\".\"flyway_schema_history\" TO \"monitor\"; \
                 GRANT SELECT ON \"public\".\"_sqlx_migrations\" TO \"monitor\";";
    let result = without(&[FLYWAY, SQLX], &["shop", "_sqlx_migrations"]).run(migrations);
    assert_eq!(result, Err(Error::missing_privilege(grant)));
}

#[test]
fn a_privilege_that_only_the_query_misses_is_told_with_the_grant_too() {
    let denied = DatabaseError::PermissionDenied(ServerError::default());
    let columns = "schema_name table_name column_names reachable readable account";
    let columns: Vec<&str> = columns.split(' ').collect();
    let row = vec![
        Value::from("shop"),
        Value::from("_sqlx_migrations"),
        Value::from(SQLX.2),
        Value::from(1),
        Value::from(1),
        Value::from("o'hara@10.0.%"),
    ];
    let result = Mock::mariadb("10.11.6")
        .on_query(
            contains("information_schema.columns"),
            Rows::of(&columns, vec![row]),
        )
        .on_query(contains("`_sqlx_migrations`"), denied)
        .run(migrations);
    let grant = "GRANT SELECT ON `shop`.`_sqlx_migrations` TO 'o''hara'@'10.0.%';";
    assert_eq!(result, Err(Error::missing_privilege(grant)));
}

#[test]
fn a_broken_connection_is_a_failure_and_a_missing_catalog_too() {
    let lost = DatabaseError::Connection(ConnectionError {
        class: ConnectionClass::Lost,
        meaning: "it broke".to_owned(),
        message: "the connection broke".to_owned(),
        advice: "Try again.".to_owned(),
        attempts: 1,
    });
    for mock in [
        Mock::postgresql("15.4").on_query(contains("pg_class"), lost.clone()),
        with(&[SQLX]).on_query(contains("_sqlx_migrations"), lost.clone()),
    ] {
        assert_eq!(mock.run(migrations), Err(lost.clone().into()));
    }
}

#[test]
fn a_version_and_a_folder_are_one_too_many() {
    let both = Mock::sqlite("3.40.1")
        .parameter("expected", "3")
        .parameter("folder", folder(&[]))
        .run(migrations);
    let why = "`folder` says the same in more detail; leave one of them out";
    assert_eq!(both, Err(Error::bad_parameter("expected", why)));
}

#[test]
fn a_long_ledger_is_read_in_pages() {
    let page = |from: usize, to: usize| {
        let row = |number: usize| vec![Value::from(number.to_string())];
        Rows::of(&["migration"], (from..to).map(row).collect())
    };
    let report = read(with(&[SQLX]), "_sqlx_migrations", 12_000, 0, &["11999"])
        .parameter("folder", folder(&["11999_last.sql", "12000_next.sql"]))
        .on_query(contains("OFFSET 0"), page(0, 10_000))
        .on_query(contains("OFFSET 10000"), page(10_000, 12_000))
        .run(migrations)
        .expect("a report");
    assert!(
        report
            .summary
            .ends_with("12000 applied, 1 pending, 11999 ahead"),
        "{}",
        report.summary
    );
}

#[test]
fn every_tool_can_be_named() {
    let choices = Settings::specs()[0].choices;
    let names = Tool::ALL.iter().map(|tool| tool.as_str());
    let names: Vec<&str> = std::iter::once("any").chain(names).collect();
    assert_eq!(choices, names);
}

#[test]
fn whatever_stands_in_the_tables_the_report_is_bearable() {
    let huge = || "x\u{0}\u{202e}".repeat(100_000);
    let report = with(&[ALEMBIC])
        .on_query(contains("alembic_version"), totals(7, 0, huge()))
        .on_query(
            contains("alembic_version"),
            keys(&[&huge(), "", &huge(), "\n", "'"]),
        )
        .parameter("folder", folder(&[&huge(), "a.py"]))
        .run(migrations)
        .expect("a report");
    assert!(report.to_string().len() < 5_000, "{report}");
}

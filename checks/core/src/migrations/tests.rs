//! What `core/migrations` says of every state that a tool's tables can be in.

use std::time::Duration;

use checkrun_sdk::mock::{Mock, contains, rows};
use checkrun_sdk::{ConnectionClass, ConnectionError, NULL, Rows, ServerError, Value};

use super::*;

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

fn sound() -> Vec<(&'static str, Mock)> {
    let sqlx = || read(with(&[SQLX]), "_sqlx_migrations", 3, 0, &["3"]);
    let none = || with(&[]);
    let rails = with(&[RAILS, DBMATE]);
    vec![
        ("no tool has left a table", none()),
        (
            "… though one is expected",
            none().parameter("expected", "3"),
        ),
        (
            "… nor the one that is named",
            none().parameter("tool", "sqlx"),
        ),
        ("SQLx, and nothing to compare with", sqlx()),
        (
            "SQLx at the expected version",
            sqlx()
                .parameter("expected", "3")
                .on_query(contains("IN ($1)").with(["3"]), keys(&["3"])),
        ),
        (
            "SQLx past the expected version",
            sqlx().parameter("expected", "0002_x.sql").on_query(
                contains("IN ($1, $2, $3)").with(["0002_x.sql", "2", "0002"]),
                keys(&["2"]),
            ),
        ),
        (
            "SQLx and a folder: 0004 and 0005 are pending, 1 is only in the database",
            sqlx()
                .parameter(
                    "folder",
                    folder(&[
                        "0002_b.sql",
                        "0003_c.sql",
                        "0004_d.sql",
                        "0005_e.sql",
                        "README.md",
                    ]),
                )
                .on_query(contains("OFFSET 0"), keys(&["1", "2", "3"])),
        ),
        (
            "Rails is told from dbmate by the table beside it",
            read(rails, "schema_migrations", 2, 0, &["2"]),
        ),
        (
            "dbmate has that table alone",
            read(with(&[DBMATE]), "schema_migrations", 2, 0, &["2"]),
        ),
        ("a table of one's own is not misread", with(&[OWN])),
        (
            "Django: other packages' apps are not ahead",
            read(
                with(&[DJANGO]),
                "django_migrations",
                3,
                0,
                &["shop.0002_note"],
            )
            .parameter(
                "folder",
                folder(&[
                    "shop/migrations/0001_initial.py",
                    "shop/migrations/0003_new.py",
                ]),
            )
            .on_query(
                contains("OFFSET 0"),
                keys(&["auth.0001_initial", "shop.0001_initial", "shop.0002_note"]),
            ),
        ),
        (
            "golang-migrate and a folder: what is above the version is pending",
            read(with(&[MIGRATE]), "schema_migrations", 1, 0, &["2"]).parameter(
                "folder",
                folder(&["1_a.up.sql", "1_a.down.sql", "2_b.up.sql", "10_c.up.sql"]),
            ),
        ),
        (
            "Alembic at the expected revision",
            read(with(&[ALEMBIC]), "alembic_version", 1, 0, &["ae10"])
                .parameter("expected", "ae10"),
        ),
        (
            "Alembic with a head that the folder does not know",
            read(with(&[ALEMBIC]), "alembic_version", 1, 0, &["ae10"])
                .parameter("folder", folder(&["versions/b2c3_x.py"])),
        ),
        (
            "Flyway: what lies below the baseline is neither pending nor ahead",
            read(with(&[FLYWAY]), "flyway_schema_history", 3, 0, &["2.1"])
                .parameter(
                    "folder",
                    folder(&[
                        "V1__a.sql",
                        "V2__b.sql",
                        "V2_1__c.sql",
                        "V2_2__d.sql",
                        "R__v.sql",
                    ]),
                )
                .on_query(contains("OFFSET 0"), keys(&["2", "2.1", "R__v.sql"]))
                .on_query(contains("'BASELINE'"), keys(&["2"])),
        ),
    ]
}

fn unsound() -> Vec<(&'static str, Mock)> {
    let lock = |since: Value| rows! { "since", "holder"; since, "build-7 (10.0.0.7)" };
    let liquibase = || {
        let tables = with(&[LIQUIBASE, LIQUIBASE_LOCK]);
        read(tables, "\"databasechangelog\"", 2, 0, &["add-note"])
    };
    let knex = || {
        read(
            with(&[KNEX, KNEX_LOCK]),
            "\"knex_migrations\"",
            2,
            0,
            &["2_b.js"],
        )
    };
    let two = || {
        let flyway = read(with(&[SQLX, FLYWAY]), "_sqlx_migrations", 3, 0, &["3"]);
        read(flyway, "flyway_schema_history", 2, 0, &["1.2"])
    };
    vec![
        (
            "a migration failed",
            read(with(&[SQLX]), "_sqlx_migrations", 2, 1, &["2"])
                .on_query(contains("IS NOT TRUE"), keys(&["3"])),
        ),
        (
            "golang-migrate was interrupted",
            read(with(&[MIGRATE]), "schema_migrations", 1, 1, &["3"])
                .on_query(contains("\"dirty\" IS TRUE"), keys(&["3"])),
        ),
        (
            "Alembic has two heads",
            read(with(&[ALEMBIC]), "alembic_version", 2, 0, &["b2c3", "ae10"]),
        ),
        (
            "Liquibase is at work",
            liquibase().on_query(
                contains("databasechangeloglock"),
                lock(Value::Datetime("2025-12-31T23:59:00".to_owned())),
            ),
        ),
        (
            "Liquibase's lock is stuck",
            liquibase().on_query(
                contains("databasechangeloglock"),
                lock(Value::Datetime("2025-12-31T22:00:00".to_owned())),
            ),
        ),
        (
            "Liquibase's lock has a time that is none",
            liquibase().on_query(contains("databasechangeloglock"), lock(Value::from("soon"))),
        ),
        (
            "Knex's lock is held; it has no time",
            knex().on_query(
                contains("knex_migrations_lock"),
                rows! { "since", "holder"; NULL, NULL },
            ),
        ),
        (
            "two tools, and it is not said to which the folder belongs",
            two().parameter("folder", folder(&["V1_1__a.sql"])),
        ),
        (
            "Liquibase and a folder",
            liquibase()
                .parameter("folder", folder(&["changelog.xml"]))
                .on_query(
                    contains("databasechangeloglock"),
                    rows! { "since", "holder"; },
                ),
        ),
        (
            "a folder with no such files",
            read(with(&[SQLX]), "_sqlx_migrations", 3, 0, &["3"])
                .parameter("folder", folder(&["README.md", "V1__x.sql"])),
        ),
        (
            "a table that may not be read, beside one that may",
            read(
                without(&[SQLX, FLYWAY], &["shop"]),
                "_sqlx_migrations",
                3,
                0,
                &["3"],
            ),
        ),
        (
            "a table that the server cannot read",
            with(&[SQLX]).on_query(
                contains("_sqlx_migrations"),
                ServerError {
                    sqlstate: Some("XX001".to_owned()),
                    message: "invalid page in block 7".to_owned(),
                    ..ServerError::default()
                },
            ),
        ),
        (
            "the run's time is nearly over",
            without(&[SQLX], &["flyway_schema_history"])
                .remaining(Duration::from_secs(30))
                .on_query(
                    contains("_sqlx_migrations"),
                    DatabaseError::Timeout(Duration::from_secs(29)),
                ),
        ),
    ]
}

#[test]
fn every_state_of_a_tool_has_its_report() {
    let reports: Vec<String> = [sound(), unsound()]
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

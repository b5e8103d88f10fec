//! Failed migrations, locks, and what cannot be read or compared.

use super::*;

fn at_liquibase() -> Mock {
    let tables = with(&[LIQUIBASE, LIQUIBASE_LOCK]);
    read(tables, "\"databasechangelog\"", 2, 0, &["add-note"])
}

/// What went wrong with migrations.
pub fn failing() -> Vec<(&'static str, Mock)> {
    let lock = |since: Value| rows! { "since", "holder"; since, "build-7 (10.0.0.7)" };
    let knex = || {
        read(
            with(&[KNEX, KNEX_LOCK]),
            "\"knex_migrations\"",
            2,
            0,
            &["2_b.js"],
        )
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
            at_liquibase().on_query(
                contains("databasechangeloglock"),
                lock(Value::Datetime("2025-12-31T23:59:00".to_owned())),
            ),
        ),
        (
            "Liquibase's lock is stuck",
            at_liquibase().on_query(
                contains("databasechangeloglock"),
                lock(Value::Datetime("2025-12-31T22:00:00".to_owned())),
            ),
        ),
        (
            "Liquibase's lock has a time that is none",
            at_liquibase().on_query(contains("databasechangeloglock"), lock(Value::from("soon"))),
        ),
        (
            "Knex's lock is held; it has no time",
            knex().on_query(
                contains("knex_migrations_lock"),
                rows! { "since", "holder"; NULL, NULL },
            ),
        ),
    ]
}

/// What cannot be read, or not compared.
pub fn unjudged() -> Vec<(&'static str, Mock)> {
    let two = || {
        let flyway = read(with(&[SQLX, FLYWAY]), "_sqlx_migrations", 3, 0, &["3"]);
        read(flyway, "flyway_schema_history", 2, 0, &["1.2"])
    };
    vec![
        (
            "two tools, and it is not said to which the folder belongs",
            two().parameter("folder", folder(&["V1_1__a.sql"])),
        ),
        (
            "Liquibase and a folder",
            at_liquibase()
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

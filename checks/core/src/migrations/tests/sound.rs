//! Tools that are where they should be, or merely somewhere else.

use super::*;

/// What every tool has in common, by the example of SQLx.
pub fn common() -> Vec<(&'static str, Mock)> {
    let ledger = || read(with(&[SQLX]), "_sqlx_migrations", 3, 0, &["3"]);
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
        ("SQLx, and nothing to compare with", ledger()),
        (
            "SQLx at the expected version",
            ledger()
                .parameter("expected", "3")
                .on_query(contains("IN ($1)").with(["3"]), keys(&["3"])),
        ),
        (
            "SQLx past the expected version",
            ledger().parameter("expected", "0002_x.sql").on_query(
                contains("IN ($1, $2, $3)").with(["0002_x.sql", "2", "0002"]),
                keys(&["2"]),
            ),
        ),
        (
            "SQLx and a folder: 0004 and 0005 are pending, 1 is only in the database",
            ledger()
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
    ]
}

/// Tools that keep more, or less, than one row for each applied migration.
pub fn particular() -> Vec<(&'static str, Mock)> {
    vec![
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

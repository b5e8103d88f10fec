//! The names that each tool takes for its migrations, and those that it leaves alone.

use super::super::ledger::ledgers;
use super::super::tool::Tool;
use super::*;

fn naming(tool: Tool) -> Naming {
    ledgers()
        .find(|ledger| ledger.tool == tool)
        .expect("a ledger")
        .naming
}

/// A file, and its migration's key; none for what is no migration of this tool.
const NAMES: &[(Tool, &str, Option<&str>)] = &[
    (Tool::Sqlx, "20240101_create.sql", Some("20240101")),
    (Tool::Sqlx, "20240101_create.up.sql", Some("20240101")),
    (Tool::Sqlx, "20240101_create.down.sql", None),
    (Tool::Sqlx, "notes.sql", None),
    (Tool::Sqlx, "README.md", None),
    (Tool::Goose, "00001_create.sql", Some("1")),
    (Tool::Goose, "00002_fill.go", Some("2")),
    (Tool::Goose, "00002_fill_test.go", None),
    (Tool::Goose, "main.go", None),
    (Tool::Dbmate, "20240101_create.sql", Some("20240101")),
    (Tool::Rails, "20240101_create_orders.rb", Some("20240101")),
    (Tool::Rails, "001_old.rb", Some("1")),
    (Tool::Ecto, "20240101_create.exs", Some("20240101")),
    (Tool::Ecto, ".formatter.exs", None),
    (
        Tool::TypeOrm,
        "src/1700000000000-Init.ts",
        Some("1700000000000"),
    ),
    (Tool::TypeOrm, "1700000000000-Init.d.ts", None),
    (Tool::GolangMigrate, "000003_x.up.sql", Some("3")),
    (Tool::GolangMigrate, "000003_x.down.sql", None),
    (Tool::GolangMigrate, "000003_x.sql", None),
    (Tool::Atlas, "20240101_x.sql", Some("20240101")),
    (Tool::Atlas, "atlas.sum", None),
    (
        Tool::Laravel,
        "2024_01_01_000000_x.php",
        Some("2024_01_01_000000_x"),
    ),
    (Tool::Knex, "20240101_x.js", Some("20240101_x")),
    (Tool::Knex, "20240101_x.ts", Some("20240101_x")),
    (Tool::Sequelize, "20240101-x.js", Some("20240101-x")),
    (
        Tool::EfCore,
        "20240101000000_Init.cs",
        Some("20240101000000_Init"),
    ),
    (Tool::EfCore, "20240101000000_Init.Designer.cs", None),
    (Tool::EfCore, "ShopModelSnapshot.cs", None),
    (Tool::Flyway, "V1__x.sql", Some("1")),
    (Tool::Flyway, "sub/V1_2__x.sql", Some("1.2")),
    (Tool::Flyway, "V2024.01.02__x.sql", Some("2024.1.2")),
    (Tool::Flyway, "R__views.sql", Some("R__views")),
    (Tool::Flyway, "U1__x.sql", None),
    (Tool::Flyway, "B1__x.sql", None),
    (Tool::Flyway, "Vx__x.sql", None),
    (Tool::Pyway, "V01_02__x.sql", Some("1.2")),
    (Tool::Refinery, "V1__x.sql", Some("1")),
    (Tool::Refinery, "U2__x.rs", Some("2")),
    (Tool::Refinery, "mod.rs", None),
    (
        Tool::SeaOrm,
        "src/m20240101_000001_x.rs",
        Some("m20240101_000001_x"),
    ),
    (Tool::SeaOrm, "src/main.rs", None),
    (
        Tool::Diesel,
        "2024-01-01-000000_x/up.sql",
        Some("20240101000000"),
    ),
    (Tool::Diesel, "2024-01-01-000000_x/down.sql", None),
    (Tool::Prisma, "20240101_x/migration.sql", Some("20240101_x")),
    (Tool::Prisma, "migration_lock.toml", None),
    (
        Tool::Django,
        "shop/migrations/0001_initial.py",
        Some("shop.0001_initial"),
    ),
    (
        Tool::Django,
        "src/shop/migrations/0001_initial.py",
        Some("shop.0001_initial"),
    ),
    (Tool::Django, "shop/migrations/__init__.py", None),
    (Tool::Django, "0001_initial.py", None),
    (Tool::Alembic, "versions/ae10_x.py", Some("ae10_x")),
    (Tool::Yoyo, "0001.create.sql", Some("0001.create")),
    (Tool::Yoyo, "0001.create.rollback.sql", None),
    (Tool::Liquibase, "changelog.xml", None),
    (Tool::Drizzle, "0000_x.sql", None),
];

#[test]
fn each_tool_reads_its_own_names_and_no_others() {
    for (tool, path, key) in NAMES.iter().copied() {
        let files = naming(tool).files(&[path.to_owned()]);
        let found = files.first().map(|file| file.key.as_str());
        assert_eq!(found, key, "{tool}: {path}");
    }
}

#[test]
fn the_table_and_the_folder_come_to_the_same_key() {
    for (tool, in_table, path) in [
        (Tool::Goose, "1", "00001_x.sql"),
        (Tool::Dbmate, "001", "001_x.sql"),
        (Tool::Rails, "1", "001_x.rb"),
        (Tool::Flyway, "1.2", "V1_2__x.sql"),
        (Tool::Flyway, "1.0", "V1__x.sql"),
        (Tool::Flyway, "db/R__views.sql", "R__views.sql"),
        (Tool::Pyway, "01.02", "V01_02__x.sql"),
        (Tool::Knex, "20240101_x.js", "20240101_x.ts"),
        (Tool::Sequelize, "a.js", "a.js"),
        (Tool::Yoyo, "0001.create", "0001.create.sql"),
    ] {
        let naming = naming(tool);
        let files = naming.files(&[path.to_owned()]);
        assert_eq!(naming.key(in_table), files[0].key, "{tool}: {path}");
    }
}

#[test]
fn an_expected_version_may_be_written_as_people_know_it() {
    for (tool, in_table, written) in [
        (Tool::Sqlx, "20240102", "20240102"),
        (Tool::Sqlx, "20240102", "20240102_add_note"),
        (Tool::Sqlx, "20240102", "20240102_add_note.up.sql"),
        (Tool::Dbmate, "002", "002_add_note.sql"),
        (Tool::Dbmate, "002", "002"),
        (Tool::Goose, "2", "00002"),
        (Tool::TypeOrm, "1704153600000", "AddNote1704153600000"),
        (Tool::TypeOrm, "1704153600000", "1704153600000-AddNote.ts"),
        (Tool::Refinery, "2", "V2"),
        (Tool::Flyway, "1.2", "V1_2"),
        (Tool::Flyway, "1.2", "1.2"),
        (Tool::Pyway, "01.02", "01_02"),
        (Tool::Knex, "20240102_x.js", "20240102_x"),
        (Tool::Diesel, "20240102000000", "2024-01-02-000000_add_note"),
        (Tool::Alembic, "ae10", "ae10 (head)"),
        (Tool::Django, "shop.0002_note", "shop.0002_note"),
        (Tool::Liquibase, "add-note", "add-note"),
    ] {
        let spellings = naming(tool).spellings(written);
        assert!(
            spellings.iter().any(|it| it == in_table),
            "{tool}: {written}: {spellings:?}"
        );
    }
}

#[test]
fn the_example_of_each_tool_is_one_of_its_names() {
    for ledger in ledgers() {
        let example = ledger.naming.example();
        let found = ledger.naming.files(&[example.to_owned()]).len();
        assert_eq!(found, usize::from(!example.is_empty()), "{}", ledger.tool);
    }
}

#[test]
fn hostile_names_are_no_migrations_and_do_no_harm() {
    let long = format!("{}_x.sql", "9".repeat(5_000));
    for path in [
        "",
        "/",
        ".",
        "_",
        "__",
        "V__",
        "ü.sql",
        "ü_1.up.sql",
        "a/b/../c",
        &long,
    ] {
        for ledger in ledgers() {
            let _ = ledger.naming.files(&[path.to_owned()]);
            let _ = ledger.naming.spellings(path);
        }
    }
}

//! Every tool's own tables on every engine, compared with a folder.

use checkrun_testkit::{Servers, account};
use checkrun_tests::{FreshDatabase, Stage, snapshot};

use super::{check, evidence, fixture, piece};

/// Each tool, and the files that its code has: those of its fixture, and one that is not applied.
const TOOLS: [(&str, &[&str]); 23] = [
    (
        "alembic",
        &[
            "versions/b2c3d4e5f607_add_note.py",
            "versions/d4e5f6071829_more.py",
        ],
    ),
    (
        "atlas",
        &[
            "20230101000000_old.sql",
            "20240102000000_add_note.sql",
            "20240104000000_more.sql",
        ],
    ),
    (
        "dbmate",
        &[
            "20240101000000_create_orders.sql",
            "20240103000000_more.sql",
        ],
    ),
    (
        "diesel",
        &[
            "2024-01-02-000000_add_note/up.sql",
            "2024-01-03-000000_more/up.sql",
        ],
    ),
    (
        "django",
        &[
            "shop/migrations/0001_initial.py",
            "shop/migrations/0003_more.py",
        ],
    ),
    ("drizzle", &["0000_create_orders.sql", "0002_more.sql"]),
    (
        "ecto",
        &["20240102000000_add_note.exs", "20240103000000_more.exs"],
    ),
    (
        "efcore",
        &[
            "20240102000000_AddNote.cs",
            "20240102000000_AddNote.Designer.cs",
            "20240103000000_More.cs",
        ],
    ),
    (
        "flyway",
        &[
            "V0_9__old.sql",
            "V1_1__create_orders.sql",
            "V1_2__add_note.sql",
            "V1_4__more.sql",
            "R__views.sql",
        ],
    ),
    (
        "golang-migrate",
        &["2_add_note.up.sql", "2_add_note.down.sql", "3_more.up.sql"],
    ),
    (
        "goose",
        &[
            "00001_create_orders.sql",
            "00002_add_note.sql",
            "00003_more.go",
        ],
    ),
    (
        "knex",
        &["20240102000000_add_note.js", "20240103000000_more.js"],
    ),
    (
        "laravel",
        &[
            "2024_01_02_000000_add_note.php",
            "2024_01_03_000000_more.php",
        ],
    ),
    ("liquibase", &["changelog.xml"]),
    (
        "prisma",
        &[
            "20240102000000_add_note/migration.sql",
            "20240104000000_more/migration.sql",
        ],
    ),
    ("pyway", &["V01_02__add_note.sql", "V01_03__more.sql"]),
    (
        "rails",
        &["20240102000000_add_note.rb", "20240103000000_more.rb"],
    ),
    ("refinery", &["V2__add_note.sql", "V3__more.sql"]),
    (
        "seaorm",
        &[
            "m20240102_000001_add_note.rs",
            "m20240103_000001_more.rs",
            "lib.rs",
        ],
    ),
    (
        "sequelize",
        &["20240102000000-add-note.js", "20240103000000-more.js"],
    ),
    (
        "sqlx",
        &["20240102000000_add_note.sql", "20240103000000_more.up.sql"],
    ),
    (
        "typeorm",
        &["1704153600000-AddNote.ts", "1704240000000-More.ts"],
    ),
    ("yoyo", &["0002.add-note.sql", "0003.more.sql"]),
];

fn checks() -> String {
    let check = |(tool, _): (&str, &[&str])| {
        format!(
            "[[check]]\nname = \"{tool}\"\nuse = \"core/migrations\"\ntargets = [\"{tool}-*\"]\n\
             parameters = {{ folder = \"./{tool}\" }}\n"
        )
    };
    TOOLS.map(check).concat()
}

#[test]
fn what_each_tool_wrote_is_read_and_compared_on_every_engine() {
    let servers = Servers::from_environment();
    let mut configuration = checks();
    let mut databases = Vec::new();
    for (tool, _) in TOOLS {
        for endpoint in [&servers.postgres, &servers.mariadb] {
            let engine = endpoint.engine.name();
            let name = format!("ledger_{}", tool.replace('-', "_"));
            let database = FreshDatabase::new(endpoint, &name, &fixture(tool, engine));
            database.open_to(account::MONITOR);
            configuration += &database.target(&format!("{tool}-{engine}"), account::MONITOR);
            databases.push(database);
        }
        configuration +=
            &format!("[[target]]\nname = \"{tool}-sqlite\"\nurl = \"sqlite:./{tool}.db\"\n");
    }
    let stage = Stage::new(&configuration);
    for (tool, files) in TOOLS {
        stage.sqlite(&format!("{tool}.db"), &fixture(tool, "sqlite"));
        for file in files {
            stage.write(&format!("{tool}/{file}"), "");
        }
    }
    let run = stage
        .run(&["run", "--format", "json", "--no-record"])
        .expect(2)
        .json();
    let mut lines = Vec::new();
    for run in run["runs"].as_array().expect("runs") {
        let target = run["target"].as_str().unwrap_or_default();
        let findings = run["findings"].as_array().expect("findings");
        assert_eq!(findings.len(), 1, "{run}");
        let status = run["status"].as_str().unwrap_or_default();
        lines.push(format!("{target}: {status}\n  {}", evidence(&findings[0])));
    }
    lines.sort();
    assert_eq!(lines.len(), 3 * TOOLS.len());
    snapshot("migrations of every tool", &lines.join("\n"));
}

#[test]
fn an_expected_version_is_found_among_the_applied_ones() {
    let cases = [
        ("sqlx", "20240102000000_add_note.sql", "current"),
        ("sqlx", "20240101000000", "ahead"),
        ("sqlx", "20240103000000", "pending"),
        ("django", "shop.0001_initial", "ahead"),
        ("knex", "20240102000000_add_note", "current"),
        ("pyway", "01.03", "pending"),
        ("typeorm", "AddNote1704153600000", "current"),
        ("liquibase", "create-orders", "ahead"),
        ("diesel", "2024-01-02-000000", "current"),
    ];
    let servers = Servers::from_environment();
    for endpoint in [&servers.postgres, &servers.mariadb] {
        let engine = endpoint.engine.name();
        for (tool, expected, state) in cases {
            let database = FreshDatabase::new(endpoint, "expected", &fixture(tool, engine));
            database.open_to(account::MONITOR);
            let target = database.target("shop", account::MONITOR);
            let check = check(&format!("expected = \"{expected}\""));
            assert_state(
                &Stage::new(&format!("{target}{check}")),
                tool,
                expected,
                state,
            );
        }
    }
    for (tool, expected, state) in cases {
        let target = "[[target]]\nname = \"shop\"\nurl = \"sqlite:./shop.db\"\n";
        let check = check(&format!("expected = \"{expected}\""));
        let stage = Stage::new(&format!("{target}{check}"));
        stage.sqlite("shop.db", &fixture(tool, "sqlite"));
        assert_state(&stage, tool, expected, state);
    }
}

fn assert_state(stage: &Stage, tool: &str, expected: &str, state: &str) {
    let run = stage
        .run(&["run", "--format", "json", "--no-record"])
        .json();
    let finding = &run["runs"][0]["findings"][0];
    assert_eq!(
        piece(finding, "state"),
        state,
        "{tool} {expected}: {finding}"
    );
    let status = if state == "pending" { "warning" } else { "ok" };
    assert_eq!(run["runs"][0]["status"], status, "{tool} {expected}");
}

//! What stands in the way: missing grants, ten thousand rows, locks, garbage.

use checkrun_testkit::{Engine, Servers, account};
use checkrun_tests::{FreshDatabase, Stage, snapshot};

use super::{check, evidence, fixture, piece};

#[test]
fn a_table_that_may_not_be_read_is_told_with_the_grant_that_opens_it() {
    let postgres = Servers::from_environment().postgres;
    let sql = format!(
        "{}create schema \"Shop \"\"One\"\"\";\n{}alter table flyway_schema_history set schema \"Shop \"\"One\"\"\";",
        fixture("sqlx", "postgres"),
        fixture("flyway", "postgres"),
    );
    let database = FreshDatabase::new(&postgres, "migrations_grant", &sql);
    let target = database.target("shop", account::MONITOR);
    let stage = Stage::new(&format!("{target}{}", check("")));
    let run = |code| stage.run(&["run", "--no-record"]).expect(code).stdout;
    let json = |code| {
        stage
            .run(&["run", "--no-record", "--format", "json"])
            .expect(code)
            .json()
    };

    let mut told = format!("# nothing may be read\n{}", run(3));
    database.run("grant select on _sqlx_migrations to monitor;");
    told += &format!("\n# one of two may be read\n{}", run(3));
    let findings = &json(3)["runs"][0]["findings"];
    let closed = findings
        .as_array()
        .and_then(|all| all.iter().find(|it| it["severity"] == "unknown"))
        .expect("one that cannot be read");
    let grant = piece(closed, "grant");
    database.run(&grant);
    told += &format!("\n# after: {grant}\n{}", run(2));
    snapshot("migrations without a grant", &told);
}

#[test]
fn ten_thousand_migrations_cost_a_few_queries_and_are_compared_to_the_last() {
    let servers = Servers::from_environment();
    let rows = |engine| match engine {
        Engine::Postgres => {
            "insert into _sqlx_migrations select n, 'x', now(), true, '', 1 from generate_series(1, 12000) n;"
        }
        Engine::Mariadb => {
            "insert into _sqlx_migrations select seq, 'x', now(), true, '', 1 from seq_1_to_12000;"
        }
    };
    let mut configuration = check("folder = \"./migrations\"");
    let mut databases = Vec::new();
    for endpoint in [&servers.postgres, &servers.mariadb] {
        let sql = format!(
            "{}\ndelete from _sqlx_migrations;\n{}",
            fixture("sqlx", endpoint.engine.name()),
            rows(endpoint.engine)
        );
        let database = FreshDatabase::new(endpoint, "migrations_many", &sql);
        database.open_to(account::MONITOR);
        configuration += &database.target(endpoint.engine.name(), account::MONITOR);
        databases.push(database);
    }
    configuration += "[[target]]\nname = \"sqlite\"\nurl = \"sqlite:./many.db\"\n";
    let stage = Stage::new(&configuration);
    stage.sqlite(
        "many.db",
        &format!(
            "{}\ndelete from _sqlx_migrations;\ninsert into _sqlx_migrations with recursive n(i) as \
             (select 1 union all select i + 1 from n where i < 12000) select i, 'x', '2026-01-01', 1, '', 1 from n;",
            fixture("sqlx", "sqlite")
        ),
    );
    for number in 2_003..=12_002 {
        stage.write(&format!("migrations/{number}_x.sql"), "");
    }
    let run = stage
        .run(&["run", "--format", "json", "--no-record"])
        .expect(1)
        .json();
    let runs = run["runs"].as_array().expect("runs");
    assert_eq!(runs.len(), 3);
    for run in runs {
        let finding = &run["findings"][0];
        let said = ["version", "applied", "pending", "pending_names", "ahead"]
            .map(|name| piece(finding, name));
        assert_eq!(
            said,
            ["12000", "12000", "2", "12001_x.sql, 12002_x.sql", "2002"],
            "{run}"
        );
    }
}

#[test]
fn a_lock_is_stuck_once_it_is_held_for_too_long() {
    let servers = Servers::from_environment();
    let mut told = String::new();
    let mut add = |what: &str, stage: &Stage, code| {
        let run = stage
            .run(&["run", "--format", "json", "--no-record"])
            .expect(code)
            .json();
        let finding = &run["runs"][0]["findings"][0];
        let state = piece(finding, "state");
        let advice = finding["advice"].as_str().unwrap_or("-");
        told += &format!("{what}: {state}\n  {advice}\n");
        finding.clone()
    };
    for endpoint in [&servers.postgres, &servers.mariadb] {
        let engine = endpoint.engine.name();
        let table = match endpoint.engine {
            Engine::Postgres => "databasechangeloglock",
            Engine::Mariadb => "DATABASECHANGELOGLOCK",
        };
        let held = |hours: u32| {
            let since = match endpoint.engine {
                Engine::Postgres => format!("localtimestamp - interval '{hours} hours'"),
                Engine::Mariadb => format!("now() - interval {hours} hour"),
            };
            format!(
                "update {table} set locked = true, lockgranted = {since}, lockedby = 'build-7';"
            )
        };
        let sql = fixture("liquibase", engine);
        let database = FreshDatabase::new(endpoint, "migrations_lock", &sql);
        database.open_to(account::MONITOR);
        let target = database.target("shop", account::MONITOR);
        let stage = Stage::new(&format!("{target}{}", check("")));
        add(&format!("{engine}, free"), &stage, 0);
        database.run(&held(0));
        add(&format!("{engine}, held now"), &stage, 0);
        database.run(&held(2));
        let stuck = add(&format!("{engine}, held for two hours"), &stage, 1);
        assert_eq!(piece(&stuck, "locked_by"), "build-7");
        assert!(piece(&stuck, "lock_age").starts_with("72"), "{stuck}");
        let patient = Stage::new(&format!("{target}{}", check("lock_stuck_after = \"3h\"")));
        add(
            &format!("{engine}, which is not too long here"),
            &patient,
            0,
        );
    }
    let stage = Stage::new(&format!(
        "[[target]]\nname = \"shop\"\nurl = \"sqlite:./shop.db\"\n{}",
        check("")
    ));
    stage.sqlite("shop.db", &fixture("knex", "sqlite"));
    stage.sqlite("shop.db", "update knex_migrations_lock set is_locked = 1;");
    add("sqlite, Knex", &stage, 1);
    snapshot("migrations with a lock", &told);
}

/// SQLite takes anything in any column, so a ledger there may hold whatever somebody wrote.
const GARBAGE: [(&str, &str); 9] = [
    (
        "versions that are no numbers",
        "create table _sqlx_migrations (version, description, installed_on, success, checksum, execution_time);
         insert into _sqlx_migrations values ('two', 1, 'soon', 'yes', x'00', 'long'), (null, null, null, null, null, null), (x'ff00', 1, 2, 1, 3, 4);",
    ),
    (
        "a text of a megabyte",
        "create table _sqlx_migrations (version, description, installed_on, success, checksum, execution_time);
         insert into _sqlx_migrations values (hex(zeroblob(500000)), 1, hex(zeroblob(500000)), 1, 3, 4);",
    ),
    (
        "control characters and quotes",
        "create table alembic_version (version_num);
         insert into alembic_version values ('a' || char(10) || char(27) || '[2J''\"' || char(8238) || 'b');",
    ),
    (
        "an empty ledger",
        "create table schema_migrations (version bigint, dirty bool);",
    ),
    (
        "a ledger of NULLs",
        "create table schema_migrations (version bigint, dirty bool); insert into schema_migrations values (null, null);",
    ),
    (
        "a dirty flag that is none",
        "create table schema_migrations (version bigint, dirty bool); insert into schema_migrations values (-1, 'perhaps');",
    ),
    (
        "a time beyond all calendars",
        "create table seaql_migrations (version, applied_at);
         insert into seaql_migrations values ('m1', 9223372036854775807), ('m2', -9223372036854775808);",
    ),
    (
        "a table of another shape",
        "create table schema_version (id, \"strange\"\" column\", x, y); create table migrations (species, season);",
    ),
    (
        "a view that cannot be read",
        "create table t (version, dirty); create view schema_migrations as select version, dirty from t; drop table t;",
    ),
];

#[test]
fn garbage_is_told_or_left_out_and_never_breaks_the_report() {
    let mut told = String::new();
    for (what, sql) in GARBAGE {
        for parameters in ["", "folder = \"./files\""] {
            let stage = Stage::new(&format!(
                "[[target]]\nname = \"shop\"\nurl = \"sqlite:./shop.db\"\n{}",
                check(parameters)
            ));
            stage.write("files/1_x.up.sql", "");
            stage.sqlite("shop.db", sql);
            let run = stage
                .run(&["run", "--format", "json", "--no-record"])
                .json();
            let run = &run["runs"][0];
            let status = run["status"].as_str().unwrap_or_default();
            told += &format!("# {what} {parameters}: {status}: {}\n", run["summary"]);
            for finding in run["findings"].as_array().expect("findings") {
                told += &format!("  {}\n", evidence(finding).escape_debug());
            }
        }
    }
    snapshot("migrations that are garbage", &told);
}

//! What the account may not do, as the configured checks need it: told with what to grant, and over when
//! it is granted.

use std::fs;

use checkrun_testkit::{Engine, Options, Server, Servers, account};
use checkrun_tests::{FreshDatabase, Stage, administer, server_target, snapshot};

use super::diagnose;
use crate::own_pack;

/// What the account `plain` may not read, and the statement that lets it.
fn forbidden(engine: Engine) -> (&'static str, &'static str) {
    match engine {
        Engine::Postgres => (
            "select count(*) as n from pg_authid",
            "GRANT SELECT ON pg_authid TO plain",
        ),
        Engine::Mariadb => (
            "select count(*) as n from other.secrets",
            "GRANT SELECT ON other.* TO plain@'%'",
        ),
    }
}

#[test]
fn heavy_the_grant_that_a_check_names_makes_the_stage_pass() {
    for engine in [Engine::Postgres, Engine::Mariadb] {
        let server = Server::start(engine, &Options::default()).unwrap();
        let endpoint = server.endpoint();
        let (sql, grant) = forbidden(engine);
        let target = server_target("shop", &endpoint, account::PLAIN);
        let stage = Stage::new(&format!(
            "{target}\n[[pack]]\npath = \"packs/acme.wasm\"\n[[check]]\nuse = \"acme/needs\"\ntargets = [\"*\"]\nparameters = {{ sql = \"{sql}\", grant = \"{grant}\" }}\n"
        ));
        stage.write("packs/acme.wasm", fs::read(own_pack::pack()).unwrap());
        let diagnosed = diagnose(&stage, &[]);
        assert_eq!(
            diagnosed.problems(),
            ["failed privileges missing-privilege"]
        );
        // What comes after does not need it.
        assert_eq!(diagnosed.stage("query")["outcome"], "passed");
        assert_eq!(diagnosed.stage("performance")["outcome"], "passed");
        let statement = diagnosed.document["problems"][0]["statement"]
            .as_str()
            .unwrap();
        assert_eq!(statement, grant);
        if engine == Engine::Postgres {
            let ended = stage.run(&["diagnose"]).expect(2);
            snapshot("diagnose a missing privilege", &ended.transcript());
        }
        administer(&endpoint, statement);
        assert_eq!(diagnose(&stage, &[]).first(), "nothing");
    }
}

#[test]
fn what_a_check_sees_in_part_is_told_with_the_grants_that_show_the_rest() {
    let postgres = Servers::from_environment().postgres;
    let sql = "create schema closed;
        create table closed.flyway_schema_history (
            installed_rank int primary key, version varchar(50), description varchar(200) not null,
            type varchar(20) not null, script varchar(1000) not null, checksum int,
            installed_by varchar(100) not null, installed_on timestamp not null default now(),
            execution_time int not null, success boolean not null);
        create table _sqlx_migrations (
            version bigint primary key, description text not null,
            installed_on timestamptz not null default now(), success boolean not null,
            checksum bytea not null, execution_time bigint not null);
        grant select on _sqlx_migrations to monitor;";
    let database = FreshDatabase::new(&postgres, "diagnose_grant", sql);
    let target = database.target("shop", account::MONITOR);
    for (case, check) in [
        ("the check of migrations", "use = \"core/migrations\""),
        (
            "health, which shows migrations beside its answer",
            "use = \"core/health\"\nparameters = { migrations = \"report\" }",
        ),
    ] {
        let stage = Stage::new(&format!(
            "{target}\n[[check]]\n{check}\ntargets = [\"*\"]\n"
        ));
        let diagnosed = diagnose(&stage, &[]);
        assert_eq!(
            diagnosed.problems(),
            ["warning privileges missing-privilege"],
            "{case}"
        );
        let statement = diagnosed.document["problems"][0]["statement"]
            .as_str()
            .unwrap();
        let table = "\"closed\".\"flyway_schema_history\"";
        assert_eq!(
            statement,
            format!(
                "GRANT USAGE ON SCHEMA \"closed\" TO \"monitor\"; GRANT SELECT ON {table} TO \"monitor\";"
            ),
            "{case}"
        );
        database.run(statement);
        assert_eq!(diagnose(&stage, &[]).first(), "nothing", "{case}");
        database.run(&format!(
            "revoke usage on schema closed from monitor; revoke select on {table} from monitor;"
        ));
    }
}

#[test]
fn a_refused_statement_is_told_with_what_the_check_needs() {
    for engine in [Engine::Postgres, Engine::Mariadb] {
        let server = Server::start(engine, &Options::default()).unwrap();
        let endpoint = server.endpoint();
        let (sql, grant) = forbidden(engine);
        let target = server_target("shop", &endpoint, account::PLAIN);
        let stage = Stage::new(&format!(
            "{target}\n[[check]]\nuse = \"core/query\"\nname = \"count\"\ntargets = [\"*\"]\nparameters = {{ sql = \"{sql}\" }}\n[[check]]\nuse = \"core/health\"\ntargets = [\"*\"]\n"
        ));
        let diagnosed = diagnose(&stage, &[]);
        assert_eq!(
            diagnosed.problems(),
            ["failed privileges permission-denied"]
        );
        let advice = diagnosed.document["problems"][0]["advice"]
            .as_str()
            .unwrap();
        assert!(
            advice.contains("SELECT on whatever the statement reads"),
            "{advice}"
        );
        assert!(
            diagnosed
                .fact("privileges", "core/health")
                .starts_with("ok: healthy")
        );
        administer(&endpoint, grant);
        assert_eq!(diagnose(&stage, &[]).first(), "nothing");
    }
}

#[test]
fn a_check_that_fails_for_another_reason_is_a_warning() {
    let servers = Servers::from_environment();
    let target = server_target("shop", &servers.postgres, account::MONITOR);
    let stage = Stage::new(&format!(
        "{target}\n[[check]]\nuse = \"core/query\"\nname = \"count\"\ntargets = [\"*\"]\nparameters = {{ sql = \"select 1 from odrers\" }}\n"
    ));
    let diagnosed = diagnose(&stage, &[]);
    assert_eq!(
        diagnosed.problems(),
        ["warning privileges undefined-object"]
    );
}

#[test]
fn without_checks_health_stands_in_and_nothing_is_recorded() {
    let servers = Servers::from_environment();
    for endpoint in [&servers.postgres, &servers.mariadb] {
        let stage = Stage::new(&server_target("shop", endpoint, account::MONITOR));
        let diagnosed = diagnose(&stage, &[]);
        assert_eq!(diagnosed.first(), "nothing");
        let said = diagnosed.fact("privileges", "checks");
        assert_eq!(said, "none is configured here; core/health stands in");
        assert!(
            diagnosed
                .fact("performance", "rounds")
                .starts_with("3 of 3")
        );
        assert!(!stage.path("checkrun.db").exists());
    }
}

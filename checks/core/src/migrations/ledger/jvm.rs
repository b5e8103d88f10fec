//! Flyway and Liquibase.

use super::super::names::Naming;
use super::super::tool::Tool;
use super::{Ledger, LockTable, PLAIN, Rows};

/// Flyway's files may be SQL, scripts, or Java and Kotlin classes.
const FLYWAY_EXTENSIONS: &[&str] = &["sql", "java", "kt", "class", "py", "sh", "ps1", "conf"];

const LIQUIBASE_LOCK: LockTable = LockTable {
    table: "databasechangeloglock",
    columns: &["id", "locked", "lockgranted", "lockedby"],
    held: "{locked} IS TRUE",
    since: Some("{lockgranted}"),
    holder: Some("{lockedby}"),
};

pub const LEDGERS: &[Ledger] = &[
    Ledger {
        tool: Tool::Flyway,
        tables: &["flyway_schema_history", "schema_version"],
        columns: &[
            "installed_rank",
            "version",
            "type",
            "script",
            "installed_on",
            "success",
        ],
        rows: Rows::Events {
            key: "coalesce({version}, {script})",
            id: "{installed_rank}",
        },
        key: &["coalesce({version}, {script})"],
        // A repeatable migration has no version, so it is not where the database is.
        order: &["CASE WHEN {version} IS NULL THEN -1 ELSE {installed_rank} END"],
        applied: "{success} IS TRUE AND {type} NOT IN ('SCHEMA', 'DELETE') AND {type} NOT LIKE 'UNDO%'",
        failed: Some("{success} IS NOT TRUE"),
        rolled_back: Some("{success} IS TRUE AND {type} LIKE 'UNDO%'"),
        baseline: Some("{type} = 'BASELINE'"),
        at: Some("{installed_on}"),
        naming: Naming::Flyway(FLYWAY_EXTENSIONS),
        ..PLAIN
    },
    Ledger {
        tool: Tool::Liquibase,
        tables: &["databasechangelog"],
        columns: &[
            "id",
            "author",
            "filename",
            "dateexecuted",
            "orderexecuted",
            "exectype",
        ],
        key: &["{id}"],
        order: &["{orderexecuted}"],
        applied: "{exectype} <> 'FAILED'",
        failed: Some("{exectype} = 'FAILED'"),
        at: Some("{dateexecuted}"),
        lock: Some(&LIQUIBASE_LOCK),
        naming: Naming::None("its table knows change sets, of which a file may hold any number"),
        ..PLAIN
    },
];

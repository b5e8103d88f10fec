//! Alembic, Django, Pyway, yoyo.

use super::super::names::Naming;
use super::super::tool::Tool;
use super::{Ledger, LockTable, PLAIN, Rows};

const YOYO_LOCK: LockTable = LockTable {
    table: "yoyo_lock",
    columns: &["locked", "ctime", "pid"],
    held: "{locked} > 0",
    since: Some("{ctime}"),
    holder: Some("{pid}"),
};

pub const LEDGERS: &[Ledger] = &[
    Ledger {
        tool: Tool::Pyway,
        tables: &["pyway", "schema_version"],
        columns: &[
            "installed_rank",
            "version",
            "extension",
            "name",
            "apply_timestamp",
        ],
        order: &["{installed_rank}"],
        at: Some("{apply_timestamp}"),
        naming: Naming::Flyway(&["sql", "py"]),
        ..PLAIN
    },
    Ledger {
        tool: Tool::Alembic,
        tables: &["alembic_version"],
        columns: &["version_num"],
        rows: Rows::Heads,
        key: &["{version_num}"],
        order: &["{version_num}"],
        naming: Naming::Revision,
        ..PLAIN
    },
    Ledger {
        tool: Tool::Django,
        tables: &["django_migrations"],
        columns: &["id", "app", "name", "applied"],
        key: &["{app}", "{name}"],
        order: &["{id}"],
        at: Some("{applied}"),
        naming: Naming::Django,
        ..PLAIN
    },
    Ledger {
        tool: Tool::Yoyo,
        tables: &["_yoyo_migration"],
        columns: &["migration_hash", "migration_id", "applied_at_utc"],
        key: &["{migration_id}"],
        order: &["{applied_at_utc}", "{migration_id}"],
        at: Some("{applied_at_utc}"),
        lock: Some(&YOYO_LOCK),
        naming: Naming::Stem(&["sql", "py"]),
        ..PLAIN
    },
];

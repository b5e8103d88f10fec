//! Drizzle, Knex, Prisma, Sequelize, TypeORM.

use super::super::names::Naming;
use super::super::tool::Tool;
use super::{Ledger, LockTable, PLAIN};

const JAVASCRIPT: &[&str] = &["js", "cjs", "mjs", "ts", "cts", "mts", "coffee"];

const KNEX_LOCK: LockTable = LockTable {
    table: "knex_migrations_lock",
    columns: &["is_locked"],
    held: "{is_locked} > 0",
    since: None,
    holder: None,
};

pub const LEDGERS: &[Ledger] = &[
    Ledger {
        tool: Tool::Prisma,
        tables: &["_prisma_migrations"],
        columns: &[
            "migration_name",
            "started_at",
            "finished_at",
            "rolled_back_at",
        ],
        key: &["{migration_name}"],
        order: &["{started_at}", "{migration_name}"],
        applied: "{finished_at} IS NOT NULL AND {rolled_back_at} IS NULL",
        failed: Some("{finished_at} IS NULL AND {rolled_back_at} IS NULL"),
        rolled_back: Some("{rolled_back_at} IS NOT NULL"),
        at: Some("{finished_at}"),
        naming: Naming::PrismaFolder,
        ..PLAIN
    },
    Ledger {
        tool: Tool::TypeOrm,
        tables: &["migrations"],
        columns: &["id", "timestamp", "name"],
        key: &["{timestamp}"],
        order: &["{timestamp}"],
        naming: Naming::Number(JAVASCRIPT),
        ..PLAIN
    },
    Ledger {
        tool: Tool::Knex,
        tables: &["knex_migrations"],
        columns: &["id", "name", "batch", "migration_time"],
        key: &["{name}"],
        order: &["{id}"],
        at: Some("{migration_time}"),
        lock: Some(&KNEX_LOCK),
        naming: Naming::Stem(JAVASCRIPT),
        ..PLAIN
    },
    Ledger {
        tool: Tool::Sequelize,
        tables: &["sequelizemeta"],
        columns: &["name"],
        key: &["{name}"],
        order: &["{name}"],
        naming: Naming::Stem(JAVASCRIPT),
        ..PLAIN
    },
    Ledger {
        tool: Tool::Drizzle,
        tables: &["__drizzle_migrations"],
        columns: &["id", "hash", "created_at"],
        key: &["{created_at}"],
        order: &["{created_at}"],
        naming: Naming::None("its table holds the hashes of files, not their names"),
        ..PLAIN
    },
];

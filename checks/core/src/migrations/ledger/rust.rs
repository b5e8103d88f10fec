//! Diesel, refinery, SeaORM, SQLx.

use super::super::names::Naming;
use super::super::tool::Tool;
use super::{Ledger, PLAIN};

pub const LEDGERS: &[Ledger] = &[
    Ledger {
        tool: Tool::Sqlx,
        tables: &["_sqlx_migrations"],
        columns: &["version", "description", "installed_on", "success"],
        applied: "{success} IS TRUE",
        failed: Some("{success} IS NOT TRUE"),
        at: Some("{installed_on}"),
        ..PLAIN
    },
    Ledger {
        tool: Tool::Diesel,
        tables: &["__diesel_schema_migrations"],
        columns: &["version", "run_on"],
        at: Some("{run_on}"),
        naming: Naming::DieselFolder,
        ..PLAIN
    },
    Ledger {
        tool: Tool::Refinery,
        tables: &["refinery_schema_history"],
        columns: &["version", "name", "applied_on", "checksum"],
        at: Some("{applied_on}"),
        naming: Naming::Refinery,
        ..PLAIN
    },
    Ledger {
        tool: Tool::SeaOrm,
        tables: &["seaql_migrations"],
        columns: &["version", "applied_at"],
        at: Some("{applied_at}"),
        naming: Naming::SeaOrm,
        ..PLAIN
    },
];

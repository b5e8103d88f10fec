//! Atlas, dbmate, golang-migrate, goose.

use super::super::names::Naming;
use super::super::tool::Tool;
use super::{Fit, Ledger, PLAIN, Rows};

pub const LEDGERS: &[Ledger] = &[
    Ledger {
        tool: Tool::GolangMigrate,
        tables: &["schema_migrations"],
        columns: &["version", "dirty"],
        rows: Rows::Newest,
        applied: "{version} >= 0",
        failed: Some("{dirty} IS TRUE"),
        naming: Naming::Up,
        ..PLAIN
    },
    Ledger {
        tool: Tool::Dbmate,
        tables: &["schema_migrations"],
        columns: &["version"],
        fit: Fit::Exactly,
        order: &["length({version})", "{version}"],
        ..PLAIN
    },
    Ledger {
        tool: Tool::Goose,
        tables: &["goose_db_version"],
        columns: &["id", "version_id", "is_applied", "tstamp"],
        rows: Rows::Events {
            key: "{version_id}",
            id: "{id}",
        },
        key: &["{version_id}"],
        order: &["{id}"],
        applied: "{is_applied} IS TRUE AND {version_id} > 0",
        rolled_back: Some("{is_applied} IS NOT TRUE"),
        at: Some("{tstamp}"),
        naming: Naming::Number(&["sql", "go"]),
        ..PLAIN
    },
    Ledger {
        tool: Tool::Atlas,
        tables: &["atlas_schema_revisions"],
        columns: &[
            "version",
            "type",
            "applied",
            "total",
            "executed_at",
            "error",
        ],
        // Names with a dot are notes that Atlas keeps for itself.
        applied: "coalesce({error}, '') = '' AND {applied} >= {total} AND {version} NOT LIKE '.%'",
        failed: Some(
            "(coalesce({error}, '') <> '' OR {applied} < {total}) AND {version} NOT LIKE '.%'",
        ),
        baseline: Some("{type} = 1"),
        at: Some("{executed_at}"),
        naming: Naming::Prefix,
        ..PLAIN
    },
];

//! Active Record of Rails, Ecto, Entity Framework Core, Laravel.

use super::super::names::Naming;
use super::super::tool::Tool;
use super::{Fit, Ledger, PLAIN, RAILS_METADATA};

pub const LEDGERS: &[Ledger] = &[
    Ledger {
        tool: Tool::Ecto,
        tables: &["schema_migrations"],
        columns: &["version", "inserted_at"],
        fit: Fit::Exactly,
        at: Some("{inserted_at}"),
        naming: Naming::Number(&["exs"]),
        ..PLAIN
    },
    Ledger {
        tool: Tool::Rails,
        tables: &["schema_migrations"],
        columns: &["version"],
        fit: Fit::ExactlyBeside(RAILS_METADATA),
        order: &["length({version})", "{version}"],
        naming: Naming::Number(&["rb"]),
        ..PLAIN
    },
    Ledger {
        tool: Tool::EfCore,
        columns: &["migrationid", "productversion"],
        key: &["{migrationid}"],
        order: &["{migrationid}"],
        ..EF_CORE
    },
    Ledger {
        tool: Tool::EfCore,
        columns: &["migration_id", "product_version"],
        key: &["{migration_id}"],
        order: &["{migration_id}"],
        ..EF_CORE
    },
    Ledger {
        tool: Tool::Laravel,
        tables: &["migrations"],
        columns: &["id", "migration", "batch"],
        key: &["{migration}"],
        order: &["{id}"],
        naming: Naming::Stem(&["php"]),
        ..PLAIN
    },
];

const EF_CORE: Ledger = Ledger {
    tool: Tool::EfCore,
    tables: &["__efmigrationshistory"],
    naming: Naming::Stem(&["cs", "vb", "fs"]),
    ..PLAIN
};

//! [`Ledger`]: how each tool keeps its books, by the names of tables and columns.
//!
//! Names are in lower case here; engines fold them differently, so they are found whatever their
//! case. In SQL fragments `{column}` stands for the column as it is called in the database.

use super::names::Naming;
use super::tool::Tool;

/// The bookkeeping table of a tool.
#[derive(Debug)]
pub struct Ledger {
    pub tool: Tool,
    /// Its names.
    pub tables: &'static [&'static str],
    /// The columns it must have.
    pub columns: &'static [&'static str],
    /// What tells it from the table of another tool with the same name and columns.
    pub fit: Fit,
    /// What each row is.
    pub rows: Rows,
    /// What names a migration; several parts are joined with a dot.
    pub key: &'static [&'static str],
    /// Puts the newest migration last.
    pub order: &'static [&'static str],
    /// Rows of migrations that are applied.
    pub applied: &'static str,
    /// Rows of migrations that failed, where the tool keeps them.
    pub failed: Option<&'static str>,
    /// Rows of migrations that were rolled back, where the tool keeps them.
    pub rolled_back: Option<&'static str>,
    /// Rows that stand for everything up to their version, where the tool has them.
    pub baseline: Option<&'static str>,
    /// When a migration was applied.
    pub at: Option<&'static str>,
    pub lock: Option<&'static LockTable>,
    /// How the files of its migrations are called.
    pub naming: Naming,
}

/// How exactly the columns have to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// There may be more columns.
    AtLeast,
    /// These columns and no others.
    Exactly,
    /// These columns and no others, in a schema that also has this table.
    ExactlyBeside(&'static str),
}

/// What the rows of a ledger are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// One for each migration.
    Migrations,
    /// One for each time that a migration was applied or rolled back: the last one counts, by `id`.
    Events { key: &'static str, id: &'static str },
    /// One, with the newest version.
    Newest,
    /// One for each branch, with its newest revision.
    Heads,
}

/// The table in which a tool marks that it is at work.
#[derive(Debug, PartialEq, Eq)]
pub struct LockTable {
    pub table: &'static str,
    pub columns: &'static [&'static str],
    pub held: &'static str,
    pub since: Option<&'static str>,
    pub holder: Option<&'static str>,
}

const LIQUIBASE_LOCK: LockTable = LockTable {
    table: "databasechangeloglock",
    columns: &["id", "locked", "lockgranted", "lockedby"],
    held: "{locked} IS TRUE",
    since: Some("{lockgranted}"),
    holder: Some("{lockedby}"),
};

const KNEX_LOCK: LockTable = LockTable {
    table: "knex_migrations_lock",
    columns: &["is_locked"],
    held: "{is_locked} > 0",
    since: None,
    holder: None,
};

const YOYO_LOCK: LockTable = LockTable {
    table: "yoyo_lock",
    columns: &["locked", "ctime", "pid"],
    held: "{locked} > 0",
    since: Some("{ctime}"),
    holder: Some("{pid}"),
};

/// What most tools have in common: a row for each applied migration, and nothing else.
const PLAIN: Ledger = Ledger {
    tool: Tool::Dbmate,
    tables: &[],
    columns: &[],
    fit: Fit::AtLeast,
    rows: Rows::Migrations,
    key: &["{version}"],
    order: &["{version}"],
    applied: "1 = 1",
    failed: None,
    rolled_back: None,
    baseline: None,
    at: None,
    lock: None,
    naming: Naming::Number(&["sql"]),
};

/// Flyway's files may be SQL, scripts, or Java and Kotlin classes.
const FLYWAY_EXTENSIONS: &[&str] = &["sql", "java", "kt", "class", "py", "sh", "ps1", "conf"];
const JAVASCRIPT: &[&str] = &["js", "cjs", "mjs", "ts", "cts", "mts", "coffee"];

/// All ledgers; of those with the same table the more particular ones come first.
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
        tool: Tool::TypeOrm,
        tables: &["migrations"],
        columns: &["id", "timestamp", "name"],
        key: &["{timestamp}"],
        order: &["{timestamp}"],
        naming: Naming::Number(JAVASCRIPT),
        ..PLAIN
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
    Ledger {
        tool: Tool::SeaOrm,
        tables: &["seaql_migrations"],
        columns: &["version", "applied_at"],
        at: Some("{applied_at}"),
        naming: Naming::SeaOrm,
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

const EF_CORE: Ledger = Ledger {
    tool: Tool::EfCore,
    tables: &["__efmigrationshistory"],
    naming: Naming::Stem(&["cs", "vb", "fs"]),
    ..PLAIN
};

/// What Rails keeps beside its ledger, and dbmate does not.
const RAILS_METADATA: &str = "ar_internal_metadata";

/// The names of all tables to look for, in lower case; some more than once.
pub fn table_names() -> Vec<&'static str> {
    let mut names = vec![RAILS_METADATA];
    for ledger in LEDGERS {
        names.extend(ledger.tables);
        names.extend(ledger.lock.map(|lock| lock.table));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_has_a_ledger_and_every_fragment_names_columns_that_it_must_have() {
        for tool in Tool::ALL {
            assert!(LEDGERS.iter().any(|ledger| ledger.tool == *tool), "{tool}");
        }
        for ledger in LEDGERS {
            let (latest_key, latest_id) = match ledger.rows {
                Rows::Events { key, id } => (Some(key), Some(id)),
                _ => (None, None),
            };
            let fragments = ledger.key.iter().chain(ledger.order).copied();
            let fragments = fragments
                .chain([ledger.applied])
                .chain(ledger.failed)
                .chain(ledger.rolled_back)
                .chain(ledger.baseline)
                .chain(ledger.at)
                .chain(latest_key)
                .chain(latest_id);
            for fragment in fragments {
                for part in fragment.split('{').skip(1) {
                    let column = part.split('}').next().unwrap_or_default();
                    assert!(
                        ledger.columns.contains(&column),
                        "{}: {fragment} reads {column}, which need not be there",
                        ledger.tool
                    );
                }
            }
        }
    }

    #[test]
    fn all_names_are_in_lower_case() {
        let names = table_names();
        assert!(names.iter().all(|name| *name == name.to_lowercase()));
        assert!(names.contains(&"knex_migrations_lock"));
    }
}

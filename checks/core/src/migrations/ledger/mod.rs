//! [`Ledger`]: how each tool keeps its books, by the names of tables and columns.
//!
//! Names are in lower case here; engines fold them differently, so they are found whatever their
//! case. In SQL fragments `{column}` stands for the column as it is called in the database.

mod frameworks;
mod go;
mod javascript;
mod jvm;
mod python;
mod rust;

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

/// All ledgers; of those with the same table the more particular ones come first.
pub fn ledgers() -> impl Iterator<Item = &'static Ledger> {
    [
        jvm::LEDGERS,
        python::LEDGERS,
        rust::LEDGERS,
        javascript::LEDGERS,
        // Rails is told from dbmate by a table beside its own, so it is looked for first.
        frameworks::LEDGERS,
        go::LEDGERS,
    ]
    .into_iter()
    .flatten()
}

/// What Rails keeps beside its ledger, and dbmate does not.
const RAILS_METADATA: &str = "ar_internal_metadata";

/// The names of all tables to look for, in lower case; some more than once.
pub fn table_names() -> Vec<&'static str> {
    let mut names = vec![RAILS_METADATA];
    for ledger in ledgers() {
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
            assert!(ledgers().any(|ledger| ledger.tool == *tool), "{tool}");
        }
        for ledger in ledgers() {
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

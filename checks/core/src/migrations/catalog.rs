//! Which tools have left their tables in this database.

use checkrun_sdk::{DatabaseError, Row};

use super::dialect::{Dialect, TABLES_LISTED_MAX};
use super::ledger::{Fit, Ledger, ledgers};
use super::question::Questions;
use super::tool::Tool;

/// Ledgers that one run reads; each takes up to a handful of the queries that a run may send.
const BOOKS_MAX: usize = 30;

/// A table with a name that some tool uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Empty in SQLite.
    pub schema: String,
    pub name: String,
    /// As they are called, in their order.
    pub columns: Vec<String>,
    /// Whether the account may use the schema.
    pub is_reachable: bool,
    /// Whether the account may read any column, as far as the catalog says.
    pub is_readable: bool,
}

/// A tool's ledger, found.
#[derive(Clone, Debug)]
pub struct Book {
    pub ledger: &'static Ledger,
    pub table: Table,
    pub lock: Option<Table>,
}

/// All that was found.
#[derive(Debug)]
pub struct Catalog {
    pub dialect: Dialect,
    /// As the server calls it.
    pub account: String,
    pub books: Vec<Book>,
    /// Tables with the name of a ledger, and the columns of none.
    pub strange: Vec<Table>,
    /// Whether there is more than one run looks at.
    pub is_cut: bool,
}

impl Catalog {
    /// Looks for the ledgers of all tools, or of one.
    pub fn read(
        questions: &Questions<'_, '_>,
        dialect: Dialect,
        wanted: Option<Tool>,
    ) -> Result<Self, DatabaseError> {
        let rows = questions.ask(&dialect.catalog(), Vec::new())?;
        let account = rows
            .first()
            .and_then(|row| row.get("account").ok())
            .unwrap_or_default();
        let tables: Vec<Table> = rows.iter().take(TABLES_LISTED_MAX).map(table).collect();
        let mut books: Vec<Book> = tables
            .iter()
            .filter_map(|table| book(table, &tables, wanted))
            .collect();
        let strange = tables
            .iter()
            .filter(|table| is_strange(table, &tables, wanted))
            .cloned()
            .collect();
        let is_cut =
            books.len() > BOOKS_MAX || rows.len() > TABLES_LISTED_MAX || rows.is_truncated();
        books.truncate(BOOKS_MAX);
        Ok(Self {
            dialect,
            account,
            books,
            strange,
            is_cut,
        })
    }

    /// What an administrator runs so that the account can read these tables.
    pub fn grant(&self, tables: &[&Table]) -> String {
        let grantee = self.dialect.grantee(&self.account);
        let mut statements: Vec<String> = Vec::new();
        for table in tables {
            if !table.is_reachable {
                let schema = self.dialect.quote(&table.schema);
                statements.push(format!("GRANT USAGE ON SCHEMA {schema} TO {grantee};"));
            }
            let table = table.quoted(self.dialect);
            statements.push(format!("GRANT SELECT ON {table} TO {grantee};"));
        }
        statements.dedup();
        statements.join(" ")
    }
}

fn table(row: Row<'_>) -> Table {
    let text = |column: &str| row.get::<String>(column).unwrap_or_default();
    let yes = |column: &str| row.get::<bool>(column).unwrap_or_default();
    Table {
        schema: text("schema_name"),
        name: text("table_name"),
        columns: text("column_names").split(',').map(str::to_owned).collect(),
        is_reachable: yes("reachable"),
        is_readable: yes("readable"),
    }
}

fn book(table: &Table, all: &[Table], wanted: Option<Tool>) -> Option<Book> {
    let ledger = ledgers()
        .filter(|ledger| wanted.is_none_or(|tool| ledger.tool == tool))
        .find(|ledger| table.is_of(ledger, all, wanted.is_some()))?;
    let lock = ledger.lock.and_then(|lock| {
        all.iter()
            .find(|it| it.schema == table.schema && it.is_called(lock.table))
            .filter(|it| lock.columns.iter().all(|name| it.column(name).is_some()))
            .cloned()
    });
    Some(Book {
        ledger,
        table: table.clone(),
        lock,
    })
}

fn is_strange(table: &Table, all: &[Table], wanted: Option<Tool>) -> bool {
    let named = ledgers()
        .filter(|ledger| wanted.is_none_or(|tool| ledger.tool == tool))
        .any(|ledger| ledger.tables.iter().any(|name| table.is_called(name)));
    // Another tool's table of the same name is not strange, only not the one that is wanted.
    named && book(table, all, wanted).is_none() && book(table, all, None).is_none()
}

impl Table {
    /// The column with this name, whatever its case, as it is called.
    pub fn column(&self, lower: &str) -> Option<&str> {
        let found = self
            .columns
            .iter()
            .find(|it| it.eq_ignore_ascii_case(lower));
        found.map(String::as_str)
    }

    /// `schema.table`, for people.
    pub fn shown(&self) -> String {
        if self.schema.is_empty() {
            self.name.clone()
        } else {
            format!("{}.{}", self.schema, self.name)
        }
    }

    /// The name in SQL.
    pub fn quoted(&self, dialect: Dialect) -> String {
        let name = dialect.quote(&self.name);
        if self.schema.is_empty() {
            name
        } else {
            format!("{}.{name}", dialect.quote(&self.schema))
        }
    }

    fn is_called(&self, lower: &str) -> bool {
        self.name.eq_ignore_ascii_case(lower)
    }

    /// Whether this is the ledger of that tool. Where the operator has named the tool, what stands
    /// beside the table need not tell it from others.
    fn is_of(&self, ledger: &Ledger, all: &[Self], is_named: bool) -> bool {
        let has_all = ledger
            .columns
            .iter()
            .all(|name| self.column(name).is_some());
        let has_no_other = self.columns.len() == ledger.columns.len();
        ledger.tables.iter().any(|name| self.is_called(name))
            && has_all
            && match ledger.fit {
                Fit::AtLeast => true,
                Fit::Exactly => has_no_other,
                Fit::ExactlyBeside(neighbour) => {
                    let is_beside = |it: &Self| it.schema == self.schema && it.is_called(neighbour);
                    has_no_other && (is_named || all.iter().any(is_beside))
                }
            }
    }
}

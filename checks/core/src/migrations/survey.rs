//! [`Survey`]: every tool in the database, each judged on its own.

use std::time::Duration;

use checkrun_sdk::DatabaseError;

use super::catalog::{Book, Catalog, Table};
use super::comparison::Expectation;
use super::dialect::Dialect;
use super::question::Questions;
use super::reading;
use super::standing::Standing;
use super::tool::Tool;

/// What is to be found out.
pub struct Wish {
    /// Only this tool; all, if none is named.
    pub tool: Option<Tool>,
    pub expectation: Expectation,
    /// A lock held for longer is stuck.
    pub stuck_after: Duration,
}

/// What was found out.
pub struct Survey {
    pub entries: Vec<Entry>,
    /// Whether there are more tables than one run looks at.
    pub is_cut: bool,
}

/// One table.
#[derive(Debug)]
pub enum Entry {
    Read(Standing),
    /// The ledger or its lock cannot be read.
    Unreadable(Unreadable),
    /// The name of a ledger, and the columns of none.
    Strange {
        table: String,
        columns: String,
    },
}

/// A ledger that cannot be read.
#[derive(Debug)]
pub struct Unreadable {
    pub tool: Tool,
    pub table: String,
    /// The statements that would help, where a grant is missing.
    pub grant: Option<String>,
    /// What was answered, otherwise.
    pub error: Option<DatabaseError>,
}

/// Looks for the tools and reads what each has left.
///
/// # Errors
/// The tables could not even be looked for, or the connection broke.
pub fn survey(
    questions: &Questions<'_, '_>,
    dialect: Dialect,
    wish: &Wish,
) -> Result<Survey, DatabaseError> {
    let catalog = Catalog::read(questions, dialect, wish.tool)?;
    let expectation = match &wish.expectation {
        Expectation::Nothing => &wish.expectation,
        _ if is_of_one_tool(&catalog.books) => &wish.expectation,
        _ => &Expectation::Unclear,
    };
    let mut entries = Vec::new();
    for book in &catalog.books {
        entries.push(entry(book, &catalog, questions, expectation)?);
    }
    entries.extend(catalog.strange.iter().map(|table| Entry::Strange {
        table: table.shown(),
        columns: table.columns.join(", "),
    }));
    Ok(Survey {
        entries,
        is_cut: catalog.is_cut,
    })
}

fn is_of_one_tool(books: &[Book]) -> bool {
    let Some(first) = books.first() else {
        return true;
    };
    books
        .iter()
        .all(|book| book.ledger.tool == first.ledger.tool)
}

fn entry(
    book: &Book,
    catalog: &Catalog,
    questions: &Questions<'_, '_>,
    expectation: &Expectation,
) -> Result<Entry, DatabaseError> {
    let tables: Vec<&Table> = [Some(&book.table), book.lock.as_ref()]
        .into_iter()
        .flatten()
        .collect();
    let closed: Vec<&Table> = tables
        .iter()
        .copied()
        .filter(|table| !table.is_readable || !table.is_reachable)
        .collect();
    let unreadable = |grant: Option<String>, error: Option<DatabaseError>| {
        Entry::Unreadable(Unreadable {
            tool: book.ledger.tool,
            table: book.table.shown(),
            grant,
            error,
        })
    };
    if !closed.is_empty() {
        return Ok(unreadable(Some(catalog.grant(&closed)), None));
    }
    match reading::read(book, catalog.dialect, questions, expectation) {
        Ok(standing) => Ok(Entry::Read(standing)),
        // The catalog could not say so, or not of every column.
        Err(DatabaseError::PermissionDenied(_)) => {
            Ok(unreadable(Some(catalog.grant(&tables)), None))
        }
        Err(error @ DatabaseError::Connection(_)) => Err(error),
        Err(error) => Ok(unreadable(None, Some(error))),
    }
}

impl Survey {
    /// What could be read.
    pub fn standings(&self) -> impl Iterator<Item = &Standing> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Read(standing) => Some(standing),
            Entry::Unreadable(_) | Entry::Strange { .. } => None,
        })
    }

    /// Whether some tool's table could not be read.
    pub fn has_unreadable(&self) -> bool {
        let is_unreadable = |entry: &Entry| matches!(entry, Entry::Unreadable(_));
        self.entries.iter().any(is_unreadable)
    }

    /// The grants without which nothing at all can be said.
    pub fn missing_privilege(&self) -> Option<String> {
        let mut grants: Vec<&str> = Vec::new();
        for entry in &self.entries {
            match entry {
                Entry::Unreadable(unreadable) => grants.push(unreadable.grant.as_deref()?),
                Entry::Strange { .. } => {}
                Entry::Read(_) => return None,
            }
        }
        (!grants.is_empty()).then(|| grants.join(" "))
    }
}

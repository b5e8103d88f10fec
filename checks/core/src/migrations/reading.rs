//! Reads one ledger: what it counts, where it stands, what failed, who holds its lock.
//!
//! In aggregates: a ledger of ten thousand rows costs as many queries as one of three. Only what is
//! compared with a folder is read row by row.

use std::time::Duration;

use checkrun_sdk::{DatabaseError, Rows as Answer, Value};

use super::catalog::{Book, Table};
use super::comparison::{Comparison, Expectation};
use super::dialect::Dialect;
use super::ledger::{LockTable, Rows};
use super::moment;
use super::question::Questions;
use super::standing::{Lock, Standing};

/// Failed migrations, and heads, that are named.
pub const NAMED_MAX: usize = 5;
/// Rows that are asked for at a time; the host hands over as many at most.
const PAGE_ROWS: usize = 10_000;
/// Applied migrations that are compared with a folder; the run may read 50 000 rows in all.
const COMPARED_MAX: usize = 30_000;

/// Reads a book and compares it with what is expected.
pub fn read(
    book: &Book,
    dialect: Dialect,
    questions: &Questions<'_, '_>,
    expectation: &Expectation,
) -> Result<Standing, DatabaseError> {
    let sql = Sql::new(book, dialect);
    let totals = questions.ask(&sql.totals(), Vec::new())?;
    let count = |column: &str| {
        let row = totals.first()?;
        row.get::<u64>(column).ok()
    };
    let applied = count("applied").ok_or_else(|| too_large(&totals))?;
    let ledger = book.ledger;
    let failed = ledger.failed.and(count("failed"));
    let newest = texts(&questions.ask(&sql.newest(), Vec::new())?);
    let failed_names = match (ledger.failed, failed) {
        (Some(condition), Some(1..)) => texts(&questions.ask(&sql.named(condition), Vec::new())?),
        _ => Vec::new(),
    };
    let lock = match (ledger.lock, &book.lock) {
        (Some(lock), Some(table)) => {
            let held = questions.ask(&lock_query(lock, table, dialect), Vec::new())?;
            Some(lock_of(&held, questions))
        }
        _ => None,
    };
    let mut standing = Standing {
        tool: ledger.tool,
        table: book.table.shown(),
        version: (!newest.is_empty()).then(|| newest.join(", ")),
        applied: matches!(ledger.rows, Rows::Migrations | Rows::Events { .. }).then_some(applied),
        failed,
        failed_names,
        rolled_back: ledger.rolled_back.and(count("rolled_back")),
        heads: (ledger.rows == Rows::Heads).then_some(applied),
        last_applied: totals
            .first()
            .and_then(|row| row.get("last_applied").ok())
            .and_then(|value: Value| moment::shown(&value)),
        lock,
        comparison: Comparison::NotAsked,
    };
    standing.comparison = compare(book, &sql, questions, expectation, &newest)?;
    Ok(standing)
}

fn compare(
    book: &Book,
    sql: &Sql<'_>,
    questions: &Questions<'_, '_>,
    expectation: &Expectation,
    newest: &[String],
) -> Result<Comparison, DatabaseError> {
    let ledger = book.ledger;
    Ok(match expectation {
        Expectation::Nothing => Comparison::NotAsked,
        Expectation::Unclear => Comparison::Unclear,
        Expectation::Version(expected) => {
            let is_applied = match ledger.rows {
                Rows::Newest | Rows::Heads => false,
                Rows::Migrations | Rows::Events { .. } => {
                    let spellings = ledger.naming.spellings(expected);
                    let query = sql.having(spellings.len());
                    let values = spellings.into_iter().map(Value::Text).collect();
                    !texts(&questions.ask(&query, values)?).is_empty()
                }
            };
            Comparison::with_version(ledger, newest, expected, is_applied)
        }
        Expectation::Files(paths) => match ledger.rows {
            Rows::Newest | Rows::Heads => Comparison::with_files_of_newest(ledger, newest, paths),
            Rows::Migrations | Rows::Events { .. } => {
                let files = ledger.naming.files(paths);
                if let Some(why) = Comparison::hindrance(ledger, &files, paths) {
                    return Ok(Comparison::Impossible(why));
                }
                let Some(applied) = all(sql, questions)? else {
                    return Ok(Comparison::Impossible(format!(
                        "more than {COMPARED_MAX} migrations are applied"
                    )));
                };
                let baseline = match ledger.baseline {
                    Some(condition) => texts(&questions.ask(&sql.named(condition), Vec::new())?),
                    None => Vec::new(),
                };
                Comparison::with_files(ledger, &applied, files, baseline.first())
            }
        },
    })
}

/// The keys of all applied migrations; none if there are too many.
fn all(sql: &Sql<'_>, questions: &Questions<'_, '_>) -> Result<Option<Vec<String>>, DatabaseError> {
    let mut keys = Vec::new();
    let mut read = 0;
    loop {
        let page = questions.ask(&sql.page(read), Vec::new())?;
        keys.extend(texts(&page));
        read += page.len();
        if page.len() < PAGE_ROWS && !page.is_truncated() {
            return Ok(Some(keys));
        }
        if page.is_empty() || read >= COMPARED_MAX {
            return Ok(None);
        }
    }
}

/// The first column of every row, without NULL.
fn texts(answer: &Answer) -> Vec<String> {
    let values = answer.iter().filter_map(|row| row.first::<String>().ok());
    values.collect()
}

/// One row of a few numbers is only missing when the server had to leave it out.
fn too_large(answer: &Answer) -> DatabaseError {
    let what = if answer.is_truncated() {
        "the time of the last migration has more bytes than a query may return"
    } else {
        "the counts are no numbers"
    };
    DatabaseError::LimitExceeded(what.to_owned())
}

fn lock_query(lock: &LockTable, table: &Table, dialect: Dialect) -> String {
    let fill = |fragment: &str| fill(fragment, table, dialect);
    let since = lock
        .since
        .map_or("NULL".to_owned(), |it| dialect.moment(&fill(it)));
    let holder = lock
        .holder
        .map_or("NULL".to_owned(), |it| dialect.text(&[fill(it)]));
    format!(
        "SELECT {since} AS since, {holder} AS holder FROM {} WHERE {} LIMIT 1",
        table.quoted(dialect),
        fill(lock.held)
    )
}

fn lock_of(held: &Answer, questions: &Questions<'_, '_>) -> Lock {
    let Some(row) = held.first() else {
        return Lock::Free;
    };
    let since: Option<Value> = row.get("since").ok();
    let age: Option<Duration> = since
        .as_ref()
        .and_then(|value| moment::age(value, questions.ctx.now()));
    Lock::Held {
        since: since.as_ref().and_then(moment::shown),
        holder: row.get("holder").ok(),
        age,
    }
}

/// The statements about one ledger.
struct Sql<'a> {
    book: &'a Book,
    dialect: Dialect,
    source: String,
    key: String,
    applied: String,
}

impl<'a> Sql<'a> {
    fn new(book: &'a Book, dialect: Dialect) -> Self {
        let fill = |fragment: &str| fill(fragment, &book.table, dialect);
        let table = book.table.quoted(dialect);
        let source = match book.ledger.rows {
            Rows::Events { key, id } => {
                let (key, id) = (fill(key), fill(id));
                format!(
                    "(SELECT * FROM {table} WHERE {id} IN (SELECT max({id}) FROM {table} GROUP BY {key})) AS ledger"
                )
            }
            Rows::Migrations | Rows::Newest | Rows::Heads => table,
        };
        let parts: Vec<String> = book.ledger.key.iter().map(|part| fill(part)).collect();
        Self {
            book,
            dialect,
            source,
            key: dialect.text(&parts),
            applied: fill(book.ledger.applied),
        }
    }

    fn fill(&self, fragment: &str) -> String {
        fill(fragment, &self.book.table, self.dialect)
    }

    fn totals(&self) -> String {
        let ledger = self.book.ledger;
        let count = |condition: Option<&str>| match condition {
            Some(condition) => format!("count(CASE WHEN {} THEN 1 END)", self.fill(condition)),
            None => "0".to_owned(),
        };
        let last = match ledger.at {
            Some(at) => {
                let newest = format!("max(CASE WHEN {} THEN {} END)", self.applied, self.fill(at));
                self.dialect.moment(&newest)
            }
            None => "NULL".to_owned(),
        };
        format!(
            "SELECT {} AS applied, {} AS failed, {} AS rolled_back, {last} AS last_applied FROM {}",
            count(Some(ledger.applied)),
            count(ledger.failed),
            count(ledger.rolled_back),
            self.source
        )
    }

    /// The version that the database is at; of several heads some.
    fn newest(&self) -> String {
        let most = match self.book.ledger.rows {
            Rows::Heads => NAMED_MAX,
            Rows::Migrations | Rows::Events { .. } | Rows::Newest => 1,
        };
        self.keys(&self.applied, most)
    }

    /// The newest few migrations for which a condition holds.
    fn named(&self, condition: &str) -> String {
        self.keys(&self.fill(condition), NAMED_MAX)
    }

    fn keys(&self, condition: &str, most: usize) -> String {
        let order: Vec<String> = self
            .book
            .ledger
            .order
            .iter()
            .map(|part| format!("{} DESC", self.fill(part)))
            .collect();
        format!(
            "SELECT {key} AS migration FROM {} WHERE ({condition}) AND {key} IS NOT NULL ORDER BY {} LIMIT {most}",
            self.source,
            order.join(", "),
            key = self.key,
        )
    }

    /// One of so many spellings, if it is applied.
    fn having(&self, spellings: usize) -> String {
        let placeholders: Vec<String> = (1..=spellings)
            .map(|number| self.dialect.placeholder(number))
            .collect();
        let condition = format!(
            "({}) AND {} IN ({})",
            self.applied,
            self.key,
            placeholders.join(", ")
        );
        self.keys(&condition, 1)
    }

    fn page(&self, from: usize) -> String {
        format!(
            "SELECT {} AS migration FROM {} WHERE {} ORDER BY 1 LIMIT {PAGE_ROWS} OFFSET {from}",
            self.key, self.source, self.applied
        )
    }
}

/// The fragment with the columns as they are called here. A column that is not there stays as it is
/// written; the ledger has been chosen for having them all.
fn fill(fragment: &str, table: &Table, dialect: Dialect) -> String {
    let mut filled = String::new();
    let mut rest = fragment;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        filled.push_str(&dialect.quote(table.column(name).unwrap_or(name)));
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

//! From rows of the views to values. What does not fit counts as damage to the file.

use std::collections::BTreeMap;

use rusqlite::types::Type;
use rusqlite::{Error, Row};

use super::{RunDetail, RunSummary};
use crate::notification::{Acknowledgement, Silence};
use crate::record::{FailureRecord, PackRecord, ReasonRecord, RunId, StoredStatus, UsageRecord};

/// The columns of [`summary`], in `v_run` and `v_latest`.
pub(super) const SUMMARY: &str = "run_id, job, check_name, target, engine, started_us, \
     duration_us, status, summary, failure_kind, failure_text";

/// The columns of [`detail`]: [`SUMMARY`] first.
pub(super) const DETAIL: &str = "run_id, job, check_name, target, engine, started_us, \
     duration_us, status, summary, failure_kind, failure_text, \
     target_labels, pack, pack_version, pack_sha256, reasons, \
     query_count, row_count, byte_count, cpu_us, memory_bytes";

pub(super) fn summary(row: &Row<'_>) -> rusqlite::Result<RunSummary> {
    let kind: Option<String> = row.get(9)?;
    Ok(RunSummary {
        id: RunId(row.get(0)?),
        job: row.get(1)?,
        check: row.get(2)?,
        target: row.get(3)?,
        engine: row.get(4)?,
        started_us: row.get(5)?,
        duration_us: row.get(6)?,
        status: status(row, 7)?,
        summary: row.get(8)?,
        failure: match kind {
            Some(kind) => Some(FailureRecord {
                kind,
                text: row.get(10)?,
            }),
            None => None,
        },
    })
}

/// Without metrics and findings, which are other rows.
pub(super) fn detail(row: &Row<'_>) -> rusqlite::Result<RunDetail> {
    let pack: Option<String> = row.get(12)?;
    Ok(RunDetail {
        summary: summary(row)?,
        target_labels: labels(row, 11)?,
        pack: match pack {
            Some(name) => Some(PackRecord {
                name,
                version: row.get(13)?,
                sha256: row.get(14)?,
            }),
            None => None,
        },
        reasons: reasons(row, 15)?,
        usage: UsageRecord {
            queries: number(row, 16)?,
            rows: number(row, 17)?,
            bytes: number(row, 18)?,
            cpu_us: number(row, 19)?,
            memory_bytes: number(row, 20)?,
        },
        metrics: Vec::new(),
        findings: Vec::new(),
    })
}

pub(crate) fn status(row: &Row<'_>, column: usize) -> rusqlite::Result<StoredStatus> {
    let code = row.get(column)?;
    StoredStatus::from_code(code).ok_or(Error::IntegralValueOutOfRange(column, code))
}

/// NULL for none.
pub(crate) fn optional_status(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<StoredStatus>> {
    match row.get::<_, Option<i64>>(column)? {
        Some(_) => status(row, column).map(Some),
        None => Ok(None),
    }
}

/// The one of `all` whose word stands there.
pub(crate) fn word<T: Copy>(
    row: &Row<'_>,
    column: usize,
    all: &[T],
    word_of: impl Fn(T) -> &'static str,
) -> rusqlite::Result<T> {
    let word: String = row.get(column)?;
    all.iter()
        .copied()
        .find(|one| word_of(*one) == word)
        .ok_or_else(|| Error::InvalidColumnType(column, word, Type::Text))
}

/// `silence_id, target, job, labels, starts_us, ends_us, author, comment, created_us, lifted_us`
pub(crate) fn silence(row: &Row<'_>) -> rusqlite::Result<Silence> {
    Ok(Silence {
        id: row.get(0)?,
        target: row.get(1)?,
        job: row.get(2)?,
        labels: labels(row, 3)?,
        starts_us: row.get(4)?,
        ends_us: row.get(5)?,
        author: row.get(6)?,
        comment: row.get(7)?,
        created_us: row.get(8)?,
        lifted_us: row.get(9)?,
    })
}

fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| Error::IntegralValueOutOfRange(column, number))
}

pub(crate) fn labels(row: &Row<'_>, column: usize) -> rusqlite::Result<BTreeMap<String, String>> {
    serde_json::from_str(&row.get::<_, String>(column)?).map_err(|error| not_json(column, error))
}

pub(super) fn evidence(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<(String, String)>> {
    serde_json::from_str(&row.get::<_, String>(column)?).map_err(|error| not_json(column, error))
}

fn reasons(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<ReasonRecord>> {
    let text: String = row.get(column)?;
    let objects: Vec<BTreeMap<String, Option<String>>> =
        serde_json::from_str(&text).map_err(|error| not_json(column, error))?;
    let reason = |mut object: BTreeMap<String, Option<String>>| {
        let mut take = |key| object.remove(key).flatten();
        Some(ReasonRecord {
            status: StoredStatus::from_word(&take("status")?)?,
            text: take("text")?,
            advice: take("advice"),
        })
    };
    objects
        .into_iter()
        .map(|object| {
            let wrong = || Error::InvalidColumnType(column, "reasons".to_owned(), Type::Text);
            reason(object).ok_or_else(wrong)
        })
        .collect()
}

fn not_json(column: usize, error: serde_json::Error) -> Error {
    Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

/// Author, comment, created, until, severity and stickiness, from this column on; none without an author.
pub(crate) fn acknowledgement(
    row: &Row<'_>,
    first: usize,
) -> rusqlite::Result<Option<Acknowledgement>> {
    let Some(author) = row.get(first)? else {
        return Ok(None);
    };
    Ok(Some(Acknowledgement {
        author,
        comment: row.get(first + 1)?,
        created_us: row.get(first + 2)?,
        until_us: row.get(first + 3)?,
        severity: status(row, first + 4)?,
        is_sticky: row.get(first + 5)?,
    }))
}

//! What an interim history has of the file: everything that a decision needs, and of runs and samples what a
//! message shows.
//!
//! A second copy, `seed.…`, stays as it is: the difference is what happened since.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::file::{MIGRATIONS, known_version};

/// Rows of a table that grows with time; the newest, and those that are not over.
const ROWS_MAX: &str = "10000";

/// How far back samples are copied, microseconds: 6 hours.
const SAMPLES_AGE_MAX_US: i64 = 6 * 3600 * 1_000_000;

/// What of which table, without which nothing can be decided.
const NEEDED: [(&str, &str); 9] = [
    ("target", ""),
    ("job", ""),
    (
        "incident",
        "ORDER BY closed_us IS NULL DESC, incident_id IN (SELECT incident_id FROM told) DESC,
                  incident_id DESC LIMIT {rows}",
    ),
    ("watch", ""),
    ("told", ""),
    ("outbox", "WHERE outbox_id IN ({messages})"),
    ("outbox_item", "WHERE outbox_id IN ({messages})"),
    ("outbox_recipient", "WHERE outbox_id IN ({messages})"),
    (
        "acknowledgement",
        "WHERE incident_id IN (SELECT incident_id FROM incident WHERE closed_us IS NULL)",
    ),
];

/// What of which table messages show.
const SHOWN: [(&str, &str); 6] = [
    ("pack_version", ""),
    ("run", "WHERE run_id IN ({runs})"),
    ("slot", "WHERE run_id IN ({runs})"),
    ("finding", "WHERE run_id IN ({runs})"),
    ("series", "WHERE series_id IN ({series})"),
    (
        "sample",
        "WHERE series_id IN ({series}) AND time_us >= :since ORDER BY time_us DESC LIMIT {rows}",
    ),
];

const MESSAGES: &str = "SELECT outbox_id FROM outbox
  ORDER BY state IN ('open', 'sending', 'partly') DESC, outbox_id DESC LIMIT {rows}";

/// Of whatever is not simply ok, or was told.
const OBJECTS: &str = "SELECT job_id, object FROM watch UNION SELECT job_id, object FROM told
  UNION SELECT job_id, object FROM incident WHERE closed_us IS NULL";

const RUNS: &str = "SELECT latest_run_id FROM job WHERE job_id IN (SELECT job_id FROM ({objects}))";

const SERIES: &str = "SELECT series_id FROM series JOIN ({objects}) AS seen
  ON seen.job_id = series.job_id
 AND (seen.object = 'metric/' || series.metric
      OR substr(seen.object, 1, length(series.metric) + 8) = 'metric/' || series.metric || '{')";

/// Tables of which a copy is kept.
const FROZEN: [(&str, &str); 9] = [
    ("incident", "incident"),
    ("watch", "watch"),
    ("told", "told"),
    ("outbox", "outbox"),
    ("outbox_item", "outbox_item"),
    ("outbox_recipient", "outbox_recipient"),
    ("silence", "silence"),
    ("acknowledgement", "acknowledgement"),
    ("sequence", "sqlite_sequence"),
];

/// Fills the empty history `to`.
///
/// # Errors
/// What is needed cannot be read; `to` is as empty as before.
pub(super) fn copy(from: &Connection, to: &Connection, now_us: i64) -> rusqlite::Result<()> {
    // All of it at one moment.
    let moment = from.unchecked_transaction()?;
    let version: i64 = moment.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version != known_version(MIGRATIONS) {
        return Err(rusqlite::Error::InvalidQuery);
    }
    // A part of a history may refer to what is not in it.
    to.pragma_update(None, "foreign_keys", false)?;
    let copied = needed(&moment, to, now_us);
    if copied.is_ok() {
        // Without it messages say less.
        let _ = shown(&moment, to, now_us);
    }
    to.pragma_update(None, "foreign_keys", true)?;
    copied
}

fn needed(from: &Connection, to: &Connection, now_us: i64) -> rusqlite::Result<()> {
    let filling = to.unchecked_transaction()?;
    for (table, part) in NEEDED {
        copy_table(from, &filling, (table, part), now_us)?;
    }
    let mutes = "WHERE lifted_us IS NULL ORDER BY silence_id DESC LIMIT {rows}";
    copy_table(from, &filling, ("silence", mutes), now_us)?;
    // So that no number is given twice.
    filling.execute("DELETE FROM sqlite_sequence", [])?;
    copy_table(from, &filling, ("sqlite_sequence", ""), now_us)?;
    filling.commit()
}

fn shown(from: &Connection, to: &Connection, now_us: i64) -> rusqlite::Result<()> {
    let filling = to.unchecked_transaction()?;
    for (table, part) in SHOWN {
        copy_table(from, &filling, (table, part), now_us)?;
    }
    filling.commit()
}

fn copy_table(
    from: &Connection,
    to: &Connection,
    (table, part): (&str, &str),
    now_us: i64,
) -> rusqlite::Result<()> {
    let part = part
        .replace("{messages}", MESSAGES)
        .replace("{runs}", RUNS)
        .replace("{series}", SERIES)
        .replace("{objects}", OBJECTS)
        .replace("{rows}", ROWS_MAX);
    let mut select = from.prepare(&format!("SELECT * FROM {table} {part}"))?;
    let columns = select.column_count();
    let places = vec!["?"; columns].join(", ");
    let mut insert = to.prepare(&format!("INSERT INTO {table} VALUES ({places})"))?;
    if let Some(since) = select.parameter_index(":since")? {
        select.raw_bind_parameter(since, now_us.saturating_sub(SAMPLES_AGE_MAX_US))?;
    }
    let mut rows = select.raw_query();
    while let Some(row) = rows.next()? {
        let values = (0..columns)
            .map(|column| row.get::<_, Value>(column))
            .collect::<rusqlite::Result<Vec<_>>>()?;
        insert.execute(params_from_iter(values))?;
    }
    Ok(())
}

/// Of a file that cannot be read nothing is known, also not which numbers it has given. Those of messages
/// begin at the seconds since 1970, which none reaches by counting.
pub(super) fn begin_blind(conn: &Connection, now_us: i64) -> rusqlite::Result<()> {
    conn.execute("DELETE FROM sqlite_sequence", [])?;
    conn.execute(
        "INSERT INTO sqlite_sequence (name, seq) VALUES ('outbox', ?1), ('silence', ?1)",
        [now_us / 1_000_000],
    )
    .map(drop)
}

/// Keeps what the history begins with.
pub(super) fn freeze(conn: &Connection) -> rusqlite::Result<()> {
    // What a run was is not here for most jobs, and its number is given to another.
    conn.execute(
        "UPDATE job SET latest_run_id = NULL
         WHERE NOT EXISTS (SELECT 1 FROM run
                           WHERE run.run_id = job.latest_run_id AND run.job_id = job.job_id)",
        [],
    )?;
    conn.execute("ATTACH ':memory:' AS seed", [])?;
    for (copy, table) in FROZEN {
        conn.execute_batch(&format!(
            "CREATE TABLE seed.{copy} AS SELECT * FROM main.{table}"
        ))?;
    }
    Ok(())
}

/// As if it had begun with nothing: then everything happened since.
pub(super) fn forget(conn: &Connection) -> rusqlite::Result<()> {
    for (copy, _) in FROZEN {
        conn.execute(&format!("DELETE FROM seed.{copy}"), [])?;
    }
    Ok(())
}

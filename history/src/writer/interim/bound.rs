//! Keeps an interim history small, however long it lasts: of each job the newest run, of all series together
//! the newest samples.

use rusqlite::Connection;

/// Samples that are kept when there are too many, and when there are.
const SAMPLES_KEPT: i64 = 7_500;
const SAMPLES_MAX: i64 = 10_000;

/// After each group.
pub(super) fn keep_small(conn: &Connection) -> rusqlite::Result<()> {
    let pruning = conn.unchecked_transaction()?;
    pruning.execute(
        "DELETE FROM run WHERE run_id NOT IN
           (SELECT latest_run_id FROM job WHERE latest_run_id IS NOT NULL)",
        [],
    )?;
    let samples: i64 = pruning.query_row("SELECT count(*) FROM sample", [], |row| row.get(0))?;
    if samples > SAMPLES_MAX {
        pruning.execute(
            "DELETE FROM sample WHERE time_us <=
               (SELECT time_us FROM sample ORDER BY time_us DESC LIMIT 1 OFFSET ?1)",
            [SAMPLES_KEPT],
        )?;
        pruning.execute(
            "DELETE FROM series WHERE series_id NOT IN (SELECT series_id FROM sample)",
            [],
        )?;
    }
    pruning.commit()
}

/// Makes room at once: messages then say less.
pub(super) fn shed(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch(
        "BEGIN; DELETE FROM sample; DELETE FROM series; DELETE FROM run; DELETE FROM state;
         UPDATE job SET latest_run_id = NULL; COMMIT",
    )
}

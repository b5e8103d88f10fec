//! Ends the incidents of jobs that are not configured any more: nobody will ever say that they are well.

use std::collections::HashSet;

use rusqlite::{Connection, params};

/// Of so many of a job's newest runs one has to be a schedule's.
const NEWEST_RUNS: i64 = 20;

/// Only of jobs that a schedule has run lately: what somebody runs by cron, with another configuration, is not
/// the schedule's to end. A run by hand in between changes nothing.
pub(super) fn retire(
    conn: &Connection,
    configured: &[(String, String)],
    now_us: i64,
) -> rusqlite::Result<usize> {
    let configured: HashSet<(&str, &str)> = configured
        .iter()
        .map(|(target, job)| (target.as_str(), job.as_str()))
        .collect();
    let scheduled: Vec<(i64, String, String)> = conn
        .prepare(
            "SELECT DISTINCT job.job_id, target.name, job.name FROM watch
             JOIN job ON job.job_id = watch.job_id
             JOIN target ON target.target_id = job.target_id
             -- What a schedule looks at by itself has no slots; its target's jobs have.
             WHERE EXISTS (SELECT 1 FROM job AS other
                           WHERE (other.job_id = job.job_id
                                  OR (job.check_name LIKE 'checkrun/%'
                                      AND other.target_id = job.target_id))
                             AND EXISTS (SELECT 1
                                         FROM (SELECT run_id FROM run WHERE run.job_id = other.job_id
                                               ORDER BY started_us DESC LIMIT ?1) AS newest
                                         JOIN slot ON slot.run_id = newest.run_id))",
        )?
        .query_map([NEWEST_RUNS], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut close = conn.prepare(
        "UPDATE incident SET closed_us = ?2, closed_by = 'removal'
         WHERE job_id = ?1 AND closed_us IS NULL",
    )?;
    let mut forget = conn.prepare("DELETE FROM watch WHERE job_id = ?1")?;
    let mut ended = 0;
    for (job_id, target, job) in &scheduled {
        if !configured.contains(&(target.as_str(), job.as_str())) {
            ended += close.execute(params![job_id, now_us])?;
            forget.execute([job_id])?;
        }
    }
    Ok(ended)
}

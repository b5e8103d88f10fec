-- The newest run of a job is the one that was recorded last. By its start it was not: after the
-- machine's clock was set back, an old run stayed the newest until the clock had caught up.

-- Set by whoever writes a run, in the same transaction. A column and not an index on `run`, so that a
-- run does not cost another index entry. No foreign key: `run` is large and `job` has no index on this
-- column, and the view copes with a run that somebody has deleted.
ALTER TABLE job ADD COLUMN latest_run_id INTEGER;   -- NULL before the job's first run

UPDATE job SET latest_run_id = (SELECT max(run.run_id) FROM run WHERE run.job_id = job.job_id);

DROP VIEW v_latest;

-- Where the run is gone, the newest of those that are left. The id alone does not say so: SQLite gives
-- the highest one again once it is free, perhaps to another job's run. CROSS JOIN makes SQLite begin at
-- `job`, so that it reads one run of each and not all of them.
CREATE VIEW v_latest AS
SELECT run.run_id, run.started_us / 1e6 AS time, run.duration_us / 1e6 AS duration_seconds,
       target.name AS target, job.name AS job, job.check_name, run.status,
       CASE run.status WHEN 0 THEN 'ok' WHEN 1 THEN 'warning' WHEN 2 THEN 'unknown'
                       ELSE 'critical' END AS status_word,
       run.summary, run.reasons, run.failure_kind, run.failure_text,
       target.engine, target.labels AS target_labels,
       pack_version.name AS pack, pack_version.version AS pack_version,
       pack_version.sha256 AS pack_sha256,
       run.query_count, run.row_count, run.byte_count, run.cpu_us, run.memory_bytes,
       run.started_us, run.duration_us
FROM job
CROSS JOIN run
JOIN target ON target.target_id = job.target_id
LEFT JOIN pack_version ON pack_version.pack_version_id = run.pack_version_id
WHERE run.run_id = coalesce(
  (SELECT latest.run_id FROM run AS latest
   WHERE latest.run_id = job.latest_run_id AND latest.job_id = job.job_id),
  (SELECT max(rest.run_id) FROM run AS rest WHERE rest.job_id = job.job_id));

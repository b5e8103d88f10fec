-- The first layout: runs, their samples and findings, and what checks remember.
--
-- Tables keep times in microseconds since 1970-01-01T00:00:00Z (`…_us`) and statuses as
-- 0 ok, 1 warning, 2 unknown, 3 critical. The views at the end are the part that other programs
-- may rely on: plain columns, no functions, times in seconds.

CREATE TABLE schema_migration (
  version    INTEGER PRIMARY KEY,
  name       TEXT    NOT NULL,
  sha256     TEXT    NOT NULL,          -- of the SQL text that was run
  applied_us INTEGER NOT NULL
) STRICT;

-- Names are stored once; every other table refers to them by a small integer, which makes a sample
-- several times smaller than one that spells out where it comes from.

CREATE TABLE target (
  target_id INTEGER PRIMARY KEY,
  name      TEXT NOT NULL UNIQUE,
  engine    TEXT,                       -- NULL until the server has said what it is
  labels    TEXT NOT NULL CHECK (json_valid(labels))   -- object, keys sorted
) STRICT;

CREATE TABLE job (
  job_id     INTEGER PRIMARY KEY,
  name       TEXT    NOT NULL,
  target_id  INTEGER NOT NULL REFERENCES target,
  check_name TEXT    NOT NULL,          -- pack/check
  UNIQUE (name, target_id)
) STRICT;
CREATE INDEX job_by_target ON job (target_id);

CREATE TABLE pack_version (
  pack_version_id INTEGER PRIMARY KEY,
  name            TEXT NOT NULL,
  version         TEXT NOT NULL,
  sha256          TEXT NOT NULL,
  UNIQUE (sha256, name, version)
) STRICT;

CREATE TABLE run (
  run_id          INTEGER PRIMARY KEY,
  job_id          INTEGER NOT NULL REFERENCES job,
  pack_version_id INTEGER REFERENCES pack_version,     -- NULL when the pack could not be loaded
  started_us      INTEGER NOT NULL,
  duration_us     INTEGER NOT NULL,
  status          INTEGER NOT NULL CHECK (status BETWEEN 0 AND 3),
  summary         TEXT    NOT NULL,
  reasons         TEXT    NOT NULL,     -- array of {status, text, advice}, worst first
  failure_kind    TEXT,                 -- NULL when there is a report
  failure_text    TEXT,
  query_count     INTEGER NOT NULL,
  row_count       INTEGER NOT NULL,
  byte_count      INTEGER NOT NULL,
  cpu_us          INTEGER NOT NULL,
  memory_bytes    INTEGER NOT NULL,
  -- Unique, because a sample finds its run by (job, time). It also serves "the newest run of a job".
  UNIQUE (job_id, started_us)
) STRICT;
CREATE INDEX run_by_start ON run (started_us);

CREATE TABLE series (
  series_id INTEGER PRIMARY KEY,
  job_id    INTEGER NOT NULL REFERENCES job,
  metric    TEXT    NOT NULL,
  unit      TEXT    NOT NULL,           -- another unit is another series: the values do not compare
  labels    TEXT    NOT NULL CHECK (json_valid(labels)),   -- object, keys sorted
  UNIQUE (job_id, metric, labels, unit)
) STRICT;

-- Clustered by series, not by time. Measured with ten metrics a run, synced at each commit: appending
-- in time order writes 1.3 times as many runs a second (3,387 against 2,571, where a large
-- installation needs 17), but a question about one series then reads everybody's samples. In this
-- order a year of one series, among 10,000, is one range: half a second from a cold disk and 0.18 s
-- from memory for 525,600 samples, against five seconds through a rowid table with an index, at half
-- the bytes. The time is here and not only in `run`, so that samples may be kept longer than runs.
CREATE TABLE sample (
  series_id INTEGER NOT NULL REFERENCES series,
  time_us   INTEGER NOT NULL,           -- run.started_us
  value     REAL    NOT NULL,
  PRIMARY KEY (series_id, time_us)
) STRICT, WITHOUT ROWID;

-- An ordinary table, because a row may be many pages long, which a clustered one pays for dearly.
CREATE TABLE finding (
  finding_id INTEGER PRIMARY KEY,       -- ascending in the check's order within a run
  run_id     INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  key        TEXT    NOT NULL,
  severity   INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 3),
  title      TEXT    NOT NULL,
  detail     TEXT    NOT NULL,
  subject    TEXT,
  advice     TEXT,
  reference  TEXT,
  evidence   TEXT    NOT NULL           -- array of [name, value]
) STRICT;
CREATE INDEX finding_by_run ON finding (run_id);

-- What a job remembers from run to run. With the check's name, because a job may be given another
-- check, which must not find what the earlier one remembered.
CREATE TABLE state (
  job_id     INTEGER NOT NULL REFERENCES job,
  check_name TEXT    NOT NULL,
  key        TEXT    NOT NULL,
  value      TEXT    NOT NULL,
  PRIMARY KEY (job_id, check_name, key)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_run AS
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
FROM run
JOIN job ON job.job_id = run.job_id
JOIN target ON target.target_id = job.target_id
LEFT JOIN pack_version ON pack_version.pack_version_id = run.pack_version_id;

-- The newest run of every job. CROSS JOIN makes SQLite begin at `job`, so that it reads one run of
-- each and not all of them.
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
WHERE run.job_id = job.job_id
  AND run.started_us = (SELECT max(newest.started_us) FROM run AS newest
                        WHERE newest.job_id = job.job_id);

CREATE VIEW v_sample AS
SELECT sample.time_us / 1e6 AS time, target.name AS target, job.name AS job, job.check_name,
       series.metric, series.labels, series.unit, sample.value, sample.time_us
FROM sample
JOIN series ON series.series_id = sample.series_id
JOIN job ON job.job_id = series.job_id
JOIN target ON target.target_id = job.target_id;

CREATE VIEW v_finding AS
SELECT finding.finding_id, finding.run_id, run.started_us / 1e6 AS time, target.name AS target,
       job.name AS job, job.check_name, finding.key, finding.severity,
       CASE finding.severity WHEN 0 THEN 'ok' WHEN 1 THEN 'warning' WHEN 2 THEN 'unknown'
                             ELSE 'critical' END AS severity_word,
       finding.title, finding.detail, finding.subject, finding.advice, finding.reference,
       finding.evidence
FROM finding
JOIN run ON run.run_id = finding.run_id
JOIN job ON job.job_id = run.job_id
JOIN target ON target.target_id = job.target_id;

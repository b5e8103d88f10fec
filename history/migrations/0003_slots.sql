-- When a run of `checkrun schedule` should have begun, and what was skipped before it. A table of its
-- own: what a person starts has no slot, and no question about results has to step over it.
--
-- A skipped slot is no run: it says nothing about the database, and as the newest run of a job it
-- would hide what was seen last.

CREATE TABLE slot (
  run_id     INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE,
  due_us     INTEGER NOT NULL,          -- by the wall clock
  overlapped INTEGER NOT NULL,          -- slots since the run before that came while it still went on
  missed     INTEGER NOT NULL           -- slots since the run before that came while nobody looked
) STRICT;

CREATE VIEW v_slot AS
SELECT run.run_id, run.started_us / 1e6 AS time, target.name AS target, job.name AS job,
       slot.due_us / 1e6 AS due, (run.started_us - slot.due_us) / 1e6 AS late_seconds,
       slot.overlapped, slot.missed, run.started_us, slot.due_us
FROM slot
JOIN run ON run.run_id = slot.run_id
JOIN job ON job.job_id = run.job_id
JOIN target ON target.target_id = job.target_id;

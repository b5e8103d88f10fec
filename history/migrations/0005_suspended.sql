-- Slots that came while the job's target could not be reached, and nothing was run on it. They are told
-- with the run that comes next, as the other skipped ones are.

ALTER TABLE slot ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0;

DROP VIEW v_slot;

CREATE VIEW v_slot AS
SELECT run.run_id, run.started_us / 1e6 AS time, target.name AS target, job.name AS job,
       slot.due_us / 1e6 AS due, (run.started_us - slot.due_us) / 1e6 AS late_seconds,
       slot.overlapped, slot.missed, slot.suspended, run.started_us, slot.due_us
FROM slot
JOIN run ON run.run_id = slot.run_id
JOIN job ON job.job_id = run.job_id
JOIN target ON target.target_id = job.target_id;

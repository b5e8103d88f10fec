-- Incidents: the periods in which something about a job was not ok.
--
-- Severities are statuses: 1 warning, 3 critical.

CREATE TABLE incident (
  incident_id INTEGER PRIMARY KEY,
  job_id      INTEGER NOT NULL REFERENCES job,
  object      TEXT    NOT NULL,         -- metric/…, finding/…, verdict, judging
  severity    INTEGER NOT NULL CHECK (severity IN (1, 3)),   -- now, or when it closed
  peak        INTEGER NOT NULL CHECK (peak IN (1, 3)),       -- the worst it has been
  since_us    INTEGER NOT NULL,         -- the first bad run
  opened_us   INTEGER NOT NULL,         -- the run that confirmed it
  closed_us   INTEGER,                  -- NULL while it is open
  text        TEXT    NOT NULL,         -- of the newest bad run
  advice      TEXT
) STRICT;
CREATE UNIQUE INDEX incident_open ON incident (job_id, object) WHERE closed_us IS NULL;
CREATE INDEX incident_by_opening ON incident (opened_us);

-- What is known of whatever is not simply ok, so that a program that was killed goes on where it was.
CREATE TABLE watch (
  job_id   INTEGER NOT NULL REFERENCES job,
  object   TEXT    NOT NULL,
  phase    TEXT    NOT NULL CHECK (phase IN ('pending', 'firing', 'recovering')),
  severity INTEGER NOT NULL CHECK (severity IN (1, 3)),
  since_us INTEGER NOT NULL,
  count    INTEGER NOT NULL,            -- pending: bad in a row; recovering: good in a row
  worse    INTEGER NOT NULL,            -- firing: worse than the incident, in a row
  better   INTEGER NOT NULL,            -- firing: less bad than the incident, in a row
  PRIMARY KEY (job_id, object)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_incident AS
SELECT incident.incident_id, target.name AS target, job.name AS job, job.check_name, incident.object,
       incident.severity,
       CASE incident.severity WHEN 1 THEN 'warning' ELSE 'critical' END AS severity_word,
       CASE incident.peak WHEN 1 THEN 'warning' ELSE 'critical' END AS peak_word,
       incident.since_us / 1e6 AS since, incident.opened_us / 1e6 AS opened,
       incident.closed_us / 1e6 AS closed, incident.text, incident.advice,
       watch.phase, incident.peak, incident.since_us, incident.opened_us, incident.closed_us
FROM incident
JOIN job ON job.job_id = incident.job_id
JOIN target ON target.target_id = job.target_id
LEFT JOIN watch ON watch.job_id = incident.job_id AND watch.object = incident.object
               AND incident.closed_us IS NULL;

-- Who was told what, what is on its way, and what people have muted.
--
-- Nothing here says when a message is due: that follows from the incidents, from what was told and from
-- the messages before, so there is no timer that could be lost.

-- What each route knows of each object: what its last message said. No row: nothing, or that it is over.
CREATE TABLE told (
  route       TEXT    NOT NULL,
  job_id      INTEGER NOT NULL REFERENCES job,
  object      TEXT    NOT NULL,
  incident_id INTEGER NOT NULL REFERENCES incident,
  severity    INTEGER NOT NULL CHECK (severity IN (1, 3)),
  is_flapping INTEGER NOT NULL CHECK (is_flapping IN (0, 1)),   -- that it comes and goes
  PRIMARY KEY (route, job_id, object)
) STRICT, WITHOUT ROWID;
CREATE INDEX told_by_object ON told (job_id, object);

-- One row for each message. AUTOINCREMENT, because the id is part of the Message-ID, which nobody may
-- ever see twice for two mails.
CREATE TABLE outbox (
  outbox_id   INTEGER PRIMARY KEY AUTOINCREMENT,
  route       TEXT    NOT NULL,
  target_id   INTEGER REFERENCES target,    -- NULL: about several
  kind        TEXT    NOT NULL CHECK (kind IN ('news', 'reminder', 'storm', 'remedy')),
  thread      TEXT    NOT NULL,             -- of the first message about the same trouble
  created_us  INTEGER NOT NULL,
  -- open: nobody can have it yet, so it may still change; sending: being handed over, or the program was
  -- killed then; partly: somebody may have it, so it stays as it is; sent, failed: over
  state       TEXT    NOT NULL CHECK (state IN ('open', 'sending', 'partly', 'sent', 'failed')),
  attempts    INTEGER NOT NULL DEFAULT 0,
  next_us     INTEGER NOT NULL,             -- not before
  content     TEXT,                         -- as it is handed over; NULL while it may change
  error       TEXT,                         -- of the last attempt
  ended_us    INTEGER,
  fallback_of INTEGER REFERENCES outbox ON DELETE SET NULL   -- the message that this one stands in for
) STRICT;
CREATE INDEX outbox_unsent ON outbox (next_us) WHERE state IN ('open', 'sending', 'partly');
CREATE INDEX outbox_by_route ON outbox (route, created_us);
CREATE INDEX outbox_by_end ON outbox (ended_us) WHERE ended_us IS NOT NULL;
CREATE INDEX outbox_fallback ON outbox (fallback_of) WHERE fallback_of IS NOT NULL;

-- What a message is about.
CREATE TABLE outbox_item (
  outbox_id   INTEGER NOT NULL REFERENCES outbox ON DELETE CASCADE,
  job_id      INTEGER NOT NULL REFERENCES job,
  object      TEXT    NOT NULL,
  incident_id INTEGER NOT NULL REFERENCES incident,
  before      INTEGER CHECK (before IN (1, 3)),   -- what the route knew; NULL: nothing, or that it is over
  after       INTEGER CHECK (after IN (1, 3)),    -- what it knows once it has the message
  flapping    TEXT    CHECK (flapping IN ('begins', 'ends')),
  PRIMARY KEY (outbox_id, job_id, object)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_item_by_incident ON outbox_item (incident_id);

-- What became of a message, for everybody who is to have it.
CREATE TABLE outbox_recipient (
  outbox_id INTEGER NOT NULL REFERENCES outbox ON DELETE CASCADE,
  recipient TEXT    NOT NULL,
  fate      TEXT    NOT NULL CHECK (fate IN ('accepted', 'deferred', 'refused', 'uncertain')),
  said      TEXT,                           -- by the server
  PRIMARY KEY (outbox_id, recipient)
) STRICT, WITHOUT ROWID;

-- A mute that a person made. Matching is by globs, as in routes.
CREATE TABLE silence (
  silence_id INTEGER PRIMARY KEY AUTOINCREMENT,
  target     TEXT    NOT NULL,
  job        TEXT    NOT NULL,
  labels     TEXT    NOT NULL CHECK (json_valid(labels)),   -- object; values are globs
  starts_us  INTEGER NOT NULL,
  ends_us    INTEGER NOT NULL CHECK (ends_us > starts_us),
  author     TEXT    NOT NULL,
  comment    TEXT    NOT NULL,
  created_us INTEGER NOT NULL,
  lifted_us  INTEGER                        -- when somebody ended it early
) STRICT;

-- Somebody has taken an incident on. It no longer counts once the incident is worse than it was then,
-- unless it is sticky.
CREATE TABLE acknowledgement (
  incident_id INTEGER PRIMARY KEY REFERENCES incident,
  author      TEXT    NOT NULL,
  comment     TEXT    NOT NULL,
  created_us  INTEGER NOT NULL,
  until_us    INTEGER NOT NULL CHECK (until_us > created_us),
  severity    INTEGER NOT NULL CHECK (severity IN (1, 3)),
  is_sticky   INTEGER NOT NULL CHECK (is_sticky IN (0, 1))
) STRICT;

-- Why an incident closed, where it is not that all is well: its job is gone from the configuration.
ALTER TABLE incident ADD COLUMN closed_by TEXT CHECK (closed_by IN ('removal'));

-- What came before, and how often it comes and goes.
CREATE INDEX incident_by_object ON incident (job_id, object, opened_us);

CREATE VIEW v_notification AS
SELECT outbox.outbox_id, outbox.created_us / 1e6 AS created, outbox.route, target.name AS target,
       outbox.kind, outbox.state, outbox.attempts, outbox.next_us / 1e6 AS next,
       outbox.ended_us / 1e6 AS ended, outbox.error, outbox.fallback_of,
       (SELECT count(*) FROM outbox_item WHERE outbox_item.outbox_id = outbox.outbox_id) AS items,
       outbox.created_us, outbox.next_us, outbox.ended_us
FROM outbox
LEFT JOIN target ON target.target_id = outbox.target_id;

CREATE VIEW v_silence AS
SELECT silence_id, target, job, labels, starts_us / 1e6 AS starts, ends_us / 1e6 AS ends,
       author, comment, created_us / 1e6 AS created, lifted_us / 1e6 AS lifted,
       starts_us, ends_us, created_us, lifted_us
FROM silence;

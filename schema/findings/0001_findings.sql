-- The findings file, "<store>-findings": what the slow lane makes of the trail (anomalies, words, alerts). A file of its own, so
-- that writing it never holds up the log, and so that people can mark anomalies while capture runs.
-- Comments here are the data dictionary. JSON columns hold JSON text; times are RFC 3339, UTC, microseconds.

-- How far detection has read the trail; committed together with what it found there.
CREATE TABLE detection (
  detection_id  INTEGER PRIMARY KEY CHECK (detection_id = 1),
  round         INTEGER NOT NULL,       -- counts the times that it began anew, from 1
  entry_id      INTEGER NOT NULL,       -- the last ledger entry that was read; 0: none yet
  hash          BLOB NOT NULL,          -- its hash: findings of another store, or of one that was restored, are not believed
  read_to       TEXT,                   -- commit time of the last transaction that was read; null before the first
  mark_id       INTEGER NOT NULL,       -- the last mark that baselines know of
  zone          TEXT NOT NULL,          -- IANA name of the zone whose days and hours count
  watches       TEXT NOT NULL,          -- SHA-256 of the watches, thresholds and zone: with others, baselines begin anew
  baselines     TEXT NOT NULL,          -- JSON array: how far each watch has learned
  updated_at    TEXT NOT NULL
) STRICT;

-- What detectors remember: baselines, and what is under way.
CREATE TABLE detector_state (
  watch  TEXT NOT NULL,                 -- name of the watch
  key    TEXT NOT NULL,                 -- of what, for example a branch; '' for what it knows as a whole
  state  TEXT NOT NULL,                 -- JSON
  PRIMARY KEY (watch, key)
) STRICT, WITHOUT ROWID;

-- What stands out in the trail. Not part of the chain: it can be computed again.
CREATE TABLE anomaly (
  anomaly_row         INTEGER PRIMARY KEY,
  anomaly_id          TEXT NOT NULL UNIQUE,   -- UUIDv5 of watch, key and first evidence
  kind                TEXT NOT NULL,          -- name of the watch, for example shrinkage
  severity            TEXT NOT NULL CHECK (severity IN ('low', 'medium', 'high')),
  score               REAL NOT NULL,
  entity_type         TEXT NOT NULL,
  entity_id           TEXT NOT NULL,
  actor               TEXT,                   -- JSON {id, kind, grade}; null where it is nobody's
  from_time           TEXT NOT NULL,
  to_time             TEXT NOT NULL,
  detected_at         TEXT NOT NULL,
  reason              TEXT NOT NULL,          -- in plain words, English
  numbers             TEXT NOT NULL,          -- JSON object: baseline, samples, value
  state               TEXT NOT NULL CHECK (state IN ('open', 'expected', 'confirmed')),
  business_event_ids  TEXT NOT NULL,          -- JSON arrays: the evidence
  change_event_ids    TEXT NOT NULL,
  round               INTEGER NOT NULL        -- of detection that came upon it last
) STRICT;

-- What people said of anomalies. Baselines take it in.
CREATE TABLE anomaly_mark (
  mark_id     INTEGER PRIMARY KEY,
  anomaly_id  TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('open', 'expected', 'confirmed')),
  marked_by   TEXT NOT NULL,
  note        TEXT,
  marked_at   TEXT NOT NULL
) STRICT;
CREATE INDEX anomaly_mark_anomaly ON anomaly_mark (anomaly_id, mark_id);

-- The facts of a day as they were told, in words.
CREATE TABLE daily_summary (
  date               TEXT NOT NULL,           -- YYYY-MM-DD
  zone               TEXT NOT NULL,           -- IANA name of the zone whose day it is
  lang               TEXT NOT NULL CHECK (lang IN ('en', 'es')),
  facts              TEXT NOT NULL,           -- JSON: what the words rest on
  facts_hash         TEXT NOT NULL,           -- SHA-256 of facts: the same facts are worded once
  words              TEXT NOT NULL,
  worded_by          TEXT NOT NULL CHECK (worded_by IN ('model', 'rules')),
  fallback           TEXT,                    -- why a model's words were not used; null where they were, or none was asked
  model              TEXT,                    -- null: no model was asked
  prompt_version     INTEGER,
  prompt_hash        TEXT,                    -- SHA-256 of the prompt
  prompt_tokens      INTEGER,
  completion_tokens  INTEGER,
  latency_ms         REAL,
  written_at         TEXT NOT NULL,
  checked_at         TEXT NOT NULL,           -- the facts were last looked at right after this time
  PRIMARY KEY (date, zone, lang)
) STRICT, WITHOUT ROWID;

-- Why an anomaly is one, in words.
CREATE TABLE explanation (
  anomaly_id         TEXT NOT NULL,
  lang               TEXT NOT NULL CHECK (lang IN ('en', 'es')),
  zone               TEXT NOT NULL,           -- of the times that it tells
  told_of            TEXT NOT NULL,           -- the anomaly's time, severity, numbers and reason as they were then: one that goes on is explained again
  facts_hash         TEXT NOT NULL,           -- as above
  words              TEXT NOT NULL,
  worded_by          TEXT NOT NULL CHECK (worded_by IN ('model', 'rules')),
  fallback           TEXT,
  model              TEXT,
  prompt_version     INTEGER,
  prompt_hash        TEXT,
  prompt_tokens      INTEGER,
  completion_tokens  INTEGER,
  latency_ms         REAL,
  written_at         TEXT NOT NULL,
  PRIMARY KEY (anomaly_id, lang)
) STRICT, WITHOUT ROWID;

-- Every question to a model. It waits here until the writer of the trail has put it into the chain as an entry of kind 'model'.
CREATE TABLE model_call (
  model_call_id  TEXT PRIMARY KEY,            -- UUIDv7
  call           TEXT NOT NULL,               -- JSON: what for, provider, model, prompt version and hash, which try; never the prompt
  call_end       TEXT,                        -- JSON: outcome, tokens, latency; null while it is under way, or where its process died
  called_at      TEXT NOT NULL,
  is_in_chain    INTEGER NOT NULL CHECK (is_in_chain IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX model_call_waiting ON model_call (model_call_id) WHERE is_in_chain = 0;

-- What is told to the outside. Edge-triggered: one alert for one change of something.
CREATE TABLE alert (
  alert_id    INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id  TEXT NOT NULL UNIQUE,           -- UUID: the same however often it is sent, so that receivers recognise it
  alert_key   TEXT NOT NULL UNIQUE,           -- what it tells of and which change of it: the same is told once
  type        TEXT NOT NULL,                  -- for example anomaly.opened
  severity    TEXT NOT NULL CHECK (severity IN ('low', 'medium', 'high')),
  text        TEXT NOT NULL,                  -- one plain sentence
  data        TEXT NOT NULL,                  -- JSON object
  created_at  TEXT NOT NULL
) STRICT;
CREATE INDEX alert_created ON alert (created_at);

-- Which alert has reached whom.
CREATE TABLE alert_delivery (
  alert_id      INTEGER NOT NULL REFERENCES alert,
  receiver      TEXT NOT NULL,                -- webhook, syslog
  attempts      INTEGER NOT NULL,
  queued_at     TEXT NOT NULL,                -- since when it is tried: when it was put here, or told again
  next_at       TEXT,                         -- when it is tried again; null: delivered, or given up
  is_aside      INTEGER NOT NULL CHECK (is_aside IN (0, 1)),  -- 1: newer alerts may pass it until next_at
  delivered_at  TEXT,
  error         TEXT,                         -- of the last attempt that failed
  PRIMARY KEY (alert_id, receiver)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_delivery_waiting ON alert_delivery (receiver, alert_id) WHERE next_at IS NOT NULL;

-- Each receiver, and what it does not know yet.
CREATE TABLE alert_receiver (
  receiver   TEXT PRIMARY KEY,
  alert_id   INTEGER NOT NULL,                -- the last alert that was given a delivery to it: it is told of what comes after it was first set up
  lost       INTEGER NOT NULL,                -- alerts given up for it that it has not been told of
  lost_from  TEXT                             -- when the first of those was put; null: there is none
) STRICT, WITHOUT ROWID;

-- What alerts have told of, so that it is told once, also when the alert itself is gone.
CREATE TABLE alert_memory (
  subject  TEXT PRIMARY KEY,                  -- capture, disk, gaps, marks, summaries, verify, anomalies
  memory   TEXT NOT NULL                      -- JSON
) STRICT, WITHOUT ROWID;
CREATE TABLE anomaly_told (
  anomaly_id  TEXT PRIMARY KEY,
  severity    TEXT NOT NULL CHECK (severity IN ('low', 'medium', 'high')),  -- the highest that was told
  is_alone    INTEGER NOT NULL CHECK (is_alone IN (0, 1))                   -- 0: only counted among older ones
) STRICT, WITHOUT ROWID;

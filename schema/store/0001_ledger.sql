-- The trail: an append-only ledger of source transactions with what they changed and what that meant.
-- Comments here are the data dictionary. JSON columns hold canonical JSON text; times are RFC 3339, UTC, microseconds.

-- The server this store belongs to. One store, one source.
CREATE TABLE source (
  source_id   INTEGER PRIMARY KEY CHECK (source_id = 1),
  flavor      TEXT NOT NULL CHECK (flavor IN ('mysql', 'mariadb')),
  server_id   TEXT NOT NULL,          -- MySQL: server_uuid; MariaDB: server_id
  version     TEXT NOT NULL,          -- as first seen
  address     TEXT NOT NULL,          -- host:port as first configured
  client_id   INTEGER NOT NULL,       -- the replica server id that capture announces: random, then kept
  first_seen  TEXT NOT NULL
) STRICT;

-- One row per source transaction, one for each start, stop, gap, change of the server's settings or of the rules, and question to a model, one per chunk of a snapshot or of a replay. The hash chain.
-- A distributed (XA) transaction has two: 'prepared', then 'transaction' with its changes when it is committed, or 'voided' when it is rolled back.
-- hash = SHA-256(prev_hash, digests of its change events, then of its business events, then of those it supersedes, JSON array of the columns up to detail)
CREATE TABLE ledger_entry (
  entry_id        INTEGER PRIMARY KEY,  -- 1, 2, 3 … without holes
  kind            TEXT NOT NULL CHECK (kind IN ('transaction', 'start', 'stop', 'gap', 'config', 'snapshot', 'prepared', 'voided', 'replay', 'model')),
  transaction_id  TEXT UNIQUE,          -- GTID; of a snapshot's chunk 'snapshot:id:table:chunk'; of what Debezium posted 'debezium:connector:server:id', a later part of it with '#2', '#3' …; of a question to a model 'model:id'; else null
  timestamp       TEXT NOT NULL,        -- commit time of the transaction; of a snapshot's chunk, when its read was opened; else when the entry was made
  received_at     TEXT NOT NULL,        -- by the clock of this machine
  change_count    INTEGER NOT NULL,
  business_count  INTEGER NOT NULL,
  detail          TEXT NOT NULL,        -- JSON: why capture started, stopped, what a gap lacks, which settings blind us, which rule packs are in force with their text, which rows a snapshot's chunk holds and as of when; of a distributed transaction its id, what prepared it, how many changes wait and their digest; of a replay its packs, range and counts; of a question to a model what for, which model, the prompt's hash, tokens, time and outcome
  prev_hash       BLOB NOT NULL,
  hash            BLOB NOT NULL
) STRICT;
-- The few entries that are no transaction: costs a transaction nothing.
CREATE INDEX ledger_entry_note ON ledger_entry (kind, entry_id) WHERE kind <> 'transaction';

-- One row per row change, or per statement that the server logged as text.
-- digest = SHA-256(salt, JSON array of the columns seq … metadata). The salt lets a row image be erased later while the chain still verifies.
CREATE TABLE change_event (
  change_id     INTEGER PRIMARY KEY,
  entry_id      INTEGER NOT NULL REFERENCES ledger_entry DEFERRABLE INITIALLY DEFERRED,
  seq           INTEGER NOT NULL,       -- ordinal in the transaction, from 0
  event_id      TEXT NOT NULL UNIQUE,   -- UUIDv5 of table, primary key, transaction and seq
  source_db     TEXT NOT NULL,
  source_table  TEXT NOT NULL,          -- '' for a statement that names no single table
  source_pk     TEXT NOT NULL,          -- JSON object of the primary key's columns
  operation     TEXT NOT NULL CHECK (operation IN ('insert', 'update', 'delete', 'truncate', 'ddl', 'statement', 'snapshot')),
  before        TEXT,                   -- JSON object in the order of the columns; one that was not logged is absent
  after         TEXT,
  changed       TEXT NOT NULL,          -- JSON array of column names
  entity_type   TEXT NOT NULL,
  entity_id     TEXT NOT NULL,
  actor         TEXT NOT NULL,          -- JSON {id, kind, grade}
  metadata      TEXT NOT NULL,          -- JSON: statement text, tags, account, flags
  salt          BLOB NOT NULL,
  digest        BLOB NOT NULL,
  UNIQUE (entry_id, seq)
) STRICT;
CREATE INDEX change_event_entity ON change_event (entity_type, entity_id, change_id);
-- A list of one table, one operation or one type of entity reads, newest first, each combination that there is of the four.
CREATE INDEX change_event_table ON change_event (source_table, source_db, entity_type, operation, change_id);
-- Detection counts deletions by table; other changes cost this nothing.
CREATE INDEX change_event_deletion ON change_event (entry_id, source_db, source_table) WHERE operation = 'delete';

-- What row changes meant, by which rule. Events of a replay stand under the entry of the replay that wrote them.
-- digest = SHA-256(salt, JSON array of the columns ordinal … rule_version and the event_ids it rests on)
CREATE TABLE business_event (
  business_id        INTEGER PRIMARY KEY,
  entry_id           INTEGER NOT NULL REFERENCES ledger_entry DEFERRABLE INITIALLY DEFERRED,
  ordinal            INTEGER NOT NULL,  -- in the entry, from 0
  transaction_entry  INTEGER NOT NULL REFERENCES ledger_entry DEFERRABLE INITIALLY DEFERRED,  -- the entry of the transaction that it tells of: the same one, but in a replay
  business_event_id  TEXT NOT NULL,     -- UUIDv5 of rule, transaction and triggering change; a replay that corrects an event writes it again under the same id
  type               TEXT NOT NULL,
  entity_type        TEXT NOT NULL,
  entity_id          TEXT NOT NULL,
  occurred_at        TEXT NOT NULL,     -- business time
  payload            TEXT NOT NULL,     -- JSON object, in the order the rule gives
  confidence         REAL NOT NULL,
  actor              TEXT NOT NULL,
  rule_pack          TEXT NOT NULL,
  rule_name          TEXT NOT NULL,
  rule_version       INTEGER NOT NULL,
  salt               BLOB NOT NULL,
  digest             BLOB NOT NULL,
  UNIQUE (entry_id, ordinal),
  UNIQUE (business_event_id, entry_id)
) STRICT;
CREATE INDEX business_event_entity ON business_event (entity_type, entity_id, transaction_entry, business_id);
CREATE INDEX business_event_type ON business_event (type, entity_type, transaction_entry, business_id);
CREATE INDEX business_event_actor ON business_event (actor, transaction_entry, business_id);
CREATE INDEX business_event_transaction ON business_event (transaction_entry, business_id);

-- Business events that a replay found to be otherwise, or not to be: they stay, and no answer counts them any more.
CREATE TABLE business_event_superseded (
  business_id  INTEGER PRIMARY KEY REFERENCES business_event,
  entry_id     INTEGER NOT NULL REFERENCES ledger_entry DEFERRABLE INITIALLY DEFERRED  -- of the replay
) STRICT;

-- Lineage: the change events a business event rests on, in order; those of earlier transactions first.
CREATE TABLE business_event_change (
  business_id  INTEGER NOT NULL REFERENCES business_event,
  position     INTEGER NOT NULL,
  change_id    INTEGER NOT NULL REFERENCES change_event,
  PRIMARY KEY (business_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX business_event_change_change ON business_event_change (change_id);

-- The lineage that leads to changes of earlier transactions once more, by the entity of those changes: with it the story of an
-- entity is read newest first, however long it is. Follows from the tables above; verify compares.
CREATE TABLE business_event_earlier (
  entity_type        TEXT NOT NULL,
  entity_id          TEXT NOT NULL,
  transaction_entry  INTEGER NOT NULL,  -- of the business event
  business_id        INTEGER NOT NULL REFERENCES business_event,
  PRIMARY KEY (entity_type, entity_id, transaction_entry, business_id)
) STRICT, WITHOUT ROWID;

-- Distributed (XA) transactions that are prepared and wait for XA COMMIT or XA ROLLBACK. Not part of the trail, which holds only
-- what took effect: the rows go when the decision comes. Their count and digest are in their ledger_entry of kind 'prepared'.
CREATE TABLE prepared_transaction (
  entry_id  INTEGER PRIMARY KEY REFERENCES ledger_entry DEFERRABLE INITIALLY DEFERRED,
  xid       TEXT NOT NULL UNIQUE,       -- 'gtrid','bqual',formatID, as SQL writes it; X'…' where a part is not plain text
  salt      BLOB NOT NULL               -- goes with the rows, so that the digest that stays tells nothing of them
) STRICT;

-- digest = SHA-256(salt, for each change in order: seq, a space, change, a line feed)
CREATE TABLE prepared_change (
  entry_id  INTEGER NOT NULL,
  seq       INTEGER NOT NULL,           -- ordinal in the transaction, from 0
  change    TEXT NOT NULL,              -- the change event as JSON, normalized and masked; its event_id is that of the commit only once there is one
  PRIMARY KEY (entry_id, seq)
) STRICT;

-- Row changes that Debezium has posted one by one and that wait for the rest of their transaction, a second or two. Not part of the trail yet.
CREATE TABLE posted_change (
  posted_id       INTEGER PRIMARY KEY,
  feed            TEXT NOT NULL,        -- connector and server, which send one transaction after the other
  transaction_id  TEXT NOT NULL,        -- 'debezium:connector:server:' and what the database calls the transaction
  own_id          TEXT NOT NULL,        -- what the database calls it
  place           INTEGER,              -- ordinal in the transaction, where Debezium tells it
  event_id        TEXT NOT NULL UNIQUE,
  change          TEXT NOT NULL         -- the change event as JSON, normalized and masked
) STRICT;
CREATE INDEX posted_change_transaction ON posted_change (transaction_id);

-- Where the log has been read to, committed together with the events it covers.
CREATE TABLE checkpoint (
  checkpoint_id    INTEGER PRIMARY KEY CHECK (checkpoint_id = 1),
  gtid_set         TEXT NOT NULL,       -- ours; decides where reading resumes
  binlog_file      TEXT,                -- information only
  binlog_position  INTEGER,
  updated_at       TEXT NOT NULL
) STRICT;

-- What capture is doing now. Not part of the trail: overwritten in place.
CREATE TABLE capture_state (
  capture_state_id  INTEGER PRIMARY KEY CHECK (capture_state_id = 1),
  state             TEXT NOT NULL,
  since             TEXT NOT NULL,
  reason            TEXT,
  hint              TEXT,
  last_verified_at  TEXT,               -- last event or heartbeat from the server
  process_id        INTEGER NOT NULL
) STRICT;

-- The ledger only grows. (An attacker can drop a trigger; the hash chain is what convicts. This stops accidents.)
CREATE TRIGGER ledger_entry_keep BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_entry_fixed BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER change_event_keep BEFORE DELETE ON change_event BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER change_event_fixed BEFORE UPDATE ON change_event BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER business_event_keep BEFORE DELETE ON business_event BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER business_event_fixed BEFORE UPDATE ON business_event BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER business_event_superseded_keep BEFORE DELETE ON business_event_superseded BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER business_event_superseded_fixed BEFORE UPDATE ON business_event_superseded BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER business_event_earlier_keep BEFORE DELETE ON business_event_earlier BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER business_event_earlier_fixed BEFORE UPDATE ON business_event_earlier BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER business_event_change_keep BEFORE DELETE ON business_event_change BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER business_event_change_fixed BEFORE UPDATE ON business_event_change BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- What the rules say by now: business events that no replay has superseded, with the time and id of their transaction.
CREATE VIEW current_business_event AS
SELECT b.*, e.timestamp, e.transaction_id
FROM business_event b
JOIN ledger_entry e ON e.entry_id = b.transaction_entry
WHERE NOT EXISTS (SELECT 1 FROM business_event_superseded s WHERE s.business_id = b.business_id);

-- The canonical event in one row, with what the rules made of it (the first business event, if several rest on one change).
CREATE VIEW canonical_event AS
SELECT c.event_id, c.source_db, c.source_table, c.source_pk, c.operation, c.before, c.after, c.changed,
       e.timestamp, e.transaction_id, c.seq, c.entity_type, c.entity_id, c.actor, c.metadata,
       b.type AS business_event_type, b.payload AS business_payload, b.confidence
FROM change_event c
JOIN ledger_entry e USING (entry_id)
LEFT JOIN business_event b ON b.business_id =
  (SELECT min(l.business_id) FROM business_event_change l
   WHERE l.change_id = c.change_id
     AND NOT EXISTS (SELECT 1 FROM business_event_superseded s WHERE s.business_id = l.business_id));

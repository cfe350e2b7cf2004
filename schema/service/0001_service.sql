-- The service file, "<store>-service": what several processes write beside the one writer of the store.
-- Comments here are the data dictionary. Times are RFC 3339, UTC, microseconds.

-- Who read what of the trail. One row per reading, each hashed with the one before.
-- hash = SHA-256(prev_hash, JSON array of the columns access_id … duration_ms); before the first row, 32 zero bytes
CREATE TABLE access (
  access_id    INTEGER PRIMARY KEY,  -- 1, 2, 3 … without holes
  at           TEXT NOT NULL,
  face         TEXT NOT NULL CHECK (face IN ('http', 'mcp', 'cli')),
  reader       TEXT NOT NULL,        -- name of the token; 'local' where none was needed; of a command, the operating system's user
  address      TEXT,                 -- null: no network was used
  question     TEXT NOT NULL,        -- name of the question, or export, ingest; 'lost_readings': as many as in items could not be kept
  input        TEXT NOT NULL,        -- JSON object
  outcome      TEXT NOT NULL,        -- ok, or the error's code
  items        INTEGER,              -- in the answer; null where it has no list
  duration_ms  REAL NOT NULL,
  hash         BLOB NOT NULL
) STRICT;
CREATE INDEX access_reader ON access (reader, access_id);

-- (An attacker can drop a trigger; the hashes are what convicts. This stops accidents.)
CREATE TRIGGER access_keep BEFORE DELETE ON access BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
CREATE TRIGGER access_fixed BEFORE UPDATE ON access BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;

-- Tokens of the service. Kept after they expire or are revoked: the access log names them.
CREATE TABLE token (
  token_id    INTEGER PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE,
  digest      BLOB NOT NULL,         -- SHA-256 of the token; enough, because a token is 32 random bytes
  scopes      TEXT NOT NULL,         -- JSON array of read, export, admin
  created_at  TEXT NOT NULL,
  expires_at  TEXT,                  -- null: does not expire
  revoked_at  TEXT
) STRICT;
CREATE TRIGGER token_keep BEFORE DELETE ON token BEGIN SELECT RAISE(ABORT, 'tokens are revoked, not deleted'); END;

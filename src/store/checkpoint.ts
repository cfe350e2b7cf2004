// store: the table checkpoint. Where the log has been read to; written in the same transaction as what it covers.
import type Database from "better-sqlite3";
import type { Checkpoint } from "../model/raw-transaction.ts";

export function prepareCheckpoint(db: Database.Database) {
  return {
    put: db.prepare<[Checkpoint & { updated_at: string }]>(
      `INSERT INTO checkpoint (checkpoint_id, gtid_set, binlog_file, binlog_position, updated_at)
       VALUES (1, @gtid_set, @binlog_file, @binlog_position, @updated_at)
       ON CONFLICT DO UPDATE SET gtid_set = excluded.gtid_set, binlog_file = excluded.binlog_file,
         binlog_position = excluded.binlog_position, updated_at = excluded.updated_at`,
    ),
    get: db.prepare<[], Checkpoint & { updated_at: string }>(
      "SELECT gtid_set, binlog_file, binlog_position, updated_at FROM checkpoint",
    ),
  };
}

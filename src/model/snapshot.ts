// A baseline: the rows of a table as one consistent read found them, kept in the ledger before, between and after what the log tells.

/**
 * Which moment of the source a consistent read shows. Every transaction of `gtid_set` is contained in what was read;
 * none outside `gtid_set_max` is. Of those between, nobody can say. Equal sets: the read is of exactly that moment.
 */
export interface SnapshotAnchor {
  gtid_set: string;
  /** null where the table's engine has no consistent read: rows may then be as new as the moment each was read. */
  gtid_set_max: string | null;
  /** The server's clock just before the read was opened, RFC 3339, UTC. */
  read_at: string;
}

export interface TableName {
  database: string;
  table: string;
}

/** A primary key, column by column: a number by its digits, bytes in hexadecimal, everything else as the server's text. */
export type SnapshotKey = (string | { $number: string } | { $hex: string })[];

/** Detail of a `snapshot` entry that holds rows. */
export interface SnapshotChunk {
  phase: "chunk";
  snapshot_id: string;
  /** database.table */
  table: string;
  gtid_set: string;
  gtid_set_max: string | null;
  /** From 1. */
  chunk: number;
  /** Primary key of the first and last row, in the order of the key; null where the table was not read by key. */
  from_key: SnapshotKey | null;
  to_key: SnapshotKey | null;
  /** The server's own estimate of the table's rows when it was read. */
  of: number;
  /** True on the table's last chunk: the baseline of the table is complete. */
  last: boolean;
}

/** Where a table's newest baseline stands. */
export interface BaselineProgress {
  snapshot_id: string;
  chunks: number;
  rows: number;
  complete: boolean;
  to_key: SnapshotKey | null;
}

/** A table's newest baseline, as answers show it. */
export interface Baseline extends Omit<BaselineProgress, "to_key"> {
  /** database.table */
  table: string;
  /** The anchor of its oldest chunk, which is the one that holds for all of it; later chunks may be newer. */
  gtid_set: string;
  read_at: string;
}

export function fullName({ database, table }: TableName): string {
  return `${database}.${table}`;
}

// What capture hands on: a committed source transaction, whole, as plain data that could cross a thread.

export interface RawColumn {
  name: string;
  /** SQL type as the log tells it, for example `float`, `decimal(10,2)`, `enum('a','b')`. */
  sqlType: string;
  /** null for numbers, times and binary strings. */
  charset: string | null;
}

/** Bytes with no text of their own, or none that is certain, and what it takes to read them one day. */
export interface RawBytes {
  bytes: Buffer;
  /** SQL type of the column. */
  type: string;
  /** Of a text that is none in its character set. */
  charset?: string;
  /** Id of a text's collation that is not known. */
  collation?: number;
  /** Spatial reference system of a GEOMETRY, whose bytes are then well-known binary. */
  srid?: number;
}

/** Column name to decoded value: string, number, Buffer of a binary column, numbers of a VECTOR, RawBytes, or null. A column that was not logged is absent. */
export type RawRow = Record<string, unknown>;

export interface RawTable {
  database: string;
  table: string;
  columns: readonly RawColumn[];
  primaryKey: readonly string[];
}

export interface RawRowChange {
  kind: "row";
  /** `snapshot`: no change, but a row as a consistent read found it. */
  operation: "insert" | "update" | "delete" | "snapshot";
  table: RawTable;
  before: RawRow | null;
  after: RawRow | null;
}

/** A statement the server logs as text: DDL, TRUNCATE, account management. */
export interface RawStatement {
  kind: "statement";
  database: string;
  sql: string;
  /** Rows changed in statement format: which ones, the log does not say. */
  changesRows?: true;
}

export type RawChangeEvent = RawRowChange | RawStatement;

export interface RawTransaction {
  gtid: string;
  /** Commit time, RFC 3339, UTC. */
  timestamp: string;
  /** When the commit marker reached us, by our clock. */
  receivedAt: string;
  /** The time that the session pretended it was, where that cannot be true. */
  sessionClock?: string;
  /** The server's connection id, from the BEGIN of the transaction; null where the log does not carry it. */
  connectionId: number | null;
  /** Ordinal of `events[0]`: 0, or more when the events before it were handed on as parts. */
  firstSeq: number;
  events: readonly RawChangeEvent[];
}

/** Events of a large transaction that is not committed yet. */
export interface RawTransactionPart {
  gtid: string;
  firstSeq: number;
  events: readonly RawChangeEvent[];
}

/** Where the log has been read to. The GTID set decides; file and position are information. */
export interface Checkpoint {
  gtid_set: string;
  binlog_file: string | null;
  binlog_position: number | null;
}

/** One hand-over from capture: whole transactions in commit order, and the checkpoint that covers them. */
export interface RawBatch {
  transactions: readonly RawTransaction[];
  checkpoint: Checkpoint;
}

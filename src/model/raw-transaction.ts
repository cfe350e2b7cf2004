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

/** What an application wrote about itself into the comment at the end of its statement. Anyone who writes statements may write anything here. */
export type StatementTags = Readonly<Record<string, string>>;

export interface RawRowChange {
  kind: "row";
  /** `snapshot`: no change, but a row as a consistent read found it. */
  operation: "insert" | "update" | "delete" | "snapshot";
  table: RawTable;
  before: RawRow | null;
  after: RawRow | null;
  /** One object for all rows of a statement; absent where the log does not carry its text, or the text no tags. */
  tags?: StatementTags;
}

/** A statement the server logs as text: DDL, TRUNCATE, account management. */
export interface RawStatement {
  kind: "statement";
  database: string;
  sql: string;
  tags?: StatementTags;
  /** Rows changed in statement format: which ones, the log does not say. */
  changesRows?: true;
}

export type RawChangeEvent = RawRowChange | RawStatement;

/** On which connection a transaction was made. */
export interface RawOrigin {
  /** The id that the server where it was made gave the connection; null where the log has not told it (yet). */
  connectionId: number | null;
  /** `user@host` that was seen logged in on that connection; absent where that is not known. */
  account?: string;
}

export interface RawTransaction extends RawOrigin {
  gtid: string;
  /** Commit time, RFC 3339, UTC. */
  timestamp: string;
  /** When the commit marker reached us, by our clock. */
  receivedAt: string;
  /** The time that the session pretended it was, where that cannot be true. */
  sessionClock?: string;
  /** Ordinal of `events[0]`: 0, or more when the events before it were handed on as parts. */
  firstSeq: number;
  events: readonly RawChangeEvent[];
  /** Of a distributed transaction in two phases; one that is committed in one phase is a transaction like any other. */
  xa?: XaStep;
}

/** `prepare` brings the rows, which take effect with `commit` or never: a later transaction with a GTID of its own, without events. */
export interface XaStep {
  step: "prepare" | "commit" | "rollback";
  /** `'gtrid','bqual',formatID`, a part in hexadecimal where it is not plain text. */
  xid: string;
}

/** Events of a large transaction that is not committed yet. */
export interface RawTransactionPart extends RawOrigin {
  gtid: string;
  firstSeq: number;
  events: readonly RawChangeEvent[];
  /** Of a distributed transaction: only its end will tell whether it is committed or prepared. */
  xid?: string;
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

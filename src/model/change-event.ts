// The canonical change event: one row change (or one statement that erased or altered rows without logging them, or one
// row as a snapshot found it).
// Property names are the field names everywhere: in TypeScript, SQL, JSON and the docs.
import type { JsonObject, JsonValue } from "../lib/canonical-json.ts";

export const operations = ["insert", "update", "delete", "truncate", "ddl", "statement", "snapshot"] as const;
export type Operation = (typeof operations)[number];

/** Column name to value. A column that the server did not log is absent, which is not the same as null. */
export type RowImage = { [column: string]: JsonValue };

/**
 * How we know who did it, the strongest first. `tag`: the statement's own comment names the user. `column`: this change wrote
 * the column that names the user. `account`: the database account that was seen logged in on the connection of the
 * transaction, which many people may share. `unwritten_column`: the row names a user, but this change left that column as
 * it was, so it may be the one before. `unknown`: nothing we read says who.
 */
export const actorGrades = ["tag", "column", "account", "unwritten_column", "unknown"] as const;
export type ActorGrade = (typeof actorGrades)[number];

/** Who did it, and how sure we are. `unknown` is an answer; a guess is not. */
export interface Actor {
  id: string | null;
  kind: "app_user" | "db_account" | "unknown";
  grade: ActorGrade;
}

export const unknownActor: Actor = { id: null, kind: "unknown", grade: "unknown" };

export interface ChangeEvent {
  /** UUIDv5 of source table, primary key, transaction id and sequence: the same row change has the same id for ever. */
  event_id: string;
  source_db: string;
  source_table: string;
  /** Primary key columns of the row; {} where the table has none. */
  source_pk: RowImage;
  operation: Operation;
  before: RowImage | null;
  after: RowImage | null;
  /** Columns whose value differs between before and after; every column of an insert or delete. */
  changed: string[];
  /** Commit time of the transaction, RFC 3339, UTC; of a row of a snapshot, when its read was opened. */
  timestamp: string;
  /** The GTID of the source transaction; of a row of a snapshot, `snapshot:<id>:<database>.<table>:<chunk>`, which is no transaction. */
  transaction_id: string;
  /** Ordinal in the transaction, from 0. */
  seq: number;
  entity_type: string;
  entity_id: string;
  actor: Actor;
  metadata: JsonObject;
}

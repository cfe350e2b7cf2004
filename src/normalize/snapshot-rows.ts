// normalize: rows as a consistent read found them -> ChangeEvent[] with operation `snapshot`. By the same functions as the
// log's rows, so that values, entity, actor and masking are the same.
import type { JsonObject } from "../lib/canonical-json.ts";
import { type ChangeEvent, unknownActor } from "../model/change-event.ts";
import type { EntityMapping } from "../model/entity-mapping.ts";
import type { RawRow, RawTable } from "../model/raw-transaction.ts";
import { fullName, type SnapshotAnchor, type SnapshotChunk } from "../model/snapshot.ts";
import { normalizeTransaction } from "./change-events.ts";

export interface SnapshotRows {
  table: RawTable;
  rows: readonly RawRow[];
  anchor: SnapshotAnchor;
}

/** The name of a chunk; stands where a change has its GTID. */
export function chunkName(chunk: Pick<SnapshotChunk, "snapshot_id" | "table" | "chunk">): string {
  return `snapshot:${chunk.snapshot_id}:${chunk.table}:${chunk.chunk}`;
}

/**
 * Each event is the state of its row no older than `gtid_set`: it contains every transaction of that set and none outside
 * `gtid_set_max`. It is not a change, so nobody did it and nothing is inferred from it.
 */
export function normalizeSnapshot(
  { table, rows, anchor }: SnapshotRows,
  id: string,
  chunk: number,
  mapping: EntityMapping,
): ChangeEvent[] {
  const { gtid_set, gtid_set_max, read_at } = anchor;
  const events = rows.map((after) => ({ kind: "row", operation: "snapshot", table, before: null, after }) as const);
  const gtid = chunkName({ snapshot_id: id, table: fullName(table), chunk });
  const snapshot: JsonObject = { id, gtid_set, gtid_set_max };
  return normalizeTransaction(
    { gtid, timestamp: read_at, receivedAt: read_at, connectionId: null, firstSeq: 0, events },
    mapping,
  ).map((event) => ({
    ...event,
    changed: [],
    actor: unknownActor,
    metadata: { ...event.metadata, snapshot },
  }));
}

// A stored change seen with a mapping of now is what normalize would have made of it with that mapping, but for what was
// masked when it was stored.
import { describe, expect, it } from "vitest";
import type { ChangeEvent } from "../../../src/model/change-event.ts";
import { noMapping, type TableMapping } from "../../../src/model/entity-mapping.ts";
import type { RawTransaction } from "../../../src/model/raw-transaction.ts";
import { normalizeTransaction } from "../../../src/normalize/change-events.ts";
import { remapChange } from "../../../src/normalize/remap-change.ts";

const mapping: TableMapping = {
  entity_type: "order",
  id_columns: ["shop", "id"],
  actor_column: "clerk",
  mask_columns: ["card"],
};
const column = (name: string) => ({ name, sqlType: "varchar", charset: "utf8mb4" });
const table = {
  database: "shop",
  table: "orders",
  columns: ["id", "shop", "clerk", "card"].map(column),
  primaryKey: ["id"],
} as RawTransaction["events"][number] extends { table: infer Table } ? Table : never;
const before = { id: "7", shop: "A", clerk: "mia", card: "4111" };

function transactionOf(tags?: Record<string, string>): RawTransaction {
  const after = { ...before, clerk: "tom", card: "4222" };
  const rows = [
    { kind: "row", operation: "insert", table, before: null, after: before, tags },
    { kind: "row", operation: "update", table, before, after, tags },
    { kind: "row", operation: "delete", table, before: after, after: null, tags },
  ];
  const events = rows as unknown as RawTransaction["events"];
  const times = { timestamp: "2026-01-05T09:00:00.000000Z", receivedAt: "2026-01-05T09:00:00.000000Z" };
  return { gtid: "u:1", ...times, connectionId: 3, account: "app@%", firstSeq: 0, events };
}

function withoutNote(change: ChangeEvent): ChangeEvent {
  const { unmapped: _, ...metadata } = change.metadata;
  return { ...change, metadata };
}

describe("a stored change", () => {
  it.each([[undefined], [{ user_id: "42" }]])("of an unmapped table is as the mapping says (tags %j)", (tags) => {
    const options = { valueBytesMax: 1_000, actorTags: ["user_id"] };
    const stored = normalizeTransaction(transactionOf(tags), noMapping, options);
    const remapped = stored.map((change) => withoutNote(remapChange(change, mapping, options.actorTags)));
    expect(remapped).toEqual(normalizeTransaction(transactionOf(tags), () => mapping, options));
    expect(remapped[0]).toMatchObject({ entity_type: "order", entity_id: "A/7", after: { card: "[REDACTED]" } });
  });

  it("stays as it is where no pack maps its table", () => {
    const [stored] = normalizeTransaction(transactionOf(), noMapping);
    expect(remapChange(stored!, undefined, [])).toBe(stored);
  });
});

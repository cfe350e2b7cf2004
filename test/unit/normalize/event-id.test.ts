// The id of a change event: the same for ever, and another one for every other change.
import { v5 as uuidv5 } from "uuid";
import { describe, expect, it } from "vitest";
import { createEventId } from "../../../src/normalize/event-id.ts";

const change = { source_db: "shop", source_table: "sales", source_pk: { id: 1 }, transaction_id: "u:1", seq: 0 };

describe("createEventId", () => {
  it("is in the namespace uuidv5('cdc', DNS)", () => {
    const cdcNamespace = uuidv5("cdc", "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    expect(createEventId(change)).toBe(uuidv5('["shop","sales",{"id":1},"u:1",0]', cdcNamespace));
  });

  it("never changes: this id is in stores that exist", () => {
    expect(createEventId(change)).toBe("cfd3ef98-2903-5bb4-833b-353a0fc7ee36");
  });

  it("does not depend on the order of the key's columns", () => {
    const key = (source_pk: Record<string, number>) => createEventId({ ...change, source_pk });
    expect(key({ a: 1, b: 2 })).toBe(key({ b: 2, a: 1 }));
  });

  it("differs by database, table, key, type of key, transaction and ordinal", () => {
    const others = [
      {},
      { source_db: "shop2" },
      { source_table: "sale" },
      { source_db: "shops", source_table: "ales" },
      { source_pk: { id: 2 } },
      { source_pk: { id: "1" } },
      { source_pk: {} },
      { transaction_id: "u:2" },
      { seq: 1 },
    ];
    expect(new Set(others.map((other) => createEventId({ ...change, ...other }))).size).toBe(others.length);
  });
});

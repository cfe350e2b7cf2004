// Rows of a snapshot as change events: masked and mapped like the log's, but nobody's change, and never without their anchor.
import { expect, it } from "vitest";
import { normalizeSnapshot } from "../../../src/normalize/snapshot-rows.ts";
import { tableOf } from "../../support/raw-rows.ts";

const anchor = { gtid_set: "0-1-5", gtid_set_max: "0-1-7", read_at: "2026-03-01T12:00:00.000000Z" };
const mapping = () => ({
  entity_type: "user",
  id_columns: ["id"],
  actor_column: "by",
  mask_columns: ["secret"],
});

it("keeps the state of a row, with what it contains and by whom it is not known", () => {
  const rows = [{ id: 1, secret: "s3cret", by: 9 }];
  const [event, ...more] = normalizeSnapshot(
    { table: tableOf(["id", "secret", "by"]), rows, anchor },
    "s1",
    3,
    mapping,
  );
  expect(more).toEqual([]);
  expect(event).toMatchObject({
    operation: "snapshot",
    before: null,
    changed: [],
    entity_type: "user",
    entity_id: "1",
    actor: { id: null, kind: "unknown" },
    timestamp: anchor.read_at,
    transaction_id: "snapshot:s1:shop.users:3",
    metadata: { snapshot: { id: "s1", gtid_set: "0-1-5", gtid_set_max: "0-1-7" } },
  });
  expect({ ...event?.after }).toEqual({ id: 1, secret: "[REDACTED]", by: 9 });
});

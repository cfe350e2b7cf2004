// The actor of a business event: the best known one of the changes it rests on.
import { describe, expect, it } from "vitest";
import { compileDescription } from "../../../src/infer/describe-event.ts";
import { type Actor, type ChangeEvent, unknownActor } from "../../../src/model/change-event.ts";

const describeEvent = compileDescription(
  {
    name: "sale",
    version: 1,
    type: "sale.completed",
    confidence: 1,
    on: { table: "sales", operation: "insert" },
    group: {},
    absent: [],
    preceded_by: {},
    examples: [],
    payload: {},
  },
  { pack: "shop", name: "sale", version: 1 },
  () => {},
);

function change(seq: number, actor: Actor): ChangeEvent {
  return {
    event_id: `e${seq}`,
    source_db: "shop",
    source_table: "sales",
    source_pk: {},
    operation: "insert",
    before: null,
    after: {},
    changed: [],
    timestamp: "2026-01-05T09:00:00.000000Z",
    transaction_id: "source:7",
    seq,
    entity_type: "sale",
    entity_id: "1",
    actor,
    metadata: {},
  };
}

describe("the actor of a business event", () => {
  const tagged: Actor = { id: "7", kind: "app_user", grade: "tag" };
  const cashier: Actor = { id: "9", kind: "app_user", grade: "column" };
  const account: Actor = { id: "shop@10.0.0.5", kind: "db_account", grade: "account" };
  const earlier: Actor = { id: "4", kind: "app_user", grade: "unwritten_column" };

  it.each<[string, Actor, Actor, Actor]>([
    ["is a grouped change's, where the trigger has only the account that all of them share", account, cashier, cashier],
    ["is a grouped change's tag, before the trigger's column", cashier, tagged, tagged],
    ["is the account, before a column that was not written", earlier, account, account],
    ["is the trigger's, of two equally well known", cashier, { ...cashier, id: "5" }, cashier],
    ["is a column that was not written, before nothing", unknownActor, earlier, earlier],
    ["is unknown, where nobody knows", unknownActor, unknownActor, unknownActor],
  ])("%s", (_, trigger, grouped, expected) => {
    expect(describeEvent(change(0, trigger), [change(1, unknownActor), change(2, grouped)], [], {}).actor).toEqual(
      expected,
    );
  });
});

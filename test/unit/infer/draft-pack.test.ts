// A first rule pack from a schema: what it makes of tables, parts, statuses and names; it always passes the check.
import { describe, expect, it } from "vitest";
import { draftPack } from "../../../src/infer/draft-pack.ts";
import { parseRulePack } from "../../../src/infer/rule-pack.ts";
import type { SchemaColumn, SchemaForeignKey, SchemaTable } from "../../../src/model/source-schema.ts";

function column(name: string, dataType = "int", values: string[] | null = null): SchemaColumn {
  return { name, dataType, columnType: dataType, values };
}

function table(name: string, columns: SchemaColumn[], foreignKeys: SchemaForeignKey[] = []): SchemaTable {
  return { name, columns, primaryKey: columns.slice(0, 1).map((first) => first.name), foreignKeys };
}

function key(from: string, referencedTable: string, to = from): SchemaForeignKey {
  return { columns: [from], referencedTable, referencedColumns: [to] };
}

/** The pack of such tables, which passes the check, and its text. */
function draft(tables: SchemaTable[], database = "shop", notes: string[] = []) {
  const text = draftPack({ database, tables, notes });
  return { text, pack: parseRulePack(text, "draft.yaml") };
}

const orders = table("orders", [
  column("order_id"),
  column("order_status", "enum", ["2nd try", "OPEN", "PAID"]),
  column("created_at", "datetime"),
  column("ordered_at", "datetime"),
  column("created_by"),
  column("updated_by"),
  column("api_token", "varchar"),
]);
const lines = table(
  "order_lines",
  [column("line_id"), column("order_id"), column("quantity")],
  [key("order_id", "orders")],
);

describe("a draft", () => {
  it("groups the lines of an order with it, and gives them its entity", () => {
    const { pack } = draft([orders, lines]);
    expect(pack.entities["order_lines"]).toMatchObject({ entity: "order", id: ["order_id"] });
    const created = pack.rules.find(({ type }) => type === "order.created");
    expect(created?.group["lines"]).toMatchObject({ table: "order_lines", match: { order_id: "order_id" } });
    expect(created?.payload["lines"]).toContain("quantity");
  });

  it("tells what a status became, value by value, under names that a type may have", () => {
    const types = draft([orders]).pack.rules.map(({ type }) => type);
    expect(types).toEqual(["order.created", "order.order_status_2nd_try", "order.open", "order.paid"]);
  });

  it("tells any change of a status whose values nobody could read", () => {
    const { pack } = draft([table("tickets", [column("id"), column("state", "varchar")])]);
    expect(pack.rules.map(({ type, on }) => [type, on.changed])).toEqual([
      ["ticket.created", undefined],
      ["ticket.state_changed", ["state"]],
    ]);
  });

  it("masks secrets and says which other columns may name the user or the time", () => {
    const { text, pack } = draft([orders]);
    expect(pack.entities["orders"]?.mask).toEqual(["api_token"]);
    expect(text).toMatch(/or is the actor in \w+\?/);
    expect(text).toMatch(/occurred_at: after\.\w+ # or \w+\?/);
  });

  it("names each event once", () => {
    const two = column("delivery_state", "enum", ["OPEN"]);
    const types = draft([{ ...orders, columns: [...orders.columns, two] }]).pack.rules.map(({ type }) => type);
    expect(types).toContain("order.open");
    expect(types).toContain("order.open_2");
  });

  it("gives each table a word of its own", () => {
    const plain = (name: string) => table(name, [column("id"), column("title", "varchar")]);
    const { pack } = draft([plain("order"), plain("orders"), plain("ORDERS")]);
    expect(Object.values(pack.entities).map(({ entity }) => entity)).toEqual(["order", "orders", "orders_2"]);
  });

  it("takes a key that begins with that of the whole for a part, but no part of a part", () => {
    const seats: SchemaTable = { ...table("seats", [column("hall_id"), column("number")], [key("hall_id", "halls")]) };
    const inside = { ...seats, primaryKey: ["hall_id", "number"] };
    const stains = table("seats_stains", [column("stain_id"), column("hall_id")], [key("hall_id", "seats")]);
    const { pack } = draft([table("halls", [column("hall_id"), column("name", "varchar")]), inside, stains]);
    expect(pack.entities["seats"]?.entity).toBe("hall");
    expect(pack.entities["seats_stains"]?.entity).toBe("seats_stain");
  });

  it("leaves out what has no key or is machinery, and says so; an empty database gives an empty pack", () => {
    const { text, pack } = draft([{ ...orders, primaryKey: [] }, table("schema_migrations", [column("version")])]);
    expect(pack.rules).toEqual([]);
    expect(text).toContain("orders has no primary key");
    expect(text).toContain("schema_migrations looks like machinery");
    expect(draft([]).text).toContain("rules: []");
  });

  it("survives names that are YAML, CEL or worse", () => {
    const hostile = table(
      "no",
      [
        column("in"),
        column("true", "varchar"),
        column("a b'\"\\", "varchar"),
        column("state", "enum", ["it's", "ñ", ""]),
      ],
      [],
    );
    const parts = ["no_map", "no_row", "no_1", "no_in"].map((name) =>
      table(name, [column("id"), column("in"), column("x", "varchar")], [key("in", "no", "in")]),
    );
    const { text, pack } = draft([hostile, ...parts], "null", ["a note\nwith: a line"]);
    expect(pack.database).toBe("null");
    expect(pack.entities["no"]?.id).toEqual(["in"]);
    expect(text).toContain("# a note with: a line");
  });
});

// `auditctl rules list | check | test` on real files, as a user runs them.
import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createLedgerFile } from "../../support/ledger.ts";
import { runAuditctl, runAuditctlProcess } from "../../support/run-auditctl.ts";
import { openTempFolder } from "../../support/temp-folder.ts";

const orders = `pack: orders
version: 1
entities:
  orders: { entity: order, id: [order_id], actor: updated_by, mask: [card] }
rules:
  - name: order-placed
    version: 2
    type: order.placed
    label: { en: Order placed, es: Pedido hecho }
    on: { table: orders, operation: insert }
    confidence: 0.95
    payload: { total: after.total, card: after.card, big: double(after.total) > 100.0 }
    examples:
      - name: a big order
        changes: [{ table: orders, operation: insert, after: { order_id: 7, total: "120.50", card: "4111" } }]
        events: [{ type: order.placed, entity_id: "7", payload: { total: "120.50", big: true, card: "[REDACTED]" } }]
  - name: order-shipped
    version: 1
    type: order.shipped
    on: { table: orders, operation: update, changed: [status], when: after.status == "SHIPPED" }
    preceded_by:
      paid: { table: orders, operation: update, changed: [status], when: after.status == "PAID", match: { order_id: order_id }, within: 30d }
    confidence: 0.9
    examples:
      - name: paid before
        earlier:
          - - { table: orders, operation: update, before: { order_id: 7, status: NEW }, after: { order_id: 7, status: PAID } }
        changes:
          - { table: orders, operation: update, before: { order_id: 7, status: PAID }, after: { order_id: 7, status: SHIPPED } }
        events: [{ type: order.shipped, entity_id: "7" }]
      - name: another one was paid
        earlier:
          - - { table: orders, operation: update, before: { order_id: 8, status: NEW }, after: { order_id: 8, status: PAID } }
        changes:
          - { table: orders, operation: update, before: { order_id: 7, status: PAID }, after: { order_id: 7, status: SHIPPED } }
        events: []
`;

function write(folder: { file: (name: string) => string }, name: string, text: string): string {
  writeFileSync(folder.file(name), text);
  return folder.file(name);
}

test("a good pack is listed, checked, and does what its examples say", async () => {
  using folder = openTempFolder();
  const file = write(folder, "orders.yaml", orders);
  const listed = await runAuditctl(["rules", "list", "--json", file]);
  expect(JSON.parse(listed.stdout)).toMatchObject({
    packs: [{ pack: "orders", version: 1 }],
    rules: [
      { name: "order-placed", version: 2, type: "order.placed", label: { es: "Pedido hecho" }, examples: 1 },
      { name: "order-shipped", label: null, examples: 2 },
    ],
  });
  expect((await runAuditctl(["rules", "list", "--rules", file])).stdout).toContain("Order placed / Pedido hecho");
  const checked = await runAuditctl(["rules", "check", file]);
  expect([checked.status, checked.stdout]).toEqual([0, `ok    ${file}: pack orders version 1, 2 rules, 3 examples\n`]);
  const tested = await runAuditctl(["rules", "test", file]);
  expect([tested.status, tested.stdout.split("\n").slice(0, 3)]).toEqual([
    0,
    [
      "ok   orders/order-placed: a big order",
      "ok   orders/order-shipped: paid before",
      "ok   orders/order-shipped: another one was paid",
    ],
  ]);
});

test("an example that is not so fails with what is different", async () => {
  using folder = openTempFolder();
  const wrong = orders
    .replace("big: true", "big: false")
    .replace('entity_id: "7", payload', 'entity_id: "8", payload')
    .replace("events: []", 'events: [{ type: order.shipped, entity_id: "7" }]')
    .replace('total: "120.50", card: "4111"', 'card: "4111"');
  const result = await runAuditctl(["rules", "test", "--json", write(folder, "orders.yaml", wrong)]);
  expect(result.status).toBe(7);
  expect(JSON.parse(result.stdout)).toEqual({
    ok: false,
    examples: [
      {
        pack: "orders",
        rule: "order-placed",
        example: "a big order",
        ok: false,
        differences: [
          'event 1: entity_id is "7", expected "8"',
          'event 1: payload.total is null, expected "120.50"',
          "event 1: payload.big is null, expected false",
        ],
        notes: ["payload.total: No such key: total", "payload.big: No such key: total"],
      },
      { pack: "orders", rule: "order-shipped", example: "paid before", ok: true, differences: [], notes: [] },
      {
        pack: "orders",
        rule: "order-shipped",
        example: "another one was paid",
        ok: false,
        differences: ["the example expects 1 of its events, the rule gives none"],
        notes: [],
      },
    ],
    rules_without_examples: [],
  });
});

test("every mistake of every pack is told; a pack that contradicts an earlier one is the bad one", async () => {
  using folder = openTempFolder();
  const bad = write(
    folder,
    "bad.yaml",
    orders.replace("confidence: 0.95", "confidence: 2").replace("version: 1", "version: 0"),
  );
  const good = write(folder, "good.yaml", orders);
  const twin = write(folder, "twin.yaml", orders.replace("pack: orders", "pack: twin"));
  const result = await runAuditctl(["rules", "check", bad, good, twin, folder.file("none.yaml")]);
  expect(result.status).toBe(7);
  expect(result.stdout.replaceAll(`${folder.path}/`, "").trim().split("\n")).toEqual([
    "error bad.yaml:2:10: `version` must be 1 or more",
    "error bad.yaml:11:17: rule `order-placed`: `confidence` must be between 0 and 1",
    "ok    good.yaml: pack orders version 1, 2 rules, 3 examples",
    "error twin.yaml:4:3: table `orders` is already mapped at good.yaml:4:3",
    `error there is no rule pack ${folder.file("none.yaml")}`.replaceAll(`${folder.path}/`, ""),
  ]);
  const listed = await runAuditctl(["rules", "list", bad]);
  expect([listed.status, listed.stderr]).toEqual([7, expect.stringContaining("2:10: `version` must be 1 or more")]);
});

test("without a pack it says how to name one", async () => {
  using folder = openTempFolder();
  const result = await runAuditctlProcess(["rules", "check"], { cwd: folder.path });
  expect([result.status, result.stderr]).toEqual([2, expect.stringContaining("no rule pack is named")]);
});

test("a rule is explained by its name or type; of what there is no such rule or event, it says what there is", async () => {
  using folder = openTempFolder();
  const rules = ["--rules", write(folder, "orders.yaml", orders)];
  for (const subject of ["order.shipped", "order-shipped", "orders/order-shipped"]) {
    const { stdout } = await runAuditctl(["rules", "explain", subject, ...rules]);
    expect(stdout).toContain("order.shipped  rule orders/order-shipped version 1\n    fires for each update of orders");
  }
  const json = await runAuditctl(["rules", "explain", "order.placed", "--json", ...rules]);
  expect(JSON.parse(json.stdout)).toMatchObject([{ name: "order-placed", label: { en: "Order placed" } }]);
  const unknown = await runAuditctl(["rules", "explain", "order.lost", ...rules]);
  expect([unknown.status, unknown.stderr]).toEqual([2, expect.stringContaining("Types: order.placed, order.shipped")]);
  createLedgerFile(folder.file("s.db"), 1);
  const id = "5692b516-e389-570b-8642-53a04c1f1aed";
  const none = await runAuditctl(["rules", "explain", id, "--store", folder.file("s.db")]);
  expect([none.status, none.stderr]).toEqual([8, expect.stringContaining(`no business event ${id}`)]);
});

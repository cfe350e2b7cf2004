// Rules that look back at earlier transactions, on real servers: an event is the same whether capture ran on or was stopped
// between the transactions, and its lineage leads to both.
import { writeFileSync } from "node:fs";
import { describe, expect, inject, test } from "vitest";
import type { TracedBusinessEvent } from "../../src/model/trace.ts";
import { openStoreReader } from "../../src/store/open-store.ts";
import { runAuditctl } from "../support/run-auditctl.ts";
import { startRun, stopRun } from "../support/run-capture.ts";
import { flavors, openSource } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { verifyStore, waitUntilStored } from "../support/trail.ts";

const pack = `pack: stock
version: 1
entities:
  stock: { entity: stock, id: [stock_id] }
rules:
  - name: stock-transferred
    version: 1
    type: stock.transferred
    on: { table: stock, operation: update, when: after.quantity > before.quantity }
    preceded_by:
      out:
        table: stock
        operation: update
        when: after.quantity < before.quantity
        match: { product: product }
        differs: [branch]
        within: 48h
    confidence: 0.9
    payload: { from: out.after.branch, to: after.branch }
`;

describe.each(flavors)("%s", (flavor) => {
  test("a transfer is inferred once, also over a restart between its transactions", async () => {
    using folder = openTempFolder();
    writeFileSync(folder.file("stock.yaml"), pack);
    const server = inject(flavor);
    await using source = await openSource(flavor, server);
    await source.run(
      "CREATE TABLE stock (stock_id INT PRIMARY KEY, branch CHAR(1), product INT, quantity INT)",
      "INSERT INTO stock VALUES (1, 'A', 7, 10), (2, 'B', 7, 10), (3, 'C', 7, 10)",
    );
    const args = ["--rules", folder.file("stock.yaml"), "--databases", source.database];
    const move = (id: number, by: number) =>
      source.run(`UPDATE stock SET quantity = quantity + ${by} WHERE stock_id = ${id}`);
    const kept = folder.file("kept.db");
    const restarted = folder.file("restarted.db");

    await using always = await startRun(server, kept, args);
    await using first = await startRun(server, restarted, args);
    await move(1, -1);
    await move(2, 1);
    await move(3, -1);
    await waitUntilStored(source, restarted);
    await stopRun(first);

    await using second = await startRun(server, restarted, args);
    await move(2, 1); // rests on C, of the time before the restart
    await move(2, 1); // A's change is used up, as lineage tells
    await waitUntilStored(source, restarted);
    await waitUntilStored(source, kept);
    await stopRun(second);
    await stopRun(always);

    const read = (path: string) => {
      using reader = openStoreReader(path);
      return reader.newestOfType("stock.transferred", 10);
    };
    const events = read(kept);
    expect(read(restarted)).toEqual(events);
    expect(events).toMatchObject([
      { payload: { from: "C", to: "B" }, change_events: [{ entity_id: "3" }, { entity_id: "2" }] },
      { payload: { from: "A", to: "B" }, change_events: [{ entity_id: "1" }, { entity_id: "2" }] },
    ]);
    const [newest] = events as TracedBusinessEvent[];
    const explained = await runAuditctl([
      "rules",
      "explain",
      newest!.business_event_id,
      "--json",
      "--store",
      restarted,
    ]);
    expect(JSON.parse(explained.stdout)).toMatchObject({
      event: { rule: { pack: "stock", name: "stock-transferred", version: 1 } },
      explanation: {
        parts: [
          { part: "on" },
          { part: "preceded_by.out", found: [{ entity_id: "3", because: { branch: "C", product: 7 } }] },
        ],
        reproduced: true,
      },
    });
    expect(verifyStore(restarted)).toMatchObject({ ok: true, business_events: 2 });
    using reader = openStoreReader(restarted);
    // The event stands in the history of the branch that sent, too, and there after the change it rests on.
    expect(reader.trace("stock", "3", 10)?.timeline.map(({ kind }) => kind)).toEqual(["business_event"]);
  });
});

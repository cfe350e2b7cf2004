// `auditctl rules suggest` on a public sample schema and on one with lines and statuses: a pack that passes, names the entities, and fires.
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, inject, it } from "vitest";
import { parseRulePack } from "../../src/infer/rule-pack.ts";
import { type AuditctlResult, runAuditctl } from "../support/run-auditctl.ts";
import { startRun, stopRun } from "../support/run-capture.ts";
import { sakila } from "../support/sakila.ts";
import { flavors, openSource, type Source } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { verifyStore, waitUntilStored } from "../support/trail.ts";

function suggest(source: Source, ...args: string[]): Promise<AuditctlResult> {
  return runAuditctl(["rules", "suggest", "--database", source.database, ...args], { env: source.env });
}

const shop = [
  "CREATE TABLE users (user_id INT PRIMARY KEY, name VARCHAR(20), password_hash VARCHAR(60), created_at DATETIME)",
  `CREATE TABLE orders (order_id INT PRIMARY KEY, status ENUM('OPEN','PAID','it''s off') NOT NULL, delivery_status VARCHAR(20),
     total DECIMAL(9,2), user_id INT, card_number VARCHAR(20), created_at DATETIME, FOREIGN KEY (user_id) REFERENCES users (user_id))`,
  "CREATE TABLE order_lines (line_id INT PRIMARY KEY, order_id INT NOT NULL, sku VARCHAR(20), quantity INT, FOREIGN KEY (order_id) REFERENCES orders (order_id))",
  "CREATE TABLE log (at DATETIME, message TEXT)",
  "CREATE TABLE schema_migrations (version INT PRIMARY KEY)",
  "CREATE TABLE `Odd ``Name` (`in` INT PRIMARY KEY, `a b` INT, `yes` VARCHAR(9), status VARCHAR(9))",
  "INSERT INTO orders VALUES (1, 'OPEN', 'ready', 5, NULL, NULL, '2026-01-01'), (2, 'OPEN', 'sent out', 5, NULL, NULL, '2026-01-01')",
];

describe.each(flavors)("rules suggest on %s", (flavor) => {
  it("names the entities of Sakila in a pack that passes", async () => {
    await using source = await openSource(flavor, inject(flavor), "sakila");
    await source.run(...sakila);
    const { status, stdout, stderr } = await suggest(source);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const { entities, rules } = parseRulePack(stdout, "sakila.yaml");
    expect(Object.fromEntries(Object.entries(entities).map(([table, { entity }]) => [table, entity]))).toEqual({
      actor: "actor",
      address: "address",
      category: "category",
      city: "city",
      country: "country",
      customer: "customer",
      film: "film",
      film_actor: "film",
      film_category: "film",
      film_text: "film_text",
      inventory: "inventory",
      language: "language",
      payment: "payment",
      rental: "rental",
      staff: "staff",
      store: "store",
    });
    expect(entities["film_actor"]).toEqual({ entity: "film", id: ["film_id"] });
    expect(entities["staff"]?.mask).toEqual(["password"]);
    expect(entities["payment"]).toMatchObject({ id: ["payment_id"], actor: "staff_id" });
    const created = rules.find(({ type }) => type === "film.created");
    expect(Object.keys(created?.group ?? {})).toEqual(["actor", "category"]);
    expect(rules.find(({ type }) => type === "rental.created")?.occurred_at).toBe("after.rental_date");
    expect((await suggest(source)).stdout).toBe(stdout);
  });

  it("groups lines, tells what a status became, masks secrets, leaves out what is none; and the pack fires", async () => {
    await using source = await openSource(flavor, inject(flavor), "shop");
    await source.run(...shop);
    using folder = openTempFolder();
    const pack = folder.file("shop.yaml");
    expect(await suggest(source, "--out", pack)).toMatchObject({ status: 0, stderr: "" });
    const text = readFileSync(pack, "utf8");
    const { entities, rules } = parseRulePack(text, pack);
    expect(Object.keys(entities).sort()).toEqual(["Odd `Name", "order_lines", "orders", "users"]);
    expect(text).toContain("# log has no primary key, so nothing tells its rows apart.");
    expect(text).toContain("# schema_migrations looks like machinery of the application.");
    expect(entities["orders"]).toEqual({ entity: "order", id: ["order_id"], actor: "user_id", mask: ["card_number"] });
    expect(entities["users"]?.mask).toEqual(["password_hash"]);
    expect(rules.map(({ type }) => type)).toEqual([
      "odd_name.created",
      "odd_name.status_changed",
      "order.created",
      "order.open",
      "order.paid",
      "order.it_s_off",
      "order.ready",
      "order.sent_out",
      "user.created",
    ]);

    const store = folder.file("store.db");
    const run = await startRun(source.address, store, ["--rules", pack]);
    await source.run(
      "START TRANSACTION; INSERT INTO orders VALUES (7, 'OPEN', NULL, 12.50, NULL, '4111', '2026-01-05 09:00:00'); INSERT INTO order_lines VALUES (1, 7, 'A', 2); COMMIT",
      "UPDATE orders SET status = 'it''s off' WHERE order_id = 7",
    );
    const status = await waitUntilStored(source, store);
    expect(status.business_events_by_type).toEqual({ "order.created": 1, "order.it_s_off": 1 });
    await stopRun(run);
    const replay = await runAuditctl(["rules", "replay", "--json", "--store", store, "--rules", pack]);
    expect(JSON.parse(replay.stdout)).toMatchObject({ counts: { unchanged: 2, gained: 0, lost: 0, changed: 0 } });
    expect(verifyStore(store).ok).toBe(true);
  });

  it("says what it may not look at, and what is not there", async () => {
    await using source = await openSource(flavor, inject(flavor), "shop");
    await source.run(...shop);
    const user = `blind_${source.database}`.slice(0, 30);
    await source.run(
      `CREATE USER '${user}'@'%' IDENTIFIED BY 'x'`,
      `GRANT INSERT ON \`${source.database}\`.* TO '${user}'@'%'`,
    );
    try {
      const env = { ...source.env, AUDIT_USER: user, AUDIT_PASSWORD: "x" };
      const { status, stdout } = await runAuditctl(["rules", "suggest", "--database", source.database], { env });
      expect(status).toBe(0);
      expect(stdout).toContain(
        `# The values of orders.delivery_status were not looked at: ${user} has no SELECT on it.`,
      );
      expect(parseRulePack(stdout, "x").rules.map(({ type }) => type)).toContain("order.delivery_status_changed");
      const missing = await runAuditctl(["rules", "suggest", "--database", "nowhere"], { env });
      expect(missing).toMatchObject({ status: 8, stderr: expect.stringContaining("sees no table") as string });
    } finally {
      await source.run(`DROP USER '${user}'@'%'`);
    }
  });

  it("does not overwrite a pack, and wants a database", async () => {
    await using source = await openSource(flavor, inject(flavor), "shop");
    await source.run(...shop);
    using folder = openTempFolder();
    expect((await suggest(source, "--out", folder.file("p.yaml"))).status).toBe(0);
    const again = await suggest(source, "--out", folder.file("p.yaml"));
    expect(again).toMatchObject({ status: 2, stderr: expect.stringContaining("is there already") as string });
    expect(existsSync(folder.file("p.yaml"))).toBe(true);
    expect(await runAuditctl(["rules", "suggest"], { env: source.env })).toMatchObject({ status: 2 });
  });
});

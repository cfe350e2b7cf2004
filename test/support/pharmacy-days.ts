// A store of three Fridays of the demo's pharmacy, through its real rule pack: sales, returns, stock adjusted and lost, prices, a role,
// deliveries. The last Friday has anomalies and a gap. `createPharmacyDays(path)`; the same in every run.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import pino from "pino";
import { packageRoot } from "../../src/lib/package-root.ts";
import type { Anomaly } from "../../src/model/answer-schema.ts";
import type { ChangeEvent, RowImage } from "../../src/model/change-event.ts";
import { createEventId } from "../../src/normalize/event-id.ts";
import { loadRules } from "../../src/pipeline/load-rules.ts";
import { type OpenLedgerWriter, openStore } from "../../src/store/open-store.ts";
import { putAnomalies } from "./findings.ts";
import { checkpointAt, gtid, startLedger } from "./ledger.ts";

/** The days are Lima's, five hours behind UTC. */
export const pharmacyZone = "America/Lima";
export const pharmacyDay = "2026-03-06";
/** Stock that disappears on the last Friday. */
export const pharmacyAnomaly = "6a1f0c2e-0000-5000-8000-000000000001";
const openingHour = 13;

type Row = Record<string, string | number | null>;

interface Change {
  table: string;
  key: string;
  entity: string;
  before: Row | null;
  after: Row;
  user: number;
}

const rules = loadRules(["pharmacy"], pino({ level: "silent" }));

export function createPharmacyDays(path: string): void {
  using store = openStore(path);
  startLedger(store);
  noteRules(store);
  let number = 0;
  const commit = (day: string, minute: number, changes: readonly Change[]): string[] => {
    number += 1;
    const at = Date.parse(`${day}T${String(openingHour).padStart(2, "0")}:00:00Z`) + minute * 60_000;
    const timestamp = `${new Date(at).toISOString().slice(0, 19)}.000000Z`;
    const events = changes.map((change, seq) =>
      toChangeEvent(change, { timestamp, transaction_id: gtid(number), seq }),
    );
    const businessEvents = rules.infer(events);
    store.append(
      [{ transaction_id: gtid(number), timestamp, received_at: timestamp, changes: events, businessEvents }],
      checkpointAt(number),
      timestamp,
    );
    return businessEvents.map(({ business_event_id }) => business_event_id);
  };
  const plans = [
    { day: "2026-02-20", sales: 52, branches: [1, 2, 3, 4], lost: 2 },
    { day: "2026-02-27", sales: 55, branches: [1, 2, 3, 4], lost: 3 },
    { day: pharmacyDay, sales: 61, branches: [1, 2, 3], lost: 6 },
  ];
  const lost: string[] = [];
  for (const { day, sales, branches, lost: times } of plans) {
    const isLast = day === pharmacyDay;
    for (let sale = 0; sale < sales; sale += 1) {
      const branch_id = branches[(sale * 7) % branches.length]!;
      commit(day, sale * 12, saleOf(number + 1, branch_id, sale));
    }
    for (let time = 0; time < times; time += 1) {
      const found = commit(day, 300 + time * 6, [isLast ? stockLost(time, 3, 37) : stockLost(time, 1 + (time % 4))]);
      if (isLast) lost.push(...found);
    }
    commit(day, 401, [priceOf(7, "12.90", "13.50")]);
    if (!isLast) commit(day, 30, [purchaseOf(number)]);
  }
  const [role] = commit(pharmacyDay, 655, [roleOf()]);
  commit(pharmacyDay, 500, [
    {
      table: "branches",
      key: "branch_id",
      entity: "branch",
      before: { branch_id: 2, phone: "1" },
      after: { branch_id: 2, phone: "2" },
      user: 4,
    },
  ]);
  store.note(
    "gap",
    { reason: "the server had removed binary logs", from_gtid_set: "", to_gtid_set: "a:1" },
    "2026-03-06T19:20:00.000000Z",
  );
  commit("2026-03-07", 1, saleOf(number + 1, 1, 1));
  putAnomalies(path, anomaliesOf(lost, role ?? ""));
}

function noteRules(store: OpenLedgerWriter): void {
  const text = readFileSync(join(packageRoot, "schema", "rules", "pharmacy.yaml"), "utf8");
  const hash = createHash("sha256").update(text).digest("hex");
  const record = {
    file: "pharmacy",
    state: "current",
    pack: "pharmacy",
    version: 1,
    hash,
    rules: rules.rules.length,
    mistakes: [],
    text,
  };
  store.note("config", { rule_packs: [record] }, "2026-02-20T12:00:00.000000Z");
}

function toChangeEvent(
  { table, key, entity, before, after, user }: Change,
  of: Pick<ChangeEvent, "timestamp" | "transaction_id" | "seq">,
): ChangeEvent {
  const content = {
    source_db: "pharmacy",
    source_table: table,
    source_pk: { [key]: after[key] ?? null },
    operation: before === null ? ("insert" as const) : ("update" as const),
    before: before as RowImage | null,
    after: after as RowImage,
    changed: Object.keys(after).filter((column) => before === null || before[column] !== after[column]),
    entity_type: entity,
    entity_id: String(after[key === "sale_item_id" ? "sale_id" : key]),
    actor: { id: String(user), kind: "app_user" as const, grade: "column" as const },
    metadata: {},
    ...of,
  };
  return { event_id: createEventId(content), ...content };
}

function saleOf(sale_id: number, branch_id: number, turn: number): Change[] {
  const user = branch_id * 10 + (turn % 3);
  const total = (14.5 + ((turn * 37) % 90) + (turn === 44 ? 1_190 : 0)).toFixed(2);
  const sale = { sale_id, branch_id, user_id: user, status: "COMPLETED", discount: "0.00", total, created_at: null };
  const item = {
    sale_item_id: sale_id,
    sale_id,
    product_id: (turn % 8) + 1,
    quantity: 1,
    unit_price: total,
    line_total: total,
  };
  return [
    { table: "sales", key: "sale_id", entity: "sale", before: null, after: sale, user },
    { table: "sales_items", key: "sale_item_id", entity: "sale", before: null, after: item, user },
  ];
}

/** @param shelf without it, another one each time */
function stockLost(time: number, branch_id: number, shelf = 30 + time): Change {
  const row = { inventory_id: shelf, product_id: 7, branch_id, updated_at: null };
  const before = { ...row, quantity: 40, adjustment_reason: null };
  const after = { ...row, quantity: 38 - (time % 3), adjustment_reason: "OTHER", updated_at: "2026-03-06 18:00:00" };
  return { table: "inventory", key: "inventory_id", entity: "inventory", before, after, user: 31 };
}

function priceOf(product_id: number, from: string, to: string): Change {
  const row = { product_id, sku: `SKU-000${product_id}` };
  return {
    table: "products",
    key: "product_id",
    entity: "product",
    before: { ...row, unit_price: from },
    after: { ...row, unit_price: to },
    user: 4,
  };
}

function purchaseOf(purchase_id: number): Change {
  const row = { purchase_id, supplier_id: 3, branch_id: 1, total: "312.00" };
  return {
    table: "purchases",
    key: "purchase_id",
    entity: "purchase",
    before: { ...row, status: "ORDERED" },
    after: { ...row, status: "RECEIVED" },
    user: 4,
  };
}

function roleOf(): Change {
  const row = { user_id: 31, username: "cashier-lima-01" };
  return {
    table: "users",
    key: "user_id",
    entity: "user",
    before: { ...row, role: "CASHIER" },
    after: { ...row, role: "ADMIN" },
    user: 31,
  };
}

function anomaliesOf(lost: readonly string[], role: string): Anomaly[] {
  const common = { state: "open" as const, change_event_ids: [] };
  const actor = { id: "31", kind: "app_user" as const, grade: "column" as const };
  return [
    {
      ...common,
      anomaly_id: pharmacyAnomaly,
      kind: "shrinkage",
      severity: "high",
      score: 9.2,
      entity_type: "inventory",
      entity_id: "37",
      actor,
      from: "2026-03-06T18:00:00.000000Z",
      to: "2026-03-06T18:30:00.000000Z",
      detected_at: "2026-03-06T18:12:00.000000Z",
      reason:
        "inventory 37, user 31: 6 times inventory.adjusted in 1 days. Of 5 others, two were of the same in 4% of pairs, so about 0.2 more of this one were to be expected (9.2 standard deviations).",
      numbers: { value: 6, baseline: 0.2, samples: 5, days: 1, per_day: 6 },
      business_event_ids: [...lost],
    },
    {
      ...common,
      anomaly_id: "6a1f0c2e-0000-5000-8000-000000000003",
      kind: "branch-collapse",
      severity: "medium",
      score: 5.4,
      entity_type: "branch",
      entity_id: "4",
      actor: null,
      from: "2026-03-06T13:00:00.000000Z",
      to: "2026-03-06T22:00:00.000000Z",
      detected_at: "2026-03-06T22:00:00.000000Z",
      reason:
        "branch 4: 0 sale.completed on 2026-03-06 until 17:00, where about 11 were to be expected as 3 others did at the same time (0%; 5.4 standard deviations).",
      numbers: { value: 0, baseline: 11, deviation: 1, samples: 3, ratio: 0 },
      business_event_ids: [],
    },
    {
      ...common,
      anomaly_id: "6a1f0c2e-0000-5000-8000-000000000002",
      kind: "role-escalation",
      severity: "high",
      score: 6.1,
      entity_type: "user",
      entity_id: "31",
      actor,
      from: "2026-03-06T23:55:00.000000Z",
      to: "2026-03-06T23:55:00.000000Z",
      detected_at: "2026-03-06T23:55:00.000000Z",
      reason: "user 31 did user.role_changed to themselves: role from CASHIER to ADMIN.",
      numbers: { value: 1, baseline: 0 },
      business_event_ids: [role],
    },
  ];
}

// A store of synthetic sales of the pharmacy, for benches.
import pino from "pino";
import { microsToTimestamp } from "../../src/lib/clock.ts";
import type { ChangeEvent, RowImage } from "../../src/model/change-event.ts";
import { createEventId } from "../../src/normalize/event-id.ts";
import { loadRules } from "../../src/pipeline/load-rules.ts";
import type { LedgerTransaction } from "../../src/store/ledger-step.ts";
import { openStore } from "../../src/store/open-store.ts";

const serverUuid = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
const changesPerSale = 4;
const batch = 500;

const rules = loadRules(["pharmacy"], pino({ level: "silent" }));

/** A sale with two items, and the stock that one of them took. */
function saleOf(sale: number): LedgerTransaction {
  const timestamp = microsToTimestamp(1_767_225_600_000_000n + BigInt(sale) * 1_000_000n);
  const transaction_id = `${serverUuid}:${sale}`;
  const branch_id = sale % 12;
  const at = timestamp.slice(0, 19).replace("T", " ");
  const changes: ChangeEvent[] = [];
  const add = (
    table: string,
    key: string,
    before: RowImage | null,
    after: RowImage & Record<string, string | number | null>,
    entity: string,
  ): void => {
    const content = {
      source_db: "pharmacy",
      source_table: table,
      source_pk: { [key]: after[key] ?? null },
      operation: before === null ? ("insert" as const) : ("update" as const),
      before,
      after,
      changed: before === null ? Object.keys(after) : ["quantity", "updated_at"],
      timestamp,
      transaction_id,
      seq: changes.length,
      entity_type: entity,
      entity_id: String(entity === "sale" ? sale : after[key]),
      actor: {
        id: String(sale % 40),
        kind: "app_user" as const,
        grade: table === "inventory" ? ("unwritten_column" as const) : ("column" as const),
      },
      metadata: {},
    };
    changes.push({ event_id: createEventId(content), ...content });
  };
  const user = sale % 40;
  const row = { sale_id: sale, branch_id, user_id: user, status: "COMPLETED", discount: "0.00", total: "37.50" };
  add("sales", "sale_id", null, { ...row, created_at: at, updated_by: user }, "sale");
  for (const item of [1, 2]) {
    const line = { sale_item_id: sale * 2 + item, sale_id: sale, product_id: (sale * item) % 800, quantity: item };
    const priced = { ...line, unit_price: "12.50", line_total: (12.5 * item).toFixed(2) };
    add("sales_items", "sale_item_id", null, priced, "sale");
  }
  const stock = { inventory_id: sale % 9_600, branch_id, product_id: sale % 800, updated_by: user };
  const before = { ...stock, quantity: 40, updated_at: at, adjustment_reason: null };
  add("inventory", "inventory_id", before, { ...before, quantity: 39 }, "inventory");
  const header = { transaction_id, timestamp, received_at: timestamp };
  return { ...header, changes, businessEvents: rules.infer(changes) };
}

/** Through the real writer. @param changes row changes, four of each sale */
export function makeSalesStore(path: string, changes: number): void {
  using store = openStore(path);
  const now = "2026-01-01T00:00:00.000000Z";
  const identity = { flavor: "mysql", version: "8.4.0", server_id: serverUuid, address: "db:3306" } as const;
  store.registerSource(identity, 1, now);
  const place = { binlog_file: null, binlog_position: null };
  store.note("start", { from_gtid_set: "", version: "bench" }, now, { gtid_set: "", ...place });
  const sales = Math.ceil(changes / changesPerSale);
  for (let from = 1; from <= sales; from += batch) {
    const count = Math.min(batch, sales - from + 1);
    const transactions = Array.from({ length: count }, (_, index) => saleOf(from + index));
    store.append(transactions, { gtid_set: `${serverUuid}:1-${from + count - 1}`, ...place }, now);
  }
}

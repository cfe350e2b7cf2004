// A store of a pharmacy's months, for benches and kill tests of detection: sales, returns, adjustments, prices and deletions by 36
// people in 12 branches, eight to nine, with something wrong now and then. The same arguments make the same events, which are
// what the pharmacy pack makes of such rows; written here as they are, because its expressions would take most of the time.
import pino from "pino";
import type { JsonObject } from "../../src/lib/canonical-json.ts";
import { microsToTimestamp } from "../../src/lib/clock.ts";
import type { ChangeEvent, RowImage } from "../../src/model/change-event.ts";
import { createEventId } from "../../src/normalize/event-id.ts";
import { openRuleBook } from "../../src/pipeline/rule-book.ts";
import type { LedgerTransaction } from "../../src/store/ledger-step.ts";
import { openStore } from "../../src/store/open-store.ts";

const serverUuid = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
const startUs = 1_767_225_600_000_000n;
const daySeconds = 86_400;
/** 08:00 to 21:00. */
const openingSeconds = { from: 8 * 3_600, for: 13 * 3_600 };
const branches = 12;
const products = 800;
const batch = 500;

interface RowChange {
  table: string;
  key: string;
  entity: string;
  before: RowImage | null;
  after: RowImage | null;
}

/** A transaction without what its number gives it. */
interface Doing {
  rows: RowChange[];
  meaning: { type: string; rule: string; payload: JsonObject };
}

/** Numbers that look random and are the same each time. */
function mixed(number: number, salt: number): number {
  let x = Math.imul(number + salt * 7_919, 2_654_435_761) >>> 0;
  x = Math.imul(x ^ (x >>> 15), 2_246_822_519) >>> 0;
  return (x ^ (x >>> 13)) >>> 0;
}

/** @param perDay transactions of a day */
function transactionOf(number: number, perDay: number): LedgerTransaction {
  const day = Math.floor(number / perDay);
  const second = openingSeconds.from + Math.floor(((number % perDay) / perDay) * openingSeconds.for);
  const timestamp = microsToTimestamp(startUs + BigInt(day * daySeconds + second) * 1_000_000n);
  const transaction_id = `${serverUuid}:${number}`;
  const { rows, meaning } = doingOf(number, day, timestamp.slice(0, 19).replace("T", " "));
  const changes = rows.map((row, seq) => toChange(row, { timestamp, transaction_id, seq }));
  const [first] = changes as [ChangeEvent, ...ChangeEvent[]];
  const event = {
    business_event_id: createEventId({ ...first, source_table: meaning.rule }),
    type: meaning.type,
    entity_type: first.entity_type,
    entity_id: first.entity_id,
    occurred_at: timestamp,
    timestamp,
    transaction_id,
    payload: meaning.payload,
    confidence: 1,
    actor: first.actor,
    rule: { pack: "pharmacy", name: meaning.rule, version: 1 },
    change_event_ids: changes.map(({ event_id }) => event_id),
  };
  return { transaction_id, timestamp, received_at: timestamp, changes, businessEvents: [event] };
}

function toChange(
  { table, key, entity, before, after }: RowChange,
  place: Pick<ChangeEvent, "timestamp" | "transaction_id" | "seq">,
): ChangeEvent {
  const row = (after ?? before ?? {}) as Record<string, string | number | null>;
  const operation = before === null ? "insert" : after === null ? "delete" : "update";
  const content = {
    source_db: "pharmacy",
    source_table: table,
    source_pk: { [key]: row[key] ?? null },
    operation: operation as ChangeEvent["operation"],
    before,
    after,
    changed: after === null ? [] : Object.keys(row).filter((name) => row[name] !== before?.[name]),
    ...place,
    entity_type: entity,
    entity_id: String(row[entity === "sale" ? "sale_id" : key]),
    actor: { id: String(row["updated_by"] ?? row["user_id"]), kind: "app_user" as const, grade: "column" as const },
    metadata: {},
  };
  return { event_id: createEventId(content), ...content };
}

/** Of twenty: fourteen sales, three adjustments, a return, a new price, a count (at times with a sale that is deleted). */
function doingOf(number: number, day: number, at: string): Doing {
  const branch_id = mixed(number, 1) % branches;
  const updated_by = branch_id * 3 + (mixed(number, 2) % 3);
  const product_id = mixed(number, 3) % products;
  const total = (10 + (mixed(number, 4) % 4_000) / 100).toFixed(2);
  const place = { branch_id, product_id, updated_by };
  switch (number % 20) {
    // Each fiftieth day somebody in one branch writes off the same shelf without a reason.
    case 14:
    case 15:
    case 16: {
      const isTheft = day % 50 === 30 && branch_id < 3;
      const shelf = { branch_id: 1, product_id: 7, updated_by: 4 };
      if (isTheft) return adjustment(shelf, 60, "OTHER", at);
      return adjustment(place, 1 + (mixed(number, 5) % 4), "DAMAGED", at);
    }
    case 17:
      return returned(number, place, total, at);
    case 18:
      return priced(place, (mixed(number, 6) % 100) / 100 + (day % 50 === 40 ? 40 : 0));
    case 19: {
      const counted = adjustment(place, 2, "COUNT", at);
      const deleted = day % 50 === 20 ? 15 : day % 10 === 3 ? 1 : 0;
      const gone = Array.from({ length: deleted }, (_, index): RowChange => {
        const before = { sale_id: number - 19 - index, branch_id, user_id: updated_by, total, updated_by };
        return { table: "sales", key: "sale_id", entity: "sale", before, after: null };
      });
      return { ...counted, rows: [...counted.rows, ...gone] };
    }
    default:
      return sold(number, place, total, at);
  }
}

interface Place {
  branch_id: number;
  product_id: number;
  updated_by: number;
}

function stock(
  { branch_id, product_id, updated_by }: Place,
  left: number,
  reason: string | null,
  at: string,
): RowChange {
  const row = { inventory_id: branch_id * products + product_id, branch_id, product_id };
  const before = { ...row, quantity: 200, adjustment_reason: null, updated_at: "2025-12-31 08:00:00", updated_by: 1 };
  const after = { ...row, quantity: left, adjustment_reason: reason, updated_at: at, updated_by };
  return { table: "inventory", key: "inventory_id", entity: "inventory", before, after };
}

function adjustment(place: Place, taken: number, reason: string, at: string): Doing {
  const { branch_id, product_id } = place;
  const quantities = { old_quantity: 200, new_quantity: 200 - taken, difference: -taken };
  return {
    rows: [stock(place, 200 - taken, reason, at)],
    meaning: {
      type: "inventory.adjusted",
      rule: "inventory-adjusted",
      payload: { product_id, branch_id, ...quantities, reason },
    },
  };
}

function sold(sale_id: number, place: Place, total: string, at: string): Doing {
  const { branch_id, product_id, updated_by } = place;
  const lines = [1, 2].map((quantity) => {
    return { product_id, quantity, unit_price: "12.50", line_total: (12.5 * quantity).toFixed(2) };
  });
  const items = lines.map((line): RowChange => {
    const after = { sale_item_id: sale_id * 2 + line.quantity, sale_id, ...line, updated_by };
    return { table: "sales_items", key: "sale_item_id", entity: "sale", before: null, after };
  });
  const sale = { sale_id, branch_id, user_id: updated_by, status: "COMPLETED", discount: "0.00", total };
  const after = { ...sale, created_at: at, updated_by };
  return {
    rows: [
      { table: "sales", key: "sale_id", entity: "sale", before: null, after },
      ...items,
      stock(place, 197, null, at),
    ],
    meaning: {
      type: "sale.completed",
      rule: "sale-completed",
      payload: { branch_id, total, discount: "0.00", items: lines },
    },
  };
}

function returned(return_id: number, place: Place, refund: string, at: string): Doing {
  const { branch_id, product_id, updated_by } = place;
  const of = { return_id, sale_id: Math.max(1, return_id - 17) };
  const after = { ...of, branch_id, user_id: updated_by, reason: "UNOPENED", refund, created_at: at };
  const item = { return_item_id: return_id, ...of, product_id, quantity: 1, refund };
  return {
    rows: [
      { table: "returns", key: "return_id", entity: "sale", before: null, after },
      { table: "return_items", key: "return_item_id", entity: "sale", before: null, after: item },
      stock(place, 201, "RETURN", at),
    ],
    meaning: {
      type: "sale.returned",
      rule: "sale-returned",
      payload: { return_id, branch_id, reason: "UNOPENED", refund, items: [{ product_id, quantity: 1, refund }] },
    },
  };
}

function priced({ product_id, updated_by }: Place, more: number): Doing {
  const sku = `SKU-${product_id}`;
  const before = { product_id, sku, name: "Azithromycin 500 mg x 3", active: 1, unit_price: "12.50", updated_by: 1 };
  const after = { ...before, unit_price: (12.51 + more).toFixed(2), updated_by };
  return {
    rows: [{ table: "products", key: "product_id", entity: "product", before, after }],
    meaning: {
      type: "product.price_changed",
      rule: "product-price-changed",
      payload: { sku, old_price: before.unit_price, new_price: after.unit_price },
    },
  };
}

/** Through the real writer. @param events business events, one of each transaction @param first of them; those before are there already */
export function makeWatchedStore(path: string, events: number, perDay = 5_000, first = 1): void {
  using store = openStore(path);
  const now = "2026-01-01T00:00:00.000000Z";
  const place = { binlog_file: null, binlog_position: null };
  if (first === 1) {
    const identity = { flavor: "mysql", version: "8.4.0", server_id: serverUuid, address: "db:3306" } as const;
    store.registerSource(identity, 1, now);
    store.note("start", { from_gtid_set: "", version: "bench" }, now, { gtid_set: "", ...place });
  }
  for (let from = first; from <= events; from += batch) {
    const count = Math.min(batch, events - from + 1);
    const transactions = Array.from({ length: count }, (_, index) => transactionOf(from + index, perDay));
    store.append(transactions, { gtid_set: `${serverUuid}:1-${from + count - 1}`, ...place }, now);
  }
}

/** Puts the pack as it is now in force, as a start of `run` does. */
export function tellRules(path: string, pack = "pharmacy"): void {
  using store = openStore(path);
  const log = pino({ level: "silent" });
  openRuleBook({ names: [pack], store, log, now: () => "2026-01-01T00:00:00.000000Z" }).tell();
}

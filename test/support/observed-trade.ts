// Takes the options of a trade, gives its plan as detection would be shown it once it was played, captured and inferred with the pharmacy
// pack: no server, so that many seeds can be looked at. Ids of changes name the row: "sales/1042/77".
import type { Anomaly } from "../../generator/anomaly.ts";
import type { PlannedTransaction, StockChange } from "../../generator/planned-transaction.ts";
import type { TradeOptions } from "../../generator/trade-options.ts";
import { planTrade } from "../../generator/trade-plan.ts";
import { discountLimit } from "../../generator/sale.ts";
import { toTimestamp } from "../../src/lib/clock.ts";
import type { JsonObject } from "../../src/lib/canonical-json.ts";
import type { ObservedEvent, ObservedTransaction } from "../../src/model/detection.ts";

export interface ObservedTrade {
  transactions: ObservedTransaction[];
  anomalies: Anomaly[];
}

interface Seen {
  type: string;
  entity: readonly [type: string, id: number];
  by: number | null;
  at?: string;
  payload: JsonObject;
  rows: readonly string[];
}

interface Known {
  shelves: Map<number, { branchId: number; productId: number; quantity: number }>;
  prices: Map<number, number>;
  roles: Map<number, string>;
  sales: Map<number, { branchId: number; total: string }>;
  orders: Map<number, { branchId: number; supplierId: number; total: string }>;
  underWay: { productId: number; branchId: number; change: string }[];
}

/** When it is played, far from the business's own time. */
const playedFrom = Date.parse("2026-07-01T12:00:00Z");

export function observeTrade(options: TradeOptions): ObservedTrade {
  const known: Known = {
    shelves: new Map(),
    prices: new Map(),
    roles: new Map(),
    sales: new Map(),
    orders: new Map(),
    underWay: [],
  };
  const transactions: ObservedTransaction[] = [];
  const anomalies: Anomaly[] = [];
  for (const day of planTrade(options)) {
    anomalies.push(...day.anomalies);
    for (const planned of day.transactions) {
      const entry_id = transactions.length + 1;
      const timestamp = toTimestamp(playedFrom + entry_id);
      const change = (table: string, id: number): string => `${table}/${id}/${entry_id}`;
      const seen = meaning(planned, known, change);
      const events = seen.map((one, index): ObservedEvent => ({
        business_event_id: `event-${entry_id}-${index}`,
        type: one.type,
        entity_type: one.entity[0],
        entity_id: String(one.entity[1]),
        occurred_at: one.at === undefined ? timestamp : `${one.at.replace(" ", "T")}.000000Z`,
        timestamp,
        payload: one.payload,
        actor:
          one.by === null
            ? { id: null, kind: "unknown", grade: "unknown" }
            : { id: String(one.by), kind: "app_user", grade: "column" },
        change_event_ids: [...one.rows],
      }));
      const deletions = planned.kind === "deletion" ? deleted(planned.saleIds, change) : [];
      transactions.push({ entry_id, timestamp, transaction_id: `plan:${entry_id}`, events, deletions });
    }
  }
  return { transactions, anomalies };
}

type Change = (table: string, id: number) => string;

function deleted(saleIds: readonly number[], change: Change): ObservedTransaction["deletions"] {
  const items = { table: "pharmacy.sales_items", count: 2 * saleIds.length, change_event_ids: [] };
  return [
    items,
    { table: "pharmacy.sales", count: saleIds.length, change_event_ids: saleIds.map((id) => change("sales", id)) },
  ];
}

const money = (cents: number): string => (cents / 100).toFixed(2);

function meaning(planned: PlannedTransaction, known: Known, change: Change): Seen[] {
  switch (planned.kind) {
    case "catalogue":
      for (const { productId, unitPriceCents } of planned.products) known.prices.set(productId, unitPriceCents);
      return [];
    case "branch": {
      const { branchId, openedAt, code } = planned.branch;
      for (const { userId, role } of planned.staff) known.roles.set(userId, role);
      return [
        {
          type: "branch.opened",
          entity: ["branch", branchId],
          by: null,
          at: openedAt,
          payload: { code },
          rows: [change("branches", branchId)],
        },
      ];
    }
    case "branch-closed":
      return [
        {
          type: "branch.closed",
          entity: ["branch", planned.branchId],
          by: planned.closedBy,
          at: planned.at,
          payload: {},
          rows: [change("branches", planned.branchId)],
        },
      ];
    case "first-stock":
      for (const { inventoryId, ...row } of planned.rows) known.shelves.set(inventoryId, row);
      return [];
    case "product-created":
      known.prices.set(planned.product.productId, planned.product.unitPriceCents);
      for (const { inventoryId, ...row } of planned.shelves) known.shelves.set(inventoryId, row);
      return [
        {
          type: "product.created",
          entity: ["product", planned.product.productId],
          by: planned.createdBy,
          at: planned.at,
          payload: {},
          rows: [change("products", planned.product.productId)],
        },
      ];
    case "user-created":
      known.roles.set(planned.user.userId, planned.user.role);
      return [
        {
          type: "user.created",
          entity: ["user", planned.user.userId],
          by: planned.createdBy,
          at: planned.user.createdAt,
          payload: { role: planned.user.role, branch_id: planned.user.branchId },
          rows: [change("users", planned.user.userId)],
        },
      ];
    case "user-deactivated":
      return [
        {
          type: "user.deactivated",
          entity: ["user", planned.userId],
          by: planned.changedBy,
          payload: {},
          rows: [change("users", planned.userId)],
        },
      ];
    case "password-reset":
      return [
        {
          type: "user.password_reset",
          entity: ["user", planned.userId],
          by: planned.changedBy,
          payload: {},
          rows: [change("users", planned.userId)],
        },
      ];
    case "role-change": {
      const payload = { old_role: known.roles.get(planned.userId) ?? "", new_role: planned.role };
      known.roles.set(planned.userId, planned.role);
      return [
        {
          type: "user.role_changed",
          entity: ["user", planned.userId],
          by: planned.changedBy,
          payload,
          rows: [change("users", planned.userId)],
        },
      ];
    }
    case "supplier-added":
      return [
        {
          type: "supplier.added",
          entity: ["supplier", planned.supplier.supplierId],
          by: planned.createdBy,
          at: planned.at,
          payload: {},
          rows: [change("suppliers", planned.supplier.supplierId)],
        },
      ];
    case "product-discontinued":
      return [
        {
          type: "product.discontinued",
          entity: ["product", planned.productId],
          by: planned.changedBy,
          payload: {},
          rows: [change("products", planned.productId)],
        },
      ];
    case "price-change":
      return planned.prices.map(({ productId, unitPriceCents }) => {
        const payload = { old_price: money(known.prices.get(productId) ?? 0), new_price: money(unitPriceCents) };
        known.prices.set(productId, unitPriceCents);
        return {
          type: "product.price_changed",
          entity: ["product", productId] as const,
          by: planned.changedBy,
          payload,
          rows: [change("products", productId)],
        };
      });
    case "purchase-order": {
      const { purchaseId, branchId, supplierId, totalCents, userId, at } = planned;
      const payload = { branch_id: branchId, supplier_id: supplierId, total: money(totalCents) };
      known.orders.set(purchaseId, { branchId, supplierId, total: money(totalCents) });
      return [
        {
          type: "purchase.ordered",
          entity: ["purchase", purchaseId],
          by: userId,
          at,
          payload,
          rows: [change("purchases", purchaseId)],
        },
      ];
    }
    case "deletion":
      return [];
    case "adjustment":
    case "transfer-out":
    case "transfer-in":
    case "purchase-receipt":
      return stockMeaning(planned, known, change);
    default:
      return saleMeaning(planned, known, change);
  }
}

type Sold = Extract<PlannedTransaction, { kind: "sale" | "void" | "return" }>;

function saleMeaning(planned: Sold, known: Known, change: Change): Seen[] {
  const { at, saleId, userId } = planned;
  const stock = planned.stock.map(({ inventoryId }) => change("inventory", inventoryId));
  for (const one of planned.stock) move(known, one);
  const entity = ["sale", saleId] as const;
  const rows = [change("sales", saleId), ...stock];
  if (planned.kind === "void") {
    const { branchId, total } = known.sales.get(saleId)!;
    return [{ type: "sale.voided", entity, by: userId, payload: { branch_id: branchId, total }, rows }];
  }
  const branch_id = planned.branchId;
  if (planned.kind === "return") {
    const payload = {
      return_id: planned.returnId,
      branch_id,
      reason: planned.reason,
      refund: money(planned.refundCents),
    };
    return [
      { type: "sale.returned", entity, by: userId, at, payload, rows: [change("returns", planned.returnId), ...stock] },
    ];
  }
  const { totalCents, discountCents } = planned;
  known.sales.set(saleId, { branchId: branch_id, total: money(totalCents) });
  const items = planned.items.map(({ productId, quantity, unitPriceCents }) => ({
    product_id: productId,
    quantity,
    unit_price: money(unitPriceCents),
  }));
  const payload = { branch_id, total: money(totalCents), discount: money(discountCents), items };
  const sale: Seen = { type: "sale.completed", entity, by: userId, at, payload, rows };
  if (discountCents <= (totalCents + discountCents) * discountLimit) return [sale];
  const beyond = { branch_id, discount: money(discountCents), total: money(totalCents) };
  return [sale, { ...sale, type: "sale.discounted_beyond_limit", payload: beyond }];
}

type Moved = Extract<PlannedTransaction, { kind: "adjustment" | "transfer-out" | "transfer-in" | "purchase-receipt" }>;

/** The row as it is afterwards. */
function move({ shelves }: Known, { inventoryId, delta }: StockChange) {
  const shelf = shelves.get(inventoryId)!;
  shelf.quantity += delta;
  return { shelf, quantity: Math.abs(delta) };
}

function stockMeaning(planned: Moved, known: Known, change: Change): Seen[] {
  const by = planned.userId;
  const events = planned.stock.map((one): Seen => {
    const { shelf, quantity } = move(known, one);
    const { productId, branchId } = shelf;
    const row = change("inventory", one.inventoryId);
    const told = { entity: ["inventory", one.inventoryId] as const, by, rows: [row] };
    const payload = { product_id: productId, branch_id: branchId, quantity };
    if (planned.kind === "purchase-receipt") return { ...told, type: "inventory.received", payload };
    if (planned.kind === "adjustment") {
      if (planned.reason === "EXPIRED") return { ...told, type: "inventory.expired", payload };
      const { reason } = planned;
      const difference = { difference: one.delta, reason: reason ?? "OTHER" };
      return {
        ...told,
        type: "inventory.adjusted",
        payload: { product_id: productId, branch_id: branchId, ...difference },
      };
    }
    if (planned.kind === "transfer-out") {
      known.underWay.push({ productId, branchId, change: row });
      return { ...told, type: "inventory.dispatched", payload };
    }
    const sent = known.underWay.findLastIndex((other) => other.productId === productId && other.branchId !== branchId);
    const [left] = known.underWay.splice(sent, 1);
    const rows = [left!.change, row];
    return { ...told, rows, type: "inventory.transferred", payload: { product_id: productId, to_branch_id: branchId } };
  });
  if (planned.kind !== "purchase-receipt") return events;
  const order = known.orders.get(planned.purchaseId)!;
  const payload = { branch_id: order.branchId, supplier_id: order.supplierId, total: order.total };
  const received: Seen = {
    type: "purchase.received",
    entity: ["purchase", planned.purchaseId],
    by,
    at: planned.at,
    payload,
    rows: [change("purchases", planned.purchaseId)],
  };
  return [received, ...events];
}

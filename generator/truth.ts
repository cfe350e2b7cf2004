// Takes the transactions that were committed, gives what they meant, counted: the answer a trail is measured against.
import { assertNever } from "../src/lib/assert.ts";
import type { Anomaly } from "./anomaly.ts";
import type { PlannedSale, PlannedTransaction } from "./planned-transaction.ts";
import { discountLimit } from "./sale.ts";

export const businessEventTypes = [
  "sale.completed",
  "sale.returned",
  "sale.voided",
  "sale.discounted_beyond_limit",
  "inventory.adjusted",
  "inventory.received",
  "inventory.dispatched",
  "inventory.transferred",
  "inventory.expired",
  "product.price_changed",
  "product.created",
  "product.discontinued",
  "user.created",
  "user.role_changed",
  "user.deactivated",
  "user.password_reset",
  "branch.opened",
  "branch.closed",
  "supplier.added",
  "purchase.ordered",
  "purchase.received",
] as const;

export type BusinessEventType = (typeof businessEventTypes)[number];
type Counts = Partial<Record<BusinessEventType, number>>;

export interface TradeTruth {
  /** Committed transactions; DDL is not among them. */
  transactions: number;
  /** Rows inserted, updated or deleted by them. */
  rowChanges: number;
  /** Types that never happened are not in it. */
  businessEvents: Counts;
  anomalies: Anomaly[];
  /** Highest sale id; 0 when nothing was sold. */
  lastSaleId: number;
  /** One of each to look up in a trail; 0 where none happened. */
  examples: { saleId: number; adjustedInventoryId: number; roleChangedUserId: number; branchId: number };
}

export class TruthCounter {
  readonly truth: TradeTruth = {
    transactions: 0,
    rowChanges: 0,
    businessEvents: {},
    anomalies: [],
    lastSaleId: 0,
    examples: { saleId: 0, adjustedInventoryId: 0, roleChangedUserId: 0, branchId: 0 },
  };
  #exampleSaleItems = 0;

  /** Adds one committed transaction. */
  add(transaction: PlannedTransaction): void {
    const { truth } = this;
    truth.transactions += 1;
    truth.rowChanges += rowChangesOf(transaction);
    for (const [type, count] of Object.entries(eventsOf(transaction)) as [BusinessEventType, number][]) {
      if (count > 0) truth.businessEvents[type] = (truth.businessEvents[type] ?? 0) + count;
    }
    this.#addExample(transaction);
  }

  #addExample(transaction: PlannedTransaction): void {
    const { examples } = this.truth;
    if (transaction.kind === "sale") this.#addSale(transaction);
    // The last one, which opened in the middle of the trade.
    else if (transaction.kind === "branch") examples.branchId = transaction.branch.branchId;
    else if (transaction.kind === "role-change") examples.roleChangedUserId ||= transaction.userId;
    else if (transaction.kind === "adjustment" && transaction.reason !== "EXPIRED")
      examples.adjustedInventoryId ||= transaction.stock[0]?.inventoryId ?? 0;
  }

  #addSale(sale: PlannedSale): void {
    this.truth.lastSaleId = sale.saleId;
    // The first sale, until one of several items comes: it shows more.
    const items = Math.min(sale.items.length, 2);
    if (items <= this.#exampleSaleItems) return;
    this.#exampleSaleItems = items;
    this.truth.examples.saleId = sale.saleId;
  }
}

/** What counts rows of stock counts each: a delivery of nine products is one `purchase.received`, nine `inventory.received`. */
function eventsOf(transaction: PlannedTransaction): Counts {
  switch (transaction.kind) {
    case "catalogue":
      return { "supplier.added": transaction.suppliers.length, "product.created": transaction.products.length };
    case "branch":
      return { "branch.opened": 1, "user.created": transaction.staff.length };
    case "branch-closed":
      return { "branch.closed": 1, "user.deactivated": transaction.staff.length };
    case "first-stock":
    case "deletion":
      return {};
    case "user-created":
      return { "user.created": 1 };
    case "user-deactivated":
      return { "user.deactivated": 1 };
    case "password-reset":
      return { "user.password_reset": 1 };
    case "role-change":
      return { "user.role_changed": 1 };
    case "supplier-added":
      return { "supplier.added": 1 };
    case "product-created":
      return { "product.created": 1 };
    case "product-discontinued":
      return { "product.discontinued": 1 };
    case "price-change":
      return { "product.price_changed": transaction.prices.length };
    case "sale":
      return { "sale.completed": 1, "sale.discounted_beyond_limit": isBeyondLimit(transaction) ? 1 : 0 };
    case "void":
      return { "sale.voided": 1 };
    case "return":
      return { "sale.returned": 1 };
    case "adjustment":
      return {
        [transaction.reason === "EXPIRED" ? "inventory.expired" : "inventory.adjusted"]: transaction.stock.length,
      };
    case "transfer-out":
      return { "inventory.dispatched": transaction.stock.length };
    case "transfer-in":
      return { "inventory.transferred": transaction.stock.length };
    case "purchase-order":
      return { "purchase.ordered": 1 };
    case "purchase-receipt":
      return { "purchase.received": 1, "inventory.received": transaction.stock.length };
    default:
      return assertNever(transaction);
  }
}

function isBeyondLimit({ discountCents, totalCents }: PlannedSale): boolean {
  return discountCents > (totalCents + discountCents) * discountLimit;
}

function rowChangesOf(transaction: PlannedTransaction): number {
  switch (transaction.kind) {
    case "catalogue":
      return transaction.suppliers.length + transaction.products.length;
    case "branch":
    case "branch-closed":
      return 1 + transaction.staff.length;
    case "first-stock":
      return transaction.rows.length;
    case "product-created":
      return 1 + transaction.shelves.length;
    case "price-change":
      return transaction.prices.length;
    case "user-created":
    case "user-deactivated":
    case "password-reset":
    case "role-change":
    case "supplier-added":
    case "product-discontinued":
      return 1;
    case "sale":
    case "return":
      return 1 + transaction.items.length + transaction.stock.length;
    case "purchase-order":
      return 1 + transaction.items.length;
    case "void":
    case "purchase-receipt":
      return 1 + transaction.stock.length;
    case "deletion":
      return transaction.saleIds.length + transaction.items;
    case "adjustment":
    case "transfer-out":
    case "transfer-in":
      return transaction.stock.length;
    default:
      return assertNever(transaction);
  }
}

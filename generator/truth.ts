// Takes the transactions that were committed, gives what they meant, counted: the answer a trail is measured against.
import { assertNever } from "../src/lib/assert.ts";
import type { PlannedSale, PlannedTransaction } from "./planned-transaction.ts";

export interface TradeTruth {
  /** Committed transactions; DDL is not among them. */
  transactions: number;
  /** Rows inserted or updated by them. */
  rowChanges: number;
  businessEvents: Record<BusinessEventType, number>;
  /** Highest sale id; 0 when nothing was sold. */
  lastSaleId: number;
  /** One of each to look up in a trail; 0 where none happened. */
  examples: { saleId: number; adjustedInventoryId: number; roleChangedUserId: number; branchId: number };
}

type BusinessEventType = "sale.completed" | "inventory.adjusted" | "user.role_changed" | "branch.opened";

export class TruthCounter {
  readonly truth: TradeTruth = {
    transactions: 0,
    rowChanges: 0,
    businessEvents: { "sale.completed": 0, "inventory.adjusted": 0, "user.role_changed": 0, "branch.opened": 0 },
    lastSaleId: 0,
    examples: { saleId: 0, adjustedInventoryId: 0, roleChangedUserId: 0, branchId: 0 },
  };
  #exampleSaleItems = 0;

  /** Adds one committed transaction. `inventory.adjusted` counts rows: a delivery of nine products is nine of them. */
  add(transaction: PlannedTransaction): void {
    const { truth } = this;
    truth.transactions += 1;
    truth.rowChanges += rowChangesOf(transaction);
    switch (transaction.kind) {
      case "catalogue":
      case "first-stock":
        break;
      case "branch":
        truth.businessEvents["branch.opened"] += 1;
        truth.examples.branchId = transaction.branch.branchId; // the last one, which opened in the middle of the trade
        break;
      case "role-change":
        truth.businessEvents["user.role_changed"] += 1;
        truth.examples.roleChangedUserId ||= transaction.userId;
        break;
      case "sale":
        this.#addSale(transaction);
        break;
      case "adjustment":
        truth.businessEvents["inventory.adjusted"] += transaction.stock.length;
        // A delivery has many rows and little to tell.
        if (transaction.reason !== "RECEIVED")
          truth.examples.adjustedInventoryId ||= transaction.stock[0]?.inventoryId ?? 0;
        break;
      default:
        assertNever(transaction);
    }
  }

  #addSale(sale: PlannedSale): void {
    this.truth.businessEvents["sale.completed"] += 1;
    this.truth.lastSaleId = sale.saleId;
    // The first sale, until one of several items comes: it shows more.
    const items = Math.min(sale.items.length, 2);
    if (items <= this.#exampleSaleItems) return;
    this.#exampleSaleItems = items;
    this.truth.examples.saleId = sale.saleId;
  }
}

function rowChangesOf(transaction: PlannedTransaction): number {
  switch (transaction.kind) {
    case "catalogue":
      return transaction.suppliers.length + transaction.products.length;
    case "branch":
      return 1 + transaction.staff.length;
    case "first-stock":
      return transaction.rows.length;
    case "role-change":
      return 1;
    case "sale":
      return 1 + transaction.items.length + transaction.stock.length;
    case "adjustment":
      return transaction.stock.length;
    default:
      return assertNever(transaction);
  }
}

// What a plan is made of: one member of this union is one transaction of the pharmacy's application, as plain data.
// A new idea of the generator is a new member here; the compiler then asks for its statements and its truth.
import type { Anomaly } from "./anomaly.ts";
import type { Product, Role, Supplier } from "./catalogue.ts";

export interface BranchRow {
  branchId: number;
  code: string;
  name: string;
  city: string;
  openedAt: string;
}

export interface UserRow {
  userId: number;
  username: string;
  role: Role;
  branchId: number;
  passwordHash: string;
  createdAt: string;
}

export interface InventoryRow {
  inventoryId: number;
  branchId: number;
  productId: number;
  quantity: number;
}

/** Never zero: a change of nothing is no row change, and the counts would be wrong. */
export interface StockChange {
  inventoryId: number;
  delta: number;
}

export interface SaleItem {
  saleItemId: number;
  productId: number;
  quantity: number;
  unitPriceCents: number;
  lineTotalCents: number;
}

export interface ReturnItem {
  returnItemId: number;
  productId: number;
  quantity: number;
  refundCents: number;
}

export interface PurchaseItem {
  purchaseItemId: number;
  productId: number;
  quantity: number;
  unitCostCents: number;
  lineTotalCents: number;
}

export type AdjustmentReason = "DAMAGED" | "EXPIRED" | "COUNT" | "THEFT" | null;

export interface PlannedSale {
  kind: "sale";
  at: string;
  saleId: number;
  branchId: number;
  userId: number;
  discountCents: number;
  /** What the customer pays: the lines less the discount. */
  totalCents: number;
  items: SaleItem[];
  stock: StockChange[];
}

export interface PlannedVoid {
  kind: "void";
  at: string;
  saleId: number;
  userId: number;
  stock: StockChange[];
}

export interface PlannedReturn {
  kind: "return";
  at: string;
  returnId: number;
  saleId: number;
  branchId: number;
  userId: number;
  reason: "UNOPENED" | "DEFECTIVE";
  refundCents: number;
  items: ReturnItem[];
  /** Empty for DEFECTIVE. */
  stock: StockChange[];
}

export interface PlannedAdjustment {
  kind: "adjustment";
  at: string;
  userId: number;
  reason: AdjustmentReason;
  stock: StockChange[];
}

/** Stock that leaves a branch for another, or arrives there; two transactions with nothing in common but the product. */
export interface PlannedTransfer {
  kind: "transfer-out" | "transfer-in";
  at: string;
  userId: number;
  stock: StockChange[];
}

export interface PlannedOrder {
  kind: "purchase-order";
  at: string;
  purchaseId: number;
  supplierId: number;
  branchId: number;
  userId: number;
  totalCents: number;
  items: PurchaseItem[];
}

export interface PlannedReceipt {
  kind: "purchase-receipt";
  at: string;
  purchaseId: number;
  userId: number;
  stock: StockChange[];
}

export interface PriceChange {
  productId: number;
  unitPriceCents: number;
}

export type PlannedTransaction =
  | { kind: "catalogue"; at: string; suppliers: readonly Supplier[]; products: readonly Product[] }
  | { kind: "branch"; branch: BranchRow; staff: UserRow[] }
  | { kind: "branch-closed"; at: string; branchId: number; closedBy: number; staff: number[] }
  | { kind: "first-stock"; at: string; userId: number; rows: InventoryRow[] }
  | { kind: "user-created"; user: UserRow; createdBy: number }
  | { kind: "user-deactivated"; userId: number; changedBy: number }
  | { kind: "password-reset"; userId: number; passwordHash: string; changedBy: number }
  | { kind: "role-change"; userId: number; role: Role; changedBy: number }
  | { kind: "supplier-added"; at: string; supplier: Supplier; createdBy: number }
  | { kind: "product-created"; at: string; product: Product; createdBy: number; shelves: InventoryRow[] }
  | { kind: "product-discontinued"; at: string; productId: number; changedBy: number }
  | { kind: "price-change"; at: string; changedBy: number; prices: PriceChange[] }
  | { kind: "deletion"; saleIds: number[]; items: number }
  | PlannedSale
  | PlannedVoid
  | PlannedReturn
  | PlannedAdjustment
  | PlannedTransfer
  | PlannedOrder
  | PlannedReceipt;

/** One day of the plan. Day 0 is the day before trade begins: the catalogue and the first branches. */
export interface TradeDay {
  day: number;
  date: string;
  /** In the order in which they are committed. */
  transactions: PlannedTransaction[];
  /** Anomalies whose last row change is in this day. */
  anomalies: Anomaly[];
}

// What a plan is made of: one member of this union is one transaction of the pharmacy's application, as plain data.
// A new idea of the generator (a return, a theft, a night sale) is a new member here.
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

export type AdjustmentReason = "RECEIVED" | "DAMAGED" | "EXPIRED" | "COUNT" | "THEFT" | null;

export interface PlannedSale {
  kind: "sale";
  at: string;
  saleId: number;
  branchId: number;
  userId: number;
  totalCents: number;
  items: SaleItem[];
  stock: StockChange[];
}

export interface PlannedAdjustment {
  kind: "adjustment";
  at: string;
  userId: number;
  reason: AdjustmentReason;
  stock: StockChange[];
}

export type PlannedTransaction =
  | { kind: "catalogue"; suppliers: readonly Supplier[]; products: readonly Product[] }
  | { kind: "branch"; branch: BranchRow; staff: UserRow[] }
  | { kind: "first-stock"; at: string; userId: number; rows: InventoryRow[] }
  | { kind: "role-change"; userId: number; role: Role; changedBy: number }
  | PlannedSale
  | PlannedAdjustment;

/** One day of the plan. Day 0 is the day before trade begins: the catalogue and the first branches. */
export interface TradeDay {
  day: number;
  date: string;
  /** In the order in which they are committed. */
  transactions: PlannedTransaction[];
}

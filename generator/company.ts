// The company's state while a plan is made: branches, staff, products, stock on the shelves, what is under way, the
// next free ids. It lives inside one planning run and never leaves it; what leaves is plain data.
import { createHash } from "node:crypto";
import { assert } from "../src/lib/assert.ts";
import { branchPlace, branchPosts, products, suppliers } from "./catalogue.ts";
import type { Product, Role, Supplier } from "./catalogue.ts";
import type { BranchRow, InventoryRow, PlannedOrder, PlannedSale, UserRow } from "./planned-transaction.ts";
import type { Random } from "./random.ts";

export interface StockLine {
  inventoryId: number;
  product: Product;
  quantity: number;
  /** Ordered and not delivered yet. */
  onOrder: number;
  /** At or below this it is ordered again, up to `target`. */
  reorderAt: number;
  target: number;
}

export interface Branch {
  row: BranchRow;
  staff: UserRow[];
  stock: StockLine[];
  /** Its sales as a share of an ordinary branch's. */
  pace: number;
  /** Of the last days, oldest first: what can still be voided, returned or deleted. */
  recentSales: PlannedSale[];
  orders: { order: PlannedOrder; dueDay: number }[];
}

/** Stock that has left one branch and not reached the other. */
export interface Shipment {
  to: Branch;
  product: Product;
  quantity: number;
  dueDay: number;
}

export interface Company {
  seed: number;
  /** Those that are open. */
  branches: Branch[];
  branchesOpened: number;
  products: Product[];
  discontinued: Set<number>;
  suppliers: Supplier[];
  shipments: Shipment[];
  /** How many of a post a branch has ever had, by the branch's id and role: usernames are not used twice. */
  hired: Map<string, number>;
  next: Record<
    "user" | "inventory" | "sale" | "saleItem" | "return" | "returnItem" | "purchase" | "purchaseItem",
    number
  >;
}

export function createCompany(seed: number): Company {
  return {
    seed,
    branches: [],
    branchesOpened: 0,
    products: products.map((product) => ({ ...product })),
    discontinued: new Set(),
    suppliers: [...suppliers],
    shipments: [],
    hired: new Map(),
    next: { user: 1, inventory: 1, sale: 1, saleItem: 1, return: 1, returnItem: 1, purchase: 1, purchaseItem: 1 },
  };
}

interface OpenBranchOptions {
  openedAt: string;
  pace: number;
  /** Units sold on an ordinary day, over all products: shelves hold some days of it. */
  unitsPerDay: number;
  random: Random;
}

/** Adds the next branch, its staff and its full shelves. */
export function openBranch(company: Company, options: OpenBranchOptions): Branch {
  const index = company.branchesOpened++;
  const { slug: _, ...place } = branchPlace(index);
  const row: BranchRow = { branchId: index + 1, ...place, openedAt: options.openedAt };
  const posts: readonly Role[] = index === 0 ? ["ADMIN", ...branchPosts] : branchPosts;
  const staff = posts.map((role) => createUser(company, row.branchId, role, options.openedAt));
  const stock = fillShelves(company, options);
  const branch: Branch = { row, staff, stock, pace: options.pace, recentSales: [], orders: [] };
  company.branches.push(branch);
  return branch;
}

/** Somebody new, with a username nobody has had. The caller adds them to the branch's staff. */
export function createUser(company: Company, branchId: number, role: Role, createdAt: string): UserRow {
  const { slug } = branchPlace(branchId - 1);
  const number = (company.hired.get(`${branchId}/${role}`) ?? 0) + 1;
  company.hired.set(`${branchId}/${role}`, number);
  const username = `${role.toLowerCase()}-${slug}-${String(number).padStart(2, "0")}`;
  const passwordHash = demoPasswordHash(company, username);
  return { userId: company.next.user++, username, role, branchId, passwordHash, createdAt };
}

/** No hash of any password: a text of the right look that the seed decides. */
export function demoPasswordHash(company: Company, ...of: readonly (string | number)[]): string {
  return `demo$${createHash("sha256")
    .update([company.seed, ...of].join("/"))
    .digest("hex")}`;
}

/** Every branch has one: role changes and departures keep at least one MANAGER. */
export function managerOf(branch: Branch): UserRow {
  const manager = branch.staff.find(({ role }) => role === "MANAGER");
  assert(manager, `branch ${branch.row.branchId} has a MANAGER`);
  return manager;
}

/** Head office's, who never leaves. */
export function adminOf(company: Company): UserRow {
  const admin = company.branches[0]?.staff.find(({ role }) => role === "ADMIN");
  assert(admin, "head office has an ADMIN");
  return admin;
}

export function lineOf(branch: Branch, productId: number): StockLine {
  const line = branch.stock.find(({ product }) => product.productId === productId);
  assert(line, `branch ${branch.row.branchId} has a shelf for product ${productId}`);
  return line;
}

export function inventoryRows(branch: Branch): InventoryRow[] {
  return branch.stock.map((line) => ({
    inventoryId: line.inventoryId,
    branchId: branch.row.branchId,
    productId: line.product.productId,
    quantity: line.quantity,
  }));
}

const daysOnTheShelf = 8;

function fillShelves(company: Company, { unitsPerDay, random }: OpenBranchOptions): StockLine[] {
  const popularityTotal = company.products.reduce((sum, product) => sum + product.popularity, 0);
  return company.products.map((product) => {
    const target = Math.max(24, Math.ceil((unitsPerDay * daysOnTheShelf * product.popularity) / popularityTotal));
    const quantity = target - random.int(0, Math.floor(target / 3));
    return createLine(company, product, quantity, target);
  });
}

export function createLine(company: Company, product: Product, quantity: number, target: number): StockLine {
  const reorderAt = Math.ceil(target / 2);
  return { inventoryId: company.next.inventory++, product, quantity, onOrder: 0, reorderAt, target };
}

// The company's state while a plan is made: branches, staff, stock on the shelves, the next free ids.
// It lives inside one planning run and never leaves it; what leaves is plain data.
import { createHash } from "node:crypto";
import { assert } from "../src/lib/assert.ts";
import { branchPlace, branchPosts, products } from "./catalogue.ts";
import type { Product } from "./catalogue.ts";
import type { BranchRow, InventoryRow, UserRow } from "./planned-transaction.ts";
import type { Random } from "./random.ts";

export interface StockLine {
  inventoryId: number;
  product: Product;
  quantity: number;
  /** At or below this the next delivery brings it back up to `target`. */
  reorderAt: number;
  target: number;
}

export interface Branch {
  row: BranchRow;
  staff: UserRow[];
  stock: StockLine[];
  /** Its sales as a share of an ordinary branch's. */
  pace: number;
}

export interface Company {
  seed: number;
  branches: Branch[];
  nextUserId: number;
  nextInventoryId: number;
  nextSaleId: number;
  nextSaleItemId: number;
}

export function createCompany(seed: number): Company {
  return { seed, branches: [], nextUserId: 1, nextInventoryId: 1, nextSaleId: 1, nextSaleItemId: 1 };
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
  const { slug, ...place } = branchPlace(company.branches.length);
  const branchId = company.branches.length + 1;
  const row: BranchRow = { branchId, ...place, openedAt: options.openedAt };
  const staff = hireStaff(company, row, slug);
  const branch: Branch = { row, staff, stock: fillShelves(company, options), pace: options.pace };
  company.branches.push(branch);
  return branch;
}

/** Every branch has one: role changes keep at least one MANAGER. */
export function managerOf(branch: Branch): UserRow {
  const manager = branch.staff.find(({ role }) => role === "MANAGER");
  assert(manager, `branch ${branch.row.branchId} has a MANAGER`);
  return manager;
}

export function inventoryRows(branch: Branch): InventoryRow[] {
  return branch.stock.map((line) => ({
    inventoryId: line.inventoryId,
    branchId: branch.row.branchId,
    productId: line.product.productId,
    quantity: line.quantity,
  }));
}

function hireStaff(company: Company, branch: BranchRow, slug: string): UserRow[] {
  const posts = company.branches.length === 0 ? (["ADMIN", ...branchPosts] as const) : branchPosts;
  const numberInPost = new Map<string, number>();
  return posts.map((role) => {
    const number = (numberInPost.get(role) ?? 0) + 1;
    numberInPost.set(role, number);
    const username = `${role.toLowerCase()}-${slug}-${String(number).padStart(2, "0")}`;
    const passwordHash = `demo$${createHash("sha256").update(`${company.seed}/${username}`).digest("hex")}`;
    const userId = company.nextUserId++;
    return { userId, username, role, branchId: branch.branchId, passwordHash, createdAt: branch.openedAt };
  });
}

const daysOnTheShelf = 6;

function fillShelves(company: Company, { unitsPerDay, random }: OpenBranchOptions): StockLine[] {
  const popularityTotal = products.reduce((sum, product) => sum + product.popularity, 0);
  return products.map((product) => {
    const target = Math.max(24, Math.ceil((unitsPerDay * daysOnTheShelf * product.popularity) / popularityTotal));
    const quantity = target - random.int(0, Math.floor(target / 4));
    return { inventoryId: company.nextInventoryId++, product, quantity, reorderAt: Math.ceil(target / 3), target };
  });
}

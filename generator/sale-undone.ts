// Takes a branch with recent sales, gives what undoes one: a void minutes later, a return days later.
import { lineOf } from "./company.ts";
import type { Branch, Company } from "./company.ts";
import type { PlannedReturn, PlannedSale, PlannedVoid } from "./planned-transaction.ts";
import type { Random } from "./random.ts";

/** The whole sale never was: everything goes back. Null when it can no longer be voided. */
export function planVoid(branch: Branch, sale: PlannedSale, at: string, userId: number): PlannedVoid | null {
  if (!forget(branch, sale)) return null;
  for (const item of sale.items) lineOf(branch, item.productId).quantity += item.quantity;
  const stock = sale.stock.map(({ inventoryId, delta }) => ({ inventoryId, delta: -delta }));
  return { kind: "void", at, saleId: sale.saleId, userId, stock };
}

/** Null when the branch has no sale to return. */
export function planReturn(
  company: Company,
  branch: Branch,
  { at, userId, random }: { at: string; userId: number; random: Random },
): PlannedReturn | null {
  if (branch.recentSales.length === 0) return null;
  const sale = random.pick(branch.recentSales);
  forget(branch, sale);
  return returnOf(company, branch, sale, { at, userId, random });
}

/** One item of the sale, or all of them, for what the customer paid. */
function returnOf(
  company: Company,
  branch: Branch,
  sale: PlannedSale,
  { at, userId, random }: { at: string; userId: number; random: Random },
): PlannedReturn {
  const paidShare = sale.totalCents / (sale.totalCents + sale.discountCents);
  const returned = random.chance(0.5) ? sale.items : [random.pick(sale.items)];
  const reason = random.chance(0.75) ? "UNOPENED" : "DEFECTIVE";
  const items = returned.map(({ productId, quantity, lineTotalCents }) => ({
    returnItemId: company.next.returnItem++,
    productId,
    quantity,
    refundCents: Math.floor(lineTotalCents * paidShare),
  }));
  const stock = reason === "DEFECTIVE" ? [] : items.map((item) => putBack(branch, item.productId, item.quantity));
  const refundCents = items.reduce((sum, item) => sum + item.refundCents, 0);
  const { saleId, branchId } = sale;
  return {
    kind: "return",
    at,
    returnId: company.next.return++,
    saleId,
    branchId,
    userId,
    reason,
    refundCents,
    items,
    stock,
  };
}

function putBack(branch: Branch, productId: number, quantity: number) {
  const line = lineOf(branch, productId);
  line.quantity += quantity;
  return { inventoryId: line.inventoryId, delta: quantity };
}

/** A sale is undone once at most. False when it was already. */
function forget(branch: Branch, sale: PlannedSale): boolean {
  const index = branch.recentSales.indexOf(sale);
  if (index < 0) return false;
  branch.recentSales.splice(index, 1);
  return true;
}

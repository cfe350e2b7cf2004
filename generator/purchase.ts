// Takes a branch's shelves in the evening, gives the orders to its suppliers; on a later morning, their receipts.
import { lineOf, managerOf } from "./company.ts";
import type { Branch, Company, StockLine } from "./company.ts";
import type { PlannedOrder, PlannedReceipt } from "./planned-transaction.ts";

/** What the chain pays for a product that it sells at 1. */
const costShare = 0.65;

/** One order to each supplier of a low shelf; discontinued products are ordered no more. */
export function planOrders(company: Company, branch: Branch, at: string, dueDay: number): PlannedOrder[] {
  const low = branch.stock.filter(
    ({ product, quantity, onOrder, reorderAt }) =>
      quantity + onOrder <= reorderAt && !company.discontinued.has(product.productId),
  );
  const bySupplier = Map.groupBy(low, ({ product }) => product.supplierId);
  return [...bySupplier].map(([supplierId, lines]) => {
    const order = orderOf(company, branch, { at, supplierId, lines });
    branch.orders.push({ order, dueDay });
    return order;
  });
}

function orderOf(
  company: Company,
  branch: Branch,
  { at, supplierId, lines }: { at: string; supplierId: number; lines: readonly StockLine[] },
): PlannedOrder {
  const items = lines.map((line) => {
    const quantity = line.target - line.quantity - line.onOrder;
    line.onOrder += quantity;
    const unitCostCents = Math.round(line.product.unitPriceCents * costShare);
    const { productId } = line.product;
    const purchaseItemId = company.next.purchaseItem++;
    return { purchaseItemId, productId, quantity, unitCostCents, lineTotalCents: quantity * unitCostCents };
  });
  return {
    kind: "purchase-order",
    at,
    purchaseId: company.next.purchase++,
    supplierId,
    branchId: branch.row.branchId,
    userId: managerOf(branch).userId,
    totalCents: items.reduce((sum, item) => sum + item.lineTotalCents, 0),
    items,
  };
}

/** Orders that arrive on this day are the branch's no more. */
export function takeOrdersDue(branch: Branch, day: number): PlannedOrder[] {
  const due = branch.orders.filter(({ dueDay }) => dueDay === day);
  branch.orders = branch.orders.filter(({ dueDay }) => dueDay !== day);
  return due.map(({ order }) => order);
}

/** All of it arrives, as ordered. */
export function planReceipt(branch: Branch, order: PlannedOrder, at: string): PlannedReceipt {
  const stock = order.items.map(({ productId, quantity }) => {
    const line = lineOf(branch, productId);
    line.quantity += quantity;
    line.onOrder -= quantity;
    return { inventoryId: line.inventoryId, delta: quantity };
  });
  return { kind: "purchase-receipt", at, purchaseId: order.purchaseId, userId: managerOf(branch).userId, stock };
}

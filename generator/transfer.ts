// Takes the company, gives stock sent from one branch to another, and its arrival in a later transaction.
import { lineOf, managerOf } from "./company.ts";
import type { Branch, Company, Shipment } from "./company.ts";
import type { PlannedTransfer } from "./planned-transaction.ts";
import type { Random } from "./random.ts";

/**
 * Null when there is nowhere to send anything or nothing to spare. A product is under way once at a time: the rows of
 * two shipments of it could not be told apart.
 */
export function planDispatch(
  company: Company,
  from: Branch,
  { at, dueDay, random }: { at: string; dueDay: number; random: Random },
): PlannedTransfer | null {
  const others = company.branches.filter((branch) => branch !== from);
  const spare = from.stock.filter(
    ({ product, quantity }) =>
      quantity >= 10 && !company.shipments.some((shipment) => shipment.product.productId === product.productId),
  );
  if (others.length === 0 || spare.length === 0) return null;
  const line = random.pick(spare);
  const quantity = random.int(2, Math.floor(line.quantity / 4) + 1);
  line.quantity -= quantity;
  company.shipments.push({ to: random.pick(others), product: line.product, quantity, dueDay });
  const stock = [{ inventoryId: line.inventoryId, delta: -quantity }];
  return { kind: "transfer-out", at, userId: managerOf(from).userId, stock };
}

/** Null when the branch has closed in the meantime: what was sent there is lost. */
export function planArrival(company: Company, shipment: Shipment, at: string): PlannedTransfer | null {
  company.shipments = company.shipments.filter((other) => other !== shipment);
  if (!company.branches.includes(shipment.to)) return null;
  const line = lineOf(shipment.to, shipment.product.productId);
  line.quantity += shipment.quantity;
  const stock = [{ inventoryId: line.inventoryId, delta: shipment.quantity }];
  return { kind: "transfer-in", at, userId: managerOf(shipment.to).userId, stock };
}

// Takes a branch's shelves, gives the changes of stock that are no sale: deliveries and corrections.
import { managerOf } from "./company.ts";
import type { Branch, StockLine } from "./company.ts";
import type { AdjustmentReason, PlannedAdjustment } from "./planned-transaction.ts";
import type { Random } from "./random.ts";

interface Correction {
  reason: AdjustmentReason;
  /** How often, against the others. */
  weight: number;
  /** Most units written off at once. */
  unitsMax: number;
}

/** No reason at all is the one an auditor asks about. */
const corrections: readonly Correction[] = [
  { reason: "DAMAGED", weight: 35, unitsMax: 3 },
  { reason: "EXPIRED", weight: 25, unitsMax: 8 },
  { reason: "COUNT", weight: 22, unitsMax: 3 },
  { reason: "THEFT", weight: 8, unitsMax: 4 },
  { reason: null, weight: 10, unitsMax: 6 },
];

/** Brings every low shelf of the branch back to its target in one transaction; null when none is low. */
export function planDelivery(branch: Branch, at: string): PlannedAdjustment | null {
  const low = branch.stock.filter((line) => line.quantity <= line.reorderAt);
  if (low.length === 0) return null;
  const stock = low.map((line) => ({ inventoryId: line.inventoryId, delta: line.target - line.quantity }));
  for (const line of low) line.quantity = line.target;
  return { kind: "adjustment", at, userId: managerOf(branch).userId, reason: "RECEIVED", stock };
}

/** One shelf corrected by someone allowed to; null when the shelves are bare. */
export function planCorrection(branch: Branch, at: string, random: Random): PlannedAdjustment | null {
  const stocked = branch.stock.filter((line) => line.quantity > 0);
  if (stocked.length === 0) return null;
  const line = random.pick(stocked);
  const correction = corrections[random.weighted(corrections.map(({ weight }) => weight))] as Correction;
  const delta = correctedBy(line, correction, random);
  line.quantity += delta;
  const user = random.pick(branch.staff.filter(({ role }) => role === "MANAGER" || role === "PHARMACIST"));
  const stock = [{ inventoryId: line.inventoryId, delta }];
  return { kind: "adjustment", at, userId: user.userId, reason: correction.reason, stock };
}

/** A count may find too many as well as too few; everything else only takes away, and never more than there is. */
function correctedBy(line: StockLine, correction: Correction, random: Random): number {
  const units = random.int(1, correction.unitsMax);
  if (correction.reason === "COUNT" && random.chance(0.4)) return units;
  return -Math.min(units, line.quantity);
}

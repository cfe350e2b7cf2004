// Takes a branch's shelves, gives the corrections of stock: changes that are no sale, no delivery and no transfer.
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

/** One shelf corrected by someone allowed to; null when the shelves are bare. */
export function planCorrection(branch: Branch, at: string, random: Random): PlannedAdjustment | null {
  const stocked = branch.stock.filter((line) => line.quantity > 0);
  if (stocked.length === 0) return null;
  const line = random.pick(stocked);
  const correction = corrections[random.weighted(corrections.map(({ weight }) => weight))] as Correction;
  const user = random.pick(branch.staff.filter(({ role }) => role === "MANAGER" || role === "PHARMACIST"));
  const { reason } = correction;
  return adjust(line, { at, userId: user.userId, reason, delta: correctedBy(line, correction, random) });
}

/** `delta` must not take more than there is. */
export function adjust(
  line: StockLine,
  { at, userId, reason, delta }: { at: string; userId: number; reason: AdjustmentReason; delta: number },
): PlannedAdjustment {
  line.quantity += delta;
  return { kind: "adjustment", at, userId, reason, stock: [{ inventoryId: line.inventoryId, delta }] };
}

/** A count may find too many as well as too few; everything else only takes away, and never more than there is. */
function correctedBy(line: StockLine, correction: Correction, random: Random): number {
  const units = random.int(1, correction.unitsMax);
  if (correction.reason === "COUNT" && random.chance(0.4)) return units;
  return -Math.min(units, line.quantity);
}

import { describe, expect, it } from "vitest";
import { createCompany, openBranch } from "../../../generator/company.ts";
import type { Branch } from "../../../generator/company.ts";
import { createRandom } from "../../../generator/random.ts";
import { planCorrection } from "../../../generator/stock-adjustment.ts";

const at = "2026-01-05 10:00:00";

function branchWith(quantity: number): Branch {
  const random = createRandom(1);
  const branch = openBranch(createCompany(1), { openedAt: at, pace: 1, unitsPerDay: 10, random });
  for (const line of branch.stock) line.quantity = quantity;
  return branch;
}

describe("planCorrection", () => {
  it("never takes away more than there is, and never changes nothing", () => {
    const random = createRandom(2);
    for (let round = 0; round < 200; round += 1) {
      const branch = branchWith(1);
      const delta = planCorrection(branch, at, random)?.stock[0]?.delta ?? 0;
      expect(delta).not.toBe(0);
      expect(Math.min(...branch.stock.map((line) => line.quantity))).toBeGreaterThanOrEqual(0);
    }
  });

  it("gives every reason there is, none included, but not that of a delivery", () => {
    const random = createRandom(3);
    const reasons = new Set(Array.from({ length: 300 }, () => planCorrection(branchWith(50), at, random)?.reason));
    expect([...reasons].map(String).sort()).toEqual(["COUNT", "DAMAGED", "EXPIRED", "THEFT", "null"]);
  });

  it("finds nothing to correct on bare shelves", () => {
    expect(planCorrection(branchWith(0), at, createRandom(1))).toBeNull();
  });
});

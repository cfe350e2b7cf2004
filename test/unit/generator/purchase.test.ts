import { describe, expect, it } from "vitest";
import { createCompany, managerOf, openBranch } from "../../../generator/company.ts";
import { planOrders, planReceipt, takeOrdersDue } from "../../../generator/purchase.ts";
import { createRandom } from "../../../generator/random.ts";

const at = "2026-01-05 20:30:00";

function openCompany() {
  const company = createCompany(1);
  const branch = openBranch(company, { openedAt: at, pace: 1, unitsPerDay: 10, random: createRandom(1) });
  for (const line of branch.stock) line.quantity = line.target;
  return { company, branch };
}

describe("planOrders", () => {
  it("asks each supplier for what is low, once, and receives exactly that on the day it is due", () => {
    const { company, branch } = openCompany();
    const [first, second, third] = branch.stock;
    if (!first || !second || !third) throw new Error("no shelves");
    for (const line of [first, second, third]) line.quantity = 1;
    third.product.supplierId = first.product.supplierId + 1;
    second.product.supplierId = first.product.supplierId;
    const orders = planOrders(company, branch, at, 3);
    expect(orders.map(({ items }) => items.map(({ productId }) => productId))).toEqual([[1, 2], [3]]);
    expect(planOrders(company, branch, at, 3)).toEqual([]);
    expect(takeOrdersDue(branch, 2)).toEqual([]);
    expect(takeOrdersDue(branch, 3)).toEqual(orders);
    expect(takeOrdersDue(branch, 3)).toEqual([]);
    const receipt = planReceipt(branch, orders[0]!, at);
    expect(receipt).toMatchObject({ purchaseId: 1, userId: managerOf(branch).userId });
    expect(receipt.stock.map(({ delta }) => delta)).toEqual([first.target - 1, second.target - 1]);
    expect([first.quantity, second.quantity, third.quantity]).toEqual([first.target, second.target, 1]);
  });

  it("totals what it costs, and orders no product that is discontinued", () => {
    const { company, branch } = openCompany();
    const [low, discontinued] = branch.stock;
    if (!low || !discontinued) throw new Error("no shelves");
    low.quantity = discontinued.quantity = 0;
    company.discontinued.add(discontinued.product.productId);
    const [order, ...others] = planOrders(company, branch, at, 3);
    expect(others).toEqual([]);
    expect(order?.items).toMatchObject([{ productId: low.product.productId, quantity: low.target }]);
    expect(order?.totalCents).toBe(low.target * Math.round(low.product.unitPriceCents * 0.65));
  });

  it("orders nothing when nothing is low", () => {
    const { company, branch } = openCompany();
    expect(planOrders(company, branch, at, 3)).toEqual([]);
  });
});

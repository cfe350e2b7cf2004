// Takes a branch at a moment, gives the sale a customer makes there, or null when the shelves are bare.
import type { Branch, Company, StockLine } from "./company.ts";
import type { PlannedSale, SaleItem } from "./planned-transaction.ts";
import type { Random } from "./random.ts";

/** Share of sales with 1, 2, … 5 items, and of items with 1, 2, 3 units. */
const itemWeights = [40, 27, 17, 10, 6] as const;
const unitWeights = [70, 22, 8] as const;

/** Units in an average sale, for whoever fills the shelves. */
export const unitsPerSale = mean(itemWeights) * mean(unitWeights);

/** Takes what is sold off the branch's shelves. */
export function planSale(company: Company, branch: Branch, at: string, random: Random): PlannedSale | null {
  const lines = chooseLines(branch.stock, random.weighted(itemWeights) + 1, random);
  if (lines.length === 0) return null;
  const items: SaleItem[] = [];
  const stock: PlannedSale["stock"] = [];
  for (const line of lines) {
    const quantity = Math.min(line.quantity, random.weighted(unitWeights) + 1);
    const { productId, unitPriceCents } = line.product;
    const lineTotalCents = quantity * unitPriceCents;
    items.push({ saleItemId: company.nextSaleItemId++, productId, quantity, unitPriceCents, lineTotalCents });
    stock.push({ inventoryId: line.inventoryId, delta: -quantity });
    line.quantity -= quantity;
  }
  const seller = random.pick(branch.staff.filter((user) => user.role !== "ADMIN"));
  const totalCents = items.reduce((sum, item) => sum + item.lineTotalCents, 0);
  const { branchId } = branch.row;
  return { kind: "sale", at, saleId: company.nextSaleId++, branchId, userId: seller.userId, totalCents, items, stock };
}

/** Different lines with something on them, popular products more often. */
function chooseLines(stock: readonly StockLine[], count: number, random: Random): StockLine[] {
  const weights = stock.map((line) => (line.quantity > 0 ? line.product.popularity : 0));
  const chosen: StockLine[] = [];
  while (chosen.length < count && weights.some((weight) => weight > 0)) {
    const index = random.weighted(weights);
    chosen.push(stock[index] as StockLine);
    weights[index] = 0;
  }
  return chosen;
}

function mean(weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.reduce((sum, weight, index) => sum + weight * (index + 1), 0) / total;
}

// Takes a branch at a moment, gives the sale a customer makes there, or null when the shelves are bare.
import type { Branch, Company, StockLine } from "./company.ts";
import type { PlannedSale, SaleItem, StockChange, UserRow } from "./planned-transaction.ts";
import type { Random } from "./random.ts";
import type { TradeRates } from "./trade-options.ts";

/** Share of sales with 1, 2, … 5 items, and of items with 1, 2, 3 units. */
const itemWeights = [40, 27, 17, 10, 6] as const;
const unitWeights = [70, 22, 8] as const;

/** Units in an average sale, for whoever fills the shelves. */
export const unitsPerSale = mean(itemWeights) * mean(unitWeights);

/** More than this share of the lines' sum needs a reason; the rule pack says so, the application does not. */
export const discountLimit = 0.2;

/** Sales that can still be voided or returned; older ones are forgotten. */
const recentSalesMax = 400;

export interface SaleRequest {
  at: string;
  seller: UserRow;
  rates: TradeRates;
  random: Random;
}

/** Takes what is sold off the branch's shelves. */
export function planSale(company: Company, branch: Branch, request: SaleRequest): PlannedSale | null {
  const { at, seller, rates, random } = request;
  const lines = chooseLines(branch.stock, random.weighted(itemWeights) + 1, random);
  if (lines.length === 0) return null;
  const wanted = lines.map((line) => ({ line, quantity: Math.min(line.quantity, random.weighted(unitWeights) + 1) }));
  const share = discountShare(rates, random);
  return sell(company, branch, { at, userId: seller.userId, wanted, share });
}

/** One sale of exactly these quantities, which must be on the shelves. */
export function sell(
  company: Company,
  branch: Branch,
  sold: { at: string; userId: number; wanted: readonly { line: StockLine; quantity: number }[]; share: number },
): PlannedSale {
  const items: SaleItem[] = [];
  const stock: StockChange[] = [];
  for (const { line, quantity } of sold.wanted) {
    const { productId, unitPriceCents } = line.product;
    const lineTotalCents = quantity * unitPriceCents;
    items.push({ saleItemId: company.next.saleItem++, productId, quantity, unitPriceCents, lineTotalCents });
    stock.push({ inventoryId: line.inventoryId, delta: -quantity });
    line.quantity -= quantity;
  }
  const fullCents = items.reduce((sum, item) => sum + item.lineTotalCents, 0);
  const discountCents = Math.floor(fullCents * sold.share);
  const sale: PlannedSale = {
    kind: "sale",
    at: sold.at,
    saleId: company.next.sale++,
    branchId: branch.row.branchId,
    userId: sold.userId,
    discountCents,
    totalCents: fullCents - discountCents,
    items,
    stock,
  };
  branch.recentSales.push(sale);
  if (branch.recentSales.length > recentSalesMax) branch.recentSales.shift();
  return sale;
}

/** Ordinary discounts stay well below the limit and the others well above it, so that no cent decides. */
function discountShare(rates: TradeRates, random: Random): number {
  if (!random.chance(rates.discounts)) return 0;
  return random.chance(rates.discountsBeyondLimit) ? random.int(25, 60) / 100 : random.int(1, 3) * 0.05;
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

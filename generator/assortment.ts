// Takes the company, gives what happens to what it sells: prices, new products, the end of old ones, new suppliers.
import { newProductName, newSupplier, productSku, products as firstProducts } from "./catalogue.ts";
import type { Product } from "./catalogue.ts";
import { adminOf, createLine } from "./company.ts";
import type { Company } from "./company.ts";
import type { PlannedTransaction, PriceChange } from "./planned-transaction.ts";
import type { Random } from "./random.ts";

const newProductTarget = 30;

/** A supplier has sent a new list: a few of its products change together. Null when rounding leaves all as they were. */
export function planPriceList(company: Company, at: string, random: Random): PlannedTransaction | null {
  const supplied = new Set(company.products.map(({ supplierId }) => supplierId));
  const supplierId = random.pick([...supplied]);
  const listed = company.products.filter((product) => product.supplierId === supplierId && random.chance(0.4));
  const prices = listed.map((product) => {
    const factor = 1 + (random.chance(0.8) ? 1 : -1) * (random.int(2, 12) / 100);
    return { product, cents: Math.max(1, Math.round(product.unitPriceCents * factor)) };
  });
  return changePrices(prices, at, adminOf(company).userId);
}

/** Leaves out what costs that already; null when nothing is left. */
export function changePrices(
  prices: readonly { product: Product; cents: number }[],
  at: string,
  changedBy: number,
): PlannedTransaction | null {
  const changed: PriceChange[] = [];
  for (const { product, cents } of prices) {
    if (product.unitPriceCents === cents) continue;
    product.unitPriceCents = cents;
    changed.push({ productId: product.productId, unitPriceCents: cents });
  }
  return changed.length === 0 ? null : { kind: "price-change", at, changedBy, prices: changed };
}

/** With an empty shelf in every branch, which the evening's orders fill. */
export function planNewProduct(company: Company, at: string, random: Random): PlannedTransaction {
  const productId = company.products.length + 1;
  const product: Product = {
    productId,
    sku: productSku(productId),
    name: newProductName(productId - firstProducts.length - 1),
    supplierId: random.pick(company.suppliers).supplierId,
    unitPriceCents: random.int(400, 6000),
    popularity: random.int(1, 5),
  };
  company.products.push(product);
  const shelves = company.branches.map((branch) => {
    const line = createLine(company, product, 0, newProductTarget);
    branch.stock.push(line);
    return { inventoryId: line.inventoryId, branchId: branch.row.branchId, productId, quantity: 0 };
  });
  return { kind: "product-created", at, product: { ...product }, createdBy: adminOf(company).userId, shelves };
}

/** Null when everything has been discontinued. */
export function planDiscontinuation(company: Company, at: string, random: Random): PlannedTransaction | null {
  const active = company.products.filter(({ productId }) => !company.discontinued.has(productId));
  if (active.length === 0) return null;
  const { productId } = random.pick(active);
  company.discontinued.add(productId);
  return { kind: "product-discontinued", at, productId, changedBy: adminOf(company).userId };
}

export function planNewSupplier(company: Company, at: string): PlannedTransaction {
  const supplier = newSupplier(company.suppliers.length + 1);
  company.suppliers.push(supplier);
  return { kind: "supplier-added", at, supplier, createdBy: adminOf(company).userId };
}

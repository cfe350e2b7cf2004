// Takes a planned transaction, gives the SQL statements the pharmacy's application would send for it, values escaped.
// Every value comes from the plan; nothing asks the server for the time or an id, so two servers end up the same.
import { format } from "mysql2/promise";
import { assertNever } from "../src/lib/assert.ts";
import { centsToDecimal } from "./money.ts";
import type { InventoryRow, PlannedTransaction, StockChange, UserRow } from "./planned-transaction.ts";
import type { Product, Supplier } from "./catalogue.ts";

export function statementsOf(planned: PlannedTransaction): string[] {
  switch (planned.kind) {
    case "catalogue":
      return [insertSuppliers(planned.suppliers, planned.at, null), insertProducts(planned.products, planned.at, null)];
    case "branch":
      return branchStatements(planned);
    case "branch-closed":
      return closingStatements(planned);
    case "first-stock":
      return [insertShelves(planned.rows, planned.userId, planned.at)];
    case "user-created":
      return [insertUsers([planned.user], planned.createdBy)];
    case "user-deactivated":
      return [update("users", { status: "LOCKED", updated_by: planned.changedBy }, { user_id: planned.userId })];
    case "password-reset":
      return [
        update(
          "users",
          { password_hash: planned.passwordHash, updated_by: planned.changedBy },
          { user_id: planned.userId },
        ),
      ];
    case "role-change":
      return [update("users", { role: planned.role, updated_by: planned.changedBy }, { user_id: planned.userId })];
    case "supplier-added":
      return [insertSuppliers([planned.supplier], planned.at, planned.createdBy)];
    case "product-created":
      return [
        insertProducts([planned.product], planned.at, planned.createdBy),
        insertShelves(planned.shelves, planned.createdBy, planned.at),
      ];
    case "product-discontinued":
      return [
        update(
          "products",
          { active: 0, updated_by: planned.changedBy, updated_at: planned.at },
          { product_id: planned.productId },
        ),
      ];
    case "price-change":
      return priceStatements(planned);
    case "sale":
      return saleStatements(planned);
    case "void":
      return [
        update("sales", { status: "VOIDED", updated_by: planned.userId }, { sale_id: planned.saleId }),
        stockStatement(planned.stock, "RETURN", planned.userId, planned.at),
      ];
    case "return":
      return returnStatements(planned);
    case "deletion":
      return [
        format("DELETE FROM sales_items WHERE sale_id IN (?)", [planned.saleIds]),
        format("DELETE FROM sales WHERE sale_id IN (?)", [planned.saleIds]),
      ];
    case "adjustment":
      return [stockStatement(planned.stock, planned.reason, planned.userId, planned.at)];
    case "transfer-out":
    case "transfer-in":
      return [stockStatement(planned.stock, "TRANSFER", planned.userId, planned.at)];
    case "purchase-order":
      return orderStatements(planned);
    case "purchase-receipt":
      return [
        update(
          "purchases",
          { status: "RECEIVED", received_at: planned.at, updated_by: planned.userId },
          { purchase_id: planned.purchaseId },
        ),
        stockStatement(planned.stock, "RECEIVED", planned.userId, planned.at),
      ];
    default:
      return assertNever(planned);
  }
}

type Planned<Kind extends PlannedTransaction["kind"]> = Extract<PlannedTransaction, { kind: Kind }>;
type Value = string | number | null;

function branchStatements({ branch, staff }: Planned<"branch">): string[] {
  return [
    insert("branches", "branch_id, code, name, city, status, opened_at", [
      [branch.branchId, branch.code, branch.name, branch.city, "OPEN", branch.openedAt],
    ]),
    insertUsers(staff, null),
  ];
}

function closingStatements({ at, branchId, closedBy, staff }: Planned<"branch-closed">): string[] {
  return [
    update("branches", { status: "CLOSED", closed_at: at, updated_by: closedBy }, { branch_id: branchId }),
    update("users", { status: "LOCKED", updated_by: closedBy }, { user_id: staff }),
  ];
}

function priceStatements({ at, changedBy, prices }: Planned<"price-change">): string[] {
  return prices.map(({ productId, unitPriceCents }) =>
    update(
      "products",
      { unit_price: centsToDecimal(unitPriceCents), updated_by: changedBy, updated_at: at },
      { product_id: productId },
    ),
  );
}

function saleStatements(sale: Planned<"sale">): string[] {
  return [
    insert("sales", "sale_id, branch_id, user_id, status, discount, total, created_at, updated_by", [
      [
        sale.saleId,
        sale.branchId,
        sale.userId,
        "COMPLETED",
        centsToDecimal(sale.discountCents),
        centsToDecimal(sale.totalCents),
        sale.at,
        sale.userId,
      ],
    ]),
    insert(
      "sales_items",
      "sale_item_id, sale_id, product_id, quantity, unit_price, line_total",
      sale.items.map((item) => [
        item.saleItemId,
        sale.saleId,
        item.productId,
        item.quantity,
        centsToDecimal(item.unitPriceCents),
        centsToDecimal(item.lineTotalCents),
      ]),
    ),
    stockStatement(sale.stock, null, sale.userId, sale.at),
  ];
}

function returnStatements(planned: Planned<"return">): string[] {
  const { returnId, saleId, branchId, userId, reason, refundCents, at, items, stock } = planned;
  return [
    insert("returns", "return_id, sale_id, branch_id, user_id, reason, refund, created_at", [
      [returnId, saleId, branchId, userId, reason, centsToDecimal(refundCents), at],
    ]),
    insert(
      "return_items",
      "return_item_id, return_id, sale_id, product_id, quantity, refund",
      items.map((item) => [
        item.returnItemId,
        returnId,
        saleId,
        item.productId,
        item.quantity,
        centsToDecimal(item.refundCents),
      ]),
    ),
    ...(stock.length > 0 ? [stockStatement(stock, "RETURN", userId, at)] : []),
  ];
}

function orderStatements(order: Planned<"purchase-order">): string[] {
  const { purchaseId, supplierId, branchId, totalCents, at, userId } = order;
  return [
    insert("purchases", "purchase_id, supplier_id, branch_id, status, total, ordered_at, updated_by", [
      [purchaseId, supplierId, branchId, "ORDERED", centsToDecimal(totalCents), at, userId],
    ]),
    insert(
      "purchase_items",
      "purchase_item_id, purchase_id, product_id, quantity, unit_cost, line_total",
      order.items.map((item) => [
        item.purchaseItemId,
        purchaseId,
        item.productId,
        item.quantity,
        centsToDecimal(item.unitCostCents),
        centsToDecimal(item.lineTotalCents),
      ]),
    ),
  ];
}

function insertSuppliers(suppliers: readonly Supplier[], at: string, createdBy: number | null): string {
  return insert(
    "suppliers",
    "supplier_id, name, tax_id, created_by, created_at",
    suppliers.map((row) => [row.supplierId, row.name, row.taxId, createdBy, at]),
  );
}

function insertProducts(products: readonly Product[], at: string, createdBy: number | null): string {
  return insert(
    "products",
    "product_id, sku, name, supplier_id, unit_price, active, created_at, updated_by",
    products.map((row) => [
      row.productId,
      row.sku,
      row.name,
      row.supplierId,
      centsToDecimal(row.unitPriceCents),
      1,
      at,
      createdBy,
    ]),
  );
}

function insertUsers(users: readonly UserRow[], createdBy: number | null): string {
  return insert(
    "users",
    "user_id, username, role, branch_id, password_hash, status, created_at, updated_by",
    users.map((row) => [
      row.userId,
      row.username,
      row.role,
      row.branchId,
      row.passwordHash,
      "ACTIVE",
      row.createdAt,
      createdBy,
    ]),
  );
}

function insertShelves(rows: readonly InventoryRow[], userId: number, at: string): string {
  return insert(
    "inventory",
    "inventory_id, branch_id, product_id, quantity, updated_by, updated_at",
    rows.map((row) => [row.inventoryId, row.branchId, row.productId, row.quantity, userId, at]),
  );
}

/** One UPDATE for all rows, relative as applications write it: only the log's two row images tell the quantities. */
function stockStatement(stock: readonly StockChange[], reason: string | null, userId: number, at: string): string {
  const cases = stock.map(({ inventoryId, delta }) => format("WHEN ? THEN ?", [inventoryId, delta])).join(" ");
  return format(
    `UPDATE inventory SET quantity = quantity + CASE inventory_id ${cases} END, adjustment_reason = ?, ` +
      "updated_by = ?, updated_at = ? WHERE inventory_id IN (?)",
    [reason, userId, at, stock.map(({ inventoryId }) => inventoryId)],
  );
}

function insert(table: string, columns: string, rows: Value[][]): string {
  return format(`INSERT INTO ${table} (${columns}) VALUES ?`, [rows]);
}

/** `where` is one column, with one key or a list of them. */
function update(table: string, values: Record<string, Value>, where: Record<string, number | number[]>): string {
  const [column, keys] = Object.entries(where)[0] as [string, number | number[]];
  return format(`UPDATE ${table} SET ? WHERE ${column} IN (?)`, [values, [keys].flat()]);
}

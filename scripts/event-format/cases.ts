// The statements of docs/event-format.md: each case with the words that stand over it. Run in order, on both servers.
export interface FormatCase {
  title: string;
  /** Says what to look at. */
  words: string;
  /** Before, and not shown. */
  prepare?: readonly string[];
  sql: readonly string[];
}

export const pack = `pack: shop
version: 1
entities:
  products: { entity: product, id: [product_id], actor: updated_by }
  stock:    { entity: stock, id: [branch_id, product_id] }
  staff:    { entity: staff, id: [staff_id], mask: [password_hash] }
  sales:    { entity: sale, id: [sale_id], actor: cashier_id }
  sale_items: { entity: sale, id: [sale_id] }
rules:
  - name: sale-completed
    version: 1
    type: sale.completed
    label: { en: Sale completed, es: Venta completada }
    on: { table: sales, operation: insert, when: after.status == "COMPLETED" }
    group:
      items: { table: sale_items, operation: insert, match: { sale_id: sale_id }, min: 1 }
    occurred_at: after.sold_at
    confidence: 0.98
    payload:
      total: after.total
      items: 'items.map(i, {"product_id": i.after.product_id, "quantity": i.after.quantity})'
`;

export const tables = [
  "CREATE TABLE products (product_id INT PRIMARY KEY, name VARCHAR(60), price DECIMAL(12,2), note TEXT, updated_by INT)",
  "CREATE TABLE stock (branch_id INT, product_id INT, quantity INT, PRIMARY KEY (branch_id, product_id))",
  "CREATE TABLE staff (staff_id INT PRIMARY KEY, username VARCHAR(30), password_hash VARCHAR(99))",
  "CREATE TABLE sales (sale_id INT PRIMARY KEY, status VARCHAR(20), total DECIMAL(12,2), sold_at DATETIME, cashier_id INT)",
  "CREATE TABLE sale_items (sale_id INT, line INT, product_id INT, quantity INT, PRIMARY KEY (sale_id, line))",
  "CREATE TABLE numbers (id INT PRIMARY KEY, amount DECIMAL(30,10), big BIGINT UNSIGNED, small BIGINT, ratio DOUBLE, approx FLOAT, made YEAR, flags BIT(5))",
  "CREATE TABLE moments (id INT PRIMARY KEY, d DATE, dt DATETIME(6), t TIME(3), ts TIMESTAMP(6) NULL)",
  "CREATE TABLE documents (id INT PRIMARY KEY, body JSON)",
  "CREATE TABLE files (id INT PRIMARY KEY, content BLOB, code VARBINARY(8))",
  "CREATE TABLE choices (id INT PRIMARY KEY, size ENUM('S','M','L'), extras SET('milk','sugar'), title VARCHAR(40))",
  "CREATE TABLE readings (sensor INT, value INT)",
  "CREATE TABLE old_prices (product_id INT PRIMARY KEY, price DECIMAL(12,2))",
  "INSERT INTO old_prices VALUES (1, 2.00), (2, 3.00)",
];

export const cases: readonly FormatCase[] = [
  {
    title: "INSERT",
    words: "All columns are in `after`, and all of them are `changed`. The actor column of the rule pack says who.",
    sql: ["INSERT INTO products VALUES (17, 'Paracetamol 500 mg', 12.50, NULL, 42)"],
  },
  {
    title: "UPDATE",
    words:
      "The row before and after, whole; `changed` names what differs. This statement did not write the actor column, so the grade is weaker: perhaps only the one before.",
    sql: ["UPDATE products SET price = 13.00 WHERE product_id = 17"],
  },
  {
    title: "One statement, several rows",
    words: "One change event per row, in the order of the log; `seq` counts them. All have the transaction's id.",
    prepare: ["INSERT INTO products VALUES (18, 'Ibuprofen 400 mg', 9.90, NULL, 42)"],
    sql: ["UPDATE products SET price = price * 2, updated_by = 7"],
  },
  {
    title: "NULL, and absent",
    words:
      "`note` is NULL in the row above: it is there, as `null`. A session that logs less than the whole row leaves columns out: those are absent here, which says nothing of their value, and what is in one of the two only cannot be compared: `changed` leaves it out.",
    prepare: ["SET SESSION binlog_row_image = 'MINIMAL'"],
    sql: ["UPDATE products SET note = 'keep cool' WHERE product_id = 18"],
  },
  {
    title: "DELETE",
    words:
      "The row as it was is in `before`. Who deleted it is not in the row: `unknown`, unless a tag or the account says so.",
    prepare: ["SET SESSION binlog_row_image = 'FULL'"],
    sql: ["DELETE FROM products WHERE product_id = 18"],
  },
  {
    title: "Composite key",
    words: "`source_pk` has each column; `entity_id` joins them with `/`, in the order that the rule pack gives.",
    sql: ["INSERT INTO stock VALUES (3, 17, 100)"],
  },
  {
    title: "A key that changes",
    words: "`source_pk` and the entity are those of the row before: its story goes on to where it went.",
    sql: ["UPDATE stock SET branch_id = 4 WHERE branch_id = 3 AND product_id = 17"],
  },
  {
    title: "No primary key",
    words:
      "`source_pk` is empty; `before` and `after` are all there is to tell rows apart. `metadata.unmapped` says that no rule pack names the table.",
    sql: ["INSERT INTO readings VALUES (1, 200)"],
  },
  {
    title: "Decimals and big integers",
    words:
      "DECIMAL is text with all its digits. An integer is a JSON number as long as every program reads it exactly (to 2^53), and text beyond. FLOAT has the fewest digits that are the same float.",
    sql: [
      "INSERT INTO numbers VALUES (1, 12345678901234567890.1234567890, 18446744073709551615, -9007199254740991, 0.1, 0.1, 2026, b'10110')",
    ],
  },
  {
    title: "Dates and times",
    words:
      "The server's text with all its digits. TIMESTAMP is in UTC, here written by a session of Lima (-05:00); DATETIME has no zone, and none is made up.",
    prepare: ["SET SESSION time_zone = '-05:00'"],
    sql: [
      "INSERT INTO moments VALUES (1, '2026-01-05', '2026-01-05 09:30:00.000001', '-12:00:00.250', '2026-01-05 09:30:00.123456')",
    ],
  },
  {
    title: "JSON",
    words:
      "A JSON column is the server's text of it, as text: with every key and digit. MySQL keeps it normalized, MariaDB as it was written.",
    prepare: ["SET SESSION time_zone = '+00:00'"],
    sql: [`INSERT INTO documents VALUES (1, '{"b": 1, "a": [true, null, 1.10]}')`],
  },
  {
    title: "Binary",
    words:
      'Bytes are `{"$hex": …}`. A value longer than `value_bytes_max` is kept as `$length`, `$sha256` and its beginning.',
    sql: ["INSERT INTO files VALUES (1, x'89504e470d0a', x'00ff')"],
  },
  {
    title: "ENUM, SET and text",
    words:
      "Text, as the server shows it, in every character set. Control characters in it are written as JSON writes them.",
    sql: ["INSERT INTO choices VALUES (1, 'M', 'milk,sugar', 'Té “frío”\\n€ 3')"],
  },
  {
    title: "A masked column",
    words:
      "The pack masks `password_hash`: what it held is kept nowhere. `changed` compares before masking, so that it changed is known.",
    prepare: ["INSERT INTO staff VALUES (5, 'ana', 'argon2:old')"],
    sql: ["UPDATE staff SET password_hash = 'argon2:new' WHERE staff_id = 5"],
  },
  {
    title: "A tag that names the user",
    words:
      "A comment at the end of the statement, as sqlcommenter and its like write it. It is the strongest grade. Of the text, only tags are kept.",
    prepare: ["SET SESSION binlog_rows_query_log_events = ON"],
    sql: ["UPDATE products SET price = 14.00 WHERE product_id = 17 /*user_id='42',route='%2Fproducts'*/"],
  },
  {
    title: "TRUNCATE",
    words:
      "One event for the table: which rows there were is not in the log. `bulk_erase` marks what erases rows unseen.",
    prepare: ["SET SESSION binlog_rows_query_log_events = OFF"],
    sql: ["TRUNCATE TABLE readings"],
  },
  {
    title: "DDL",
    words: "The statement itself. Its rows, if it made any, are events of their own.",
    sql: ["ALTER TABLE products ADD COLUMN barcode VARCHAR(20)", "DROP TABLE old_prices"],
  },
  {
    title: "Accounts",
    words: "In a statement about accounts every quoted text but the account's name becomes `[REDACTED]`.",
    sql: ["CREATE USER 'event_format_clerk'@'10.0.0.%' IDENTIFIED BY 'a secret'"],
  },
  {
    title: "A transaction that becomes a business event",
    words:
      "One transaction, one id; a ROLLBACK would have left nothing. The rule sees the changes of a transaction together.",
    sql: [
      "START TRANSACTION",
      "INSERT INTO sales VALUES (1042, 'COMPLETED', 27.00, '2026-01-05 09:30:00', 7)",
      "INSERT INTO sale_items VALUES (1042, 1, 17, 2)",
      "UPDATE stock SET quantity = quantity - 2 WHERE branch_id = 4 AND product_id = 17",
      "COMMIT",
    ],
  },
];

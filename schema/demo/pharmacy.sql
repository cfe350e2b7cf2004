-- The demo's source: a small chain of pharmacies, as its own application would have created it.
-- For MySQL 8.0 or newer and MariaDB 10.11 or newer. The caller chooses the database.
-- Every statement ends with a semicolon at the end of a line.
-- audit-overlay changes nothing here. It only reads the binary log that writes to these tables leave behind,
-- so look at this file as a stranger would: which columns say who, when and why?

CREATE TABLE branches (
  branch_id INT NOT NULL,
  code VARCHAR(12) NOT NULL COMMENT 'short name on receipts, such as LIM001',
  name VARCHAR(80) NOT NULL,
  city VARCHAR(60) NOT NULL,
  status VARCHAR(12) NOT NULL DEFAULT 'OPEN' COMMENT 'OPEN or CLOSED',
  opened_at DATETIME NOT NULL COMMENT 'business time, UTC',
  closed_at DATETIME NULL COMMENT 'business time, UTC',
  updated_by INT NULL COMMENT 'the user who last changed this row; NULL until somebody does',
  PRIMARY KEY (branch_id),
  UNIQUE KEY branch_code (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE suppliers (
  supplier_id INT NOT NULL,
  name VARCHAR(120) NOT NULL,
  tax_id VARCHAR(20) NOT NULL,
  created_by INT NULL COMMENT 'NULL for those of the first day',
  created_at DATETIME NOT NULL COMMENT 'business time, UTC',
  PRIMARY KEY (supplier_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE products (
  product_id INT NOT NULL,
  sku VARCHAR(20) NOT NULL,
  name VARCHAR(120) NOT NULL,
  supplier_id INT NOT NULL,
  unit_price DECIMAL(10,2) NOT NULL COMMENT 'today''s price; a sale keeps the price it was made at',
  active TINYINT(1) NOT NULL DEFAULT 1 COMMENT '0: sold while there is stock, ordered no more',
  created_at DATETIME NOT NULL COMMENT 'business time, UTC',
  updated_by INT NULL COMMENT 'the user who last changed this row; NULL until somebody does',
  updated_at DATETIME NULL COMMENT 'business time, UTC',
  PRIMARY KEY (product_id),
  UNIQUE KEY product_sku (sku),
  CONSTRAINT product_supplier FOREIGN KEY (supplier_id) REFERENCES suppliers (supplier_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- password_hash is here on purpose: a column that a rule pack must mask before anything is stored.
CREATE TABLE users (
  user_id INT NOT NULL,
  username VARCHAR(60) NOT NULL,
  role ENUM('ADMIN','MANAGER','PHARMACIST','CASHIER') NOT NULL,
  branch_id INT NOT NULL,
  password_hash VARCHAR(100) NOT NULL,
  status VARCHAR(12) NOT NULL DEFAULT 'ACTIVE' COMMENT 'ACTIVE or LOCKED',
  created_at DATETIME NOT NULL COMMENT 'business time, UTC',
  updated_by INT NULL COMMENT 'the user who last changed this row; NULL until somebody does',
  PRIMARY KEY (user_id),
  UNIQUE KEY user_username (username),
  CONSTRAINT user_branch FOREIGN KEY (branch_id) REFERENCES branches (branch_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- One row per branch and product. A sale and an adjustment both lower quantity;
-- only the rest of the transaction tells them apart. There is no table of transfers: stock leaves one branch today
-- and is added in another tomorrow, both with the reason TRANSFER, and nothing in the rows says that it is the same.
CREATE TABLE inventory (
  inventory_id INT NOT NULL,
  branch_id INT NOT NULL,
  product_id INT NOT NULL,
  quantity INT NOT NULL,
  adjustment_reason VARCHAR(40) NULL COMMENT 'if the last change was no sale: RECEIVED, RETURN, TRANSFER, DAMAGED, EXPIRED, COUNT, THEFT',
  updated_by INT NULL COMMENT 'the user who last changed this row; no foreign key, as applications often forget it',
  updated_at DATETIME NOT NULL COMMENT 'business time, UTC',
  PRIMARY KEY (inventory_id),
  UNIQUE KEY inventory_place (branch_id, product_id),
  CONSTRAINT inventory_branch FOREIGN KEY (branch_id) REFERENCES branches (branch_id),
  CONSTRAINT inventory_product FOREIGN KEY (product_id) REFERENCES products (product_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE sales (
  sale_id BIGINT NOT NULL,
  branch_id INT NOT NULL,
  user_id INT NOT NULL COMMENT 'who sold',
  status VARCHAR(12) NOT NULL COMMENT 'COMPLETED or VOIDED',
  discount DECIMAL(12,2) NOT NULL COMMENT 'taken off the sum of line_total over the items',
  total DECIMAL(12,2) NOT NULL COMMENT 'what the customer paid',
  created_at DATETIME NOT NULL COMMENT 'business time, UTC',
  updated_by INT NOT NULL COMMENT 'the user who last changed this row; at first the one who sold',
  PRIMARY KEY (sale_id),
  KEY sale_day (branch_id, created_at),
  CONSTRAINT sale_branch FOREIGN KEY (branch_id) REFERENCES branches (branch_id),
  CONSTRAINT sale_user FOREIGN KEY (user_id) REFERENCES users (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE sales_items (
  sale_item_id BIGINT NOT NULL,
  sale_id BIGINT NOT NULL,
  product_id INT NOT NULL,
  quantity INT NOT NULL,
  unit_price DECIMAL(10,2) NOT NULL,
  line_total DECIMAL(12,2) NOT NULL COMMENT 'quantity times unit_price',
  PRIMARY KEY (sale_item_id),
  CONSTRAINT sale_item_sale FOREIGN KEY (sale_id) REFERENCES sales (sale_id),
  CONSTRAINT sale_item_product FOREIGN KEY (product_id) REFERENCES products (product_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- A sale stays COMPLETED when goods come back. No foreign key to sales: old sales are archived away from under it.
CREATE TABLE returns (
  return_id BIGINT NOT NULL,
  sale_id BIGINT NOT NULL,
  branch_id INT NOT NULL,
  user_id INT NOT NULL COMMENT 'who took the goods back',
  reason VARCHAR(20) NOT NULL COMMENT 'UNOPENED goes back on the shelf, DEFECTIVE does not',
  refund DECIMAL(12,2) NOT NULL COMMENT 'sum of refund over the items',
  created_at DATETIME NOT NULL COMMENT 'business time, UTC',
  PRIMARY KEY (return_id),
  KEY return_sale (sale_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE return_items (
  return_item_id BIGINT NOT NULL,
  return_id BIGINT NOT NULL,
  sale_id BIGINT NOT NULL COMMENT 'the same as in its return',
  product_id INT NOT NULL,
  quantity INT NOT NULL,
  refund DECIMAL(12,2) NOT NULL,
  PRIMARY KEY (return_item_id),
  CONSTRAINT return_item_return FOREIGN KEY (return_id) REFERENCES returns (return_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE purchases (
  purchase_id BIGINT NOT NULL,
  supplier_id INT NOT NULL,
  branch_id INT NOT NULL COMMENT 'where the goods are delivered',
  status VARCHAR(12) NOT NULL COMMENT 'ORDERED or RECEIVED',
  total DECIMAL(12,2) NOT NULL COMMENT 'sum of line_total over the items',
  ordered_at DATETIME NOT NULL COMMENT 'business time, UTC',
  received_at DATETIME NULL COMMENT 'business time, UTC',
  updated_by INT NOT NULL COMMENT 'the user who last changed this row; at first the one who ordered',
  PRIMARY KEY (purchase_id),
  CONSTRAINT purchase_supplier FOREIGN KEY (supplier_id) REFERENCES suppliers (supplier_id),
  CONSTRAINT purchase_branch FOREIGN KEY (branch_id) REFERENCES branches (branch_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE purchase_items (
  purchase_item_id BIGINT NOT NULL,
  purchase_id BIGINT NOT NULL,
  product_id INT NOT NULL,
  quantity INT NOT NULL,
  unit_cost DECIMAL(10,2) NOT NULL,
  line_total DECIMAL(12,2) NOT NULL COMMENT 'quantity times unit_cost',
  PRIMARY KEY (purchase_item_id),
  CONSTRAINT purchase_item_purchase FOREIGN KEY (purchase_id) REFERENCES purchases (purchase_id),
  CONSTRAINT purchase_item_product FOREIGN KEY (product_id) REFERENCES products (product_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

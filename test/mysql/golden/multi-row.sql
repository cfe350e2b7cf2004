-- One statement that touches many rows is one event per row, in one transaction; so are several tables in one transaction.
CREATE TABLE stock (id INT PRIMARY KEY, quantity INT);
CREATE TABLE movement (id INT AUTO_INCREMENT PRIMARY KEY, stock_id INT);
-- when
INSERT INTO stock VALUES (1, 10), (2, 20), (3, 30);
START TRANSACTION;
UPDATE stock SET quantity = quantity - 1 WHERE id < 3;
INSERT INTO movement (stock_id) VALUES (1), (2);
COMMIT;
-- expect
{"operation": "insert", "source_pk": {"id": 1}, "seq": 0, "after": {"id": 1, "quantity": 10}}
{"operation": "insert", "source_pk": {"id": 2}, "seq": 1, "after": {"id": 2, "quantity": 20}}
{"operation": "insert", "source_pk": {"id": 3}, "seq": 2, "after": {"id": 3, "quantity": 30}}
{"operation": "update", "source_table": "stock", "seq": 0, "before": {"id": 1, "quantity": 10}, "after": {"id": 1, "quantity": 9}}
{"operation": "update", "source_table": "stock", "seq": 1, "before": {"id": 2, "quantity": 20}, "after": {"id": 2, "quantity": 19}}
{"operation": "insert", "source_table": "movement", "seq": 2, "after": {"id": 1, "stock_id": 1}}
{"operation": "insert", "source_table": "movement", "seq": 3, "after": {"id": 2, "stock_id": 2}}

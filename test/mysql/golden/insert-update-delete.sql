-- A row is written, changed and erased: what it was, what it became, which columns differ.
CREATE TABLE product (id INT PRIMARY KEY, name VARCHAR(50), price DECIMAL(10,2));
-- when
INSERT INTO product VALUES (7, 'Aspirin', 4.50);
UPDATE product SET price = 4.90 WHERE id = 7;
DELETE FROM product WHERE id = 7;
-- expect
{"operation": "insert", "source_table": "product", "source_pk": {"id": 7}, "before": null, "after": {"id": 7, "name": "Aspirin", "price": "4.50"}, "changed": ["id", "name", "price"], "entity_type": "product", "entity_id": "7", "seq": 0, "metadata": {"unmapped": true}}
{"operation": "update", "source_table": "product", "source_pk": {"id": 7}, "before": {"id": 7, "name": "Aspirin", "price": "4.50"}, "after": {"id": 7, "name": "Aspirin", "price": "4.90"}, "changed": ["price"], "actor": {"id": null, "kind": "unknown", "grade": "unknown"}}
{"operation": "delete", "source_table": "product", "source_pk": {"id": 7}, "before": {"id": 7, "name": "Aspirin", "price": "4.90"}, "after": null, "changed": ["id", "name", "price"]}

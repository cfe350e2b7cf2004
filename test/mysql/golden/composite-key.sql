-- A key of two columns, out of their order in the table: both are in the key, joined with "/" in the entity's id.
CREATE TABLE price (amount DECIMAL(6,2), country CHAR(2), product_id INT, PRIMARY KEY (product_id, country));
-- when
INSERT INTO price VALUES (1.00, 'DE', 5);
UPDATE price SET amount = 2 WHERE product_id = 5 AND country = 'DE';
-- expect
{"operation": "insert", "source_pk": {"product_id": 5, "country": "DE"}, "entity_id": "5/DE", "after": {"amount": "1.00", "country": "DE", "product_id": 5}}
{"operation": "update", "source_pk": {"product_id": 5, "country": "DE"}, "entity_id": "5/DE", "changed": ["amount"], "before": {"amount": "1.00", "country": "DE", "product_id": 5}, "after": {"amount": "2.00", "country": "DE", "product_id": 5}}

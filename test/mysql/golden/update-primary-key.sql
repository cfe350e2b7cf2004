-- A key that moves: the event stands under the new key and names the old one, so that both histories lead to it.
CREATE TABLE customer (id INT PRIMARY KEY, name VARCHAR(20));
INSERT INTO customer VALUES (1, 'Ada');
-- when
UPDATE customer SET id = 9 WHERE id = 1;
-- expect
{"operation": "update", "source_pk": {"id": 9}, "entity_id": "9", "before": {"id": 1, "name": "Ada"}, "after": {"id": 9, "name": "Ada"}, "changed": ["id"], "metadata": {"unmapped": true, "previous_pk": {"id": 1}}}

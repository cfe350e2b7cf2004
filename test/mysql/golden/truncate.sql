-- TRUNCATE erases rows without logging them: one event that says so, with the statement as it was written.
CREATE TABLE basket (id INT PRIMARY KEY);
INSERT INTO basket VALUES (1), (2);
-- when
TRUNCATE TABLE basket;
INSERT INTO basket VALUES (3);
-- expect
{"operation": "truncate", "source_table": "basket", "source_pk": {}, "before": null, "after": null, "changed": [], "entity_type": "table", "metadata": {"statement": "TRUNCATE TABLE basket", "bulk_erase": true}}
{"operation": "insert", "after": {"id": 3}}

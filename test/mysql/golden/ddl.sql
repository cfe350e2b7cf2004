-- A change of the table's shape is an event; rows before and after it are told in the names of their own time.
CREATE TABLE shape (id INT PRIMARY KEY, x INT, y INT);
INSERT INTO shape VALUES (1, 10, 20);
-- when
UPDATE shape SET x = 11 WHERE id = 1;
ALTER TABLE shape RENAME COLUMN x TO z, ADD COLUMN w INT DEFAULT 5 FIRST;
UPDATE shape SET z = 12 WHERE id = 1;
DROP TABLE shape;
-- expect
{"operation": "update", "before": {"id": 1, "x": 10, "y": 20}, "after": {"id": 1, "x": 11, "y": 20}, "changed": ["x"]}
{"operation": "ddl", "source_table": "shape", "entity_type": "table", "metadata": {"statement": "ALTER TABLE shape RENAME COLUMN x TO z, ADD COLUMN w INT DEFAULT 5 FIRST"}}
{"operation": "update", "before": {"w": 5, "id": 1, "z": 11, "y": 20}, "after": {"w": 5, "id": 1, "z": 12, "y": 20}, "changed": ["z"]}
{"operation": "ddl", "source_table": "shape"}

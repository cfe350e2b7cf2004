-- REPLACE that collides with two rows: one is erased, the other becomes the new row.
CREATE TABLE seat (id INT PRIMARY KEY, place VARCHAR(5) UNIQUE);
INSERT INTO seat VALUES (1, 'A1'), (2, 'A2');
-- when
REPLACE INTO seat VALUES (1, 'A2');
-- expect
{"operation": "delete", "source_pk": {"id": 1}, "before": {"id": 1, "place": "A1"}}
{"operation": "update", "source_pk": {"id": 1}, "before": {"id": 2, "place": "A2"}, "after": {"id": 1, "place": "A2"}, "changed": ["id"], "metadata": {"unmapped": true, "previous_pk": {"id": 2}}}

-- A table without transactions: its rows stay though ROLLBACK was said, and so do their events.
CREATE TABLE loose (id INT PRIMARY KEY, note VARCHAR(10)) ENGINE = MyISAM;
-- when
INSERT INTO loose VALUES (1, 'one');
START TRANSACTION;
INSERT INTO loose VALUES (2, 'two');
ROLLBACK;
UPDATE loose SET note = 'TWO' WHERE id = 2;
DELETE FROM loose;
-- expect
{"operation": "insert", "source_table": "loose", "after": {"id": 1, "note": "one"}}
{"operation": "insert", "source_table": "loose", "after": {"id": 2, "note": "two"}}
{"operation": "update", "before": {"id": 2, "note": "two"}, "after": {"id": 2, "note": "TWO"}}
{"operation": "delete", "source_pk": {"id": 1}}
{"operation": "delete", "source_pk": {"id": 2}}

-- A table without a primary key: equal rows are still events of their own; the key is empty.
CREATE TABLE journal (line VARCHAR(20));
-- when
INSERT INTO journal VALUES ('same'), ('same');
DELETE FROM journal LIMIT 1;
-- expect
{"operation": "insert", "source_pk": {}, "entity_id": "", "seq": 0, "after": {"line": "same"}}
{"operation": "insert", "source_pk": {}, "entity_id": "", "seq": 1, "after": {"line": "same"}}
{"operation": "delete", "source_pk": {}, "before": {"line": "same"}}

-- NULL is a value: it is written, compared and changed like any other, and is not the empty text or zero.
CREATE TABLE person (id INT PRIMARY KEY, nick VARCHAR(10), age INT);
-- when
INSERT INTO person VALUES (1, NULL, NULL);
UPDATE person SET nick = '' WHERE id = 1;
UPDATE person SET age = 0 WHERE id = 1;
UPDATE person SET nick = NULL, age = NULL WHERE id = 1;
-- expect
{"operation": "insert", "after": {"id": 1, "nick": null, "age": null}, "changed": ["id", "nick", "age"]}
{"operation": "update", "before": {"id": 1, "nick": null, "age": null}, "after": {"id": 1, "nick": "", "age": null}, "changed": ["nick"]}
{"operation": "update", "before": {"id": 1, "nick": "", "age": null}, "after": {"id": 1, "nick": "", "age": 0}, "changed": ["age"]}
{"operation": "update", "before": {"id": 1, "nick": "", "age": 0}, "after": {"id": 1, "nick": null, "age": null}, "changed": ["nick", "age"]}

-- servers: mysql
-- A JSON document is kept as its text, so that numbers in it keep their digits; keys in the server's own order (length, then text).
CREATE TABLE doc (id INT PRIMARY KEY, body JSON);
-- when
INSERT INTO doc VALUES (1, '{"name": "Ünï", "n": 12345678901234567890, "list": [1, true, null, "x"], "deep": {"a": {}}}');
UPDATE doc SET body = JSON_SET(body, '$.n', 1) WHERE id = 1;
INSERT INTO doc VALUES (2, 'null'), (3, NULL);
-- expect
{"operation": "insert", "after": {"id": 1, "body": "{\"n\": 12345678901234567890, \"deep\": {\"a\": {}}, \"list\": [1, true, null, \"x\"], \"name\": \"Ünï\"}"}}
{"operation": "update", "changed": ["body"], "before": {"id": 1, "body": "{\"n\": 12345678901234567890, \"deep\": {\"a\": {}}, \"list\": [1, true, null, \"x\"], \"name\": \"Ünï\"}"}, "after": {"id": 1, "body": "{\"n\": 1, \"deep\": {\"a\": {}}, \"list\": [1, true, null, \"x\"], \"name\": \"Ünï\"}"}}
{"operation": "insert", "after": {"id": 2, "body": "null"}}
{"operation": "insert", "after": {"id": 3, "body": null}}

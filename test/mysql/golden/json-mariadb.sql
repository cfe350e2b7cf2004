-- servers: mariadb
-- MariaDB keeps JSON as the text that was written, spaces and all.
CREATE TABLE doc (id INT PRIMARY KEY, body JSON);
-- when
INSERT INTO doc VALUES (1, '{"b": 12345678901234567890,  "a": "Ünï"}');
-- expect
{"operation": "insert", "after": {"id": 1, "body": "{\"b\": 12345678901234567890,  \"a\": \"Ünï\"}"}}

-- CREATE TABLE … SELECT: the new table and each of its rows.
CREATE TABLE origin (id INT PRIMARY KEY);
INSERT INTO origin VALUES (1), (2);
-- when
CREATE TABLE copied AS SELECT id FROM origin ORDER BY id;
-- expect
{"operation": "ddl", "source_table": "copied"}
{"operation": "insert", "source_table": "copied", "after": {"id": 1}}
{"operation": "insert", "source_table": "copied", "after": {"id": 2}}

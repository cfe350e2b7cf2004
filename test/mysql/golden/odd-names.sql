-- Names with spaces, backticks, keywords, other alphabets and JavaScript's own words stay what they are.
CREATE TABLE `a ``b``` (`id` INT PRIMARY KEY, `select` INT, `__proto__` INT, `コード` INT, `constructor` INT);
-- when
INSERT INTO `a ``b``` VALUES (1, 2, 3, 4, 5);
TRUNCATE `a ``b```;
DROP TABLE `a ``b```;
-- expect
{"operation": "insert", "source_table": "a `b`", "entity_type": "a `b`", "after": {"id": 1, "select": 2, "__proto__": 3, "コード": 4, "constructor": 5}, "changed": ["id", "select", "__proto__", "コード", "constructor"]}
{"operation": "truncate", "source_table": "a `b`"}
{"operation": "ddl", "source_table": "a `b`"}

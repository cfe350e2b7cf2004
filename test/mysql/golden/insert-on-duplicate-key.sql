-- INSERT … ON DUPLICATE KEY UPDATE is an insert where the key is new, an update where it is not.
CREATE TABLE counter (name VARCHAR(20) PRIMARY KEY, n INT);
-- when
INSERT INTO counter VALUES ('visits', 1) ON DUPLICATE KEY UPDATE n = n + 1;
INSERT INTO counter VALUES ('visits', 1) ON DUPLICATE KEY UPDATE n = n + 1;
-- expect
{"operation": "insert", "after": {"name": "visits", "n": 1}}
{"operation": "update", "before": {"name": "visits", "n": 1}, "after": {"name": "visits", "n": 2}, "changed": ["n"]}

-- What was rolled back never happened: neither a part of a transaction nor a whole one.
CREATE TABLE step (id INT PRIMARY KEY);
-- when
START TRANSACTION;
INSERT INTO step VALUES (1);
SAVEPOINT here;
INSERT INTO step VALUES (2);
ROLLBACK TO SAVEPOINT here;
INSERT INTO step VALUES (3);
COMMIT;
START TRANSACTION;
INSERT INTO step VALUES (4);
ROLLBACK;
-- expect
{"operation": "insert", "after": {"id": 1}, "seq": 0}
{"operation": "insert", "after": {"id": 3}, "seq": 1}

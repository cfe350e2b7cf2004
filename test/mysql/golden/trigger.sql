-- Rows that a trigger writes are events of the same transaction as the row that set it off.
CREATE TABLE account (id INT PRIMARY KEY, balance INT);
CREATE TABLE history (id INT AUTO_INCREMENT PRIMARY KEY, balance INT);
CREATE TRIGGER keep_history AFTER UPDATE ON account FOR EACH ROW INSERT INTO history (balance) VALUES (OLD.balance);
INSERT INTO account VALUES (1, 100);
-- when
UPDATE account SET balance = 50 WHERE id = 1;
-- expect
{"operation": "update", "source_table": "account", "seq": 0, "changed": ["balance"]}
{"operation": "insert", "source_table": "history", "seq": 1, "after": {"id": 1, "balance": 100}}

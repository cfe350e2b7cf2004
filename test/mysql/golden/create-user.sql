-- nowhere: open-sesame-4711
-- Accounts: who was made or changed is kept; a password or its hash never, in no byte of the store.
-- when
CREATE USER 'golden_clerk'@'localhost' IDENTIFIED BY 'open-sesame-4711';
ALTER USER 'golden_clerk'@'localhost' IDENTIFIED BY 'open-sesame-4711-b';
DROP USER 'golden_clerk'@'localhost';
-- expect
{"operation": "ddl", "source_table": ""}
{"operation": "ddl", "source_table": ""}
{"operation": "ddl", "source_table": "", "metadata": {"statement": "DROP USER 'golden_clerk'@'localhost'"}}

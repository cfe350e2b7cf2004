-- servers: mariadb
-- A transaction over both kinds of table, rolled back: what InnoDB took back is absent, what MyISAM kept is there. (MySQL with GTIDs refuses it.)
CREATE TABLE solid (id INT PRIMARY KEY) ENGINE = InnoDB;
CREATE TABLE loose (id INT PRIMARY KEY) ENGINE = MyISAM;
-- when
START TRANSACTION;
INSERT INTO solid VALUES (1);
INSERT INTO loose VALUES (2);
ROLLBACK;
-- expect
{"operation": "insert", "source_table": "loose", "after": {"id": 2}}

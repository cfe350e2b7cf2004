-- An update that changes nothing, or touches no row, leaves no trace in the server's log: no event.
CREATE TABLE lamp (id INT PRIMARY KEY, state VARCHAR(5));
INSERT INTO lamp VALUES (1, 'on');
-- when
UPDATE lamp SET state = 'on' WHERE id = 1;
UPDATE lamp SET state = 'off' WHERE id = 2;
DELETE FROM lamp WHERE id = 3;
INSERT IGNORE INTO lamp VALUES (1, 'off');
-- expect

-- REPLACE with one unique key: the server writes an update of the row that stood in the way.
CREATE TABLE setting (name VARCHAR(20) PRIMARY KEY, value VARCHAR(20));
-- when
REPLACE INTO setting VALUES ('colour', 'red');
REPLACE INTO setting VALUES ('colour', 'blue');
-- expect
{"operation": "insert", "after": {"name": "colour", "value": "red"}}
{"operation": "update", "before": {"name": "colour", "value": "red"}, "after": {"name": "colour", "value": "blue"}, "changed": ["value"]}

-- Text arrives as the characters that were written, whatever the column's character set; ENUM and SET by their names.
CREATE TABLE label (id INT PRIMARY KEY, u VARCHAR(40), l VARCHAR(40) CHARACTER SET latin1, c CHAR(5), big TEXT, e ENUM('small','a,b','it''s'), s SET('red','green','blue'));
SET SESSION sql_mode = '';
-- when
INSERT INTO label VALUES (1, 'Grüße 💊 نص', 'café ÿ', 'ab', 'line one\nline two\ttab', 'a,b', 'blue,red');
INSERT INTO label VALUES (2, '', '', '', '', 'none of them', '');
INSERT INTO label VALUES (3, '\0\\''"', '{}', '-- #', '/* */', 'it''s', 'green');
-- expect
{"after": {"id": 1, "u": "Grüße 💊 نص", "l": "café ÿ", "c": "ab", "big": "line one\nline two\ttab", "e": "a,b", "s": "red,blue"}}
{"after": {"id": 2, "u": "", "l": "", "c": "", "big": "", "e": "", "s": ""}}
{"after": {"id": 3, "u": "\u0000\\'\"", "l": "{}", "c": "-- #", "big": "/* */", "e": "it's", "s": "green"}}

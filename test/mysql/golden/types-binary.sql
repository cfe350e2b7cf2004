-- Bytes are bytes: hexadecimal under $hex, with no character set guessed into them.
CREATE TABLE bytes (id INT PRIMARY KEY, fixed BINARY(4), vary VARBINARY(10), big BLOB, bit_one BIT(1), bit_ten BIT(10));
-- when
INSERT INTO bytes VALUES (1, 0x00ff, 0xdeadbeef, 0xc328, b'1', b'1000000001');
INSERT INTO bytes VALUES (2, NULL, '', '', b'0', b'0');
-- expect
{"after": {"id": 1, "fixed": {"$hex": "00ff0000"}, "vary": {"$hex": "deadbeef"}, "big": {"$hex": "c328"}, "bit_one": {"$hex": "01"}, "bit_ten": {"$hex": "0201"}}}
{"after": {"id": 2, "fixed": null, "vary": {"$hex": ""}, "big": {"$hex": ""}, "bit_one": {"$hex": "00"}, "bit_ten": {"$hex": "0000"}}}

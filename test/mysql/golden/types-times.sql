-- Times keep all their digits. TIMESTAMP is a moment and is given in UTC whatever the session's zone; DATETIME is the text as written.
CREATE TABLE moment (id INT PRIMARY KEY, d DATE, dt DATETIME, dt6 DATETIME(6), t TIME, t3 TIME(3), ts TIMESTAMP NULL, ts6 TIMESTAMP(6) NULL, y YEAR);
SET SESSION time_zone = '+02:00';
SET SESSION sql_mode = '';
-- when
INSERT INTO moment VALUES (1, '2026-02-28', '2026-02-28 23:59:59', '2026-02-28 23:59:59.000001', '-838:59:59', '12:00:00.250', '2026-03-01 01:30:00', '2026-03-01 01:30:00.123456', 2026);
INSERT INTO moment VALUES (2, '0000-00-00', '0000-00-00 00:00:00', '9999-12-31 23:59:59.999999', '838:59:59', '-00:00:00.001', '1970-01-01 02:00:01', '0000-00-00 00:00:00', 0);
-- expect
{"after": {"id": 1, "d": "2026-02-28", "dt": "2026-02-28 23:59:59", "dt6": "2026-02-28 23:59:59.000001", "t": "-838:59:59", "t3": "12:00:00.250", "ts": "2026-02-28 23:30:00", "ts6": "2026-02-28 23:30:00.123456", "y": 2026}}
{"after": {"id": 2, "d": "0000-00-00", "dt": "0000-00-00 00:00:00", "dt6": "9999-12-31 23:59:59.999999", "t": "838:59:59", "t3": "-00:00:00.001", "ts": "1970-01-01 00:00:01", "ts6": "0000-00-00 00:00:00.000000", "y": 0}}

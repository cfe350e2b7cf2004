// A row read by a snapshot against the same row as the log told it, over many types: not one character may differ.
import { describe, expect, inject, it } from "vitest";
import { runAuditctlProcess } from "../support/run-auditctl.ts";
import { startRun, stopRun } from "../support/run-capture.ts";
import { flavors, openSource } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readEvents, verifyStore, waitUntilStored } from "../support/trail.ts";

const columns = [
  "t TINYINT, tu TINYINT UNSIGNED, s SMALLINT, m MEDIUMINT, i INT ZEROFILL, b BIGINT, bu BIGINT UNSIGNED",
  "d DECIMAL(30,10), dz DECIMAL(10,2) ZEROFILL, d65 DECIMAL(65,30), f FLOAT, f2 FLOAT(9,2), e DOUBLE, flag BOOLEAN",
  "day DATE, dt DATETIME, dt6 DATETIME(6), tm TIME, t3 TIME(3), ts TIMESTAMP NULL, ts6 TIMESTAMP(6) NULL, y YEAR",
  "fixed BINARY(4), vary VARBINARY(10), big BLOB, bit_one BIT(1), bit_ten BIT(10), bit_all BIT(64)",
  "u VARCHAR(40), l VARCHAR(40) CHARACTER SET latin1, k VARCHAR(40) CHARACTER SET koi8r, w VARCHAR(9) CHARACTER SET utf16",
  "hp VARCHAR(9) CHARACTER SET hp8, c CHAR(5), body TEXT, en ENUM('small','a,b','it''s'), st SET('red','green','blue')",
  "j JSON, `__proto__` VARCHAR(9), `odd ``name` INT, total INT AS (t * 2) VIRTUAL, kept INT AS (t * 3) STORED, hid INT INVISIBLE, p POINT",
].join(", ");
const names =
  "id, t, tu, s, m, i, b, bu, d, dz, d65, f, f2, e, flag, day, dt, dt6, tm, t3, ts, ts6, y, fixed, vary, big, bit_one, bit_ten, bit_all, u, l, k, w, hp, c, body, en, st, j, `__proto__`, `odd ``name`, hid, p";
const rows = [
  `1, -128, 255, -32768, -8388608, 42, -9223372036854775808, 18446744073709551615, -12345678901234567890.0123456789, 1.5, -1234567890123456789012345678901234.000000000000000000000000000001, 1.1, 1234567.891, 0.1, TRUE,
   '2026-02-28', '2026-02-28 23:59:59', '2026-02-28 23:59:59.000001', '-838:59:59', '12:00:00.250', '2026-03-01 01:30:00', '2026-03-01 01:30:00.123456', 2026,
   0x00ff, 0xdeadbeef, 0xc328, b'1', b'1000000001', 18446744073709551615,
   'Grüße 💊 نص', 'café ÿ €', 'Привет', '💊a', 'abc', 'ab', 'one\\ntwo\\ttab', 'a,b', 'blue,red',
   '{"name": "Ünï\\\\n\\\\u0001", "n": 12345678901234567890, "x": 1.5, "y": 1.0, "z": 1e100, "list": [1, true, null, "1.0"], "deep": {"a": {}}}', 'p', 7, 3, ST_GeomFromText('POINT(1.5 -2)')`,
  `2, 127, 0, 32767, 8388607, 4294967295, 9007199254740991, 9007199254740993, 0.0000000001, 12345678.90, 0.5, -16777216, -0.01, 1.7976931348623157e308, FALSE,
   '0000-00-00', '0000-00-00 00:00:00', '9999-12-31 23:59:59.999999', '838:59:59', '-00:00:00.001', '1970-01-01 02:00:01', '0000-00-00 00:00:00', 0,
   '', '', '', b'0', b'0', 0, '', '', '', '', '', '', '', 'none of them', '', 'null', '', 0, NULL, NULL`,
  `3, ${"NULL, ".repeat(41)}NULL`,
  `4, 0, 0, 0, 0, 0, -9007199254740992, 9007199254740992, -0.5, 0, 0, 3.4028234e38, 0, 2.2250738585072014e-308, 1,
   '2026-00-00', '1000-01-01 00:00:00', '2026-01-01 00:00:00.1', '00:00:00', '00:00:00', '2038-01-19 03:14:07', NULL, 1901,
   0x61000000, 0x00, NULL, NULL, NULL, 1, ' spaces  ', 'x', 'x', ' ', 'x', ' a', '\\0\\\\''"', 'it''s', 'green', '[]', NULL, -1, 1, ST_GeomFromText('POINT(0 0)')`,
];

describe.each(flavors)("values of %s", (flavor) => {
  it("are the same from a snapshot as from the log", async () => {
    using temp = openTempFolder();
    const store = temp.file("values.db");
    await using source = await openSource(flavor, inject(flavor), "values");
    await source.run(
      "SET SESSION sql_mode = '', time_zone = '+02:00'",
      `CREATE TABLE every (id INT PRIMARY KEY, ${columns})`,
    );
    if (flavor === "mariadb") {
      const uuids = [1, 2, 3, 4, 5, 6, 7, 8].map(
        (version) => `ADD v${version} UUID DEFAULT 'a0a1a2a3-b0b1-${version}cc1-8dd1-e0e1e2e3e4e5' AFTER id`,
      );
      await source.run(
        `ALTER TABLE every ${uuids.join(", ")}, ADD n4 INET4 DEFAULT '10.0.0.1' AFTER id, ADD n6 INET6 DEFAULT '2001:db8::1' AFTER id`,
      );
    }
    await using running = await startRun(source.address, store);
    for (const row of rows) await source.run(`INSERT INTO every (${names}) VALUES (${row})`);
    await waitUntilStored(source, store);
    await stopRun(running);
    const { status, stderr } = await runAuditctlProcess(["snapshot", "--tables", `${source.database}.every`], {
      env: { ...source.env, AUDIT_STORE: store },
    });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const events = readEvents(store, source.database);
    const logged = events.filter(({ operation }) => operation === "insert");
    const read = events.filter(({ operation }) => operation === "snapshot");
    expect(logged).toHaveLength(rows.length);
    expect(read.map(({ after }) => after)).toEqual(logged.map(({ after }) => after));
    // To the letter, as both are hashed: also the order of the columns.
    expect(read.map(({ after }) => JSON.stringify(after))).toEqual(logged.map(({ after }) => JSON.stringify(after)));
    for (const field of ["source_pk", "entity_type", "entity_id"])
      expect(read.map((event) => event[field])).toEqual(logged.map((event) => event[field]));
    expect(verifyStore(store)).toMatchObject({ ok: true, faults: [] });
  });
});

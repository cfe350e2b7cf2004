// The types of the type matrix, and values at their edges. A value is an SQL expression.
import type { Flavor } from "../../src/model/capture-state.ts";

export interface TypeCase {
  type: string;
  values: readonly string[];
  /** The server's text of column `v`; CAST(v AS CHAR) unless told otherwise. */
  text?: string;
  /** The server's bytes of column `v`; HEX(v) unless told otherwise. */
  hex?: string;
  servers?: readonly Flavor[];
  /** Why values of this type come as $hex, where the log does not say enough. */
  hexBecause?: string;
}

const quoted = (...values: string[]): string[] => values.map((text) => `'${text}'`);
const exactDouble = "CAST(v AS DOUBLE)";

function integers(): TypeCase[] {
  const bits = { TINYINT: 8n, SMALLINT: 16n, MEDIUMINT: 24n, INT: 32n, BIGINT: 64n };
  return Object.entries(bits).flatMap(([type, width]) => {
    const half = 1n << (width - 1n);
    const signed = [-half, -half + 1n, -1n, 0n, 1n, half - 1n];
    const unsigned = [0n, 1n, half - 1n, half, 2n * half - 1n];
    const wide = width === 64n ? [1n << 53n, (1n << 53n) - 1n, (1n << 53n) + 1n, 1n << 32n] : [];
    return [
      { type, values: [...signed, ...wide, ...wide.map((value) => -value)].map(String) },
      { type: `${type} UNSIGNED`, values: [...unsigned, ...wide].map(String) },
    ];
  });
}

function decimals(): TypeCase[] {
  const digits = [
    [65, 30],
    [30, 30],
    [65, 0],
    [1, 0],
    [1, 1],
    [9, 0],
    [9, 9],
    [10, 0],
    [10, 9],
    [18, 9],
    [19, 10],
    [38, 19],
    [20, 3],
  ] as const;
  return digits.map(([precision, scale]) => {
    const nines = `${"9".repeat(precision - scale) || "0"}${scale > 0 ? `.${"9".repeat(scale)}` : ""}`;
    const least = scale > 0 ? `0.${"0".repeat(scale - 1)}1` : "1";
    const values = [
      nines,
      `-${nines}`,
      least,
      `-${least}`,
      "0",
      "-0.0",
      ...(precision - scale > 1 ? ["10", "-10"] : []),
    ];
    return { type: `DECIMAL(${precision},${scale})`, values: quoted(...values) };
  });
}

function times(): TypeCase[] {
  return Array.from({ length: 7 }, (_, digits) => {
    const fraction = digits === 0 ? "" : `.${"9".repeat(digits)}`;
    const least = digits === 0 ? "" : `.${"0".repeat(digits - 1)}1`;
    const datetimes = [
      "0000-00-00 00:00:00",
      "2026-00-00 00:00:00",
      "2026-05-00 01:02:03",
      "0001-01-01 00:00:00",
      "1000-01-01 00:00:00",
      "2024-02-29 12:34:56",
      "1969-12-31 23:59:59",
    ];
    const clocks = [
      "00:00:00",
      "-00:00:01",
      "00:00:01",
      "23:59:59",
      "-838:59:58",
      "838:59:58",
      "100:00:00",
      "-99:59:59",
    ];
    return [
      {
        type: `TIME(${digits})`,
        values: quoted(
          ...clocks,
          ...clocks.flatMap((clock) => [clock + fraction, clock + least]),
          `-00:00:00${least}`,
          `-00:00:00${fraction}`,
          "838:59:59",
          "-838:59:59",
        ),
      },
      {
        type: `DATETIME(${digits})`,
        values: quoted(...datetimes, `9999-12-31 23:59:59${fraction}`, `2024-02-29 12:34:56${least}`),
      },
      {
        type: `TIMESTAMP(${digits}) NULL`,
        values: quoted(
          "0000-00-00 00:00:00",
          "1970-01-01 00:00:01",
          `1970-01-01 00:00:01${least}`,
          `2038-01-19 03:14:06${fraction}`,
          "2038-01-19 03:14:07",
          "2024-02-29 23:59:59",
          "2024-03-01 00:00:00",
        ),
      },
    ];
  }).flat();
}

function texts(): TypeCase[] {
  const long = "REPEAT('Ж💊x', 60)";
  const values = [...quoted("", "a", "a ", "é", "💊", "\\0", "\\\\", "''"), "REPEAT('a', 63)"];
  const plain = ["CHAR(63)", "CHAR(64)", "VARCHAR(63)", "VARCHAR(64)", "TINYTEXT"].map((type) => ({ type, values }));
  const larger = ["CHAR(255)", "VARCHAR(255)", "VARCHAR(256)", "VARCHAR(16000)", "TEXT", "MEDIUMTEXT", "LONGTEXT"];
  return [
    ...plain,
    { type: "CHAR(0)", values: ["''"] },
    ...larger.map((type) => ({ type, values: [...values, long] })),
  ];
}

function binaries(): TypeCase[] {
  const values = ["''", "0x00", "0x0000", "0xff00", "0x00ff", "0xc328"];
  const types = [
    "BINARY(2)",
    "BINARY(16)",
    "BINARY(255)",
    "VARBINARY(2)",
    "VARBINARY(255)",
    "VARBINARY(256)",
    "VARBINARY(65000)",
    "TINYBLOB",
    "BLOB",
    "MEDIUMBLOB",
    "LONGBLOB",
  ];
  const bits = [1, 7, 8, 9, 32, 63, 64].map((width) => ({
    type: `BIT(${width})`,
    values: ["b'0'", "b'1'", `b'${"1".repeat(width)}'`, `b'1${"0".repeat(width - 1)}'`],
    hex: `LPAD(HEX(v), ${Math.ceil(width / 8) * 2}, '0')`,
  }));
  return [
    ...types.map((type) => ({ type, values })),
    { type: "LONGBLOB /* large */", values: ["REPEAT(0xff00, 200000)"] },
    ...bits,
  ];
}

function members(): TypeCase[] {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `'m${index}'`).join(",");
  const allOf = (count: number) => `'${Array.from({ length: count }, (_, index) => `m${index}`).join(",")}'`;
  const sets = [1, 8, 9, 16, 17, 24, 25, 32, 33, 64].map((count) => ({
    type: `SET(${names(count)})`,
    values: ["''", "'m0'", `'m${count - 1}'`, `'m0,m${count - 1}'`, allOf(count)],
  }));
  return [
    { type: "ENUM('a,b','it''s','Ж','💊','')", values: ["'a,b'", "'it''s'", "'Ж'", "'💊'", "''", "'none of them'"] },
    { type: `ENUM(${names(255)})`, values: ["'m0'", "'m254'", "'none'"] },
    { type: `ENUM(${names(300)})`, values: ["'m0'", "'m254'", "'m255'", "'m299'", "'none'"] },
    { type: "ENUM('Ж','b') CHARACTER SET cp1251", values: ["'Ж'", "'b'"] },
    { type: "SET('Ж','b') CHARACTER SET cp1251", values: ["'Ж,b'", "''"] },
    ...sets,
  ];
}

const doubles = [
  "0",
  "-0.0e0",
  "1",
  "0.1",
  "1.1",
  "-1.1",
  "1e14",
  "1e15",
  "1e16",
  "123456789012345680",
  "5e-324",
  "2.2250738585072014e-308",
  "1.7976931348623157e308",
  "-1.7976931348623157e308",
  "1e-7",
  "3.14",
];

const documents = [
  "null",
  "true",
  "false",
  "0",
  "-1",
  "32767",
  "32768",
  "65535",
  "65536",
  "-32769",
  "2147483647",
  "2147483648",
  "4294967295",
  "4294967296",
  "9223372036854775807",
  "18446744073709551615",
  "-9223372036854775808",
  "1.0",
  "-0.0",
  "1e100",
  "1e14",
  "1e15",
  "1e16",
  "123456789012345680.0",
  "1e-14",
  "1e-15",
  "1e-16",
  "1.5e-7",
  "0.1",
  "5e-324",
  "1.7976931348623157e308",
  "12345.678",
  '""',
  '"Ж💊"',
  '"\\\\u0000\\\\u001f\\\\u007f\\\\n\\\\t\\\\"/\\\\\\\\"',
  "[]",
  "{}",
  "[[],[{}]]",
  '{"a": {"b": [1, 2.5, "x", null, true]}}',
  '{"__proto__": {"__proto__": 1}, "constructor": 2, "": 3}',
  '{"b": 1, "a": 2, "aa": 3}',
];
const builtDocuments = [
  "JSON_OBJECT('d', CAST('1.10' AS DECIMAL(30,10)), 'n', CAST('-12345678901234567890.0123456789' AS DECIMAL(30,10)))",
  "JSON_ARRAY(CAST('2026-02-28' AS DATE), CAST('-12:34:56.000001' AS TIME(6)), CAST('838:59:59' AS TIME), CAST('-838:59:59' AS TIME), CAST('2026-02-28 23:59:59.999999' AS DATETIME(6)), CAST('0001-01-01' AS DATE))",
  "JSON_ARRAY(x'00ff', b'101', CAST('x' AS BINARY(3)), REPEAT(x'ab', 300))",
  "JSON_ARRAY(TIMESTAMP'2026-01-01 00:00:00', CAST(2026 AS YEAR), CAST(1.1 AS FLOAT))",
  "CAST(CONCAT('[', REPEAT('1,', 40000), '70000]') AS JSON)",
  'CAST(CONCAT(\'{"k": "\', REPEAT(\'x\', 70000), \'", "i": 70000, "u": 4000000000, "n": null}\') AS JSON)',
  "CAST(CONCAT(REPEAT('[', 99), REPEAT(']', 99)) AS JSON)",
  "ST_AsGeoJSON(ST_GeomFromText('POINT(1 2)'))",
];

const shapes = [
  "POINT(1 -2.5)",
  "LINESTRING(0 0,1 1,2 2)",
  "POLYGON((0 0,4 0,4 4,0 0),(1 1,2 1,2 2,1 1))",
  "MULTIPOINT(0 0,1 1)",
  "MULTILINESTRING((0 0,1 1),(2 2,3 3))",
  "MULTIPOLYGON(((0 0,4 0,4 4,0 0)))",
  "GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))",
];

function others(): TypeCase[] {
  const unknownLogicalType = "the log calls it BINARY and does not say what it means";
  const compressible = ["''", "'a'", "REPEAT('a', 99)", "REPEAT('Ж', 99)", "'Ж💊'"];
  const geometries = ["GEOMETRY", ...shapes.map((shape) => shape.slice(0, shape.indexOf("(")))].map((type) => ({
    type,
    text: "ST_AsText(v)",
    values: shapes.flatMap((shape) =>
      type === "GEOMETRY" || shape.startsWith(`${type}(`)
        ? [`ST_GeomFromText('${shape}')`, `ST_GeomFromText('${shape}', 4326)`]
        : [],
    ),
  }));
  return [
    {
      type: "FLOAT",
      values: [
        ...doubles.filter((value) => !/308|324/.test(value)),
        "16777216",
        "16777217",
        "3.402823466e38",
        "-3.402823466e38",
        "1.17549435e-38",
        "1.4e-45",
        "0.3",
        "1e10",
      ],
      text: exactDouble,
    },
    { type: "FLOAT(7,2) UNSIGNED", values: ["0", "1.1", "99999.99"], text: exactDouble },
    { type: "DOUBLE", values: doubles },
    { type: "DOUBLE UNSIGNED", values: ["0", "0.1"] },
    { type: "INT(8) ZEROFILL", values: ["0", "42", "4294967295"] },
    { type: "BOOLEAN", values: ["TRUE", "FALSE"] },
    { type: "YEAR", values: ["0", "1901", "2155", "2026", "'0000'"] },
    {
      type: "DATE",
      values: quoted("0000-00-00", "2026-00-00", "2026-02-00", "0001-01-01", "1000-01-01", "9999-12-31", "2024-02-29"),
    },
    { type: "JSON", values: [...documents.map((document) => `'${document}'`), ...builtDocuments], servers: ["mysql"] },
    { type: "JSON", values: documents.map((document) => `'${document}'`), servers: ["mariadb"] },
    {
      type: "VECTOR(3)",
      values: ["'[1,-2.5,0.1]'", "'[0,0,0]'", "'[3.4e38,-1e-37,16777217]'"].map((text) => `STRING_TO_VECTOR(${text})`),
      text: "VECTOR_TO_STRING(v)",
      servers: ["mysql"],
    },
    {
      type: "VECTOR(16383)",
      values: ["CAST(REPEAT(0xcdcc8c3f, 16383) AS BINARY)"],
      text: "VECTOR_TO_STRING(v)",
      servers: ["mysql"],
    },
    {
      type: "UUID",
      values: quoted(
        "123e4567-e89b-12d3-a456-426614174000",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-4fff-bfff-ffffffffff00",
      ),
      servers: ["mariadb"],
      hexBecause: unknownLogicalType,
    },
    {
      type: "INET4",
      values: quoted("0.0.0.0", "255.255.255.255", "10.0.0.0"),
      servers: ["mariadb"],
      hexBecause: unknownLogicalType,
    },
    {
      type: "INET6",
      values: quoted("::", "::1", "2001:db8::ff00:42:8300", "::ffff:1.2.3.4"),
      servers: ["mariadb"],
      hexBecause: unknownLogicalType,
    },
    ...[
      "VARCHAR(100) COMPRESSED",
      "VARCHAR(400) COMPRESSED",
      "TINYTEXT COMPRESSED",
      "TEXT COMPRESSED",
      "MEDIUMTEXT COMPRESSED",
      "VARCHAR(100) CHARACTER SET cp1251 COMPRESSED",
    ].map((type): TypeCase => ({
      type: type.replace(/ CHARACTER SET cp1251 COMPRESSED/, " COMPRESSED CHARACTER SET cp1251"),
      values: compressible,
      servers: ["mariadb"],
    })),
    ...["VARBINARY(300) COMPRESSED", "BLOB COMPRESSED", "LONGBLOB COMPRESSED"].map((type): TypeCase => ({
      type,
      values: [...compressible, "0x00", "REPEAT(0x00, 300)"],
      servers: ["mariadb"],
    })),
    ...geometries,
  ];
}

export const typeCases: readonly TypeCase[] = [
  ...integers(),
  ...decimals(),
  ...times(),
  ...texts(),
  ...binaries(),
  ...members(),
  ...others(),
];

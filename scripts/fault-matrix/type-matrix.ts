// Column types with a value each that is easy to get wrong, and how the server is asked to show it.
import type { Flavor } from "../mysql.ts";

export interface TypedValue {
  type: string;
  value: string;
  /** SQL with {} for the column; default: its text. */
  show?: string;
  servers?: readonly Flavor[];
}

const hex = "LOWER(HEX({}))";

export const typeMatrix: readonly TypedValue[] = [
  { type: "BIGINT", value: "-9223372036854775808" },
  { type: "BIGINT UNSIGNED", value: "18446744073709551615" },
  { type: "MEDIUMINT", value: "-8388608" },
  { type: "TINYINT UNSIGNED", value: "255" },
  { type: "DECIMAL(65,30)", value: "-12345678901234567890123456789012345.123456789012345678901234567890" },
  { type: "DECIMAL(30,30)", value: "-0.000000000000000000000000000001" },
  { type: "FLOAT", value: "1.1", show: "CAST({} AS CHAR)" },
  { type: "DOUBLE", value: "0.1" },
  {
    type: "BIT(64)",
    value: "b'1000000000000000000000000000000000000000000000000000000000000001'",
    show: "LPAD(LOWER(HEX({})), 16, '0')",
  },
  { type: "YEAR", value: "0", show: "CAST({} + 0 AS CHAR)" },
  { type: "YEAR", value: "2155" },
  { type: "DATE", value: "'0000-00-00'" },
  { type: "DATE", value: "'2026-00-15'" },
  { type: "DATETIME(6)", value: "'9999-12-31 23:59:59.999999'" },
  { type: "DATETIME", value: "'0000-00-00 00:00:00'" },
  { type: "TIME(6)", value: "'-838:59:58.999999'" },
  { type: "TIME(6)", value: "'-00:00:00.000001'" },
  { type: "TIMESTAMP(6) NULL", value: "'2026-03-29 02:30:00.123456'" },
  { type: "TIMESTAMP NULL", value: "'0000-00-00 00:00:00'" },
  { type: "ENUM('yes','no','with,comma','with''quote')", value: "'with,comma'" },
  { type: "ENUM('yes','no')", value: "'not a member'" },
  { type: "SET('a','b','c')", value: "'a,c'" },
  { type: "VARCHAR(50) CHARACTER SET utf8mb4", value: "'💊 emoji'" },
  { type: "VARCHAR(50) CHARACTER SET cp1251", value: "'Привет'" },
  { type: "VARCHAR(50) CHARACTER SET sjis", value: "'日本'" },
  { type: "VARCHAR(50) CHARACTER SET gbk", value: "'中文'" },
  { type: "CHAR(5) CHARACTER SET latin1", value: "'é'" },
  { type: "VARCHAR(20) CHARACTER SET dec8", value: "'ab'" },
  { type: "BINARY(4)", value: "0x00ff", show: hex },
  { type: "VARBINARY(10)", value: "0xdeadbeef00", show: hex },
  { type: "BLOB", value: "0xc328", show: hex },
  { type: "LONGTEXT", value: "'long \\\\ text'" },
];

/** The stored value as the server would show it: bytes as hexadecimal, members of a SET with commas between. */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return value.join(",");
  if (typeof value === "object" && value !== null && "$hex" in value) return String(value.$hex);
  return typeof value === "string" ? value : JSON.stringify(value);
}

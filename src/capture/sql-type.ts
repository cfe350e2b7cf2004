// capture: a column's description -> its SQL type as people know it.
import { binaryCollation, charBytes, type ColumnDescription, columnType, varcharBytes } from "./column-type.ts";

const integerNames: Readonly<Record<number, string>> = {
  [columnType.tiny]: "tinyint",
  [columnType.short]: "smallint",
  [columnType.int24]: "mediumint",
  [columnType.long]: "int",
  [columnType.longlong]: "bigint",
  [columnType.float]: "float",
  [columnType.double]: "double",
};
const blobSizes = ["", "tiny", "", "medium", "long"];
export const geometryNames = [
  "geometry",
  "point",
  "linestring",
  "polygon",
  "multipoint",
  "multilinestring",
  "multipolygon",
  "geomcollection",
];

/** For example `int unsigned`, `decimal(10,2)`, `enum('a','b')`. `members`: as text. */
export function sqlTypeOf(column: ColumnDescription, width: number, members: readonly string[]): string {
  const { type, first, second } = column;
  const binary = column.collation === binaryCollation;
  const sign = column.unsigned ? " unsigned" : "";
  switch (type) {
    case columnType.newDecimal:
      return `decimal(${first},${second})${sign}`;
    case columnType.year:
      return "year";
    case columnType.string:
      return binary ? `binary(${charBytes(column)})` : `char(${Math.floor(charBytes(column) / width)})`;
    case columnType.varchar:
      return binary ? `varbinary(${varcharBytes(column)})` : `varchar(${Math.floor(varcharBytes(column) / width)})`;
    // One of its bytes is the header of the compressed value.
    case columnType.varcharCompressed:
      return binary
        ? `varbinary(${varcharBytes(column) - 1})`
        : `varchar(${Math.floor((varcharBytes(column) - 1) / width)})`;
    case columnType.blob:
    case columnType.blobCompressed:
      return `${blobSizes[first] ?? ""}${binary ? "blob" : "text"}`;
    case columnType.enum:
    case columnType.set:
      return `${type === columnType.enum ? "enum" : "set"}(${members.map((member) => `'${member.replaceAll("'", "''")}'`).join(",")})`;
    case columnType.bit:
      return `bit(${second * 8 + first})`;
    case columnType.json:
      return "json";
    case columnType.vector:
      return "vector";
    case columnType.geometry:
      return geometryNames[column.geometryType] ?? "geometry";
    case columnType.timestamp2:
      return withDigits("timestamp", first);
    case columnType.datetime2:
      return withDigits("datetime", first);
    case columnType.time2:
      return withDigits("time", first);
    case columnType.date:
    case columnType.newDate:
      return "date";
    default:
      return `${integerNames[type] ?? `type ${type}`}${sign}`;
  }
}

function withDigits(name: string, digits: number): string {
  return digits === 0 ? name : `${name}(${digits})`;
}

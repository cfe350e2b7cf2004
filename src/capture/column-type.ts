// capture: type codes of columns in the log, and what a table's description says of a column.
// Source: include/field_types.h of MySQL 9.7; MariaDB's own from sql/mysql_com.h, `only used internally for RBR`.

export const columnType = {
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  timestamp: 7,
  longlong: 8,
  int24: 9,
  date: 10,
  time: 11,
  datetime: 12,
  year: 13,
  newDate: 14,
  varchar: 15,
  bit: 16,
  timestamp2: 17,
  datetime2: 18,
  time2: 19,
  blobCompressed: 140,
  varcharCompressed: 141,
  vector: 242,
  json: 245,
  newDecimal: 246,
  enum: 247,
  set: 248,
  tinyBlob: 249,
  mediumBlob: 250,
  longBlob: 251,
  blob: 252,
  string: 254,
  geometry: 255,
} as const;

/** Bytes of each type's own metadata in a table's description. Not here: a type whose rows cannot be read. */
export const metadataBytes: Readonly<Record<number, number>> = {
  [columnType.tiny]: 0,
  [columnType.short]: 0,
  [columnType.long]: 0,
  [columnType.float]: 1,
  [columnType.double]: 1,
  [columnType.timestamp]: 0,
  [columnType.longlong]: 0,
  [columnType.int24]: 0,
  [columnType.date]: 0,
  [columnType.time]: 0,
  [columnType.datetime]: 0,
  [columnType.year]: 0,
  [columnType.newDate]: 0,
  [columnType.varchar]: 2,
  [columnType.bit]: 2,
  [columnType.timestamp2]: 1,
  [columnType.datetime2]: 1,
  [columnType.time2]: 1,
  [columnType.blobCompressed]: 1,
  [columnType.varcharCompressed]: 2,
  [columnType.vector]: 1,
  [columnType.json]: 1,
  [columnType.newDecimal]: 2,
  [columnType.tinyBlob]: 1,
  [columnType.mediumBlob]: 1,
  [columnType.longBlob]: 1,
  [columnType.blob]: 1,
  [columnType.string]: 2,
  [columnType.geometry]: 1,
};

/** A column as its table's description gives it. */
export interface ColumnDescription {
  name: string;
  /** With ENUM and SET told apart from CHAR. */
  type: number;
  /** The bytes of its metadata, 0 where there are none. */
  first: number;
  second: number;
  unsigned: boolean;
  /** undefined for what is no text. */
  collation: number | undefined;
  /** Character set of `collation`; undefined also when this version does not know the id. */
  charset: string | undefined;
  /** Names of an ENUM's or SET's members, in their own character set. */
  members: readonly Buffer[];
  geometryType: number;
}

/** Collation of BINARY, VARBINARY and BLOB. */
export const binaryCollation = 63;

/** Two bits of a CHAR's length stand, turned round, in its first byte (Field_string::do_save_field_metadata). */
export function charBytes({ first, second }: ColumnDescription): number {
  return (((first & 0x30) ^ 0x30) << 4) | second;
}

export function varcharBytes({ first, second }: ColumnDescription): number {
  return second * 256 + first;
}

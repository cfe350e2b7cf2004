// capture: the optional metadata of a TABLE_MAP event (binlog_row_metadata = FULL) -> names, signs, collations, members, key.
// Each list covers one class of columns, in their order (sql/log_event.cc, Table_map_log_event::init_metadata_fields).
import type { Flavor } from "../model/capture-state.ts";
import { ByteCursor, MalformedBytes } from "./byte-cursor.ts";
import { type ColumnDescription, columnType } from "./column-type.ts";

/** Per column, by its index; holes where the log says nothing of it. */
export interface TableMetadata {
  names: string[];
  unsigned: boolean[];
  collations: number[];
  members: (readonly Buffer[])[];
  geometryTypes: number[];
  primaryKey: number[];
}

const field = {
  signedness: 1,
  defaultCharset: 2,
  columnCharset: 3,
  columnName: 4,
  setValues: 5,
  enumValues: 6,
  geometryType: 7,
  simplePrimaryKey: 8,
  primaryKeyWithPrefix: 9,
  memberDefaultCharset: 10,
  memberColumnCharset: 11,
} as const;

const numericTypes: ReadonlySet<number> = new Set([
  columnType.tiny,
  columnType.short,
  columnType.int24,
  columnType.long,
  columnType.longlong,
  columnType.newDecimal,
  columnType.float,
  columnType.double,
  columnType.year,
]);
const textTypes: ReadonlySet<number> = new Set([
  columnType.varchar,
  columnType.string,
  columnType.blob,
  columnType.tinyBlob,
  columnType.mediumBlob,
  columnType.longBlob,
  columnType.blobCompressed,
  columnType.varcharCompressed,
  // Binary, and yet in the lists of texts.
  columnType.vector,
]);

export interface MetadataOptions {
  /** MariaDB counts GEOMETRY among the texts, MySQL does not; nothing in the event tells one from the other. */
  flavor: Flavor;
  /** A column's type is not known, so no other list can be matched to its columns. */
  namesOnly: boolean;
}

export function readTableMetadata(
  cursor: ByteCursor,
  columns: readonly ColumnDescription[],
  { flavor, namesOnly }: MetadataOptions,
): TableMetadata {
  const metadata: TableMetadata = {
    names: [],
    unsigned: [],
    collations: [],
    members: [],
    geometryTypes: [],
    primaryKey: [],
  };
  while (cursor.left > 0) {
    const type = cursor.uint8();
    const content = new ByteCursor(cursor.take(cursor.lengthEncoded()));
    if (namesOnly && type !== field.columnName) continue;
    if (readField(type, content, { columns, flavor }, metadata) && content.left > 0) {
      throw new MalformedBytes(`${content.left} bytes are left of a table's metadata of type ${type}`);
    }
  }
  return metadata;
}

/** Whether the field is one of those that are looked at. */
function readField(
  type: number,
  content: ByteCursor,
  { columns, flavor }: { columns: readonly ColumnDescription[]; flavor: Flavor },
  metadata: TableMetadata,
): boolean {
  const indexes = (wanted: (type: number) => boolean): number[] =>
    columns.flatMap((column, index) => (wanted(column.type) ? [index] : []));
  const texts = (): number[] =>
    indexes((each) => textTypes.has(each) || (flavor === "mariadb" && each === columnType.geometry));
  const memberColumns = (): number[] => indexes((each) => each === columnType.enum || each === columnType.set);
  switch (type) {
    case field.signedness:
      readBits(
        content,
        indexes((each) => numericTypes.has(each)),
        metadata.unsigned,
      );
      return true;
    case field.defaultCharset:
      readDefaultCharset(content, texts(), metadata.collations);
      return true;
    case field.columnCharset:
      readEach(texts(), metadata.collations, () => content.lengthEncoded());
      return true;
    case field.memberDefaultCharset:
      readDefaultCharset(content, memberColumns(), metadata.collations);
      return true;
    case field.memberColumnCharset:
      readEach(memberColumns(), metadata.collations, () => content.lengthEncoded());
      return true;
    case field.columnName:
      while (content.left > 0) metadata.names.push(content.take(content.lengthEncoded()).toString("utf8"));
      return true;
    case field.setValues:
      readEach(
        indexes((each) => each === columnType.set),
        metadata.members,
        () => readMembers(content),
      );
      return true;
    case field.enumValues:
      readEach(
        indexes((each) => each === columnType.enum),
        metadata.members,
        () => readMembers(content),
      );
      return true;
    case field.geometryType:
      readEach(
        indexes((each) => each === columnType.geometry),
        metadata.geometryTypes,
        () => content.lengthEncoded(),
      );
      return true;
    case field.simplePrimaryKey:
      while (content.left > 0) metadata.primaryKey.push(content.lengthEncoded());
      return true;
    case field.primaryKeyWithPrefix:
      while (content.left > 0) {
        metadata.primaryKey.push(content.lengthEncoded());
        // Length of the prefix.
        content.lengthEncoded();
      }
      return true;
    default:
      // Visibility, dimensions of vectors, and what newer servers add: nothing that rows are read by.
      return false;
  }
}

/** One bit per column of the class, the highest bit first. */
function readBits(content: ByteCursor, indexes: readonly number[], target: boolean[]): void {
  const bits = content.take((indexes.length + 7) >> 3);
  indexes.forEach((column, bit) => {
    target[column] = ((bits[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0;
  });
}

/** The collation of most columns of the class, then pairs: which of them, and what it has instead. */
function readDefaultCharset(content: ByteCursor, indexes: readonly number[], target: number[]): void {
  const collation = content.lengthEncoded();
  for (const column of indexes) target[column] = collation;
  while (content.left > 0) {
    const column = indexes[content.lengthEncoded()];
    if (column === undefined) throw new MalformedBytes("a collation of a column that is not there");
    target[column] = content.lengthEncoded();
  }
}

function readEach<T>(indexes: readonly number[], target: T[], read: () => T): void {
  for (const column of indexes) target[column] = read();
}

function readMembers(content: ByteCursor): Buffer[] {
  const count = content.lengthEncoded();
  if (count > content.left) throw new MalformedBytes(`${count} members in ${content.left} bytes`);
  return Array.from({ length: count }, () => content.take(content.lengthEncoded()));
}

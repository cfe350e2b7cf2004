// Events of the log made by hand: the bytes of a table's description, as a server would write them.
import { columnType } from "../../src/capture/column-type.ts";

interface HandmadeColumn {
  name: string;
  type?: number;
  metadata?: readonly number[];
  unsigned?: boolean;
}

export interface HandmadeTable {
  tableId?: number;
  database?: string;
  table?: string;
  columns?: readonly HandmadeColumn[];
  primaryKey?: readonly number[];
  /** false: as with binlog_row_metadata = MINIMAL. */
  named?: boolean;
  /** More fields of optional metadata: type, content. */
  more?: readonly (readonly [type: number, content: Buffer])[];
}

const twoIntegers: readonly HandmadeColumn[] = [{ name: "id" }, { name: "total" }];

const numeric: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 8, 9, 13, 246]);

export function tableMapBody(fields: HandmadeTable = {}): Buffer {
  const {
    tableId = 1,
    database = "shop",
    table = "sales",
    columns = twoIntegers,
    primaryKey = [0],
    named = true,
    more = [],
  } = fields;
  const types = columns.map(({ type = columnType.long }) => type);
  const signs = columns.filter((_, index) => numeric.has(types[index] ?? 0)).map(({ unsigned = false }) => unsigned);
  const bits = Buffer.alloc((signs.length + 7) >> 3);
  signs.forEach((unsigned, index) => {
    if (unsigned) bits[index >> 3] = (bits[index >> 3] ?? 0) | (0x80 >> (index & 7));
  });
  const names = Buffer.concat(columns.map(({ name }) => lengthPrefixed(Buffer.from(name))));
  return Buffer.concat([
    tableIdBytes(tableId),
    Buffer.of(1, 0),
    ...[database, table].flatMap((name) => [lengthPrefixed(Buffer.from(name)), Buffer.of(0)]),
    lengthPrefixed(Buffer.from(types)),
    lengthPrefixed(Buffer.from(columns.flatMap(({ metadata = [] }) => metadata))),
    Buffer.alloc((columns.length + 7) >> 3),
    field(1, bits),
    ...(named ? [field(4, names)] : []),
    ...(primaryKey.length === 0 ? [] : [field(8, Buffer.from(primaryKey))]),
    ...more.map(([type, content]) => field(type, content)),
  ]);
}

export function tableIdBytes(tableId: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUIntLE(tableId, 0, 6);
  return bytes;
}

function field(type: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type), lengthPrefixed(content)]);
}

function lengthPrefixed(bytes: Buffer): Buffer {
  if (bytes.length < 251) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  const length = Buffer.of(252, 0, 0);
  length.writeUInt16LE(bytes.length, 1);
  return Buffer.concat([length, bytes]);
}

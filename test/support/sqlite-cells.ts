// Where in a SQLite file each column of each row is: for tests that change one byte of it.
// Format: https://www.sqlite.org/fileformat2.html, sections 1.6 and 2.1. Rows that overflow their page are left out.
import Database from "better-sqlite3";

export interface StoredColumn {
  table: string;
  /** A name of the table, or `rowid`. */
  column: string;
  /** Number of the row in the table's own order, from 0. */
  row: number;
  /** Bytes of the file. */
  start: number;
  end: number;
}

interface Page {
  name: string;
  pageno: number;
}

/** The pages of a table and of all its indexes. */
export function listPages(path: string, tables: readonly string[]): number[] {
  return readPages(path)
    .filter(({ name }) =>
      tables.some(
        (table) => name === table || name.startsWith(`${table}_`) || name.startsWith(`sqlite_autoindex_${table}_`),
      ),
    )
    .map(({ pageno }) => pageno);
}

/** Every stored column of a table, by name in the order of its record. */
export function findColumns(path: string, bytes: Buffer, table: string, columns: readonly string[]): StoredColumn[] {
  let row = 0;
  return readPages(path)
    .filter(({ name }) => name === table)
    .flatMap(({ pageno }) => listCells(bytes, pageno))
    .flatMap((cell) => {
      const found: StoredColumn[] = cell.rowid === undefined ? [] : [{ table, column: "rowid", row, ...cell.rowid }];
      cell.values.forEach((span, index) => found.push({ table, column: columns[index] ?? "", row, ...span }));
      row += 1;
      return found.filter(({ start, end }) => end > start);
    });
}

function readPages(path: string): Page[] {
  using stack = new DisposableStack();
  const db = stack.adopt(new Database(path, { readonly: true }), (open) => open.close());
  return db.prepare<[], Page>("SELECT name, pageno FROM dbstat ORDER BY name, path").all();
}

interface Span {
  start: number;
  end: number;
}

interface Cell {
  rowid: Span | undefined;
  values: Span[];
}

const tableLeaf = 0x0d;
const indexLeaf = 0x0a;

function listCells(bytes: Buffer, pageno: number): Cell[] {
  const pageSize = bytes.readUInt16BE(16);
  const page = (pageno - 1) * pageSize;
  const kind = bytes[page];
  if (kind !== tableLeaf && kind !== indexLeaf) return [];
  const count = bytes.readUInt16BE(page + 3);
  return Array.from({ length: count }, (_, index) => page + bytes.readUInt16BE(page + 8 + 2 * index))
    .map((at) => readCell(bytes, at, kind === tableLeaf))
    .filter((cell) => cell.values.every(({ end }) => end <= page + pageSize));
}

function readCell(bytes: Buffer, at: number, hasRowid: boolean): Cell {
  const [, afterSize] = readVarint(bytes, at);
  const afterRowid = hasRowid ? readVarint(bytes, afterSize)[1] : afterSize;
  const [headerSize, afterHeaderSize] = readVarint(bytes, afterRowid);
  const values: Span[] = [];
  let next = afterRowid + headerSize;
  for (let position = afterHeaderSize; position < afterRowid + headerSize;) {
    const [type, after] = readVarint(bytes, position);
    values.push({ start: next, end: next + sizeOf(type) });
    next += sizeOf(type);
    position = after;
  }
  return { rowid: hasRowid ? { start: afterSize, end: afterRowid } : undefined, values };
}

function sizeOf(serialType: number): number {
  if (serialType >= 12) return Math.floor((serialType - 12) / 2);
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0][serialType] ?? 0;
}

/** Gives the number and where it ends. */
function readVarint(bytes: Buffer, at: number): [value: number, end: number] {
  let value = 0;
  for (let end = at; ;) {
    const byte = bytes[end] ?? 0;
    end += 1;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, end];
  }
}

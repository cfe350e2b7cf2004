// capture: reads tables in one consistent read. Takes a connection and table names, gives their rows in chunks, as the
// log's reader would give them, and the anchor that says which moment they show.
import type { Flavor } from "../model/capture-state.ts";
import type { SourceConnection } from "../model/config.ts";
import type { RawRow, RawTable } from "../model/raw-transaction.ts";
import { fullName, type SnapshotAnchor, type SnapshotKey, type TableName } from "../model/snapshot.ts";
import { openTableConnection, type TableConnection } from "./server-connection.ts";
import { openConsistentRead } from "./snapshot-anchor.ts";
import { noTable, toSnapshotError } from "./snapshot-error.ts";
import {
  chunkStatement,
  columnsStatement,
  keyStatement,
  probeStatement,
  streamStatement,
  type TableColumn,
  tablesStatement,
} from "./table-statements.ts";
import { toLoggedValue } from "./table-values.ts";

/** A table that can be read. */
export interface SnapshotTable extends TableName {
  /** The server's estimate of its rows. */
  estimate: number;
  /** Whether it can be read along its primary key, and so gone on with later. */
  resumable: boolean;
}

export interface ReadChunk {
  rows: RawRow[];
  anchor: SnapshotAnchor;
  from_key: SnapshotKey | null;
  to_key: SnapshotKey | null;
  last: boolean;
}

export interface SnapshotReader extends AsyncDisposable {
  /** `database.table` and `database.*` -> tables that are there and may be read. @throws snapshot.no_table, snapshot.access_denied */
  findTables(patterns: readonly string[]): Promise<SnapshotTable[]>;
  /** Opens the consistent read; every chunk from here on is of it. */
  open(): Promise<SnapshotAnchor>;
  /** After the row with that key; null: from the beginning. The last chunk may be empty. @throws AppError */
  readChunks(
    table: SnapshotTable,
    after: SnapshotKey | null,
    chunkRows: number,
  ): AsyncGenerator<{ table: RawTable } & ReadChunk>;
}

interface Described extends SnapshotTable {
  columns: TableColumn[];
  key: TableColumn[];
  transactional: boolean;
}

/** @throws source.unreachable, source.access_denied, source.misconfigured */
export async function openSnapshotReader(connection: SourceConnection, flavor: Flavor): Promise<SnapshotReader> {
  const server = await openTableConnection(connection);
  const described = new Map<string, Described>();
  let anchor: SnapshotAnchor | undefined;
  const guarded = async <T>(table: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw toSnapshotError(error, connection, table);
    }
  };
  await guarded("the settings", () => prepareSession(server, flavor));

  return {
    findTables: async (patterns) => {
      for (const pattern of patterns) {
        for (const table of await guarded(pattern, () => findTables(server, pattern)))
          described.set(fullName(table), table);
      }
      return [...described.values()];
    },
    open: async () => (anchor = await guarded("the log's position", () => openConsistentRead(server, flavor))),
    readChunks: async function* (table, after, chunkRows) {
      const name = fullName(table);
      const full = described.get(name);
      if (anchor === undefined || full === undefined) throw new Error(`bug: ${name} is read before it was opened`);
      const shown = full.transactional ? anchor : { ...anchor, gtid_set_max: null };
      const raw = toRawTable(full);
      // As a dump does: a table's metadata lock goes with the savepoint, so that an ALTER waits for one table, not for all.
      await guarded(name, () => server.rows("SAVEPOINT chunk"));
      const chunks = full.resumable ? readByKey(server, full, after, chunkRows) : readInStream(server, full, chunkRows);
      for (;;) {
        const next = await guarded(name, () => chunks.next());
        if (next.done === true) break;
        yield { table: raw, anchor: shown, ...next.value };
      }
      await guarded(name, () => server.rows("ROLLBACK TO SAVEPOINT chunk"));
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Whatever the server is set to: times in UTC, key values that compare as they were read, and no limit on a statement's time. */
async function prepareSession(server: TableConnection, flavor: Flavor): Promise<void> {
  await server.rows("SET SESSION time_zone = '+00:00', sql_mode = '', net_write_timeout = 3600, wait_timeout = 28800");
  await server.rows(flavor === "mysql" ? "SET SESSION max_execution_time = 0" : "SET SESSION max_statement_time = 0");
}

async function findTables(server: TableConnection, pattern: string): Promise<Described[]> {
  const dot = pattern.indexOf(".");
  const [database, wanted] = [pattern.slice(0, dot), pattern.slice(dot + 1)];
  const rows = await server.rows(tablesStatement, [database]);
  const found = rows.map(([, table, engine, estimate]) => ({
    database,
    table: String(table),
    engine: String(engine),
    estimate: Number(estimate ?? 0),
  }));
  const matching = wanted === "*" ? found : found.filter(({ table }) => table === wanted);
  // The server hides a table from who may not read it; its own words tell which it is.
  if (matching.length === 0 && wanted !== "*") await server.rows(probeStatement({ database, table: wanted }));
  if (matching.length === 0) throw noTable(pattern);
  const tables: Described[] = [];
  for (const table of matching) tables.push(await describe(server, table));
  return tables;
}

async function describe(
  server: TableConnection,
  { engine, ...table }: TableName & { engine: string; estimate: number },
): Promise<Described> {
  await server.rows(probeStatement(table));
  const names = [table.database, table.table];
  const columns = (await server.rows(columnsStatement, names)).map(([name, dataType, columnType, charset]) => ({
    name: String(name),
    dataType: String(dataType).toLowerCase(),
    columnType: String(columnType),
    charset: typeof charset === "string" ? charset : null,
  }));
  const key = (await server.rows(keyStatement, names)).flatMap(([name]) =>
    columns.filter((column) => column.name === name),
  );
  const resumable = key.length > 0 && key.every(({ dataType }) => numeric.has(dataType) || plain.has(dataType));
  return { ...table, columns, key, resumable, transactional: /^(innodb|rocksdb)$/i.test(engine) };
}

/** Types whose values, given back as they were read, compare as the index orders them. Not FLOAT (rounded), ENUM and SET (by number). */
const numeric = new Set("tinyint smallint mediumint int bigint decimal year".split(" "));
const plain = new Set("date datetime timestamp time char varchar binary varbinary".split(" "));

type Content = Omit<ReadChunk, "anchor">;

async function* readByKey(
  server: TableConnection,
  table: Described,
  after: SnapshotKey | null,
  chunkRows: number,
): AsyncGenerator<Content, void> {
  const positions = table.key.map((column) => table.columns.indexOf(column));
  const keyOf = (row: unknown[] | undefined): SnapshotKey | null =>
    row === undefined ? null : positions.map((position, index) => toKey(row[position], table.key[index]));
  let from = after;
  for (;;) {
    const { sql, values } = chunkStatement(table, table.columns, table.key, from, chunkRows);
    const rows = await server.rows(sql, values);
    const last = rows.length < chunkRows;
    from = keyOf(rows.at(-1)) ?? from;
    yield { rows: rows.map((row) => toRawRow(row, table)), from_key: keyOf(rows[0]), to_key: from, last };
    if (last) return;
  }
}

async function* readInStream(
  server: TableConnection,
  table: Described,
  chunkRows: number,
): AsyncGenerator<Content, void> {
  let rows: RawRow[] = [];
  for await (const row of server.stream(streamStatement(table, table.columns))) {
    if (rows.length === chunkRows) {
      yield { rows, from_key: null, to_key: null, last: false };
      rows = [];
    }
    rows.push(toRawRow(row, table));
  }
  yield { rows, from_key: null, to_key: null, last: true };
}

function toKey(value: unknown, column: TableColumn | undefined): SnapshotKey[number] {
  if (Buffer.isBuffer(value)) return { $hex: value.toString("hex") };
  return column !== undefined && numeric.has(column.dataType) ? { $number: String(value) } : String(value);
}

function toRawTable({ database, table, columns, key }: Described): RawTable {
  return {
    database,
    table,
    columns: columns.map(({ name, columnType, charset }) => ({ name, sqlType: columnType, charset })),
    primaryKey: key.map(({ name }) => name),
  };
}

function toRawRow(values: unknown[], { columns }: Described): RawRow {
  // No prototype: a column may be called __proto__.
  const row = Object.create(null) as RawRow;
  columns.forEach((column, index) => (row[column.name] = toLoggedValue(values[index], column)));
  return row;
}

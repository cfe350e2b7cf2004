// Takes a store's path; gives what the trail holds of the database under load. Reads the file itself, so that
// what the repository layer would leave out or mend is seen too.
import Database from "better-sqlite3";
import { oracleTable, type StoredChange, type Trail } from "./compare.ts";
import { loadDatabase, loadTables, oracleColumns } from "./load-database.ts";
import { identityOf } from "./read-truth.ts";

interface Row {
  transaction_id: string;
  seq: number;
  source_table: string;
  operation: string;
  source_pk: string;
  before: string | null;
  after: string | null;
}

export interface ReadTrail extends Trail {
  /** Row changes of all tables. */
  rowChanges: number;
  gaps: number;
}

const tables: Readonly<Record<string, { columns: readonly string[]; primaryKey: readonly string[] }>> = {
  ...loadTables,
  [oracleTable]: { columns: oracleColumns, primaryKey: ["id"] },
};

export function readTrail(storePath: string): ReadTrail {
  using db = openReadOnly(storePath);
  const names = Object.keys(tables);
  const rows = db.open.prepare<string[], Row>(
    `SELECT e.transaction_id, c.seq, c.source_table, c.operation, c.source_pk, c.before, c.after
     FROM change_event c JOIN ledger_entry e USING (entry_id)
     WHERE c.source_db = ? AND c.operation IN ('insert', 'update', 'delete')
       AND c.source_table IN (${names.map(() => "?").join(", ")})
     ORDER BY c.entry_id, c.seq`,
  );
  const changes: StoredChange[] = [];
  for (const row of rows.iterate(loadDatabase, ...names)) changes.push(toChange(row));
  const transactions = db.open.prepare<[], { transaction_id: string }>(
    "SELECT transaction_id FROM ledger_entry WHERE kind = 'transaction' ORDER BY entry_id",
  );
  const count = (sql: string): number => db.open.prepare<[], { n: number }>(sql).get()?.n ?? 0;
  return {
    changes,
    transactionIds: transactions.all().map((row) => row.transaction_id),
    rowChanges: count("SELECT count(*) AS n FROM change_event WHERE operation IN ('insert', 'update', 'delete')"),
    gaps: count("SELECT count(*) AS n FROM ledger_entry WHERE kind = 'gap'"),
  };
}

function openReadOnly(path: string): Disposable & { open: Database.Database } {
  const open = new Database(path, { readonly: true, fileMustExist: true });
  return { open, [Symbol.dispose]: () => open.close() };
}

function toChange(row: Row): StoredChange {
  const { source_table: table, transaction_id: transactionId, seq } = row;
  const { columns = [], primaryKey = [] } = tables[table] ?? {};
  const key = arrayOf(row.source_pk, primaryKey);
  const identity = identityOf(table, row.operation, key, arrayOf(row.before, columns), arrayOf(row.after, columns));
  return { table, key, identity, transactionId, seq };
}

/** In the order of the columns; a column that is absent or unknown is kept in sight. */
function arrayOf(json: string | null, columns: readonly string[]): string {
  if (json === null) return "null";
  const object = JSON.parse(json) as Record<string, unknown>;
  const isWhole = Object.keys(object).length === columns.length && columns.every((column) => column in object);
  return isWhole ? JSON.stringify(columns.map((column) => object[column])) : json;
}

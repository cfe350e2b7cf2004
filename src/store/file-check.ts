// store: SQLite's own check of the file (pages, cells, every index against its table), each finding with its place in our words.
import type Database from "better-sqlite3";
import type { VerifyFault } from "../model/trace.ts";

/** SQLite lists at most this many findings. */
const findingsMax = 20;

export function checkFile(db: Database.Database): VerifyFault[] {
  db.pragma("cell_size_check = ON");
  const findings = db.pragma(`integrity_check(${findingsMax})`) as { integrity_check: string }[];
  return findings
    .filter(({ integrity_check: message }) => message !== "ok")
    .map(({ integrity_check: message }) => toFault(db, message));
}

function toFault(db: Database.Database, message: string): VerifyFault {
  const [, row, index] = /row (\d+) missing from index (\S+)/.exec(message) ?? [];
  if (row !== undefined && index !== undefined) {
    const { table = "(file)" } = find(db, "name", index);
    return { table, entry_id: entryOf(db, table, Number(row)), place: `${table} ${row} (index ${index})`, message };
  }
  const [, tree] = /Tree (\d+) /.exec(message) ?? [];
  if (tree !== undefined) {
    const { table = "(file)", name = "database file" } = find(db, "rootpage", Number(tree));
    return { table, entry_id: null, place: name === table ? `table ${table}` : `index ${name} of ${table}`, message };
  }
  // "NULL value in t.c", "wrong # of entries in index i", "row not in PRIMARY KEY order for t"
  const [, named] = / (?:in|for) (?:index )?(\w+)/.exec(message) ?? [];
  const { table } = named === undefined ? {} : find(db, "name", named);
  return table === undefined
    ? { table: "(file)", entry_id: null, place: "database file", message }
    : { table, entry_id: null, place: `table ${table}`, message };
}

function find(
  db: Database.Database,
  column: "name" | "rootpage",
  value: string | number,
): { table?: string; name?: string } {
  const sql = `SELECT tbl_name AS "table", name FROM sqlite_schema WHERE ${column} = ?`;
  return db.prepare<[string | number], { table: string; name: string }>(sql).get(value) ?? {};
}

/** The entry that the row says it belongs to; null when it cannot be read, or the table's rows have no number. */
function entryOf(db: Database.Database, table: string, row: number): number | null {
  try {
    const sql = `SELECT entry_id FROM ${table} NOT INDEXED WHERE rowid = ?`;
    return db.prepare<[number], { entry_id: number | null }>(sql).get(row)?.entry_id ?? null;
  } catch {
    return null;
  }
}

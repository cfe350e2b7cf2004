// Takes a connection to the server; gives what it committed, from its own notes and its own set of transactions.
// Nothing here looks at the trail.
import type { Connection, RowDataPacket } from "mysql2/promise";
import type { Flavor } from "../mysql.ts";
import { oracleTable, type TrueChange, type Truth } from "./compare.ts";
import { loadDatabase, oracleColumns } from "./load-database.ts";
import { expandGtidSet, readGtidSet } from "./server-progress.ts";

type Note = Record<(typeof oracleColumns)[number], string | number | null>;

const pageRows = 20_000;

/** For a server at rest. */
export async function readTruth(connection: Connection, flavor: Flavor): Promise<Truth> {
  const transactionIds = expandGtidSet(await readGtidSet(connection, flavor), flavor);
  const changes: TrueChange[] = [];
  let lastId = 0;
  for (;;) {
    const notes = await readNotes(connection, lastId);
    if (notes.length === 0) return { changes, transactionIds };
    for (const note of notes) changes.push(...changesOf(note));
    lastId = Number(notes.at(-1)?.id);
  }
}

async function readNotes(connection: Connection, afterId: number): Promise<Note[]> {
  const [rows] = await connection.query<(RowDataPacket & Note)[]>(
    `SELECT ${oracleColumns.join(", ")} FROM ${loadDatabase}.${oracleTable} WHERE id > ? ORDER BY id LIMIT ?`,
    [afterId, pageRows],
  );
  return rows;
}

/** A note is two changes: the one it is of, and its own row. */
function changesOf(note: Note): TrueChange[] {
  const transaction = String(note.tx);
  const table = String(note.tbl);
  const key = rewrite(note.pk);
  const identity = identityOf(table, String(note.op), key, rewrite(note.before_image), rewrite(note.after_image));
  const ownKey = JSON.stringify([note.id]);
  const ownImage = JSON.stringify(oracleColumns.map((column) => note[column]));
  return [
    { table, key, identity, transaction },
    {
      table: oracleTable,
      key: ownKey,
      identity: identityOf(oracleTable, "insert", ownKey, "null", ownImage),
      transaction,
    },
  ];
}

export function identityOf(table: string, operation: string, key: string, before: string, after: string): string {
  return `${table} ${operation} ${key} ${before} -> ${after}`;
}

/** Servers differ in the white space and escapes of their JSON. */
function rewrite(json: string | number | null): string {
  return json === null ? "null" : JSON.stringify(JSON.parse(String(json)));
}

// store: the table access. Who read what of the trail; only added to, each row hashed with the one before.
import { hash } from "node:crypto";
import type Database from "better-sqlite3";
import type { JsonObject } from "../lib/canonical-json.ts";
import type { Access } from "../model/access.ts";
import { type ColumnValue, genesisHash } from "./hash-chain.ts";

export interface AccessFilter {
  limit: number;
  reader?: string | undefined;
  /** RFC 3339, as the trail keeps time. */
  since?: string | undefined;
}

export type StoredAccess = Access & { access_id: number };

export interface AccessReport {
  ok: boolean;
  accesses: number;
  /** Of the newest row, in hex: kept elsewhere, it shows a later cut of the log's end. */
  head: string;
  /** The first row that does not hold; null when all do. */
  fault: { access_id: number; message: string } | null;
}

export interface AccessQueries {
  /** All of them or, where it throws, none. */
  recordAccess(accesses: readonly Access[]): void;
  /** Newest first. */
  listAccess(filter: AccessFilter): StoredAccess[];
  verifyAccess(): AccessReport;
}

interface AccessRow {
  access_id: number;
  at: string;
  face: Access["face"];
  reader: string;
  address: string | null;
  question: string;
  input: string;
  outcome: Access["outcome"];
  items: number | null;
  duration_ms: number;
  hash: Buffer;
}

type ListedRow = Omit<AccessRow, "hash">;
const listed = "access_id, at, face, reader, address, question, input, outcome, items, duration_ms";

export function prepareAccess(db: Database.Database, guarded: <T>(work: () => T) => T): AccessQueries {
  const newest = db.prepare<[], { access_id: number; hash: Buffer }>(
    "SELECT access_id, hash FROM access ORDER BY access_id DESC LIMIT 1",
  );
  const insert = db.prepare<[AccessRow]>(
    `INSERT INTO access (access_id, at, face, reader, address, question, input, outcome, items, duration_ms, hash)
     VALUES (@access_id, @at, @face, @reader, @address, @question, @input, @outcome, @items, @duration_ms, @hash)`,
  );
  const inOrder = db.prepare<[], AccessRow>("SELECT * FROM access ORDER BY access_id");
  const list = {
    all: db.prepare<{ limit: number; since: string }, ListedRow>(
      `SELECT ${listed} FROM access WHERE at >= @since ORDER BY access_id DESC LIMIT @limit`,
    ),
    ofReader: db.prepare<{ limit: number; since: string; reader: string }, ListedRow>(
      `SELECT ${listed} FROM access WHERE reader = @reader AND at >= @since ORDER BY access_id DESC LIMIT @limit`,
    ),
  };
  const append = db.transaction((accesses: readonly Access[]) => {
    let last = newest.get() ?? { access_id: 0, hash: genesisHash };
    for (const { input, ...access } of accesses) {
      const row = { ...access, access_id: last.access_id + 1, input: JSON.stringify(input) };
      last = { access_id: row.access_id, hash: hashRow(last.hash, row) };
      insert.run({ ...row, hash: last.hash });
    }
  });
  return {
    // Immediate: the newest row must still be the newest when the next one is written.
    recordAccess: (accesses) => guarded(() => append.immediate(accesses)),
    listAccess: ({ limit, reader, since = "" }) =>
      guarded(() =>
        (reader === undefined ? list.all.all({ limit, since }) : list.ofReader.all({ limit, since, reader })).map(
          (row) => ({ ...row, input: JSON.parse(row.input) as JsonObject }),
        ),
      ),
    verifyAccess: () => guarded(() => db.transaction(() => verify(inOrder.iterate()))()),
  };
}

function hashRow(previous: Buffer, row: ListedRow): Buffer {
  const { access_id, at, face, reader, address, question, input, outcome, items, duration_ms } = row;
  const columns: ColumnValue[] = [
    access_id,
    at,
    face,
    reader,
    address,
    question,
    input,
    outcome,
    items,
    // SQLite gives 3.0 and 3 alike as 3, and so does JSON.
    duration_ms,
  ];
  return hash("sha256", Buffer.concat([previous, Buffer.from(JSON.stringify(columns))]), "buffer");
}

function verify(rows: Iterable<AccessRow>): AccessReport {
  let previous = genesisHash;
  let accesses = 0;
  const report = (fault: AccessReport["fault"]): AccessReport => {
    return { ok: fault === null, accesses, head: previous.toString("hex"), fault };
  };
  for (const row of rows) {
    if (row.access_id !== accesses + 1) {
      return report({ access_id: row.access_id, message: `follows row ${accesses}: what stood between them is gone` });
    }
    const expected = hashRow(previous, row);
    if (!expected.equals(row.hash)) {
      return report({ access_id: row.access_id, message: "is not as it was written, or the row before it is another" });
    }
    previous = row.hash;
    accesses += 1;
  }
  return report(null);
}

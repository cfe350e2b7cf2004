// store: recomputes the whole ledger from the file and names every place that is not as it was written.
import { isUtf8 } from "node:buffer";
import Database from "better-sqlite3";
import type { VerifyFault, VerifyReport } from "../model/trace.ts";
import { type BusinessEventRow, businessColumns, type EarlierRow } from "./business-event.ts";
import { type ChangeEventRow, changeColumns } from "./change-event.ts";
import { checkFile } from "./file-check.ts";
import { entryHash, eventDigest, genesisHash } from "./hash-chain.ts";
import { entryHeader, type LedgerEntryRow } from "./ledger-entry.ts";
import { createPreparedCheck, type PreparedCheck } from "./verify-prepared.ts";

export interface VerifyOptions {
  onProgress?: (done: number, total: number) => void;
  /** A head noted earlier: the trail must still pass through it, so a cut-off end or a swapped file shows. */
  anchor?: { entry_id: number; hash: string };
}

type Counted = Pick<VerifyReport, "entries" | "change_events" | "business_events" | "superseded_events">;
type FaultSink = (fault: VerifyFault) => void;
type BusinessRowWithId = BusinessEventRow & { business_id: number };
type ChangeRowWithId = ChangeEventRow & { change_id: number };

const faultsMax = 50;
const progressEvery = 5_000;

/** Never throws for a damaged file: what SQLite cannot read is a fault with its place. */
export function verifyLedger(db: Database.Database, path: string, options: VerifyOptions = {}): VerifyReport {
  const faults: VerifyFault[] = [];
  let truncated = false;
  const report: FaultSink = (fault) => {
    if (faults.length < faultsMax) faults.push(fault);
    else truncated = true;
  };
  const counted = { entries: 0, change_events: 0, business_events: 0, superseded_events: 0 };
  let head = { entry_id: 0, hash: genesisHash.toString("hex") };
  const prepared = createPreparedCheck(db, report);
  const steps = [
    () => checkFile(db).forEach(report),
    () => {
      head = checkChain(db, report, counted, options, prepared);
    },
    () => prepared.finish(),
    () => checkStrays(db, report, counted),
    () => checkEarlier(db, report),
    () => checkCheckpoint(db, report),
    () => options.anchor !== undefined && checkAnchor(db, report, options.anchor),
  ];
  // One read transaction: what a writer adds meanwhile is in all steps or in none.
  db.exec("BEGIN");
  // Each step on its own: an unreadable page must not hide what the others find.
  for (const step of steps) {
    try {
      step();
    } catch (error) {
      if (!(error instanceof Database.SqliteError)) throw error;
      const place = `after entry ${counted.entries} of ${path}`;
      report({ table: "(file)", entry_id: counted.entries, place, message: `SQLite cannot read on: ${error.message}` });
    }
  }
  if (db.inTransaction) db.exec("ROLLBACK");
  return { ok: faults.length === 0, ...counted, head, faults, truncated };
}

/** Walks the entries in order and recomputes each digest and hash. Gives the newest entry and its hash. */
function checkChain(
  db: Database.Database,
  report: FaultSink,
  counted: Counted,
  options: VerifyOptions,
  prepared: PreparedCheck,
): VerifyReport["head"] {
  const entries = db.prepare<[], LedgerEntryRow>("SELECT * FROM ledger_entry ORDER BY entry_id");
  const total = db.prepare<[], { n: number }>("SELECT max(entry_id) AS n FROM ledger_entry").get()?.n ?? 0;
  const digestsOf = createDigester(db, report, counted);
  const supersededBy = createSupersededDigester(db, counted);
  const isExactText = createTextCheck(db, "ledger_entry", "entry_id");
  let previous = { entry_id: 0, hash: genesisHash };
  for (const entry of entries.iterate()) {
    const fault = (message: string) =>
      report({ table: "ledger_entry", entry_id: entry.entry_id, place: placeOfEntry(entry), message });
    if (entry.entry_id !== previous.entry_id + 1) {
      fault(`entries between ${previous.entry_id} and ${entry.entry_id} are missing`);
    }
    if (!sameBytes(entry.prev_hash, previous.hash))
      fault("does not follow the entry before it: the chain is broken here");
    const { changes, businesses } = digestsOf(entry.entry_id);
    const superseded = supersededBy(entry.entry_id);
    if (changes.length !== entry.change_count) {
      fault(`holds ${changes.length} change events, was written with ${entry.change_count}`);
    }
    if (businesses.length !== entry.business_count) {
      fault(`holds ${businesses.length} business events, was written with ${entry.business_count}`);
    }
    const expected = Buffer.isBuffer(entry.prev_hash)
      ? entryHash(
          entry.prev_hash,
          [...changes, ...businesses, ...superseded].filter((digest) => Buffer.isBuffer(digest)),
          entryHeader(entry),
        )
      : undefined;
    if (expected === undefined || !sameBytes(entry.hash, expected)) fault("hash does not match its content");
    else if (!isExactText(entry.entry_id, entryHeader(entry))) fault("holds bytes that are not text");
    prepared.see(entry);
    previous = { entry_id: entry.entry_id, hash: entry.hash };
    counted.entries += 1;
    if (counted.entries % progressEvery === 0) options.onProgress?.(counted.entries, total);
  }
  options.onProgress?.(counted.entries, total);
  // A damaged file may hold anything where the hash was.
  return { entry_id: previous.entry_id, hash: Buffer.isBuffer(previous.hash) ? previous.hash.toString("hex") : "" };
}

/** Recomputes the events' digests of one entry; the stored digests are what the entry's hash was made of. */
function createDigester(db: Database.Database, report: FaultSink, counted: Counted) {
  const changes = db.prepare<[number], ChangeRowWithId>("SELECT * FROM change_event WHERE entry_id = ? ORDER BY seq");
  const businesses = db.prepare<[number], BusinessRowWithId>(
    "SELECT * FROM business_event WHERE entry_id = ? ORDER BY ordinal",
  );
  const lineage = db.prepare<[number], { position: number; event_id: string }>(
    `SELECT l.position, c.event_id FROM business_event_change l JOIN change_event c USING (change_id)
     WHERE l.business_id = ? ORDER BY l.position`,
  );
  const isExactChange = createTextCheck(db, "change_event", "change_id");
  const isExactBusiness = createTextCheck(db, "business_event", "business_id");
  const message = "was changed after it was written: digest does not match";
  // No digest covers the row numbers, but rows are only ever added: they count up without holes.
  const last = { changeId: 0, businessId: 0 };
  return (entryId: number) => ({
    changes: changes.all(entryId).map((row) => {
      counted.change_events += 1;
      const fault = (text: string) =>
        report({ table: "change_event", entry_id: entryId, place: placeOfChange(row), message: text });
      if (!matches(row, changeColumns(row)) || !isExactChange(row.change_id, changeColumns(row))) fault(message);
      if (row.change_id !== last.changeId + 1)
        fault(`comes after row ${last.changeId}: rows are missing or were moved`);
      last.changeId = row.change_id;
      return row.digest;
    }),
    businesses: businesses.all(entryId).map((row) => {
      counted.business_events += 1;
      const fault = (text: string) =>
        report({ table: "business_event", entry_id: entryId, place: placeOfBusiness(row), message: text });
      const links = lineage.all(row.business_id);
      const columns = businessColumns(
        row,
        links.map((link) => link.event_id),
      );
      if (!matches(row, columns) || !isExactBusiness(row.business_id, columns)) fault(message);
      if (links.some((link, index) => link.position !== index)) fault("the changes it rests on were renumbered");
      if (row.business_id !== last.businessId + 1)
        fault(`comes after row ${last.businessId}: rows are missing or were moved`);
      last.businessId = row.business_id;
      return row.digest;
    }),
  });
}

/** The digests of the business events that an entry supersedes, in the order of their rows. Row numbers are held in memory. */
function createSupersededDigester(db: Database.Database, counted: Counted): (entryId: number) => Buffer[] {
  const rowsOf = new Map<number, number[]>();
  const rows = db.prepare<[], { entry_id: number; business_id: number }>(
    "SELECT entry_id, business_id FROM business_event_superseded ORDER BY business_id",
  );
  for (const { entry_id, business_id } of rows.iterate()) {
    const ofEntry = rowsOf.get(entry_id);
    if (ofEntry) ofEntry.push(business_id);
    else rowsOf.set(entry_id, [business_id]);
  }
  const digest = db.prepare<[number], Buffer>("SELECT digest FROM business_event WHERE business_id = ?").pluck();
  return (entryId) => {
    const ofEntry = rowsOf.get(entryId) ?? [];
    counted.superseded_events += ofEntry.length;
    return ofEntry.flatMap((businessId) => digest.get(businessId) ?? []);
  };
}

function matches(row: { salt: Buffer; digest: Buffer }, columns: ReturnType<typeof changeColumns>): boolean {
  return Buffer.isBuffer(row.salt) && sameBytes(row.digest, eventDigest(row.salt, columns));
}

/**
 * Bytes that are no UTF-8 are read as U+FFFD, and so is a true U+FFFD: the one case in which the digest of what is read
 * does not tell a changed byte. Rows that hold one are read again as bytes.
 */
function createTextCheck(
  db: Database.Database,
  table: string,
  key: string,
): (id: number, columns: readonly unknown[]) => boolean {
  const names = (db.pragma(`table_info(${table})`) as { name: string; type: string }[]).filter(
    ({ type }) => type === "TEXT",
  );
  const bytes = names.map((column) => `CAST(${column.name} AS BLOB)`).join(", ");
  const select = db.prepare<[number], (Buffer | null)[]>(`SELECT ${bytes} FROM ${table} WHERE ${key} = ?`).raw();
  return (id, columns) =>
    !columns.some((value) => typeof value === "string" && value.includes("\ufffd")) ||
    (select.get(id) ?? []).every((value) => value === null || isUtf8(value));
}

/** Rows that belong to no entry the walk has seen. */
function checkStrays(db: Database.Database, report: FaultSink, counted: Counted): void {
  const seenIn = {
    change_event: counted.change_events,
    business_event: counted.business_events,
    business_event_superseded: counted.superseded_events,
  };
  for (const [table, seen] of Object.entries(seenIn)) {
    const stored = db.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table} NOT INDEXED`).get()?.n ?? 0;
    if (stored === seen) continue;
    const message = `${stored} rows, of which ${seen} belong to an entry of the ledger`;
    report({ table, entry_id: null, place: `table ${table}`, message });
  }
  const loose = db.prepare<[], { business_id: number }>(
    `SELECT DISTINCT l.business_id FROM business_event_change l
     LEFT JOIN business_event b USING (business_id) LEFT JOIN change_event c USING (change_id)
     WHERE b.business_id IS NULL OR c.change_id IS NULL LIMIT 5`,
  );
  for (const { business_id } of loose.all()) {
    const place = `lineage of business event row ${business_id}`;
    report({ table: "business_event_change", entry_id: null, place, message: "leads to a row that is not there" });
  }
}

/**
 * What follows from other tables, no digest covers: it is compared with them row by row, both ways. As the difference of two sets
 * SQLite would put it into a file in /tmp, and where that has no room a trail that is whole would not verify.
 */
function checkEarlier(db: Database.Database, report: FaultSink): void {
  const differences = {
    "is missing": `SELECT DISTINCT c.entity_type, c.entity_id, b.transaction_entry, b.business_id
      FROM business_event b CROSS JOIN business_event_change l USING (business_id) CROSS JOIN change_event c USING (change_id)
      WHERE c.entry_id <> b.transaction_entry AND NOT EXISTS (
        SELECT 1 FROM business_event_earlier e WHERE e.entity_type = c.entity_type AND e.entity_id = c.entity_id
          AND e.transaction_entry = b.transaction_entry AND e.business_id = b.business_id)`,
    "follows from no change": `SELECT e.entity_type, e.entity_id, e.transaction_entry, e.business_id
      FROM business_event_earlier e
      WHERE NOT EXISTS (
        SELECT 1 FROM business_event b CROSS JOIN business_event_change l USING (business_id) CROSS JOIN change_event c USING (change_id)
        WHERE b.business_id = e.business_id AND b.transaction_entry = e.transaction_entry
          AND c.entity_type = e.entity_type AND c.entity_id = e.entity_id AND c.entry_id <> b.transaction_entry)`,
  };
  for (const [message, difference] of Object.entries(differences)) {
    for (const row of db.prepare<[], EarlierRow>(`${difference} LIMIT 5`).all()) {
      const { entity_type, entity_id, transaction_entry: entry_id, business_id } = row;
      const place = `business_event_earlier (${entity_type}/${entity_id}, entry ${entry_id}, business event row ${business_id})`;
      report({ table: "business_event_earlier", entry_id, place, message });
    }
  }
}

function checkCheckpoint(db: Database.Database, report: FaultSink): void {
  const transactions = db.prepare<[], { n: number }>(
    // What was posted was not read from a log.
    "SELECT count(*) AS n FROM ledger_entry WHERE kind = 'transaction' AND transaction_id NOT LIKE 'debezium:%'",
  );
  const checkpoints = db.prepare<[], { n: number }>("SELECT count(*) AS n FROM checkpoint");
  if ((transactions.get()?.n ?? 0) === 0 || checkpoints.get()?.n === 1) return;
  report({
    table: "checkpoint",
    entry_id: null,
    place: "checkpoint",
    message: "is missing, though transactions are stored",
  });
}

function checkAnchor(db: Database.Database, report: FaultSink, anchor: { entry_id: number; hash: string }): void {
  const row = db
    .prepare<[number], { hash: Buffer }>("SELECT hash FROM ledger_entry WHERE entry_id = ?")
    .get(anchor.entry_id);
  if (row !== undefined && sameBytes(row.hash, Buffer.from(anchor.hash, "hex"))) return;
  const message =
    row === undefined
      ? "the anchored entry is not in the file: the end of the trail was cut off, or this is an older copy"
      : "is not the entry that was anchored: the trail was rewritten";
  report({ table: "ledger_entry", entry_id: anchor.entry_id, place: `ledger_entry ${anchor.entry_id}`, message });
}

/** False for anything but equal BLOBs: a changed type in the file arrives here as text or a number. */
function sameBytes(stored: unknown, expected: unknown): boolean {
  return Buffer.isBuffer(stored) && Buffer.isBuffer(expected) && stored.equals(expected);
}

function placeOfEntry(row: LedgerEntryRow): string {
  return `ledger_entry ${row.entry_id} (${row.transaction_id ?? row.kind})`;
}

function placeOfChange(row: ChangeRowWithId): string {
  return `change_event ${row.change_id} (${row.source_db}.${row.source_table}, entry ${row.entry_id}, seq ${row.seq}, event_id ${row.event_id})`;
}

function placeOfBusiness(row: BusinessRowWithId): string {
  return `business_event ${row.business_id} (${row.type} of ${row.entity_type}/${row.entity_id}, entry ${row.entry_id}, business_event_id ${row.business_event_id})`;
}

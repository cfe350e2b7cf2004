// store: recomputes the whole ledger from the file and names every place that is not as it was written.
import Database from "better-sqlite3";
import type { VerifyFault, VerifyReport } from "../model/trace.ts";
import { type BusinessEventRow, businessColumns } from "./business-event.ts";
import { type ChangeEventRow, changeColumns } from "./change-event.ts";
import { entryHash, eventDigest, genesisHash } from "./hash-chain.ts";
import { entryHeader, type LedgerEntryRow } from "./ledger-entry.ts";

export interface VerifyOptions {
  onProgress?: (done: number, total: number) => void;
  /** A head noted earlier: the trail must still pass through it, so a cut-off end or a swapped file shows. */
  anchor?: { entry_id: number; hash: string };
}

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
  const counted = { entries: 0, change_events: 0, business_events: 0 };
  let head = { entry_id: 0, hash: genesisHash.toString("hex") };
  const steps = [
    () => checkFile(db, report),
    () => {
      head = checkChain(db, report, counted, options);
    },
    () => checkStrays(db, report, counted),
    () => checkCheckpoint(db, report),
    () => options.anchor !== undefined && checkAnchor(db, report, options.anchor),
  ];
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
  return { ok: faults.length === 0, ...counted, head, faults, truncated };
}

/** SQLite's own check: pages, cells, and every index against its table. */
function checkFile(db: Database.Database, report: FaultSink): void {
  db.pragma("cell_size_check = ON");
  const findings = db.pragma("integrity_check(20)") as { integrity_check: string }[];
  for (const { integrity_check: message } of findings) {
    if (message !== "ok") report({ table: "(file)", entry_id: null, place: "database file", message });
  }
}

/** Walks the entries in order and recomputes each digest and hash. Gives the newest entry and its hash. */
function checkChain(
  db: Database.Database,
  report: FaultSink,
  counted: { entries: number; change_events: number; business_events: number },
  options: VerifyOptions,
): VerifyReport["head"] {
  const entries = db.prepare<[], LedgerEntryRow>("SELECT * FROM ledger_entry ORDER BY entry_id");
  const total = db.prepare<[], { n: number }>("SELECT max(entry_id) AS n FROM ledger_entry").get()?.n ?? 0;
  const digestsOf = createDigester(db, report, counted);
  let previous = { entry_id: 0, hash: genesisHash };
  for (const entry of entries.iterate()) {
    const fault = (message: string) =>
      report({ table: "ledger_entry", entry_id: entry.entry_id, place: placeOfEntry(entry), message });
    if (entry.entry_id !== previous.entry_id + 1) {
      fault(`entries between ${previous.entry_id} and ${entry.entry_id} are missing`);
    }
    if (!sameBytes(entry.prev_hash, previous.hash)) fault("does not follow the entry before it: the chain is broken here");
    const { changes, businesses } = digestsOf(entry.entry_id);
    if (changes.length !== entry.change_count) {
      fault(`holds ${changes.length} change events, was written with ${entry.change_count}`);
    }
    if (businesses.length !== entry.business_count) {
      fault(`holds ${businesses.length} business events, was written with ${entry.business_count}`);
    }
    const expected = Buffer.isBuffer(entry.prev_hash)
      ? entryHash(entry.prev_hash, entryHeader(entry), [...changes, ...businesses].filter(Buffer.isBuffer))
      : undefined;
    if (expected === undefined || !sameBytes(entry.hash, expected)) fault("hash does not match its content");
    previous = { entry_id: entry.entry_id, hash: entry.hash };
    counted.entries += 1;
    if (counted.entries % progressEvery === 0) options.onProgress?.(counted.entries, total);
  }
  options.onProgress?.(counted.entries, total);
  return { entry_id: previous.entry_id, hash: Buffer.from(previous.hash).toString("hex") };
}

/** Recomputes the events' digests of one entry; the stored digests are what the entry's hash was made of. */
function createDigester(
  db: Database.Database,
  report: FaultSink,
  counted: { change_events: number; business_events: number },
) {
  const changes = db.prepare<[number], ChangeRowWithId>("SELECT * FROM change_event WHERE entry_id = ? ORDER BY seq");
  const businesses = db.prepare<[number], BusinessRowWithId>(
    "SELECT * FROM business_event WHERE entry_id = ? ORDER BY ordinal",
  );
  const lineage = db.prepare<[number], { event_id: string }>(
    `SELECT c.event_id FROM business_event_change l JOIN change_event c USING (change_id)
     WHERE l.business_id = ? ORDER BY l.position`,
  );
  const message = "was changed after it was written: digest does not match";
  return (entryId: number) => ({
    changes: changes.all(entryId).map((row) => {
      counted.change_events += 1;
      if (!matches(row, changeColumns(row))) {
        report({ table: "change_event", entry_id: entryId, place: placeOfChange(row), message });
      }
      return row.digest;
    }),
    businesses: businesses.all(entryId).map((row) => {
      counted.business_events += 1;
      const eventIds = lineage.all(row.business_id).map((link) => link.event_id);
      if (!matches(row, businessColumns(row, eventIds))) {
        report({ table: "business_event", entry_id: entryId, place: placeOfBusiness(row), message });
      }
      return row.digest;
    }),
  });
}

function matches(row: { salt: Buffer; digest: Buffer }, columns: ReturnType<typeof changeColumns>): boolean {
  return Buffer.isBuffer(row.salt) && sameBytes(row.digest, eventDigest(row.salt, columns));
}

/** Rows that belong to no entry the walk has seen. */
function checkStrays(
  db: Database.Database,
  report: FaultSink,
  counted: { change_events: number; business_events: number },
): void {
  for (const table of ["change_event", "business_event"] as const) {
    const stored = db.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table} NOT INDEXED`).get()?.n ?? 0;
    const seen = table === "change_event" ? counted.change_events : counted.business_events;
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

function checkCheckpoint(db: Database.Database, report: FaultSink): void {
  const transactions = db.prepare<[], { n: number }>("SELECT count(*) AS n FROM ledger_entry WHERE kind = 'transaction'");
  const checkpoints = db.prepare<[], { n: number }>("SELECT count(*) AS n FROM checkpoint");
  if ((transactions.get()?.n ?? 0) === 0 || checkpoints.get()?.n === 1) return;
  report({ table: "checkpoint", entry_id: null, place: "checkpoint", message: "is missing, though transactions are stored" });
}

function checkAnchor(db: Database.Database, report: FaultSink, anchor: { entry_id: number; hash: string }): void {
  const row = db.prepare<[number], { hash: Buffer }>("SELECT hash FROM ledger_entry WHERE entry_id = ?").get(anchor.entry_id);
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

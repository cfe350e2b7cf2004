// Transactions of a small shop, ready for the store: each one is a sale that takes stock, some also change a price that no rule explains.
import Database from "better-sqlite3";
import type { BusinessEvent } from "../../src/model/business-event.ts";
import { type ChangeEvent, unknownActor } from "../../src/model/change-event.ts";
import type { Checkpoint } from "../../src/model/raw-transaction.ts";
import { createEventId } from "../../src/normalize/event-id.ts";
import type { LedgerTransaction } from "../../src/store/ledger-step.ts";
import type { LedgerWriter } from "../../src/store/ledger-writer.ts";
import { openStore } from "../../src/store/open-store.ts";

export const now = "2026-03-01T12:00:00.000000Z";
const serverUuid = "3e11fa47-71ca-11e1-9e33-c80aa9429562";

export const eventTables = [
  "ledger_entry",
  "change_event",
  "business_event",
  "business_event_change",
  "business_event_earlier",
  "business_event_superseded",
] as const;

/** Stock is kept for this many products, so each one appears in many sales. */
const products = 4;

export function gtid(number: number): string {
  return `${serverUuid}:${number}`;
}

export function checkpointAt(number: number): Checkpoint {
  return { gtid_set: `${serverUuid}:1-${number}`, binlog_file: "mysql-bin.000001", binlog_position: 1_000 + number };
}

export function changeOf(number: number, seq: number, fields: Partial<ChangeEvent> = {}): ChangeEvent {
  const content = {
    source_db: "shop",
    source_table: "sales",
    source_pk: { id: number },
    operation: "insert" as const,
    before: null,
    after: { id: number, total: `${number}.50` },
    changed: ["id", "total"],
    timestamp: now,
    transaction_id: gtid(number),
    seq,
    entity_type: "sale",
    entity_id: `S-${number}`,
    actor: { id: `clerk-${number % 3}`, kind: "app_user" as const, grade: "column" as const },
    metadata: {},
    ...fields,
  };
  return { ...content, event_id: createEventId(content) };
}

export function saleOf(
  number: number,
  changes: readonly ChangeEvent[],
  fields: Partial<BusinessEvent> = {},
): BusinessEvent {
  return {
    business_event_id: createEventId({ ...changeOf(number, 0), source_table: "rule" }),
    type: "sale.completed",
    entity_type: "sale",
    entity_id: `S-${number}`,
    occurred_at: now,
    timestamp: now,
    transaction_id: gtid(number),
    payload: { total: `${number}.50`, lines: 1 },
    confidence: 0.9,
    actor: unknownActor,
    rule: { pack: "shop", name: "sale", version: 1 },
    change_event_ids: changes.map((change) => change.event_id),
    ...fields,
  };
}

/** Sale `number`: its row, the stock it took, and each fifth time a price that no rule explains. */
export function transactionOf(number: number): LedgerTransaction {
  const stock = `P-${number % products}`;
  const sold = changeOf(number, 0);
  const taken = changeOf(number, 1, {
    source_table: "stock",
    source_pk: { product: stock },
    operation: "update",
    before: { product: stock, quantity: number },
    after: { product: stock, quantity: number - 1 },
    changed: ["quantity"],
    entity_type: "product",
    entity_id: stock,
  });
  const priced = changeOf(number, 2, { ...taken, seq: 2, source_table: "prices" });
  return {
    transaction_id: gtid(number),
    timestamp: now,
    received_at: now,
    changes: number % 5 === 0 ? [sold, taken, priced] : [sold, taken],
    businessEvents: [saleOf(number, [sold, taken])],
  };
}

export function transactionsOf(from: number, to: number): LedgerTransaction[] {
  return Array.from({ length: to - from + 1 }, (_, index) => transactionOf(from + index));
}

/** A registered, started store with sales 1 … `last`, one commit each, closed again. */
export function createLedgerFile(path: string, last: number): void {
  using store = openStore(path);
  startLedger(store);
  for (let number = 1; number <= last; number += 1) store.append([transactionOf(number)], checkpointAt(number), now);
}

export function startLedger(store: LedgerWriter): void {
  store.registerSource({ flavor: "mysql", version: "9.7.4", server_id: serverUuid, address: "db:3306" }, 123_456, now);
  store.note("start", { from_gtid_set: "", version: "test" }, now, {
    gtid_set: "",
    binlog_file: null,
    binlog_position: null,
  });
}

/** A replay that tells sale `number` otherwise and as resting on the sale before it, too, as row `business_id` of what was told before. */
export function appendReplay(path: string, number: number, business_id: number): void {
  using store = openStore(path);
  const { changes, businessEvents } = transactionOf(number);
  const restsOn = [changes[0]!, ...(number > 1 ? [transactionOf(number - 1).changes[0]!] : [])];
  const event = { ...businessEvents[0]!, confidence: 0.5, change_event_ids: restsOn.map(({ event_id }) => event_id) };
  store.appendReplay({
    now,
    detail: {
      replay_id: "r",
      packs: [],
      from: null,
      to: null,
      through_entry: number + 1,
      gained: 0,
      lost: 0,
      changed: 1,
      complete: true,
    },
    added: [{ transaction_entry: number + 1, event }],
    superseded: [business_id],
  });
}

/** Every row of the event tables, in the tables' own order. @throws SqliteError where SQLite cannot read on. */
export function dumpEvents(path: string): string {
  using stack = new DisposableStack();
  const db = stack.adopt(new Database(path, { readonly: true }), (open) => open.close());
  return JSON.stringify(
    eventTables.map((table) => {
      const columns = db.prepare<[], { name: string }>(`SELECT name FROM pragma_table_info('${table}')`).all();
      const exact = columns.map(({ name }) => `typeof(${name}) || ':' || hex(CAST(${name} AS BLOB))`).join(", ");
      return db.prepare(`SELECT ${exact} FROM ${table} NOT INDEXED`).raw().all();
    }),
  );
}

/** Changes a store behind its back, as someone with the file and SQLite could. */
export function tamper(path: string, ...statements: string[]): void {
  using stack = new DisposableStack();
  const db = stack.adopt(new Database(path), (open) => open.close());
  db.pragma("foreign_keys = OFF");
  for (const table of eventTables)
    db.exec(`DROP TRIGGER IF EXISTS ${table}_keep; DROP TRIGGER IF EXISTS ${table}_fixed;`);
  for (const statement of statements) db.exec(statement);
}

// The transaction assembler on events made by hand: what it hands on, and what it refuses.
import type { BinlogEvent } from "../../src/capture/binlog-client.ts";
import type { CommitTime } from "../../src/capture/commit-time.ts";
import { createTransactionAssembler } from "../../src/capture/transaction-assembler.ts";
import type { RawTransaction, RawTransactionPart } from "../../src/model/raw-transaction.ts";

interface Options {
  databases?: string[];
  commitTime?: CommitTime;
}

/** What the assembler hands on, and where and with what it stops. */
export function assemble(events: readonly BinlogEvent[], { databases = [], commitTime }: Options = {}) {
  const transactions: RawTransaction[] = [];
  const parts: RawTransactionPart[] = [];
  const assembler = createTransactionAssembler({
    flavor: "mysql",
    clock: { now: () => 1_772_366_401_500 },
    databases: new Set(databases),
    onTransaction: (transaction) => transactions.push(transaction),
    onPart: (part) => parts.push(part),
    onIncident: (id) => incidents.push(id),
  });
  const incidents: (string | null)[] = [];
  let error: unknown;
  try {
    for (const each of events) assembler.push(each, commitTime ?? null);
  } catch (thrown) {
    error = thrown;
  }
  return { transactions, parts, incidents, error, position: assembler.position };
}

/** What a person would see of each transaction: its number and its events. */
export function outline(transactions: readonly RawTransaction[]): string[] {
  return transactions.map(({ gtid: id, events }) => {
    const parts = events.map((each) => (each.kind === "row" ? `${each.operation} ${each.table.table}` : each.sql));
    return [id.split(":")[1], ...parts].join(" | ");
  });
}

// Raw transactions as capture hands them on, for tests of normalize.
import type { RawColumn, RawRow, RawRowChange, RawTable, RawTransaction } from "../../src/model/raw-transaction.ts";

export function column(name: string, sqlType = "varchar(20)"): RawColumn {
  return { name, sqlType, charset: "utf8mb4" };
}

export function tableOf(columns: readonly string[], fields: Partial<RawTable> = {}): RawTable {
  return {
    database: "shop",
    table: "users",
    columns: columns.map((name) => column(name)),
    primaryKey: ["id"],
    ...fields,
  };
}

export function rowChange(table: RawTable, before: RawRow | null, after: RawRow | null): RawRowChange {
  const operation = before === null ? "insert" : after === null ? "delete" : "update";
  return { kind: "row", operation, table, before, after };
}

export function rawTransaction(...events: RawTransaction["events"]): RawTransaction {
  return {
    gtid: "3e11fa47-71ca-11e1-9e33-c80aa9429562:7",
    timestamp: "2026-03-01T12:00:00.000000Z",
    receivedAt: "2026-03-01T12:00:01.000000Z",
    connectionId: 8,
    firstSeq: 0,
    events,
  };
}

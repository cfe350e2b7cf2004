// Events of the binary log as the client library decodes them, as far as capture looks at them.
import type { BinlogEvent } from "../../src/capture/binlog-client.ts";

export const serverUuid = "3e11fa47-71ca-11e1-9e33-c80aa9429562";

/** 2026-03-01T12:00:00Z */
const committedAt = 1_772_366_400_000;

export function event(name: string, fields: object = {}): BinlogEvent {
  const base = {
    timestamp: committedAt,
    nextPosition: 0,
    size: 1,
    getTypeName: () => name,
    getEventName: () => name.toLowerCase(),
  };
  return { ...base, ...fields } as unknown as BinlogEvent;
}

export const gtid = (number: number): BinlogEvent => event("Gtid", { gtid: `${serverUuid}:${number}` });
export const query = (sql: string, schema = "shop"): BinlogEvent =>
  event("Query", { query: sql, schema, slaveProxyId: 8 });
export const xid = (): BinlogEvent => event("Xid", { xid: 1 });

export interface TableFields {
  tableId?: number;
  schemaName?: string;
  tableName?: string;
  columnNames?: string[] | undefined;
  primaryKey?: number[] | undefined;
  described?: boolean;
}

export function tableMap({ described = true, ...fields }: TableFields = {}): BinlogEvent {
  const map = {
    tableId: 1,
    schemaName: "shop",
    tableName: "sales",
    columnNames: ["id", "total"] as string[] | undefined,
    primaryKey: [0],
    ...fields,
  };
  const names = map.columnNames ?? ["@1", "@2"];
  return event("TableMap", {
    ...map,
    tableMap: { [map.tableId]: { columns: names.map((name) => ({ name })) } },
    hasSelfDescribingMetadata: () => described,
    buildColumnSchemas: () =>
      names.map((name) => ({ COLUMN_NAME: name, COLUMN_TYPE: "int", CHARACTER_SET_NAME: null })),
  });
}

/** Bit i of a bitmap: column i is in the image. */
export function rows(
  kind: "WriteRows" | "UpdateRows" | "DeleteRows",
  list: object[],
  bitmaps: { before?: number; after?: number; tableId?: number } = {},
): BinlogEvent {
  const { before = 0xff, after, tableId = 1 } = bitmaps;
  return event(kind, {
    tableId,
    rows: list,
    columns_present_bitmap: Buffer.of(before),
    ...(after === undefined ? {} : { columns_present_bitmap2: Buffer.of(after) }),
  });
}

// Events of the binary log as the client library decodes them, as far as capture looks at them.
import type { BinlogEvent } from "../../src/capture/binlog-client.ts";
import { eventType } from "../../src/capture/event-packet.ts";
import { tableMapBody } from "./log-bytes.ts";
import { integersImage, rowsBody } from "./row-bytes.ts";

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
export const rowsQuery = (statement: string): BinlogEvent => event("RowsQuery", { statement });
export const xid = (): BinlogEvent => event("Xid", { xid: 1 });

export interface TableFields {
  tableId?: number;
  schemaName?: string;
  tableName?: string;
  columnNames?: readonly string[];
  /** false: the log does not name the columns. */
  described?: boolean;
}

export function tableMap(fields: TableFields = {}): BinlogEvent {
  const {
    tableId = 1,
    schemaName = "shop",
    tableName = "sales",
    columnNames = ["id", "total"],
    described = true,
  } = fields;
  const columns = columnNames.map((name) => ({ name }));
  const body = tableMapBody({ tableId, database: schemaName, table: tableName, columns, named: described });
  return event("RowsPacket", { type: eventType.tableMap, body });
}

type Image = Record<string, number | null>;

/** Rows of the table `sales` with its two integers. */
export function rows(
  kind: "WriteRows" | "UpdateRows" | "DeleteRows",
  list: readonly object[],
  { tableId = 1, endsStatement = true }: { tableId?: number; endsStatement?: boolean } = {},
): BinlogEvent {
  const types = { WriteRows: eventType.writeRows, UpdateRows: eventType.updateRows, DeleteRows: eventType.deleteRows };
  const image = ({ id = null, total = null }: Image): Buffer => integersImage(id, total);
  const images = list.flatMap((row) =>
    "before" in row && "after" in row ? [image(row.before as Image), image(row.after as Image)] : [image(row as Image)],
  );
  return event("RowsPacket", {
    type: types[kind],
    body: rowsBody({ type: types[kind], tableId, endsStatement, images }),
  });
}

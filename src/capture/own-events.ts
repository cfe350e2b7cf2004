// capture: the events that this stage reads by itself, from the bytes of the log -> events for the assembler. The client
// library's decoder never sees them: it would guess at them, garble them, or drop them without a word.
import { AppError } from "../model/app-error.ts";
import { type EventHeader, eventType } from "./event-packet.ts";
import { isRowsEvent } from "./event-shape.ts";

interface OwnEventBase {
  /** Milliseconds since the epoch, as in the library's events. */
  timestamp: number;
  nextPosition: number;
}

/** A table's description or row changes. */
export interface RowsPacket extends OwnEventBase, Pick<EventHeader, "type" | "body"> {
  getTypeName(): "RowsPacket";
}

/** LOAD DATA as text, where rows are logged in statement format; named and shaped as the library's statements. */
interface LoadStatement extends OwnEventBase {
  getTypeName(): "Query";
  query: string;
  schema: string;
  slaveProxyId: number;
  size: number;
}

/** What a statement in the log needs to be repeated: its random seed, its variables, its data file. Names no rows. */
interface StatementContext extends OwnEventBase {
  getTypeName(): "StatementContext";
}

/** The server says that changes are missing from its log here. */
interface Incident extends OwnEventBase {
  getTypeName(): "Incident";
}

export type OwnEvent = RowsPacket | LoadStatement | StatementContext | Incident;

const contextTypes: ReadonlySet<number> = new Set([
  eventType.intvar,
  eventType.rand,
  eventType.userVar,
  eventType.appendBlock,
  eventType.deleteFile,
  eventType.beginLoadQuery,
]);

/** null for an event that is the library's to decode. */
export function toOwnEvent({ type, body, timestamp, nextPosition }: EventHeader): OwnEvent | null {
  const base = { timestamp: timestamp * 1000, nextPosition };
  if (type === eventType.tableMap || isRowsEvent(type)) return { ...base, getTypeName: () => "RowsPacket", type, body };
  if (type === eventType.executeLoadQuery) return { ...base, getTypeName: () => "Query", ...readLoadQuery(body) };
  if (type === eventType.incident) return { ...base, getTypeName: () => "Incident" };
  if (contextTypes.has(type)) return { ...base, getTypeName: () => "StatementContext" };
  return null;
}

/** As a statement (thread 4, time 4, length of the schema 1, error 2, length of the status variables 2), then file 4, place of its name 8, duplicates 1; both, a NUL, the text. */
function readLoadQuery(body: Buffer): Omit<LoadStatement, keyof OwnEventBase | "getTypeName"> {
  const fixedBytes = 26;
  const schemaAt = body.length < fixedBytes ? -1 : fixedBytes + body.readUInt16LE(11);
  const end = schemaAt + (body[8] ?? 0);
  if (schemaAt < 0 || end >= body.length || body[end] !== 0)
    throw new AppError("capture.undecodable", "the log holds a LOAD DATA whose lengths do not hold", {
      hint: "Its checksum holds, so it was written like this: check the server's version.",
    });
  return {
    schema: body.toString("utf8", schemaAt, end),
    query: body.toString("utf8", end + 1),
    slaveProxyId: body.readUInt32LE(0),
    size: body.length,
  };
}

// capture: stands between the connection and the decoder. Each packet is proven whole before it is decoded, what the
// decoder would skip or guess at is refused or unpacked, and afterwards the decoder must have consumed exactly the event.
// Reaches into mysql2 and the binlog client, so their versions are pinned and a self-test refuses any others.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { AppError } from "../model/app-error.ts";
import { type CommitTime, readCommitTime } from "./commit-time.ts";
import { type EventHeader, eventType, readEventPacket } from "./event-packet.ts";
import { rowsEventTypes } from "./row-changes.ts";
import { unpackTransactionPayload } from "./transaction-payload.ts";

/** A mysql2 packet: `buffer` from `offset` (after its own 4 bytes of header) to `end`. */
export interface WirePacket {
  buffer: Buffer;
  offset: number;
  end: number;
  numPackets: number;
}

type WirePacketClass = new (id: number, buffer: Buffer, start: number, end: number) => WirePacket;

/** The part of a mysql2 connection that is wrapped. */
export interface GuardedConnection {
  /** Without a packet it starts the next command in the queue. */
  handlePacket(packet?: WirePacket): void;
  _bumpSequenceId(packets: number): void;
  _command?: { execute(packet: WirePacket, connection: GuardedConnection): boolean };
}

export interface PacketGuard {
  /** Commit time of the transaction whose events are coming; null where the server does not tell. */
  readonly commitTime: CommitTime | null;
  /** Number of events that passed. An event that is delivered without being counted here went around the guard. */
  readonly passed: number;
}

const okMarker = 0x00;
/** Bytes of a mysql2 packet before its content. */
const wireHeaderBytes = 4;

export interface PacketGuardOptions {
  /** Tables' descriptions and row changes, which the library's decoder never sees. */
  onRows: (event: EventHeader) => void;
  onFault: (error: unknown) => void;
}

/** Wraps `connection.handlePacket`; from here on each packet is a binlog event. What does not pass goes to `onFault` and never reaches the decoder. */
export function installPacketGuard(
  connection: GuardedConnection,
  { onRows, onFault }: PacketGuardOptions,
): PacketGuard {
  const handle = connection.handlePacket.bind(connection);
  const state = { passed: 0, commitTime: null as CommitTime | null };

  /** Whether the library is to decode it. */
  const inspect = (packet: WirePacket): boolean => {
    const event = readEventPacket(packet.buffer.subarray(packet.offset + 1, packet.end));
    const { type, body } = event;
    const refused = refusal(type);
    if (refused !== null) throw refused;
    if (type === eventType.transactionPayload) {
      for (const inner of unpackTransactionPayload(body)) decodeInner(packet, inner);
      return false;
    }
    if (type === eventType.gtid || type === eventType.gtidTagged) state.commitTime = readCommitTime(type, body);
    state.passed += 1;
    if (type !== eventType.tableMap && !rowsEventTypes.has(type)) return true;
    onRows(event);
    return false;
  };

  /** An event from inside a compressed transaction takes the same path, without a place in the sequence of packets. */
  const decodeInner = (outer: WirePacket, event: Buffer): void => {
    const Packet = outer.constructor as WirePacketClass;
    const buffer = Buffer.concat([Buffer.alloc(wireHeaderBytes), Buffer.from([okMarker]), event]);
    const packet = new Packet(0, buffer, 0, buffer.length);
    // oxlint-disable-next-line no-underscore-dangle -- the names are mysql2's
    if (inspect(packet)) connection._command?.execute(packet, connection);
  };

  connection.handlePacket = (packet) => {
    // No packet starts the dump command; any other marker is an error or the end of the stream, the library's to report.
    if (packet?.buffer[packet.offset] !== okMarker) return handle(packet);
    try {
      if (inspect(packet)) handle(packet);
      // The library never sees this packet; only its number in the sequence is accounted for.
      // oxlint-disable-next-line no-underscore-dangle -- the names are mysql2's
      else connection._bumpSequenceId(packet.numPackets);
    } catch (error) {
      onFault(error);
    }
  };
  return {
    get commitTime() {
      return state.commitTime;
    },
    get passed() {
      return state.passed;
    },
  };
}

function refusal(type: number): AppError | null {
  switch (type) {
    case eventType.incident:
      return new AppError("capture.incident", "the server says that its log is missing changes (INCIDENT event)", {
        hint: "It could not write some changes to its log (often max_binlog_stmt_cache_size). They are in its tables and in no log.",
      });
    case eventType.partialUpdateRows:
      return new AppError("capture.undecodable", "the log holds a partial JSON update, which is not decoded", {
        hint: "Set binlog_row_value_options = '' on the server, in its configuration and in the sessions that set it.",
      });
    default:
      return null;
  }
}

/** What the guard was written against. Another version may call the wrapped method at another time, or not at all. */
const testedVersions = { "@vlasky/zongji": "0.9.0", mysql2: "3.24.5" };

/** Fails closed: no log is read by a guard that does not guard. @throws capture.guard_failed */
export function selfTestPacketGuard(): void {
  const require = createRequire(import.meta.url);
  for (const [name, tested] of Object.entries(testedVersions)) {
    const path = join(dirname(require.resolve(name)), "package.json");
    const { version } = JSON.parse(readFileSync(path, "utf8")) as { version: string };
    if (version !== tested) throw guardFailed(`${name} is ${version}, the guard is written for ${tested}`);
  }
  const good = testEvent();
  const bad = Buffer.from(good);
  bad.writeUInt8(good.readUInt8(headerAt) ^ 1, headerAt);
  if (!passes(good) || passes(bad)) throw guardFailed("it lets a damaged event through, or none at all");
}

/** First byte after the header of an event. */
const headerAt = 19;

/** A transaction's end (XID event) as a server would send it. */
function testEvent(): Buffer {
  const event = Buffer.alloc(headerAt + 8 + 4);
  event.writeUInt8(eventType.xid, 4);
  event.writeUInt32LE(event.length, 9);
  event.writeUInt32LE(crc32(event.subarray(0, event.length - 4)), event.length - 4);
  return event;
}

/** Whether the guard hands the event on; what it does otherwise is to report a fault. */
function passes(event: Buffer): boolean {
  let decoded = 0;
  let faults = 0;
  const connection: GuardedConnection = { handlePacket: () => (decoded += 1), _bumpSequenceId: () => {} };
  const guard = installPacketGuard(connection, { onRows: () => {}, onFault: () => (faults += 1) });
  const buffer = Buffer.concat([Buffer.alloc(wireHeaderBytes), Buffer.from([okMarker]), event]);
  connection.handlePacket({ buffer, offset: wireHeaderBytes, end: buffer.length, numPackets: 1 });
  return decoded === 1 && faults === 0 && guard.passed === 1;
}

function guardFailed(what: string): AppError {
  return new AppError("capture.guard_failed", `the packet guard failed its self-test: ${what}`, {
    hint: "Install audit-overlay afresh (`npm ci` in a clone): its dependencies are pinned to exact versions.",
  });
}

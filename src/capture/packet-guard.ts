// capture: stands between the connection and the decoder. Each packet is proven whole before it is decoded, what the
// decoder would skip or guess at is refused or unpacked, and afterwards the decoder must have consumed exactly the event.
// Reaches into mysql2 and the binlog client, so their versions are pinned and a self-test refuses any others.
/* oxlint-disable no-underscore-dangle -- the names are those of mysql2 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { AppError } from "../model/app-error.ts";
import { type CommitTime, readCommitTime } from "./commit-time.ts";
import { type EventHeader, eventType, readEventPacket } from "./event-packet.ts";
import { checkEventShape } from "./event-shape.ts";
import { type OwnEvent, toOwnEvent } from "./own-events.ts";
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
  /** Packets are put aside; each comes again when the connection goes on. */
  _paused?: boolean;
  _bumpSequenceId(packets: number): void;
  _command?: { execute(packet: WirePacket, connection: GuardedConnection): boolean };
}

export interface PacketGuard {
  /** Commit time of the transaction whose events are coming; null where the server does not tell. */
  readonly commitTime: CommitTime | null;
  /** Number of events that passed. An event that is delivered without being counted here went around the guard. */
  readonly passed: number;
}

/** First byte of a packet: an event, the server's error, or the end of the stream. */
const marker = { ok: 0x00, error: 0xff, end: 0xfe } as const;
const endBytesMax = 9;
/** Bytes of a mysql2 packet before its content. */
const wireHeaderBytes = 4;
const checksumBytes = 4;
/** Last byte of a format description, which has a checksum in any case: those after it in its log file have none. */
const noChecksums = 0;
/** Events that the library's decoder reads to their checksum. Of others it may leave something. */
const readToEnd: ReadonlySet<number> = new Set([
  eventType.query,
  eventType.rotate,
  eventType.xid,
  eventType.gtid,
  eventType.gtidTagged,
  eventType.mariadbGtid,
]);

export interface PacketGuardOptions {
  /** Events which the library's decoder never sees. */
  onOwnEvent: (event: OwnEvent) => void;
  onFault: (error: unknown) => void;
}

/** Wraps `connection.handlePacket`; from here on each packet is a binlog event. What does not pass goes to `onFault` and never reaches the decoder. */
export function installPacketGuard(
  connection: GuardedConnection,
  { onOwnEvent, onFault }: PacketGuardOptions,
): PacketGuard {
  const handle = connection.handlePacket.bind(connection);
  const state = { passed: 0, commitTime: null as CommitTime | null, checksums: true };
  /** After a fault nothing more is read: what follows in the same chunk of the socket belongs to a stream that has ended. */
  let ended = false;

  const readVerified = (event: Buffer): EventHeader => {
    try {
      return readEventPacket(event);
    } catch (error) {
      throw state.checksums ? error : unverifiable();
    }
  };

  /** Gives the type of an event that the library is to decode; null for one that is dealt with here. */
  const inspect = (packet: WirePacket): number | null => {
    // What the decoder cannot reach it cannot mistake for a part of this event.
    packet.buffer = packet.buffer.subarray(0, packet.end);
    const event = readVerified(packet.buffer.subarray(packet.offset + 1));
    const { type, body } = event;
    if (type === eventType.formatDescription) state.checksums = body.at(-1) !== noChecksums;
    const refused = refusal(type);
    if (refused !== null) throw refused;
    if (type === eventType.transactionPayload) {
      for (const inner of unpackTransactionPayload(body)) decodeInner(packet, inner);
      return null;
    }
    checkEventShape(type, body);
    if (type === eventType.gtid || type === eventType.gtidTagged) state.commitTime = readCommitTime(type, body);
    state.passed += 1;
    const own = toOwnEvent(event);
    if (own === null) return type;
    onOwnEvent(own);
    return null;
  };

  /** Whether the library decoded it, which it must do to its end. */
  const decode = (packet: WirePacket, run: () => void): boolean => {
    const type = inspect(packet);
    if (type === null) return false;
    run();
    checkDecoded(type, packet.end - packet.offset);
    return true;
  };

  /** An event from inside a compressed transaction takes the same path, without a place in the sequence of packets. */
  const decodeInner = (outer: WirePacket, event: Buffer): void => {
    const Packet = outer.constructor as WirePacketClass;
    const buffer = Buffer.concat([Buffer.alloc(wireHeaderBytes), Buffer.from([marker.ok]), event]);
    const packet = new Packet(0, buffer, 0, buffer.length);
    decode(packet, () => connection._command?.execute(packet, connection));
  };

  connection.handlePacket = (packet) => {
    if (ended) return;
    // No packet starts the dump command.
    if (packet === undefined || connection._paused === true) return handle(packet);
    try {
      const first = packet.buffer[packet.offset];
      const isEnd = first === marker.end && packet.end - packet.offset < endBytesMax;
      if (first === marker.error || isEnd) return handle(packet);
      if (first !== marker.ok) {
        throw new AppError("capture.corrupt", `the stream came damaged: a packet begins with ${first}`, {
          hint: corruptHint,
        });
      }
      // A packet that the library never sees is accounted for only by its number in the sequence.
      if (!decode(packet, () => handle(packet))) connection._bumpSequenceId(packet.numPackets);
    } catch (error) {
      ended = true;
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

function unverifiable(): AppError {
  return new AppError(
    "source.misconfigured",
    "the log file carries no CRC32 checksums: it was written with binlog_checksum = NONE",
    {
      hint: "SET GLOBAL binlog_checksum = 'CRC32'; and in the configuration file. What stands in a file without checksums cannot be told from damage and stays unread: to go on after it, begin a new store with --store.",
    },
  );
}

const corruptHint = "If it comes again, look for what stands between this machine and the server: a proxy, a tunnel.";

function checkDecoded(type: number, left: number): void {
  if (readToEnd.has(type) ? left === checksumBytes : left >= checksumBytes) return;
  throw new AppError(
    "capture.undecodable",
    `the decoder did not read an event of type ${type} to its end: ${left - checksumBytes} bytes are left`,
    { hint: "Please report it with the server's version; nothing was stored from that point on." },
  );
}

function refusal(type: number): AppError | null {
  switch (type) {
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
  const handlePacket = (packet?: WirePacket): void => {
    decoded += 1;
    // A decoder reads up to the checksum.
    if (packet !== undefined) packet.offset = packet.end - checksumBytes;
  };
  const connection: GuardedConnection = { handlePacket, _bumpSequenceId: () => {} };
  const guard = installPacketGuard(connection, { onOwnEvent: () => {}, onFault: () => (faults += 1) });
  const buffer = Buffer.concat([Buffer.alloc(wireHeaderBytes), Buffer.from([marker.ok]), event]);
  connection.handlePacket({ buffer, offset: wireHeaderBytes, end: buffer.length, numPackets: 1 });
  return decoded === 1 && faults === 0 && guard.passed === 1;
}

function guardFailed(what: string): AppError {
  return new AppError("capture.guard_failed", `the packet guard failed its self-test: ${what}`, {
    hint: "Install audit-overlay afresh (`npm ci` in a clone): its dependencies are pinned to exact versions.",
  });
}

// capture: one binlog event as it came over the wire -> its header, after proof that it is whole and undamaged.
// The client library never looks at the checksum: a byte flipped in the server's log file came through as a sale of 90 million.
import { crc32 } from "node:zlib";
import { AppError } from "../model/app-error.ts";

/** Type codes of the events this project tells apart (MySQL: libbinlogevents/include/binlog_event.h; MariaDB: sql/log_event.h). */
export const eventType = {
  query: 2,
  stop: 3,
  rotate: 4,
  intvar: 5,
  appendBlock: 9,
  deleteFile: 11,
  rand: 13,
  userVar: 14,
  formatDescription: 15,
  xid: 16,
  beginLoadQuery: 17,
  executeLoadQuery: 18,
  tableMap: 19,
  writeRowsV1: 23,
  updateRowsV1: 24,
  deleteRowsV1: 25,
  incident: 26,
  heartbeat: 27,
  rowsQuery: 29,
  writeRows: 30,
  updateRows: 31,
  deleteRows: 32,
  gtid: 33,
  anonymousGtid: 34,
  previousGtids: 35,
  xaPrepare: 38,
  partialUpdateRows: 39,
  transactionPayload: 40,
  heartbeatV2: 41,
  gtidTagged: 42,
  annotateRows: 160,
  binlogCheckpoint: 161,
  mariadbGtid: 162,
  mariadbGtidList: 163,
  startEncryption: 164,
  queryCompressed: 165,
  writeRowsCompressedV1: 166,
  updateRowsCompressedV1: 167,
  deleteRowsCompressedV1: 168,
  writeRowsCompressed: 169,
  updateRowsCompressed: 170,
  deleteRowsCompressed: 171,
} as const;

const knownTypes: ReadonlySet<number> = new Set(Object.values(eventType));
/** The server's own mark for "a reader that does not know this may skip it". */
const ignorableFlag = 0x80;

export const headerBytes = 19;
const checksumBytes = 4;

export interface EventHeader {
  type: number;
  serverId: number;
  /** Seconds since the epoch, by the session's clock, which a session may set. */
  timestamp: number;
  /** Where the next event begins in the log file; 0 where the server does not say. */
  nextPosition: number;
  /** Bytes after the header, without the checksum. */
  body: Buffer;
}

/**
 * `event`: the bytes of one event, header to checksum.
 * @throws capture.corrupt when a byte is not as the server wrote it; capture.undecodable when its type is not known.
 */
export function readEventPacket(event: Buffer): EventHeader {
  if (event.length < headerBytes + checksumBytes) throw corrupt(`an event of ${event.length} bytes`);
  const length = event.readUInt32LE(9);
  if (length !== event.length) throw corrupt(`an event that says it has ${length} bytes and has ${event.length}`);
  const end = event.length - checksumBytes;
  const stored = event.readUInt32LE(end);
  const computed = crc32(event.subarray(0, end));
  if (stored !== computed) {
    throw corrupt(`an event whose checksum is ${stored.toString(16)} and should be ${computed.toString(16)}`);
  }
  const type = event.readUInt8(4);
  const flags = event.readUInt16LE(17);
  if (!knownTypes.has(type) && (flags & ignorableFlag) === 0) {
    throw new AppError("capture.undecodable", `the log holds an event of type ${type}, which is not known`, {
      hint: "The server is newer than this version of audit-overlay, or an extension writes to its log.",
    });
  }
  return {
    type,
    serverId: event.readUInt32LE(5),
    timestamp: event.readUInt32LE(0),
    nextPosition: event.readUInt32LE(13),
    body: event.subarray(headerBytes, end),
  };
}

function corrupt(what: string): AppError {
  return new AppError("capture.corrupt", `the log came damaged: ${what}`, {
    hint: "If it comes again, the log file on the server is damaged: check its disk, and set source_verify_checksum = ON there.",
  });
}

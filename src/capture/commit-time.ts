// capture: the body of a MySQL GTID event -> when the transaction was committed, in microseconds.
// The header's timestamp is the session's clock, in seconds, and any user may set it; this one is the server's own.
import { eventType } from "./event-packet.ts";

export interface CommitTime {
  /** Microseconds since the epoch, on the server that is read. */
  immediateUs: bigint;
  /** On the server where the transaction was first committed. */
  originalUs: bigint;
}

/** null where the event does not carry it: MariaDB, and MySQL before 8.0.1. */
export function readCommitTime(type: number, body: Buffer): CommitTime | null {
  if (type === eventType.gtid || type === eventType.anonymousGtid) return readClassic(body);
  if (type === eventType.gtidTagged) return readTagged(body);
  return null;
}

/** flags 1, uuid 16, gno 8, logical clock type 1, last committed 8, sequence number 8, then the commit time. */
const immediateAt = 42;
/** The top bit of the immediate time says that the original one follows. */
const originalFollows = 1n << 55n;

function readClassic(body: Buffer): CommitTime | null {
  if (body.length < immediateAt + 7) return null;
  const raw = readUInt56(body, immediateAt);
  if ((raw & originalFollows) === 0n) return { immediateUs: raw, originalUs: raw };
  if (body.length < immediateAt + 14) return null;
  return { immediateUs: raw & ~originalFollows, originalUs: readUInt56(body, immediateAt + 7) };
}

function readUInt56(body: Buffer, offset: number): bigint {
  return BigInt(body.readUIntLE(offset, 6)) | (BigInt(body.readUInt8(offset + 6)) << 48n);
}

/** Ids of the tagged event's fields: it is a list of (id, value), in ascending order of the ids. */
const field = {
  flags: 0,
  uuid: 1,
  gno: 2,
  tag: 3,
  lastCommitted: 4,
  sequenceNumber: 5,
  immediate: 6,
  original: 7,
} as const;

/** MySQL's own serialization: variable-length integers, signed ones in zigzag. Source: libs/mysql/serialization. */
function readTagged(body: Buffer): CommitTime | null {
  const reader = createVarintReader(body);
  reader.unsigned(); // version of the encoding
  reader.unsigned(); // size of the message
  reader.unsigned(); // last field that may not be ignored
  let immediateUs: bigint | null = null;
  while (reader.left() > 0) {
    const id = Number(reader.unsigned());
    if (id > field.original) break;
    if (id === field.uuid) for (let byte = 0; byte < 16; byte += 1) reader.unsigned();
    else if (id === field.tag) reader.skip(Number(reader.unsigned()));
    else if (id === field.gno || id === field.lastCommitted || id === field.sequenceNumber) reader.unsigned();
    else if (id === field.immediate) immediateUs = reader.unsigned();
    else if (id === field.original) return immediateUs === null ? null : { immediateUs, originalUs: reader.unsigned() };
    else reader.unsigned();
  }
  return immediateUs === null ? null : { immediateUs, originalUs: immediateUs };
}

/** The number of trailing one bits of the first byte is the number of bytes that follow it. */
function createVarintReader(bytes: Buffer) {
  let offset = 0;
  return {
    left: () => bytes.length - offset,
    skip: (count: number) => {
      offset += count;
    },
    unsigned: (): bigint => {
      const first = bytes.readUInt8(offset);
      let more = 0;
      while (more < 8 && (first & (1 << more)) !== 0) more += 1;
      let value = 0n;
      for (let index = more; index >= 1; index -= 1) value = (value << 8n) | BigInt(bytes.readUInt8(offset + index));
      offset += more + 1;
      return more >= 7 ? value : (value << BigInt(7 - more)) | BigInt(first >> (more + 1));
    },
  };
}

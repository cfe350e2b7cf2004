// Binlog events byte by byte, as a server writes them: header, body, CRC32. For tests of what reads them.
// Layouts: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_replication_binlog_event.html and MariaDB's sql/log_event.h.
import { crc32, deflateSync, zstdCompressSync } from "node:zlib";
import { eventType } from "../../src/capture/event-packet.ts";

const headerBytes = 19;
const tableId = 71;
const uuid = Buffer.from("3e11fa4771ca11e19e33c80aa9429562", "hex");

/** One event; its checksum is right. */
function buildEvent(type: number, body: Buffer): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(1_772_366_400, 0);
  header.writeUInt8(type, 4);
  header.writeUInt32LE(1, 5);
  header.writeUInt32LE(headerBytes + body.length + 4, 9);
  header.writeUInt32LE(4_711, 13);
  return sealed(Buffer.concat([header, body, Buffer.alloc(4)]));
}

/** The same bytes with the checksum they should have. */
export function sealed(event: Buffer): Buffer {
  const copy = Buffer.from(event);
  if (copy.length >= 4) copy.writeUInt32LE(crc32(copy.subarray(0, -4)), copy.length - 4);
  return copy;
}

const u16 = (value: number): Buffer => number(value, 2);
const u32 = (value: number): Buffer => number(value, 4);
const u64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};
function number(value: number, width: number): Buffer {
  const bytes = Buffer.alloc(width);
  bytes.writeUIntLE(value, 0, width);
  return bytes;
}
const byte = (...values: number[]): Buffer => Buffer.from(values);
const text = (value: string): Buffer => Buffer.from(value);
const counted = (bytes: Buffer): Buffer => Buffer.concat([byte(bytes.length), bytes]);

export const rotate = (): Buffer => buildEvent(eventType.rotate, Buffer.concat([u64(4n), text("binlog.000007")]));
export const heartbeat = (): Buffer => buildEvent(eventType.heartbeat, text("binlog.000007"));
export const xid = (): Buffer => buildEvent(eventType.xid, u64(99n));
export const rowsQuery = (): Buffer => buildEvent(eventType.rowsQuery, counted(text("INSERT INTO item VALUES (1)")));
export const annotateRows = (): Buffer => buildEvent(eventType.annotateRows, text("INSERT INTO item VALUES (1)"));

/** `checksums`: the algorithm of the events that follow; 1 is CRC32, 0 none. */
export function format(checksums = 1): Buffer {
  const version = Buffer.alloc(50);
  version.write("9.7.4");
  return buildEvent(
    eventType.formatDescription,
    Buffer.concat([u16(4), version, u32(0), byte(headerBytes), Buffer.alloc(41, 13), byte(checksums)]),
  );
}

export function previousGtids(): Buffer {
  return buildEvent(eventType.previousGtids, Buffer.concat([u64(1n), uuid, u64(1n), u64(1n), u64(7n)]));
}

/** Microseconds: 2026-03-01T12:00:00.123456Z. */
const committedAtUs = 1_772_366_400_123_456n;

export function gtid(): Buffer {
  const time = u64(committedAtUs).subarray(0, 7);
  return buildEvent(
    eventType.gtid,
    Buffer.concat([byte(0), uuid, u64(7n), byte(2), u64(1n), u64(2n), time, byte(200), u32(90_704)]),
  );
}

export function taggedGtid(): Buffer {
  const fields = [
    varint(0n),
    varint(0n), // flags
    varint(1n),
    ...Array.from(uuid, (value) => varint(BigInt(value))),
    varint(2n),
    varint(14n), // number 7, in zigzag
    varint(3n),
    varint(3n),
    text("tag"),
    varint(4n),
    varint(2n),
    varint(5n),
    varint(4n), // logical clock
    varint(6n),
    varint(committedAtUs),
  ];
  const rest = Buffer.concat([varint(8n), ...fields]);
  return buildEvent(eventType.gtidTagged, Buffer.concat([varint(1n), varint(BigInt(rest.length + 2)), rest]));
}

/** The number of trailing one bits of the first byte is the number of bytes that follow it. */
function varint(value: bigint): Buffer {
  let more = 0;
  while (more < 8 && value >> BigInt(7 * (more + 1)) !== 0n) more += 1;
  if (more >= 8) return Buffer.concat([byte(0xff), u64(value)]);
  const kept = BigInt(7 - more);
  const first = Number(((value & ((1n << kept) - 1n)) << BigInt(more + 1)) | ((1n << BigInt(more)) - 1n));
  return Buffer.concat([byte(first), u64(value >> kept).subarray(0, more)]);
}

export function query(sql: string, schema = "shop"): Buffer {
  return buildEvent(eventType.query, queryBody(schema, text(sql)));
}

export const randomSeed = (): Buffer => buildEvent(eventType.rand, Buffer.concat([u64(1n), u64(2n)]));

/** LOAD DATA in statement format: as a statement, with 13 bytes about the file before the status variables. */
export function loadQuery(sql: string, schema = "shop"): Buffer {
  const plain = queryBody(schema, text(sql));
  return buildEvent(
    eventType.executeLoadQuery,
    Buffer.concat([plain.subarray(0, 13), u32(1), u32(10), u32(20), byte(0), plain.subarray(13)]),
  );
}

function queryBody(schema: string, rest: Buffer): Buffer {
  const statusVars = byte(0, 0, 0, 0, 0);
  return Buffer.concat([
    u32(8),
    u32(0),
    byte(schema.length),
    u16(0),
    u16(statusVars.length),
    statusVars,
    text(schema),
    byte(0),
    rest,
  ]);
}

/** id INT, name VARCHAR(20), price DECIMAL(10,2), at DATETIME, body BLOB, kind ENUM('a','b'); primary key id. */
export const columnNames = ["id", "name", "price", "at", "body", "kind"];

export function tableMap(): Buffer {
  const metadata = byte(80, 0, 10, 2, 0, 2, 0xf7, 1);
  const field = (type: number, value: Buffer): Buffer => Buffer.concat([byte(type), counted(value)]);
  const optional = [
    field(1, byte(0)),
    field(2, byte(45, 1, 63)),
    field(4, Buffer.concat(columnNames.map((name) => counted(text(name))))),
    field(6, Buffer.concat([byte(2), counted(text("a")), counted(text("b"))])),
    field(8, byte(0)),
    field(10, byte(45)),
  ];
  const names = [counted(text("shop")), byte(0), counted(text("item")), byte(0)];
  const types = counted(byte(3, 15, 246, 18, 252, 254));
  return buildEvent(
    eventType.tableMap,
    Buffer.concat([number(tableId, 6), u16(1), ...names, types, counted(metadata), byte(0x3e), ...optional]),
  );
}

function row(id: number): Buffer {
  const price = byte(0x80, 0, 0, 12, 50);
  return Buffer.concat([
    byte(0xc0),
    u32(id),
    counted(text(`name ${id}`)),
    price,
    byte(0x99, 0xb9, 0x42, 0xc0, 0),
    u16(3),
    byte(1, 2, 3),
    byte(2),
  ]);
}

const postHeader = (version2: boolean): Buffer =>
  Buffer.concat([number(tableId, 6), u16(1), ...(version2 ? [u16(2)] : [])]);
const allColumns = byte(0xff);
const bodyOf = (version2: boolean, images: number, rows: Buffer): Buffer =>
  Buffer.concat([
    postHeader(version2),
    byte(columnNames.length),
    ...Array.from({ length: images }, () => allColumns),
    rows,
  ]);

export const writeRows = (): Buffer =>
  buildEvent(eventType.writeRows, bodyOf(true, 1, Buffer.concat([row(1), row(2)])));
export const updateRows = (): Buffer =>
  buildEvent(eventType.updateRows, bodyOf(true, 2, Buffer.concat([row(1), row(3)])));
export const deleteRows = (): Buffer => buildEvent(eventType.deleteRows, bodyOf(true, 1, row(2)));
export const writeRowsV1 = (): Buffer => buildEvent(eventType.writeRowsV1, bodyOf(false, 1, row(1)));

/** MariaDB's envelope: the width of the length with the top bit set, the length, and what zlib made of the rest. */
function envelope(bytes: Buffer, announced = bytes.length): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(announced);
  return Buffer.concat([byte(0x82), length, deflateSync(bytes)]);
}

export const compressedRows = (): Buffer =>
  buildEvent(eventType.writeRowsCompressedV1, bodyOf(false, 1, envelope(Buffer.concat([row(4), row(5)]))));
export const compressedQuery = (sql: string, announced?: number): Buffer =>
  buildEvent(eventType.queryCompressed, queryBody("shop", envelope(text(sql), announced)));

export function mariadbGtid(): Buffer {
  return buildEvent(eventType.mariadbGtid, Buffer.concat([u64(7n), u32(0), byte(0x0c), Buffer.alloc(6)]));
}

export function mariadbGtidList(): Buffer {
  return buildEvent(eventType.mariadbGtidList, Buffer.concat([u32(1), u32(0), u32(1), u64(6n)]));
}

/** MySQL's compressed transaction: events without checksums, in one zstd frame. */
export function transactionPayload(inner: Buffer): Buffer {
  const compressed = zstdCompressSync(inner);
  const field = (type: number, value: number): Buffer => Buffer.concat([byte(type, 3, 252), u16(value)]);
  const header = [field(2, 0), field(3, inner.length), field(1, compressed.length), byte(0)];
  return buildEvent(eventType.transactionPayload, Buffer.concat([...header, compressed]));
}

export function innerEvents(events: readonly Buffer[]): Buffer {
  return Buffer.concat(
    events.map((event) => {
      const bare = Buffer.from(event.subarray(0, -4));
      bare.writeUInt32LE(bare.length, 9);
      return bare;
    }),
  );
}

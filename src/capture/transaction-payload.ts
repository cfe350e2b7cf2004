// capture: a compressed transaction (MySQL's TRANSACTION_PAYLOAD_EVENT) -> the events inside it, each as if it had come alone.
import { crc32, zstdDecompressSync } from "node:zlib";
import { AppError } from "../model/app-error.ts";
import { eventType, headerBytes } from "./event-packet.ts";

/** Fields of the payload's header. Source: libbinlogevents/include/codecs/binary.h. */
const field = { end: 0, payloadBytes: 1, compression: 2, uncompressedBytes: 3 } as const;
const compression = { zstd: 0, none: 255 } as const;
/** One event can hold what max_allowed_packet allows, 1 GiB; decompressed in one piece it must also fit in memory. */
const uncompressedBytesMax = 1 << 30;
const checksumBytes = 4;

/**
 * Each event in log order, header to checksum; the checksum is made here, because inside a payload they carry none
 * (the payload's own covers them).
 */
export function* unpackTransactionPayload(body: Buffer): Generator<Buffer> {
  const bytes = decompress(body);
  let offset = 0;
  while (offset < bytes.length) {
    const length = offset + headerBytes <= bytes.length ? bytes.readUInt32LE(offset + 9) : 0;
    if (length < headerBytes || offset + length > bytes.length)
      throw damaged(`an event of ${length} bytes at ${offset} of ${bytes.length}`);
    // No server nests them, and each level could be a thousand times larger than the one around it.
    if (bytes[offset + 4] === eventType.transactionPayload) throw damaged("it holds another one");
    const event = Buffer.allocUnsafe(length + checksumBytes);
    bytes.copy(event, 0, offset, offset + length);
    event.writeUInt32LE(length + checksumBytes, 9);
    event.writeUInt32LE(crc32(event.subarray(0, length)), length);
    yield event;
    offset += length;
  }
}

function decompress(body: Buffer): Buffer {
  const header = readHeader(body);
  const payload = body.subarray(header.offset);
  if (payload.length !== header.payloadBytes) throw damaged(`${payload.length} bytes of ${header.payloadBytes}`);
  if (header.uncompressedBytes > uncompressedBytesMax) {
    throw new AppError(
      "capture.undecodable",
      `a compressed transaction of ${header.uncompressedBytes} bytes is too large to decompress`,
      {
        hint: "Set binlog_transaction_compression = OFF for sessions that change this much at once.",
      },
    );
  }
  if (header.compression === compression.none) return payload;
  if (header.compression !== compression.zstd) throw damaged(`compression type ${header.compression}`);
  try {
    const bytes = zstdDecompressSync(payload, { maxOutputLength: Math.max(header.uncompressedBytes, 1) });
    if (bytes.length !== header.uncompressedBytes)
      throw damaged(`${bytes.length} bytes where ${header.uncompressedBytes} were announced`);
    return bytes;
  } catch (error) {
    throw error instanceof AppError ? error : damaged(error instanceof Error ? error.message : String(error));
  }
}

interface PayloadHeader {
  payloadBytes: number;
  compression: number;
  uncompressedBytes: number;
  /** Where the payload begins. */
  offset: number;
}

/** A list of (type, length, value), ended by type 0. All numbers are length-encoded integers. */
function readHeader(body: Buffer): PayloadHeader {
  const header: PayloadHeader = { payloadBytes: -1, compression: -1, uncompressedBytes: -1, offset: 0 };
  const read = (): number => {
    const { value, bytes } = readLengthEncoded(body, header.offset);
    header.offset += bytes;
    return value;
  };
  for (;;) {
    const type = read();
    if (type === field.end) break;
    const length = read();
    const next = header.offset + length;
    const value = read();
    if (type === field.payloadBytes) header.payloadBytes = value;
    else if (type === field.compression) header.compression = value;
    else if (type === field.uncompressedBytes) header.uncompressedBytes = value;
    header.offset = next;
  }
  if (header.payloadBytes < 0 || header.compression < 0 || header.uncompressedBytes < 0)
    throw damaged("no size in its header");
  return header;
}

function readLengthEncoded(bytes: Buffer, offset: number): { value: number; bytes: number } {
  const first = bytes[offset];
  if (first === undefined) throw damaged("its header is cut off");
  if (first < 251) return { value: first, bytes: 1 };
  const width = first === 252 ? 2 : first === 253 ? 3 : first === 254 ? 8 : 0;
  if (width === 0 || offset + 1 + width > bytes.length) throw damaged("its header is not readable");
  const value = width === 8 ? Number(bytes.readBigUInt64LE(offset + 1)) : bytes.readUIntLE(offset + 1, width);
  return { value, bytes: 1 + width };
}

function damaged(what: string): AppError {
  return new AppError("capture.corrupt", `a compressed transaction came damaged: ${what}`, {
    hint: "If it comes again, the log file on the server is damaged: check its disk.",
  });
}

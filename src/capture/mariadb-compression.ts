// capture: what MariaDB compresses in its log -> the bytes it compressed: column values (COMPRESSED) and whole rows events (log_bin_compress).
// Source: sql/field_comp.cc (columns), sql/log_event.cc binlog_buf_uncompress (events).
import { inflateRawSync, inflateSync } from "node:zlib";
import { MalformedBytes } from "./byte-cursor.ts";

/** A LONGTEXT can hold 4 GiB; one that unpacks to more than this is not believed. */
const inflatedBytesMax = 1 << 30;
const rawDeflate = 0x08;
const columnZlib = 8;

/** Header byte: method in the upper half (0 stored, 8 zlib), bytes of the original length in the lower three bits. An empty value has none. */
export function inflateColumn(bytes: Buffer): Buffer {
  const header = bytes[0];
  if (header === undefined) return bytes;
  const method = header >> 4;
  if (method === 0) return bytes.subarray(1);
  if (method !== columnZlib) throw new MalformedBytes(`compression method ${method} of a column`);
  return inflate(bytes, header & 0x07, (header & rawDeflate) !== 0);
}

/** Header byte: 0x80, the algorithm in the three bits after it (0 zlib), bytes of the original length in the lower three. */
export function inflateEvent(bytes: Buffer): Buffer {
  const header = bytes[0] ?? 0;
  if ((header & 0xf0) !== 0x80) throw new MalformedBytes(`a compressed event that begins with ${header}`);
  return inflate(bytes, header & 0x07, false);
}

/** The original length, big-endian, stands before the compressed bytes. */
function inflate(bytes: Buffer, lengthBytes: number, raw: boolean): Buffer {
  if (lengthBytes < 1 || lengthBytes > 4 || bytes.length < 1 + lengthBytes)
    throw new MalformedBytes("a compressed value without its length");
  const length = bytes.readUIntBE(1, lengthBytes);
  if (length > inflatedBytesMax) throw new MalformedBytes(`a compressed value of ${length} bytes`);
  const options = { maxOutputLength: Math.max(length, 1) };
  const packed = bytes.subarray(1 + lengthBytes);
  const inflated = raw ? inflateRawSync(packed, options) : inflateSync(packed, options);
  if (inflated.length !== length) throw new MalformedBytes(`${inflated.length} bytes where ${length} were announced`);
  return inflated;
}

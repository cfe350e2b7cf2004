// capture: MySQL's binary JSON -> the text the server shows for it, with every digit and every key, whatever its name.
// Source: sql-common/json_binary.h (format), sql-common/json_dom.cc (text).
import { ByteCursor, MalformedBytes } from "./byte-cursor.ts";
import { columnType } from "./column-type.ts";
import { jsonDoubleText } from "./json-double.ts";
import { decimalReader } from "./number-values.ts";
import { clockText, dateText, fractionText } from "./time-values.ts";

const jsonType = {
  smallObject: 0x00,
  largeObject: 0x01,
  smallArray: 0x02,
  largeArray: 0x03,
  literal: 0x04,
  int16: 0x05,
  uint16: 0x06,
  int32: 0x07,
  uint32: 0x08,
  int64: 0x09,
  uint64: 0x0a,
  double: 0x0b,
  string: 0x0c,
  opaque: 0x0f,
} as const;
const literals = ["null", "true", "false"] as const;
/** The server allows 100. */
const depthMax = 128;

/** @throws MalformedBytes */
export function jsonText(bytes: Buffer): string {
  // A column that was added as NOT NULL is empty in rows from before.
  if (bytes.length === 0) return "null";
  // Every value has at least one byte of its own: more of them than bytes are the same bytes read again and again.
  return valueText(bytes.readUInt8(0), bytes.subarray(1), { values: bytes.length, depth: depthMax });
}

interface Budget {
  values: number;
  depth: number;
}

/** `bytes`: from where the value begins to where its container ends. */
function valueText(type: number, bytes: Buffer, budget: Budget): string {
  budget.values -= 1;
  if (budget.values < 0) throw new MalformedBytes("a JSON document in which values lie over each other");
  switch (type) {
    case jsonType.smallObject:
    case jsonType.largeObject:
    case jsonType.smallArray:
    case jsonType.largeArray:
      return containerText(type, bytes, budget);
    case jsonType.literal: {
      const literal = literals[bytes.readUInt8(0)];
      if (literal === undefined) throw new MalformedBytes("a JSON literal that is none");
      return literal;
    }
    case jsonType.int16:
      return String(bytes.readInt16LE(0));
    case jsonType.uint16:
      return String(bytes.readUInt16LE(0));
    case jsonType.int32:
      return String(bytes.readInt32LE(0));
    case jsonType.uint32:
      return String(bytes.readUInt32LE(0));
    case jsonType.int64:
      return bytes.readBigInt64LE(0).toString();
    case jsonType.uint64:
      return bytes.readBigUInt64LE(0).toString();
    case jsonType.double:
      return jsonDoubleText(bytes.readDoubleLE(0));
    case jsonType.string:
      return JSON.stringify(readVariable(new ByteCursor(bytes)).toString("utf8"));
    case jsonType.opaque:
      return opaqueText(new ByteCursor(bytes));
    default:
      throw new MalformedBytes(`a JSON value of type ${type}`);
  }
}

/** Count, size, then entries of keys (offset, length) and of values (type, offset or the value itself); offsets from the count on. */
function containerText(type: number, bytes: Buffer, budget: Budget): string {
  const large = type === jsonType.largeObject || type === jsonType.largeArray;
  const isObject = type === jsonType.smallObject || type === jsonType.largeObject;
  const width = large ? 4 : 2;
  const count = bytes.readUIntLE(0, width);
  const size = bytes.readUIntLE(width, width);
  const keyBytes = isObject ? width + 2 : 0;
  const valuesAt = 2 * width + count * keyBytes;
  const headerEnd = valuesAt + count * (width + 1);
  if (size > bytes.length || headerEnd > size) throw new MalformedBytes(`a JSON container of ${size} bytes with ${count} entries`);
  if (budget.depth === 0) throw new MalformedBytes(`JSON deeper than ${depthMax}`);
  budget.depth -= 1;
  const container = bytes.subarray(0, size);
  const parts: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const entry = valuesAt + index * (width + 1);
    const value = entryText(container, entry, { width, headerEnd }, budget);
    parts.push(isObject ? `${keyText(container, 2 * width + index * keyBytes, { width, headerEnd })}: ${value}` : value);
  }
  budget.depth += 1;
  return isObject ? `{${parts.join(", ")}}` : `[${parts.join(", ")}]`;
}

interface Layout {
  width: 2 | 4;
  headerEnd: number;
}

function keyText(container: Buffer, entry: number, { width, headerEnd }: Layout): string {
  const start = container.readUIntLE(entry, width);
  const end = start + container.readUInt16LE(entry + width);
  if (start < headerEnd || end > container.length) throw new MalformedBytes("a JSON key outside its object");
  return JSON.stringify(container.toString("utf8", start, end));
}

function entryText(container: Buffer, entry: number, { width, headerEnd }: Layout, budget: Budget): string {
  const type = container.readUInt8(entry);
  const small = type === jsonType.literal || type === jsonType.int16 || type === jsonType.uint16;
  const inlined = small || (width === 4 && (type === jsonType.int32 || type === jsonType.uint32));
  if (inlined) return valueText(type, container.subarray(entry + 1), budget);
  const offset = container.readUIntLE(entry + 1, width);
  if (offset < headerEnd || offset >= container.length) throw new MalformedBytes("a JSON value outside its container");
  return valueText(type, container.subarray(offset), budget);
}

/** A length of 7 bits to the byte, the lowest first, then that many bytes. */
function readVariable(cursor: ByteCursor): Buffer {
  let length = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = cursor.uint8();
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return cursor.take(length);
  }
  throw new MalformedBytes("a JSON length without an end");
}

/** An SQL value that JSON has no type for. */
function opaqueText(cursor: ByteCursor): string {
  const type = cursor.uint8();
  const bytes = readVariable(cursor);
  switch (type) {
    case columnType.newDecimal:
      return String(decimalReader(bytes.readUInt8(0), bytes.readUInt8(1))(new ByteCursor(bytes, 2)));
    case columnType.date:
    case columnType.time:
    case columnType.datetime:
    case columnType.timestamp:
      return `"${packedTimeText(type, bytes.readBigInt64LE(0))}"`;
    default:
      // In lines of 76, as the server has it.
      return `"base64:type${type}:${bytes.toString("base64").replace(/.{76}(?=.)/g, "$&\\n")}"`;
  }
}

function packedTimeText(type: number, packed: bigint): string {
  const positive = packed < 0n ? -packed : packed;
  const fraction = fractionText(Number(positive & 0xff_ffffn), 6);
  const whole = Number(positive >> 24n);
  const clock = whole % 0x2_0000;
  const minuteSecond = [(clock >> 6) & 63, clock & 63] as const;
  if (type === columnType.time) {
    return `${packed < 0n ? "-" : ""}${clockText((whole >> 12) & 0x3ff, ...minuteSecond)}${fraction}`;
  }
  const days = Math.floor(whole / 0x2_0000);
  const yearMonth = days >> 5;
  const date = dateText(Math.floor(yearMonth / 13), yearMonth % 13, days & 31);
  return type === columnType.date ? date : `${date} ${clockText(clock >> 12, ...minuteSecond)}${fraction}`;
}

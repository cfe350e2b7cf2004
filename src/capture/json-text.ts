// capture: MySQL's binary JSON -> the text the server shows for it, with every digit and every key, whatever its name.
// Source: sql-common/json_binary.h (format), sql-common/json_dom.cc (text).
import { ByteCursor, MalformedBytes } from "./byte-cursor.ts";
import { jsonDoubleText } from "./json-double.ts";
import { opaqueText, skipVariable } from "./json-opaque.ts";
import { decodeUtf8 } from "./text-decoder.ts";

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

/** @throws MalformedBytes, or a RangeError of the Buffer */
export function jsonText(bytes: Buffer): string {
  // A column that was added as NOT NULL is empty in rows from before.
  if (bytes.length === 0) return "null";
  // Every value has at least one byte of its own: more of them than bytes are the same bytes read again and again.
  return valueText(
    bytes,
    bytes.readUInt8(0),
    { start: 1, end: bytes.length },
    { values: bytes.length, depth: depthMax },
  );
}

interface Budget {
  values: number;
  depth: number;
}

/** From where a value begins to where its container ends. */
interface Span {
  start: number;
  end: number;
}

function valueText(bytes: Buffer, type: number, span: Span, budget: Budget): string {
  const { start } = span;
  budget.values -= 1;
  if (budget.values < 0) throw new MalformedBytes("a JSON document in which values lie over each other");
  switch (type) {
    case jsonType.smallObject:
    case jsonType.largeObject:
    case jsonType.smallArray:
    case jsonType.largeArray:
      return containerText(bytes, type, span, budget);
    case jsonType.literal: {
      const literal = literals[bytes.readUInt8(start)];
      if (literal === undefined) throw new MalformedBytes("a JSON literal that is none");
      return literal;
    }
    case jsonType.int16:
      return String(bytes.readInt16LE(start));
    case jsonType.uint16:
      return String(bytes.readUInt16LE(start));
    case jsonType.int32:
      return String(bytes.readInt32LE(start));
    case jsonType.uint32:
      return String(bytes.readUInt32LE(start));
    case jsonType.int64:
      return bytes.readBigInt64LE(start).toString();
    case jsonType.uint64:
      return bytes.readBigUInt64LE(start).toString();
    case jsonType.double:
      return jsonDoubleText(bytes.readDoubleLE(start));
    case jsonType.string: {
      const cursor = new ByteCursor(bytes, start);
      const from = skipVariable(cursor);
      return quoted(bytes, from, cursor.offset);
    }
    case jsonType.opaque:
      return opaqueText(new ByteCursor(bytes, start));
    default:
      throw new MalformedBytes(`a JSON value of type ${type}`);
  }
}

/** Text in a JSON document is UTF-8, or is not believed. */
function quoted(bytes: Buffer, start: number, end: number): string {
  const text = decodeUtf8(bytes, start, end);
  if (text === null) throw new MalformedBytes("text in a JSON document that is not UTF-8");
  return JSON.stringify(text);
}

/** Count, size, then entries of keys (offset, length) and of values (type, offset or the value itself); offsets from the count on. */
function containerText(bytes: Buffer, type: number, { start, end }: Span, budget: Budget): string {
  const large = type === jsonType.largeObject || type === jsonType.largeArray;
  const isObject = type === jsonType.smallObject || type === jsonType.largeObject;
  const width = large ? 4 : 2;
  const count = readOffset(bytes, start, width);
  const size = readOffset(bytes, start + width, width);
  const keyBytes = isObject ? width + 2 : 0;
  const valuesAt = start + 2 * width + count * keyBytes;
  const layout = { start, width, contentAt: valuesAt + count * (width + 1), end: start + size } as const;
  if (layout.end > end || layout.contentAt > layout.end) {
    throw new MalformedBytes(`a JSON container of ${size} bytes with ${count} entries`);
  }
  if (budget.depth === 0) throw new MalformedBytes(`JSON deeper than ${depthMax}`);
  budget.depth -= 1;
  let text = isObject ? "{" : "[";
  for (let index = 0; index < count; index += 1) {
    if (index > 0) text += ", ";
    if (isObject) text += `${keyText(bytes, start + 2 * width + index * keyBytes, layout)}: `;
    text += entryText(bytes, valuesAt + index * (width + 1), layout, budget);
  }
  budget.depth += 1;
  return text + (isObject ? "}" : "]");
}

interface Layout extends Span {
  width: 2 | 4;
  /** After the entries. */
  contentAt: number;
}

function readOffset(bytes: Buffer, at: number, width: 2 | 4): number {
  return width === 2 ? bytes.readUInt16LE(at) : bytes.readUInt32LE(at);
}

function keyText(bytes: Buffer, entry: number, { start, width, contentAt, end }: Layout): string {
  const from = start + readOffset(bytes, entry, width);
  const to = from + bytes.readUInt16LE(entry + width);
  if (from < contentAt || to > end) throw new MalformedBytes("a JSON key outside its object");
  return quoted(bytes, from, to);
}

function entryText(bytes: Buffer, entry: number, { start, width, contentAt, end }: Layout, budget: Budget): string {
  const type = bytes.readUInt8(entry);
  const small = type === jsonType.literal || type === jsonType.int16 || type === jsonType.uint16;
  const inlined = small || (width === 4 && (type === jsonType.int32 || type === jsonType.uint32));
  if (inlined) return valueText(bytes, type, { start: entry + 1, end }, budget);
  const at = start + readOffset(bytes, entry + 1, width);
  if (at < contentAt || at >= end) throw new MalformedBytes("a JSON value outside its container");
  return valueText(bytes, type, { start: at, end }, budget);
}

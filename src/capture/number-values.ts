// capture: numbers in a row image -> number, or text where a JSON number would lose digits.
import { type ByteCursor, MalformedBytes } from "./byte-cursor.ts";

export type ReadValue = (cursor: ByteCursor) => unknown;

/** Little-endian, 1 to 4 bytes. */
export function integerReader(width: 1 | 2 | 3 | 4, unsigned: boolean): ReadValue {
  if (unsigned) return (cursor) => cursor.uint(width);
  const shift = 32 - width * 8;
  return (cursor) => (cursor.uint(width) << shift) >> shift;
}

export function bigIntegerReader(unsigned: boolean): ReadValue {
  return (cursor) => {
    const start = cursor.skip(8);
    const { buffer } = cursor;
    const high = unsigned ? buffer.readUInt32LE(start + 4) : buffer.readInt32LE(start + 4);
    const value = high * 0x1_0000_0000 + buffer.readUInt32LE(start);
    if (Number.isSafeInteger(value)) return value;
    return (unsigned ? buffer.readBigUInt64LE(start) : buffer.readBigInt64LE(start)).toString();
  };
}

export function readFloat(cursor: ByteCursor): number {
  return finite(cursor.buffer.readFloatLE(cursor.skip(4)));
}

export function readDouble(cursor: ByteCursor): number {
  return finite(cursor.buffer.readDoubleLE(cursor.skip(8)));
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new MalformedBytes(`${value}, which no column can hold`);
  return value;
}

const digitsPerGroup = 9;
/** Bytes of a group by its digits (strings/decimal.cc, dig2bytes). */
const groupBytes = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4] as const;

/** Groups of nine digits in four bytes each, the incomplete ones outermost; big-endian; the first bit is the sign, a negative number is inverted. */
export function decimalReader(precision: number, scale: number): ReadValue {
  if (scale > precision || precision > 81) throw new MalformedBytes(`decimal(${precision},${scale})`);
  const groups = [...wholeGroups(precision - scale), ...wholeGroups(scale).toReversed()];
  const wholeCount = wholeGroups(precision - scale).length;
  const size = groups.reduce((sum, digits) => sum + (groupBytes[digits] ?? 4), 0);
  return (cursor) => {
    const { buffer } = cursor;
    let offset = cursor.skip(size);
    const end = offset + size;
    const negative = ((buffer[offset] as number) & 0x80) === 0;
    const flip = negative ? 0xff : 0;
    let signBit = 0x80;
    let whole = "";
    let fraction = "";
    for (let index = 0; offset < end; index += 1) {
      const digits = groups[index] as number;
      let value = 0;
      for (const next = offset + (groupBytes[digits] as number); offset < next; offset += 1) {
        value = value * 256 + ((buffer[offset] as number) ^ flip ^ signBit);
        signBit = 0;
      }
      const text = String(value);
      if (text.length > digits) throw new MalformedBytes(`${text} in ${digits} digits of a decimal`);
      if (index >= wholeCount) fraction += text.padStart(digits, "0");
      else if (whole !== "") whole += text.padStart(digits, "0");
      else if (value !== 0) whole = text;
    }
    return `${negative ? "-" : ""}${whole || "0"}${scale === 0 ? "" : `.${fraction}`}`;
  };
}

/** The incomplete group first, as in the whole part of a number. */
function wholeGroups(digits: number): number[] {
  const full = Array.from({ length: Math.floor(digits / digitsPerGroup) }, () => digitsPerGroup);
  return digits % digitsPerGroup === 0 ? full : [digits % digitsPerGroup, ...full];
}

// capture: an SQL value inside a JSON document that JSON has no type for (decimal, time, bytes) -> the server's text for it.
import { ByteCursor, MalformedBytes } from "./byte-cursor.ts";
import { columnType } from "./column-type.ts";
import { decimalReader } from "./number-values.ts";
import { clockText, dateText, fractionText } from "./time-values.ts";

export function opaqueText(cursor: ByteCursor): string {
  const type = cursor.uint8();
  const start = skipVariable(cursor);
  const bytes = cursor.buffer.subarray(start, cursor.offset);
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

/** Moves over a length of 7 bits to the byte, the lowest first, and that many bytes; gives where these begin. */
export function skipVariable(cursor: ByteCursor): number {
  let length = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = cursor.uint8();
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return cursor.skip(length);
  }
  throw new MalformedBytes("a JSON length without an end");
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

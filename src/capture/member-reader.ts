// capture: an ENUM or SET column -> what reads its values: the names of the members, as the log gives them.
import type { RawBytes } from "../model/raw-transaction.ts";
import { MalformedBytes } from "./byte-cursor.ts";
import { toText } from "./column-text.ts";
import { type ColumnDescription, columnType } from "./column-type.ts";
import type { ReadValue } from "./number-values.ts";

export function memberReader(column: ColumnDescription, sqlType: string): ReadValue {
  const members = column.members.map((bytes) => toText(column, bytes, 0, bytes.length, sqlType));
  const size = column.second;
  if (column.type === columnType.enum) {
    return (cursor) => {
      const index = cursor.uint(size);
      // What was no member when it was written; the server shows it as ''.
      if (index === 0) return "";
      const member = members[index - 1];
      if (member === undefined) throw new MalformedBytes(`member ${index} of ${members.length} of an ENUM`);
      return member;
    };
  }
  return (cursor) => {
    const bits = cursor.take(size);
    const chosen = members.filter((_, bit) => ((bits[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0);
    const set = bits.reduce((sum, byte) => sum + bitCount(byte), 0);
    if (set !== chosen.length) throw new MalformedBytes(`${set} members of a SET that has fewer`);
    const texts = chosen.filter((member) => typeof member === "string");
    if (texts.length === chosen.length) return texts.join(",");
    const parts = column.members.filter((_, bit) => chosen.includes(members[bit] as string | RawBytes));
    const comma = Buffer.from(",");
    const first = chosen.find((member) => typeof member !== "string");
    return { ...first, bytes: Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [comma, part]))) };
  };
}

function bitCount(byte: number): number {
  let count = 0;
  for (let rest = byte; rest > 0; rest &= rest - 1) count += 1;
  return count;
}

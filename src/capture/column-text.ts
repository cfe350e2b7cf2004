// capture: the bytes of a text column -> its text, or the bytes with what is known of them.
import type { RawBytes } from "../model/raw-transaction.ts";
import type { ColumnDescription } from "./column-type.ts";
import { textDecoderOf } from "./text-decoder.ts";

/** What the bytes say in their own character set; where that is not known or not certain, the bytes. */
export function toText(
  column: ColumnDescription,
  bytes: Buffer,
  start: number,
  end: number,
  type: string,
): string | RawBytes {
  const { charset, collation } = column;
  const text = charset === undefined ? undefined : textDecoderOf(charset)?.(bytes, start, end);
  if (typeof text === "string") return text;
  return {
    bytes: bytes.subarray(start, end),
    type,
    ...(charset === undefined ? { collation: collation ?? 0 } : { charset }),
  };
}

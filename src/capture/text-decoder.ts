// capture: the bytes of a text -> the characters the server shows for them; null where they are not text in that character set.
// Never a replacement character: U+FFFD comes out only where the column holds one.
import { isAscii, isUtf8 } from "node:buffer";
import { createTableDecoder, tableCharsetNames } from "./charset-table-decoder.ts";

export type DecodeText = (bytes: Buffer, start: number, end: number) => string | null;

const decoders = new Map<string, DecodeText>([
  ["utf8mb4", decodeUtf8],
  ["utf8mb3", decodeUtf8],
  ["ascii", decodeAscii],
  ["ucs2", decodeUcs2],
  ["utf16", decodeUtf16],
  ["utf16le", decodeUtf16le],
  ["utf32", decodeUtf32],
]);

/** undefined: a character set this version does not know. */
export function textDecoderOf(charset: string): DecodeText | undefined {
  let decoder = decoders.get(charset);
  if (decoder === undefined && tableCharsetNames.has(charset)) {
    decoder = createTableDecoder(charset);
    decoders.set(charset, decoder);
  }
  return decoder;
}

export function decodeUtf8(bytes: Buffer, start: number, end: number): string | null {
  const text = bytes.toString("utf8", start, end);
  return text.includes("\uFFFD") && !isUtf8(bytes.subarray(start, end)) ? null : text;
}

function decodeAscii(bytes: Buffer, start: number, end: number): string | null {
  return isAscii(bytes.subarray(start, end)) ? bytes.toString("latin1", start, end) : null;
}

function decodeUtf16(bytes: Buffer, start: number, end: number): string | null {
  if ((end - start) % 2 !== 0) return null;
  // A copy: the bytes of the log stay as they are.
  const text = Buffer.from(bytes.subarray(start, end)).swap16().toString("utf16le");
  return text.isWellFormed() ? text : null;
}

function decodeUtf16le(bytes: Buffer, start: number, end: number): string | null {
  if ((end - start) % 2 !== 0) return null;
  const text = bytes.toString("utf16le", start, end);
  return text.isWellFormed() ? text : null;
}

const surrogate = /[\uD800-\uDFFF]/;

/** ucs2 knows no pairs: half a character each is what the server reads. */
function decodeUcs2(bytes: Buffer, start: number, end: number): string | null {
  const text = decodeUtf16(bytes, start, end);
  return text === null || surrogate.test(text) ? null : text;
}

function decodeUtf32(bytes: Buffer, start: number, end: number): string | null {
  if ((end - start) % 4 !== 0) return null;
  let text = "";
  for (let offset = start; offset < end; offset += 4) {
    const code = bytes.readUInt32BE(offset);
    if (code > 0x10_ffff || (code >= 0xd800 && code <= 0xdfff)) return null;
    text += String.fromCodePoint(code);
  }
  return text;
}

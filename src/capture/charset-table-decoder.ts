// capture: the name of a character set that needs a table -> what turns its bytes into text, exactly as the server does, or null.
import { isAscii } from "node:buffer";
import { brotliDecompressSync } from "node:zlib";
import { packedTables, tableCharsets } from "./charset-tables.ts";
import type { DecodeText } from "./text-decoder.ts";

export const tableCharsetNames: ReadonlySet<string> = new Set(tableCharsets.map(([name]) => name));

const firstLead = 0x80;
const firstTrail = 0x40;
const trails = 0x100 - firstTrail;
const firstThird = 0xa0;
const thirds = 0x100 - firstThird;
/** Begins a character of three bytes in ujis and eucjpms. */
const threeByteLead = 0x8f;

interface CharsetTable {
  /** 0 where undefined. */
  single: Uint16Array;
  double: Uint16Array | undefined;
  triple: Uint16Array | undefined;
}

export function createTableDecoder(charset: string): DecodeText {
  const table = readTable(charset);
  const quadruple = charset === "gb18030" && table.double !== undefined ? remainingCharacters(table.double) : undefined;
  // swe7 has Swedish letters where ASCII has brackets.
  const asciiIsItself = table.single.subarray(0, 0x80).every((code, byte) => code === byte);
  return (bytes, start, end) => {
    if (asciiIsItself && isAscii(bytes.subarray(start, end))) return bytes.toString("latin1", start, end);
    const text = Buffer.allocUnsafe((end - start) * 2);
    let length = 0;
    for (let offset = start; offset < end;) {
      const first = bytes[offset] as number;
      const left = end - offset;
      let code = table.single[first] ?? 0;
      let width = 1;
      if (code === 0 && first !== 0 && left >= 2) {
        const second = bytes[offset + 1] as number;
        code = table.double?.[(first - firstLead) * trails + second - firstTrail] ?? 0;
        if (second < firstTrail) code = 0;
        width = 2;
        if (code === 0 && first === threeByteLead && left >= 3) {
          const third = bytes[offset + 2] as number;
          if (second >= firstThird && third >= firstThird)
            code = table.triple?.[(second - firstThird) * thirds + third - firstThird] ?? 0;
          width = 3;
        } else if (code === 0 && quadruple !== undefined && left >= 4) {
          code = readFourBytes(bytes, offset, quadruple);
          width = 4;
        }
      }
      if (code === 0 && first !== 0) return null;
      if (code > 0xffff) {
        length = text.writeUInt16LE(0xd800 + ((code - 0x1_0000) >> 10), length);
        length = text.writeUInt16LE(0xdc00 + ((code - 0x1_0000) & 0x3ff), length);
      } else {
        length = text.writeUInt16LE(code, length);
      }
      offset += width;
    }
    return text.toString("utf16le", 0, length);
  };
}

let unpacked: Map<string, CharsetTable> | undefined;

function readTable(charset: string): CharsetTable {
  unpacked ??= unpack();
  const table = unpacked.get(charset);
  if (table === undefined) throw new Error(`bug: no table of ${charset}`);
  return table;
}

function unpack(): Map<string, CharsetTable> {
  const bytes = brotliDecompressSync(Buffer.from(packedTables, "base64"));
  let offset = 0;
  const next = (count: number): Uint16Array => {
    const codes = Uint16Array.from({ length: count }, (_, index) => bytes.readUInt16LE(offset + index * 2));
    offset += count * 2;
    return codes;
  };
  const tables = new Map<string, CharsetTable>();
  for (const [name, width] of tableCharsets) {
    tables.set(name, {
      single: next(0x100),
      double: width > 1 ? next((0x100 - firstLead) * trails) : undefined,
      triple: width === 3 ? next(thirds * thirds) : undefined,
    });
  }
  return tables;
}

/** In 2005 the two changed places: the first one has had two bytes since, the second one took over its four. */
const moved = { from: 0x1e3f, to: 0xe7c7 } as const;

/** gb18030 numbers, in four bytes, every 16-bit character that has no shorter form: in order, without surrogates. */
function remainingCharacters(double: Uint16Array): Uint16Array {
  const taken = new Set(double);
  taken.delete(moved.from);
  taken.add(moved.to);
  const codes: number[] = [];
  for (let code = 0x80; code <= 0xffff; code += 1) {
    if (!taken.has(code) && (code < 0xd800 || code > 0xdfff)) codes.push(code === moved.from ? moved.to : code);
  }
  return Uint16Array.from(codes);
}

/** Characters beyond 16 bits begin here, 90 30 81 30. */
const supplementaryFrom = 189_000;

function readFourBytes(bytes: Buffer, offset: number, remaining: Uint16Array): number {
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes.subarray(offset, offset + 4);
  const digits = second >= 0x30 && second <= 0x39 && fourth >= 0x30 && fourth <= 0x39;
  if (!digits || first < 0x81 || first > 0xfe || third < 0x81 || third > 0xfe) return 0;
  const number = ((first - 0x81) * 10 + second - 0x30) * 1260 + (third - 0x81) * 10 + fourth - 0x30;
  if (number < supplementaryFrom) return remaining[number] ?? 0;
  const code = number - supplementaryFrom + 0x1_0000;
  return code <= 0x10_ffff ? code : 0;
}

// Asks a MySQL server which character each byte sequence of its character sets is, and writes the answer to
// src/capture/charset-tables.ts: `node scripts/generate-charset-tables.ts mysql://root@127.0.0.1:3306`.
// No library's idea of latin1 or sjis is the server's own; MySQL 9.7 and MariaDB 10.11 give the same tables.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";

/** Unicode and binary need no table. */
const computed = new Set(["binary", "utf8mb3", "utf8mb4", "ucs2", "utf16", "utf16le", "utf32"]);
/** Second and third bytes that a table has room for: this one to 255. */
const firstTrail = 0x40;
const firstThird = 0xa0;
const undefinedCharacter = 0;

async function main(url: string): Promise<void> {
  const connection = await createConnection(url);
  await connection.query("CREATE DATABASE charset_tables");
  try {
    await connection.query("USE charset_tables");
    const [charsets] = await connection.query<RowDataPacket[]>("SHOW CHARACTER SET");
    const list = charsets
      .map((row) => ({ name: row["Charset"] as string, width: row["Maxlen"] as number }))
      .filter(({ name }) => !computed.has(name))
      .sort((a, b) => a.width - b.width || (a.name < b.name ? -1 : 1));
    const tables: Buffer[] = [];
    for (const { name, width } of list) tables.push(await readTable(connection, name, sequences(width)));
    write(list, Buffer.concat(tables));
  } finally {
    await connection.query("DROP DATABASE charset_tables");
    await connection.end();
  }
}

/** Every byte sequence with a place in the table, in the order of the table. Longer ones of gb18030 are computed. */
function sequences(width: number): Buffer[] {
  const list: Buffer[] = [];
  for (let first = 0; first < 256; first += 1) list.push(Buffer.of(first));
  if (width === 1) return list;
  for (let lead = 0x80; lead < 256; lead += 1) {
    for (let trail = firstTrail; trail < 256; trail += 1) list.push(Buffer.of(lead, trail));
  }
  if (width !== 3) return list;
  for (let second = firstThird; second < 256; second += 1) {
    for (let third = firstThird; third < 256; third += 1) list.push(Buffer.of(0x8f, second, third));
  }
  return list;
}

async function readTable(connection: Connection, charset: string, list: readonly Buffer[]): Promise<Buffer> {
  await connection.query("CREATE TABLE sequence (id INT PRIMARY KEY AUTO_INCREMENT, raw VARBINARY(3))");
  for (let from = 0; from < list.length; from += 5000) {
    await connection.query("INSERT INTO sequence (raw) VALUES ?", [list.slice(from, from + 5000).map((raw) => [raw])]);
  }
  const text = `CONVERT(raw USING ${charset})`;
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT raw, HEX(CONVERT(${text} USING utf32)) AS code, CHAR_LENGTH(${text}) AS length, HEX(${text}) = HEX(raw) AS same
     FROM sequence ORDER BY id`,
  );
  await connection.query("DROP TABLE sequence");
  const table = Buffer.alloc(list.length * 2);
  rows.forEach((row, index) => {
    const code = Number.parseInt(String(row["code"]), 16);
    const isQuestionMark = list[index]?.equals(Buffer.of(0x3f)) === true;
    // What the server cannot convert it shows as a question mark.
    const known = row["length"] === 1 && row["same"] === 1 && code <= 0xffff && (code !== 0x3f || isQuestionMark);
    table.writeUInt16LE(known ? code : undefinedCharacter, index * 2);
  });
  return table;
}

function write(list: readonly { name: string; width: number }[], bytes: Buffer): void {
  const { BROTLI_PARAM_LGWIN: window, BROTLI_PARAM_SIZE_HINT: hint } = constants;
  const packed = brotliCompressSync(bytes, { params: { [window]: 24, [hint]: bytes.length } });
  const lines = [
    "// capture: what each byte sequence of the server's character sets means, as the server itself says. Taken by text-decoder.ts.",
    "// Made by scripts/generate-charset-tables.ts; not edited by hand.",
    "",
    "/** In the order of the tables: name and bytes of the longest character. */",
    "export const tableCharsets: readonly (readonly [name: string, width: number])[] = [",
    ...list.map(({ name, width }) => `  ["${name}", ${width}],`),
    "];",
    "",
    "/** 16-bit characters, little-endian, 0 for undefined, brotli in base64. Per character set: all single bytes; where there are longer",
    " *  sequences, all with leads 80-FF and trails 40-FF; where there are three bytes, 8F and two of A0-FF. */",
    `export const packedTables =\n  "${packed.toString("base64")}";`,
    "",
  ];
  writeFileSync(join(import.meta.dirname, "../src/capture/charset-tables.ts"), lines.join("\n"));
}

await main(process.argv[2] ?? "");

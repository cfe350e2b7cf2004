// What columns of a character set are filled with: bytes that may be characters, and characters.
import type { Source } from "./source.ts";

/** Byte sequences in a table, from which columns of a character set are filled. */
export async function fillRaw(source: Source, table: string, values: readonly Buffer[]): Promise<void> {
  await source.run(`CREATE TABLE ${table} (id INT PRIMARY KEY AUTO_INCREMENT, bytes VARBINARY(16))`);
  for (let from = 0; from < values.length; from += 5_000) {
    await source.connection.query(`INSERT INTO ${table} (bytes) VALUES ?`, [
      values.slice(from, from + 5_000).map((each) => [each]),
    ]);
  }
}

/** Every byte, every pair that could be a character, every three bytes of ujis. */
export function byteSequences(): Buffer[] {
  const list = Array.from({ length: 256 }, (_, byte) => Buffer.of(byte));
  for (let lead = 0x80; lead < 0x100; lead += 1)
    for (let trail = 0x40; trail < 0x100; trail += 1) list.push(Buffer.of(lead, trail));
  for (let second = 0xa0; second < 0x100; second += 1)
    for (let third = 0xa0; third < 0x100; third += 1) list.push(Buffer.of(0x8f, second, third));
  return list;
}

/** Every sixteenth character of 16 bits but surrogates, and the edges, each as utf32 and after another one. */
export function codePoints(): Buffer[] {
  const edges = [0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xe7c7, 0x1e3f, 0xfeff, 0xfffd, 0xfffe, 0xffff];
  const codes = [...edges, ...Array.from({ length: 0x1000 }, (_, code) => code * 16)].filter(
    (code) => code < 0xd800 || code > 0xdfff,
  );
  return [...codes, 0x1_0000, 0x1_f48a, 0x2_0000, 0x10_fffe, 0x10_ffff].map((code) => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32BE(0x61);
    bytes.writeUInt32BE(code, 4);
    return bytes;
  });
}

// capture: a collation id of the log -> the character set of the text. Ids are only ever added, so one not known here is refused by its number.
// Source: information_schema.COLLATIONS of MySQL 9.7 and MariaDB 10.11, which give no id two meanings.

/** Name -> bytes of its longest character, and ids below 1024. */
const charsets: Record<string, readonly [width: number, ids: string]> = {
  armscii8: [1, "32 64"],
  ascii: [1, "11 65"],
  big5: [2, "1 84"],
  binary: [1, "63"],
  cp1250: [1, "26 34 44 66 99"],
  cp1251: [1, "14 23 50-52"],
  cp1256: [1, "57 67"],
  cp1257: [1, "29 58-59"],
  cp850: [1, "4 80"],
  cp852: [1, "40 81"],
  cp866: [1, "36 68"],
  cp932: [2, "95-96"],
  dec8: [1, "3 69"],
  eucjpms: [3, "97-98"],
  euckr: [2, "19 85"],
  gb18030: [4, "248-250"],
  gb2312: [2, "24 86"],
  gbk: [2, "28 87"],
  geostd8: [1, "92-93"],
  greek: [1, "25 70"],
  hebrew: [1, "16 71"],
  hp8: [1, "6 72"],
  keybcs2: [1, "37 73"],
  koi8r: [1, "7 74"],
  koi8u: [1, "22 75"],
  latin1: [1, "5 8 15 31 47-49 94"],
  latin2: [1, "2 9 21 27 77"],
  latin5: [1, "30 78"],
  latin7: [1, "20 41-42 79"],
  macce: [1, "38 43"],
  macroman: [1, "39 53"],
  sjis: [2, "13 88"],
  swe7: [1, "10 82"],
  tis620: [1, "18 89"],
  ucs2: [2, "35 90 128-151 159 640-642"],
  ujis: [3, "12 91"],
  utf16: [4, "54-55 101-124 672-674"],
  utf16le: [4, "56 62"],
  utf32: [4, "60-61 160-183 736-738"],
  utf8mb3: [3, "33 76 83 192-215 223 576-578"],
  utf8mb4: [4, "45-46 224-247 255-271 273-275 277-294 296-298 300 303-323 608-610"],
};

/** MariaDB: the same collation with NO PAD is 1024 further on. */
const nopadFrom = 1024;
/** MariaDB's UCA 14.0.0 collations: 256 ids for each of these character sets (strings/ctype-uca1400.h). */
const uca1400From = 2048;
const uca1400Charsets = ["utf8mb3", "utf8mb4", "ucs2", "utf16", "utf32"] as const;

const charsetById = new Map<number, string>();
for (const [name, [, ids]] of Object.entries(charsets)) {
  for (const range of ids.split(" ")) {
    const [first = 0, last = first] = range.split("-").map(Number);
    for (let id = first; id <= last; id += 1) charsetById.set(id, name);
  }
}

/** undefined: not known. */
export function charsetOfCollation(id: number): string | undefined {
  if (id >= uca1400From) return uca1400Charsets[(id - uca1400From) >> 8];
  return charsetById.get(id >= nopadFrom ? id - nopadFrom : id);
}

/** Bytes of its longest character. */
export function charsetWidth(charset: string | undefined): number {
  return charsets[charset ?? ""]?.[0] ?? 1;
}

// Before a log file is opened: undoes a rotation that was cut by a kill or a full disk, so that every file is whole and no line is
// there twice. The library compresses app.log into app.log.1.gz and removes app.log after that: until then app.log has it all.
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { basename, dirname } from "node:path";
import { constants, gunzipSync } from "node:zlib";

/** @param filesMax compressed ones that are kept */
export function settleLogFiles({ path, filesMax }: { path: string; filesMax: number }): void {
  if (isCopy(path, `${path}.1.gz`)) rmSync(`${path}.1.gz`);
  closeHoles(path, filesMax);
  cutTornLine(path);
}

/** Whether the compressed file is the beginning of the other one, or all of it. */
function isCopy(path: string, compressed: string): boolean {
  const [log, old] = [path, compressed].map((file) => statSync(file, { throwIfNoEntry: false }));
  // In peace the log was written after it; only else is it worth reading both.
  if (!log?.isFile() || !old?.isFile() || old.mtimeMs < log.mtimeMs) return false;
  const unpacked = unpack(compressed);
  return unpacked === undefined || readFileSync(path).subarray(0, unpacked.length).equals(unpacked);
}

/** Also of a file that ends in the middle; undefined where nothing of it can be read. */
function unpack(compressed: string): Buffer | undefined {
  try {
    return gunzipSync(readFileSync(compressed), { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return undefined;
  }
}

/** The rotation that was cut had moved the others by one; it will be made again. More than are kept go. */
function closeHoles(path: string, filesMax: number): void {
  const name = basename(path);
  const numbers = readdirSync(dirname(path))
    .filter((file) => file.startsWith(`${name}.`) && /^\.[1-9]\d*\.gz$/.test(file.slice(name.length)))
    .map((file) => Number.parseInt(file.slice(name.length + 1), 10))
    .sort((a, b) => a - b);
  for (const [index, number] of numbers.entries()) {
    const place = index + 1;
    if (place > filesMax) rmSync(`${path}.${number}.gz`);
    else if (place !== number) renameSync(`${path}.${number}.gz`, `${path}.${place}.gz`);
  }
}

/** Longer than any line. */
const tailBytes = 1024 * 1024;

/** A disk that was full took the beginning of a line. */
function cutTornLine(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size === 0) return;
  const from = Math.max(0, stat.size - tailBytes);
  const tail = Buffer.alloc(stat.size - from);
  const file = openSync(path, "r");
  try {
    readSync(file, tail, 0, tail.length, from);
  } finally {
    closeSync(file);
  }
  const end = tail.lastIndexOf("\n") + 1;
  if (end < tail.length && (end > 0 || from === 0)) truncateSync(path, from + end);
}

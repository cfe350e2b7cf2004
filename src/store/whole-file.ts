// store: files that must be whole or not be: read for their SHA-256, made durable, and what room there is for them.
import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, readSync, statfsSync, writeSync } from "node:fs";
import "../lib/disposable-stack.ts";
import { AppError } from "../model/app-error.ts";

const chunkBytes = 1_048_576;

/** Reads the file to its end, and has it on the disk. @param copyTo a new file that is given the same bytes, on the disk too */
export function hashFile(path: string, onProgress: (bytes: number) => void, copyTo?: string): string {
  using cleanup = new DisposableStack();
  const source = cleanup.adopt(openSync(path, "r"), closeSync);
  const target = copyTo === undefined ? undefined : cleanup.adopt(openSync(copyTo, "wx", 0o600), closeSync);
  const digest = createHash("sha256");
  const buffer = Buffer.allocUnsafe(chunkBytes);
  let read = 0;
  for (let bytes = readSync(source, buffer); bytes > 0; bytes = readSync(source, buffer)) {
    const chunk = buffer.subarray(0, bytes);
    digest.update(chunk);
    if (target !== undefined) writeAll(target, chunk);
    read += bytes;
    onProgress(read);
  }
  fsyncSync(target ?? source);
  return digest.digest("hex");
}

function writeAll(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}

/** A file's bytes, or a folder's names, are on the disk when this returns. */
export function syncPath(path: string): void {
  using cleanup = new DisposableStack();
  fsyncSync(cleanup.adopt(openSync(path, "r"), closeSync));
}

/** The disk is full, the folder may not be written, the file system failed: in words. Anything else passes through. */
export function toFileError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || typeof (error as NodeJS.ErrnoException).syscall !== "string") return error;
  return new AppError("store.write_failed", `cannot write ${path}: ${error.message}`, {
    hint: "Check the folder, its permissions and the free space, then run it again.",
    cause: error,
  });
}

/** Bytes that this user can still write on the file system of a path. */
export function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

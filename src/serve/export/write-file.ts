// serve/export: a stream of bytes -> a file with its manifest beside it. The file has its name only when all of it is there.
import { existsSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { AppError } from "../../model/app-error.ts";
import type { ExportManifest } from "./event-stream.ts";

export interface WrittenExport {
  file: string;
  manifest_file: string;
}

/** @throws usage.argument when the file is there and may not be replaced, or cannot be written */
export async function writeExportFile(
  file: string,
  { chunks, manifest }: { chunks: AsyncIterable<Uint8Array>; manifest: () => ExportManifest | undefined },
  { force, signal }: { force: boolean; signal?: AbortSignal },
): Promise<WrittenExport> {
  const manifest_file = `${file}.manifest.json`;
  const parts = [file, manifest_file].map((path) => `${path}.${process.pid}.part`);
  const [part = "", manifestPart = ""] = parts;
  if (!force) refuseToReplace(file);
  try {
    await writeWhole(part, withSignal(chunks, signal));
    await writeWhole(manifestPart, [Buffer.from(`${JSON.stringify(manifest(), null, 2)}\n`)]);
    // Somebody may have made one meanwhile.
    if (!force) refuseToReplace(file);
    await rename(part, file);
    await rename(manifestPart, manifest_file);
    return { file, manifest_file };
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).syscall !== "string") throw error;
    throw new AppError("usage.argument", `cannot write ${file}: ${(error as Error).message}`, {
      hint: "Check the folder, its permissions and the free space; nothing half written was left.",
      cause: error,
    });
  } finally {
    for (const path of parts) await rm(path, { force: true });
  }
}

function refuseToReplace(file: string): void {
  if (!existsSync(file)) return;
  throw new AppError("usage.argument", `${file} is there already`, {
    hint: "Give another --out, or --force to replace it.",
  });
}

async function writeWhole(path: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
  await using file = await open(path, "w");
  for await (const chunk of chunks) await file.writeFile(chunk);
  await file.sync();
}

async function* withSignal(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    if (signal?.aborted === true)
      throw new AppError("usage.argument", "interrupted", { hint: "Nothing half written was left." });
    yield chunk;
  }
}

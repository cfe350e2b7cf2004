// store: a store that may be being written -> verified copies of its files in a folder, and what the manifest says of them.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import "../lib/disposable-stack.ts";
import { AppError } from "../model/app-error.ts";
import {
  backupFiles,
  backupFormat,
  backupFormatVersion,
  type BackupManifest,
  type BackupProgress,
} from "../model/backup.ts";
import type { VerifyReport } from "../model/trace.ts";
import { copyDatabase, findFault } from "./copy-database.ts";
import {
  checkNotNewer,
  findingsSchema,
  readSchemaVersion,
  type Schema,
  serviceSchema,
  storeSchema,
} from "./migrations.ts";
import { openStoreReader } from "./open-store.ts";
import { prepareSource } from "./source.ts";
import { withStoreErrors } from "./sqlite-error.ts";
import { freeBytes, hashFile, syncPath } from "./whole-file.ts";

export const schemaOf = {
  findings: findingsSchema,
  service: serviceSchema,
  ledger: storeSchema,
} as const satisfies Record<(typeof backupFiles)[number]["what"], Schema>;

/** Beside the files themselves: the manifest, and what the file system needs. */
const slackBytes = 1_048_576;

export type BackupContent = Omit<BackupManifest, "version" | "taken_at">;

interface Part {
  name: (typeof backupFiles)[number]["name"];
  from: string;
  to: string;
  bytes: number;
  schema: number;
}

/**
 * @param folder is made; what is in it when this throws is not a backup
 * @throws verify.failed, store.missing, store.newer, store.damaged, store.write_failed
 */
export async function copyStore(store: string, folder: string, onProgress: BackupProgress): Promise<BackupContent> {
  const parts = listParts(store, folder);
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  checkRoom(folder, total);
  mkdirSync(folder, { mode: 0o700 });
  let done = 0;
  for (const { from, to, bytes } of parts) {
    const before = done;
    await copyDatabase(from, to, (copied) => onProgress("copying", Math.min(total, before + copied), total));
    done += bytes;
  }
  const ledger = join(folder, "ledger.db");
  const report = verifyCopy(ledger, onProgress);
  for (const { from, to } of parts.filter((part) => part.to !== ledger)) {
    const fault = findFault(to);
    if (fault !== undefined) throw damaged(from, fault);
  }
  let hashed = 0;
  const files = parts.map(({ name, to, schema }) => {
    const before = hashed;
    const sha256 = hashFile(to, (bytes) => onProgress("hashing", Math.min(total, before + bytes), total));
    const { size: bytes } = statSync(to);
    hashed += bytes;
    return { name, schema, bytes, sha256 };
  });
  syncPath(folder);
  return { ...describe(store, ledger, report), files };
}

function listParts(store: string, folder: string): Part[] {
  return backupFiles.flatMap(({ name, what, suffix }) => {
    const from = `${store}${suffix}`;
    if (statSync(from, { throwIfNoEntry: false })?.isFile() !== true) {
      if (what !== "ledger") return [];
      throw new AppError("store.missing", `there is no store at ${store}`, {
        hint: "Give its path with --store or AUDIT_STORE.",
      });
    }
    const { version, bytes } = withStoreErrors(from, () => {
      using cleanup = new DisposableStack();
      const db = cleanup.adopt(new Database(from, { readonly: true }), (open) => open.close());
      const schema = readSchemaVersion(db, from, schemaOf[what]);
      checkNotNewer(schema, from, schemaOf[what]);
      const pages = db.pragma("page_count", { simple: true }) as number;
      return { version: schema, bytes: pages * (db.pragma("page_size", { simple: true }) as number) };
    });
    if (version > 0) return [{ name, from, to: join(folder, name), bytes, schema: version }];
    if (what !== "ledger") return [];
    throw new AppError("store.missing", `${from} is empty`, { hint: "`auditctl run` fills it." });
  });
}

/** @throws store.write_failed before a byte is written */
export function checkRoom(path: string, bytes: number): void {
  const folder = join(path, "..");
  const free = freeBytes(folder);
  if (free >= bytes + slackBytes) return;
  const mib = (value: number): string => `${Math.ceil(value / 1_048_576).toLocaleString("en-US")} MiB`;
  throw new AppError(
    "store.write_failed",
    `${folder} has ${mib(free)} free, the copy needs ${mib(bytes + slackBytes)}`,
    {
      hint: "Make room or choose another disk; nothing was written.",
    },
  );
}

/** @throws verify.failed with the first faults */
export function verifyCopy(ledger: string, onProgress: BackupProgress, anchor?: VerifyReport["head"]): VerifyReport {
  using reader = openStoreReader(ledger);
  const report = reader.verify({
    onProgress: (done, total) => onProgress("verifying", done, total),
    ...(anchor === undefined || anchor.entry_id === 0 ? {} : { anchor }),
  });
  if (report.ok) return report;
  const faults = report.faults.slice(0, 5).map(({ place, message }) => `${place}: ${message}`);
  throw new AppError("verify.failed", `the trail does not verify: ${faults.join(" | ")}`, {
    hint: "Nothing was made of it. Keep the file as evidence; `auditctl verify` names every place, docs/backup.md what to do.",
    details: faults,
  });
}

export function damaged(path: string, fault: string): AppError {
  return new AppError("store.damaged", `${path} is damaged: ${fault}`, {
    hint: "Keep the file as evidence. It is not the trail, which has a file of its own: docs/backup.md says what to do.",
  });
}

function describe(store: string, ledger: string, report: VerifyReport): Omit<BackupContent, "files"> {
  using cleanup = new DisposableStack();
  const reader = cleanup.use(openStoreReader(ledger));
  const coverage = reader.coverage();
  const db = cleanup.adopt(new Database(ledger, { readonly: true }), (open) => open.close());
  const source = prepareSource(db).get.get();
  const first = db.prepare<[], Buffer>("SELECT hash FROM ledger_entry WHERE entry_id = 1").pluck().get();
  const { entries, change_events, business_events, head } = report;
  return {
    format: backupFormat,
    format_version: backupFormatVersion,
    store,
    source: source === undefined ? null : pickSource(source),
    trail: first?.toString("hex") ?? null,
    from_gtid_set: coverage?.from_gtid_set ?? null,
    to_gtid_set: coverage?.to_gtid_set ?? null,
    head,
    counts: { entries, change_events, business_events },
  };
}

function pickSource({
  flavor,
  version,
  server_id,
  address,
}: NonNullable<BackupManifest["source"]>): BackupManifest["source"] {
  return { flavor, version, server_id, address };
}

// Writes test/store/released/<version>/: a small backup as this version makes them, and the SHA-256 of its migrations. Run once, when
// a version is released; from then on a test holds every later version to it. A version that is there is only made anew with --again.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { systemClock } from "../src/lib/clock.ts";
import { packageRoot, packageVersion } from "../src/lib/package-root.ts";
import { runBackupTask } from "../src/pipeline/backup-task.ts";
import { takeBackup } from "../src/pipeline/take-backup.ts";
import { openStore } from "../src/store/open-store.ts";
import { openServiceStore } from "../src/store/service-store.ts";
import { appendReplay, now } from "../test/support/ledger.ts";
import { openTempFolder } from "../test/support/temp-folder.ts";
import { createTradeStore } from "../test/support/trade-store.ts";

const schemaFolders = ["store", "service", "findings"];

/** A bit of everything that a store holds. */
function fill(store: string): void {
  createTradeStore(store);
  appendReplay(store, 2, 2);
  {
    using writer = openStore(store);
    writer.note("gap", { reason: "the log was purged", from_gtid_set: "", to_gtid_set: null }, now);
    writer.note("stop", { reason: "asked to stop" }, now);
  }
  using service = openServiceStore(store);
  const reading = { at: now, face: "cli", reader: "local me", address: null, question: "trace", input: {} } as const;
  service.recordAccess([{ ...reading, outcome: "ok", items: 3, duration_ms: 1.5 }]);
}

function hashMigrations(): Record<string, string> {
  const files = schemaFolders.flatMap((folder) =>
    readdirSync(join(packageRoot, "schema", folder))
      .filter((name) => /^\d{4}_.*\.sql$/.test(name))
      .map((name) => `schema/${folder}/${name}`),
  );
  const hash = (file: string): string =>
    createHash("sha256")
      .update(readFileSync(join(packageRoot, file)))
      .digest("hex");
  return Object.fromEntries(files.map((file) => [file, hash(file)]));
}

const target = join(packageRoot, "test", "store", "released", packageVersion);
if (existsSync(target) && !process.argv.includes("--again")) {
  process.stderr.write(
    `${target} is there: a released version stays as it is. (--again, if it is not released yet.)\n`,
  );
  process.exit(1);
}
using folder = openTempFolder();
fill(folder.file("s.db"));
const backup = await takeBackup({
  store: folder.file("s.db"),
  to: folder.file("b"),
  keep: undefined,
  clock: systemClock,
  onProgress: () => {},
  signal: new AbortController().signal,
  runTask: runBackupTask,
});
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const { name } of backup.manifest.files)
  writeFileSync(join(target, `${name}.gz`), gzipSync(readFileSync(join(backup.folder, name)), { level: 9 }));
writeFileSync(join(target, "manifest.json"), `${JSON.stringify({ ...backup.manifest, store: "s.db" }, null, 2)}\n`);
writeFileSync(join(target, "migrations.json"), `${JSON.stringify(hashMigrations(), null, 2)}\n`);
process.stdout.write(`${target}\n`);

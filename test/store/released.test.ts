// What released versions wrote: each is migrated, verified, answered from and written on by this one; its migrations stay as they were.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { packageRoot } from "../../src/lib/package-root.ts";
import { backupFiles, type BackupManifest } from "../../src/model/backup.ts";
import { runBackupTask } from "../../src/pipeline/backup-task.ts";
import { createLocalAnswerer } from "../../src/pipeline/local-answerer.ts";
import { restoreBackup } from "../../src/pipeline/restore-backup.ts";
import { openFindings } from "../../src/store/findings-store.ts";
import { migrate, newestSchema, storeSchema } from "../../src/store/migrations.ts";
import { openStore, openStoreReader } from "../../src/store/open-store.ts";
import { openServiceStore } from "../../src/store/service-store.ts";
import { checkpointAt, createLedgerFile, now, transactionOf } from "../support/ledger.ts";
import { openTempFolder } from "../support/temp-folder.ts";

const released = join(import.meta.dirname, "released");
const versions = readdirSync(released);

function manifestOf(version: string): BackupManifest {
  return JSON.parse(readFileSync(join(released, version, "manifest.json"), "utf8")) as BackupManifest;
}

/** Beside each other, as a store's files are. */
function unpack(version: string, store: string): void {
  for (const { name, suffix } of backupFiles)
    writeFileSync(`${store}${suffix}`, gunzipSync(readFileSync(join(released, version, `${name}.gz`))));
}

describe.each(versions)("a store of version %s", (version) => {
  it("is migrated, verifies, answers, and goes on", async () => {
    using folder = openTempFolder({ small: true });
    const store = folder.file("s.db");
    unpack(version, store);
    const { counts, head } = manifestOf(version);
    {
      using writer = openStore(store);
      const last = checkpointAt(900);
      expect(writer.append([transactionOf(900)], last, now)).toBe(1);
      expect(writer.checkpoint()).toMatchObject(last);
    }
    expect(schemaVersionOf(store)).toBe(newestSchema(storeSchema));
    const reader = openStoreReader(store);
    await using answerer = createLocalAnswerer(reader);
    expect(reader.verify({ anchor: head })).toMatchObject({
      ok: true,
      faults: [],
      entries: counts.entries + 1,
      business_events: counts.business_events + 1,
    });
    const story = await answerer.ask("trace", { entity_type: "sale", entity_id: "S-1", limit: 50 });
    expect(story.timeline.length).toBeGreaterThan(0);
    const { items } = await answerer.ask("anomalies", {});
    expect(items.length).toBeGreaterThan(0);
    using findings = openFindings(store);
    findings.write(() => findings.putAlertMemory("gaps", { entry_id: 1 }));
    using service = openServiceStore(store);
    expect(service.listTokens()).toEqual([]);
  });

  it("and a backup of it, can be restored", async () => {
    using folder = openTempFolder({ small: true });
    const from = folder.file("backup");
    mkdirSync(from);
    writeFileSync(join(from, "manifest.json"), JSON.stringify(manifestOf(version)));
    for (const { name } of backupFiles)
      writeFileSync(join(from, name), gunzipSync(readFileSync(join(released, version, `${name}.gz`))));
    const signal = new AbortController().signal;
    const here = { runTask: runBackupTask, clock: systemClock, onProgress: () => {}, signal };
    const store = folder.file("s.db");
    await restoreBackup({ from, store, force: false, by: "local me", ...here });
    using reader = openStoreReader(store);
    expect(reader.verify()).toMatchObject({ ok: true });
  });

  it("was written by migrations that are still what they were", () => {
    const text = readFileSync(join(released, version, "migrations.json"), "utf8");
    for (const [file, sha256] of Object.entries(JSON.parse(text) as Record<string, string>)) {
      const found = createHash("sha256")
        .update(readFileSync(join(packageRoot, file)))
        .digest("hex");
      expect(
        { file, sha256: found },
        `${file} was released with ${version}: a change of the schema is a new file, numbered next. (Not released yet? node scripts/released-store.ts --again)`,
      ).toEqual({ file, sha256 });
    }
  });
});

describe("an older program", () => {
  it.each(backupFiles.map(({ what, suffix }) => ({ what, suffix })))(
    "refuses the $what of a newer one, and leaves it byte for byte",
    ({ suffix }) => {
      using folder = openTempFolder({ small: true });
      const store = folder.file("s.db");
      unpack(versions.at(-1) ?? "", store);
      const db = new Database(`${store}${suffix}`);
      db.pragma("user_version = 99");
      db.close();
      const before = readFileSync(`${store}${suffix}`);
      const open = { "": openStore, "-service": openServiceStore, "-findings": openFindings }[suffix];
      expect(() => open(store)).toThrow("schema 99, this program knows up to");
      expect(readFileSync(`${store}${suffix}`).equals(before)).toBe(true);
    },
  );
});

describe("a migration that fails", () => {
  it("leaves the file as it was, for the version that wrote it", () => {
    using folder = openTempFolder({ small: true });
    const store = folder.file("s.db");
    createLedgerFile(store, 3);
    const schemas = folder.file("schemas");
    mkdirSync(schemas);
    writeFileSync(join(schemas, "0001_ledger.sql"), readFileSync(join(storeSchema.folder, "0001_ledger.sql")));
    writeFileSync(join(schemas, "0002_more.sql"), "CREATE TABLE more (x); DROP VIEW canonical_event; DROP TABLE none;");
    using cleanup = new DisposableStack();
    const db = cleanup.adopt(new Database(store), (open) => open.close());
    expect(() => migrate(db, store, { ...storeSchema, folder: schemas })).toThrow("no such table: none");
    expect(schemaVersionOf(store)).toBe(1);
    using writer = openStore(store);
    expect(writer.append([transactionOf(4)], checkpointAt(4), now)).toBe(1);
    using reader = openStoreReader(store);
    expect(reader.verify()).toMatchObject({ ok: true });
  });
});

function schemaVersionOf(store: string): number {
  using cleanup = new DisposableStack();
  const db = cleanup.adopt(new Database(store, { readonly: true }), (open) => open.close());
  return db.pragma("user_version", { simple: true }) as number;
}

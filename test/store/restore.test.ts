// A backup put in a store's place: what is checked before, what is kept, and what a kill in the middle leaves.
import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import type { AppError } from "../../src/model/app-error.ts";
import type { BackupManifest } from "../../src/model/backup.ts";
import { runBackupTask } from "../../src/pipeline/backup-task.ts";
import { restoreBackup, type Restored } from "../../src/pipeline/restore-backup.ts";
import { takeBackup } from "../../src/pipeline/take-backup.ts";
import { openFindings } from "../../src/store/findings-store.ts";
import { openStore, openStoreReader } from "../../src/store/open-store.ts";
import { openServiceStore } from "../../src/store/service-store.ts";
import { checkpointAt, createLedgerFile, dumpEvents, now, tamper, transactionOf } from "../support/ledger.ts";
import { runAuditctl, runAuditctlProcess } from "../support/run-auditctl.ts";
import { armFileFault } from "../support/sync-file-fault.ts";
import { openTempFolder } from "../support/temp-folder.ts";

const made = openTempFolder({ small: true });
afterAll(() => made[Symbol.dispose]());
/** Made once: a backup of twelve sales, with a finding and a token, and the events in it. */
let backup = "";
let events = "";
let manifest: BackupManifest;

beforeAll(async () => {
  const store = made.file("s.db");
  createLedgerFile(store, 12);
  {
    using findings = openFindings(store);
    findings.write(() => findings.putAlertMemory("gaps", { entry_id: 7 }));
    using service = openServiceStore(store);
    service.recordAccess([]);
  }
  events = dumpEvents(store);
  const signal = new AbortController().signal;
  const options = { store, to: made.file("b"), keep: undefined, clock: systemClock, onProgress: () => {}, signal };
  const runTask = runBackupTask;
  ({ folder: backup, manifest } = await takeBackup({ ...options, runTask }));
});

async function restore(store: string, options: { from?: string; force?: boolean } = {}): Promise<Restored> {
  const signal = new AbortController().signal;
  const { from = backup, force = false } = options;
  const here = { runTask: runBackupTask, clock: systemClock, onProgress: () => {}, signal };
  return await restoreBackup({ from, store, force, by: "local me", ...here });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => "no error",
    (error: unknown) => (error as AppError).code ?? String(error),
  );
}

/** A copy that may be changed. @param mend whether the manifest is made to fit */
function changedBackup(folder: string, change: (copy: string) => void, mend: boolean): string {
  const copy = join(folder, "changed");
  cpSync(backup, copy, { recursive: true });
  change(copy);
  if (!mend) return copy;
  const sumOf = (name: string): string =>
    createHash("sha256")
      .update(readFileSync(join(copy, name)))
      .digest("hex");
  writeManifest(copy, { files: manifest.files.map((file) => ({ ...file, sha256: sumOf(file.name) })) });
  return copy;
}

function writeManifest(copy: string, fields: object): void {
  writeFileSync(join(copy, "manifest.json"), JSON.stringify({ ...manifest, ...fields }));
}

describe("a restored store", () => {
  it("holds what was backed up, goes on from there, and says in its chain and in every answer that it was restored", async () => {
    using folder = openTempFolder({ small: true });
    const store = folder.file("deep/s.db");
    const result = await runAuditctl(["restore", backup, "--store", store]);
    expect(result).toMatchObject({ status: 0, stderr: "" });
    expect(result.stdout).toContain("next: `auditctl run` reads on after");
    expect(
      readdirSync(folder.file("deep"))
        .filter((name) => !name.endsWith("-lock"))
        .sort(),
    ).toEqual(["s.db", "s.db-findings", "s.db-service"]);
    {
      using reader = openStoreReader(store);
      const { ok, head } = reader.verify({ anchor: manifest.head });
      expect({ ok, entry_id: head.entry_id }).toEqual({ ok: true, entry_id: manifest.head.entry_id + 1 });
      const status = reader.status();
      expect(status.capture).toMatchObject({ state: "STOPPED", reason: "restored from a backup" });
      expect(status.coverage?.limits).toEqual([expect.stringMatching(/^restored at .* by local .* from a backup of /)]);
      using findings = openFindings(store);
      expect(findings.alertMemory("gaps")).toEqual({ entry_id: 7 });
    }
    const others = (path: string): unknown[] =>
      (JSON.parse(dumpEvents(path)) as unknown[][]).map((rows, table) => (table === 0 ? rows.slice(0, 13) : rows));
    expect(others(store)).toEqual(JSON.parse(events));
    using writer = openStore(store);
    expect(writer.checkpoint()).toMatchObject(checkpointAt(12));
    expect(writer.append([transactionOf(12), transactionOf(13)], checkpointAt(13), now)).toBe(1);
  });

  it("takes no other store's place, but with force, and then that one is put aside whole", async () => {
    using folder = openTempFolder({ small: true });
    const store = folder.file("s.db");
    createLedgerFile(store, 3);
    const before = dumpEvents(store);
    const refused = await runAuditctl(["restore", backup, "--store", store, "--json"]);
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining("--force") as string });
    expect(dumpEvents(store)).toBe(before);
    const { put_aside } = await restore(store, { force: true });
    expect(put_aside).toMatch(/s\.db\.before-\d{4}-\d\d-\d\dT\d{6}Z$/);
    expect(dumpEvents(put_aside ?? "")).toBe(before);
    using reader = openStoreReader(store);
    expect(reader.status().coverage?.transactions).toBe(12);
  });

  it("takes the place of a file that is no store any more, which is kept as it is", async () => {
    using folder = openTempFolder({ small: true });
    const store = folder.file("s.db");
    writeFileSync(store, "not a database ".repeat(1_000));
    const { put_aside } = await restore(store, { force: true });
    expect(readFileSync(put_aside ?? "", "utf8")).toBe("not a database ".repeat(1_000));
  });

  it("goes where a folder can be, else it is told in words", async () => {
    using folder = openTempFolder({ small: true });
    writeFileSync(folder.file("file"), "");
    const result = await runAuditctl(["restore", backup, "--store", folder.file("file/s.db"), "--json"]);
    expect(result).toMatchObject({ status: 6, stderr: expect.stringContaining('"store.write_failed"') as string });
  });

  it.each(["writer", "reader"] as const)("is not put under a %s that has the store open", async (who) => {
    using folder = openTempFolder({ small: true });
    const store = folder.file("s.db");
    createLedgerFile(store, 3);
    const before = dumpEvents(store);
    {
      using open = who === "writer" ? openStore(store) : openStoreReader(store);
      if ("status" in open) open.status();
      expect(await codeOf(restore(store, { force: true }))).toBe("store.in_use");
    }
    expect(dumpEvents(store)).toBe(before);
    expect(await codeOf(restore(store, { force: true }))).toBe("no error");
  });
});

describe("a backup that is not as it was made", () => {
  const flip = (path: string, position: number): void => {
    const bytes = readFileSync(path);
    bytes[position] = (bytes[position] ?? 0) ^ 1;
    writeFileSync(path, bytes);
  };
  const inLedger = (copy: string): string => join(copy, "ledger.db");

  it.each<[string, (copy: string) => void, boolean, string]>([
    ["has a byte changed", (copy) => flip(inLedger(copy), 70_000), false, "store.damaged"],
    ["has findings with a byte changed", (copy) => flip(join(copy, "findings.db"), 5_000), false, "store.damaged"],
    ["was cut short", (copy) => truncateSync(inLedger(copy), 40_000), false, "store.damaged"],
    ["lacks a file", (copy) => rmSync(inLedger(copy)), false, "store.damaged"],
    [
      "was changed with its sums",
      (copy) => tamper(inLedger(copy), "UPDATE change_event SET after = '{}' WHERE change_id = 9"),
      true,
      "verify.failed",
    ],
    [
      "lost its end, with its sums",
      (copy) =>
        tamper(
          inLedger(copy),
          "DELETE FROM business_event_change WHERE business_id = 12",
          "DELETE FROM business_event WHERE business_id = 12",
          "DELETE FROM change_event WHERE entry_id = 13",
          "DELETE FROM ledger_entry WHERE entry_id = 13",
        ),
      true,
      "verify.failed",
    ],
    ["has no manifest", (copy) => rmSync(join(copy, "manifest.json")), false, "store.missing"],
    ["has half a manifest", (copy) => truncateSync(join(copy, "manifest.json"), 100), false, "store.damaged"],
    [
      "names a file outside",
      (copy) => writeManifest(copy, { files: [{ ...manifest.files[0], name: "../../x" }] }),
      false,
      "store.damaged",
    ],
    ["is of a newer form", (copy) => writeManifest(copy, { format_version: 2 }), false, "store.newer"],
    [
      "is of a newer schema",
      (copy) => writeManifest(copy, { files: manifest.files.map((file) => ({ ...file, schema: 99 })) }),
      false,
      "store.newer",
    ],
  ])("because it %s is refused, and nothing is there afterwards", async (_, change, mend, code) => {
    using folder = openTempFolder({ small: true });
    const from = changedBackup(folder.path, change, mend);
    expect(await codeOf(restore(folder.file("s.db"), { from }))).toBe(code);
    expect(readdirSync(folder.path).filter((name) => !name.endsWith("-lock"))).toEqual(["changed"]);
  });

  it("but a folder of backups, is told which one is the newest", async () => {
    using folder = openTempFolder({ small: true });
    await expect(restore(folder.file("s.db"), { from: made.file("b") })).rejects.toMatchObject({
      code: "store.missing",
      hint: `The newest backup in it is ${backup}.`,
    });
  });
});

describe("a restore that is killed", () => {
  /** Renamings of a restore over a store of three files: three aside, three into place. */
  const renamings = 6;

  it.each(Array.from({ length: renamings }, (_, index) => index + 1))(
    "at its renaming %i leaves no store that `run` would write to, and is made whole by running it again",
    async (atCall) => {
      using folder = openTempFolder({ small: true });
      const store = folder.file("s.db");
      createLedgerFile(store, 3);
      openFindings(store)[Symbol.dispose]();
      openServiceStore(store)[Symbol.dispose]();
      {
        using fault = armFileFault(atCall);
        await expect(restore(store, { force: true })).rejects.toThrow(`fault at call ${atCall}`);
        expect(fault.calls()).toBe(atCall);
      }
      expect(() => openStore(store)).toThrow("a restore of");
      // Without --force: what is there is half of something.
      await restore(store);
      using reader = openStoreReader(store);
      expect(reader.verify()).toMatchObject({ ok: true, change_events: 26 });
      // The store that was there is whole, under one name or two.
      const kept = readdirSync(folder.path).filter((name) => name.includes(".before-"));
      expect(kept.some((name) => /Z(-\d)?$/.test(name) && transactionsOf(folder.file(name)) === 3)).toBe(true);
      expect(readdirSync(folder.path).filter((name) => name.includes("restoring"))).toEqual([]);
    },
  );

  it("for good, by the system, is made whole by the next one", async () => {
    using folder = openTempFolder({ small: true });
    const store = folder.file("s.db");
    createLedgerFile(store, 3);
    const killer = folder.file("killer.mjs");
    writeFileSync(
      killer,
      `import fs from "node:fs"; import { syncBuiltinESMExports } from "node:module";
       const real = fs.renameSync; let calls = 0;
       fs.renameSync = (...args) => { real(...args); calls += 1; if (calls === 2) process.kill(process.pid, "SIGKILL"); };
       syncBuiltinESMExports();`,
    );
    const killed = await runAuditctlProcess(["restore", backup, "--store", store, "--force"], { preload: killer });
    expect(killed.status).toBe(null);
    expect(existsSync(`${store}-restoring.d`)).toBe(true);
    expect(() => openStore(store)).toThrow("a restore of");
    await restore(store);
    expect(transactionsOf(store)).toBe(12);
    expect(readdirSync(folder.path).filter((name) => name.includes("restoring"))).toEqual([]);
  });
});

function transactionsOf(store: string): number | undefined {
  using reader = openStoreReader(store);
  return reader.status().coverage?.transactions;
}

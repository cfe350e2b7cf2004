// Backups of a store that is written, of one that is not, of one that was tampered with; what stays when they fail.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { backupManifestSchema } from "../../src/model/backup.ts";
import { runBackupTask } from "../../src/pipeline/backup-task.ts";
import { runBackupThread } from "../../src/pipeline/backup-thread.ts";
import { type BackupOptions, takeBackup, type TakenBackup } from "../../src/pipeline/take-backup.ts";
import { openFindings } from "../../src/store/findings-store.ts";
import { openStoreReader } from "../../src/store/open-store.ts";
import { openServiceStore } from "../../src/store/service-store.ts";
import { createLedgerFile, dumpEvents, tamper } from "../support/ledger.ts";
import { runAuditctl } from "../support/run-auditctl.ts";
import { openSmallDisk } from "../support/small-disk.ts";
import { startStoreProcess } from "../support/store-process.ts";
import { openTempFolder } from "../support/temp-folder.ts";

const at = (seconds: number) => ({ now: () => Date.parse("2026-11-21T12:00:00Z") + seconds * 1_000 });

async function backUp(store: string, to: string, options: Partial<BackupOptions> = {}): Promise<TakenBackup> {
  const signal = new AbortController().signal;
  const here = { runTask: runBackupTask, clock: systemClock, onProgress: () => {}, signal };
  return await takeBackup({ store, to, keep: undefined, ...here, ...options });
}

function makeStore(store: string, sales = 20): void {
  createLedgerFile(store, sales);
  {
    using findings = openFindings(store);
    findings.write(() => findings.putAlertMemory("gaps", { entry_id: 7 }));
  }
  using service = openServiceStore(store);
  service.recordAccess([]);
}

describe("a backup", () => {
  it("holds every file of the store, each as the manifest says, and only its owner may read it", async () => {
    using folder = openTempFolder({ small: true });
    const store = folder.file("s.db");
    makeStore(store);
    const result = await runAuditctl(["backup", "--store", store, "--to", folder.file("b"), "--json"]);
    expect(result).toMatchObject({ status: 0, stderr: "" });
    const taken = JSON.parse(result.stdout) as TakenBackup;
    const manifest = backupManifestSchema.parse(JSON.parse(readFileSync(join(taken.folder, "manifest.json"), "utf8")));
    expect(taken.manifest).toEqual(manifest);
    expect(manifest).toMatchObject({
      counts: { entries: 21, change_events: 44, business_events: 20 },
      from_gtid_set: "",
    });
    expect(readdirSync(taken.folder).sort()).toEqual(["findings.db", "ledger.db", "manifest.json", "service.db"]);
    for (const { name, bytes, sha256 } of manifest.files) {
      const content = readFileSync(join(taken.folder, name));
      expect([content.length, createHash("sha256").update(content).digest("hex")]).toEqual([bytes, sha256]);
      expect(statSync(join(taken.folder, name)).mode & 0o777).toBe(0o600);
    }
    expect(statSync(taken.folder).mode & 0o777).toBe(0o700);
    expect(dumpEvents(join(taken.folder, "ledger.db"))).toBe(dumpEvents(store));
    const access = await runAuditctl(["access", "--store", store, "--json"]);
    expect(access.stdout).toMatch(/"question": "backup"/);
    // Verified in place, it is not changed by that.
    const verified = await runAuditctl(["verify", "--store", join(taken.folder, "ledger.db")]);
    expect(verified.stdout).toContain(`head ${manifest.head.entry_id}:${manifest.head.hash}`);
    expect(readdirSync(taken.folder)).toHaveLength(4);
  });

  it("is of one moment while another process writes, and ends, and does not stop the writer", async () => {
    using folder = openTempFolder({ small: true });
    const store = folder.file("s.db");
    await using writer = startStoreProcess("append", store);
    while (Number(await writer.nextLine()) < 60);
    const { folder: made, manifest } = await backUp(store, folder.file("b"));
    const copied = manifest.counts.entries;
    // A line of the writer that comes after the copy, and another one: it goes on.
    while (Number(await writer.nextLine()) < copied + 3);
    await writer.kill();
    expect(copied).toBeGreaterThan(60);
    // The start, and whole commits of three sales.
    expect((copied - 1) % 3).toBe(0);
    using reader = openStoreReader(join(made, "ledger.db"));
    expect(reader.verify()).toMatchObject({ ok: true, head: manifest.head });
    using live = openStoreReader(store);
    expect(live.verify({ anchor: manifest.head })).toMatchObject({ ok: true });
  });

  it("is not made of a trail that does not verify, nor of a file beside it that is damaged", async () => {
    using folder = openTempFolder({ small: true });
    const store = folder.file("s.db");
    makeStore(store);
    tamper(store, "UPDATE change_event SET after = '{}' WHERE change_id = 9");
    const result = await runAuditctl(["backup", "--store", store, "--to", folder.file("b"), "--json"]);
    expect(result.status).toBe(3);
    expect(result.stderr).toContain('"verify.failed"');
    expect(readdirSync(folder.file("b"))).toEqual([]);
  });

  it.each([
    ["missing", "none.db", "store.missing"],
    ["no store", "text", "store.damaged"],
  ])("of a store that is %s is refused", async (_, name, code) => {
    using folder = openTempFolder({ small: true });
    execFileSync("sh", ["-c", "yes hello | head -c 9000 > text"], { cwd: folder.path });
    const result = await runAuditctl(["backup", "--store", folder.file(name), "--to", folder.file("b"), "--json"]);
    expect(result).toMatchObject({ status: 6, stderr: expect.stringContaining(`"${code}"`) as string });
    expect(readdirSync(folder.file("b"))).toEqual([]);
  });

  it("never replaces another one", async () => {
    using folder = openTempFolder({ small: true });
    makeStore(folder.file("s.db"), 2);
    const first = await backUp(folder.file("s.db"), folder.file("b"), { clock: at(0) });
    await expect(backUp(folder.file("s.db"), folder.file("b"), { clock: at(0) })).rejects.toThrow("is there already");
    expect(readdirSync(folder.file("b"))).toEqual(["audit-overlay-2026-11-21T120000Z"]);
    expect(first.folder).toBe(join(folder.file("b"), "audit-overlay-2026-11-21T120000Z"));
  });

  it("leaves nothing half when it is interrupted, and clears away what a killed one left", async () => {
    using folder = openTempFolder({ small: true });
    makeStore(folder.file("s.db"), 5);
    const to = folder.file("b");
    const killed = join(to, ".audit-overlay-1-2.part");
    mkdirSync(killed, { recursive: true });
    utimesSync(killed, 0, 0);
    const stop = new AbortController();
    const options = { onProgress: () => stop.abort(), signal: stop.signal, runTask: runBackupThread };
    await expect(backUp(folder.file("s.db"), to, options)).rejects.toThrow("aborted");
    expect(readdirSync(to)).toEqual([]);
  });

  it("with keep removes older ones of the same trail, and nothing else", async () => {
    using folder = openTempFolder({ small: true });
    const to = folder.file("b");
    makeStore(folder.file("s.db"), 2);
    mkdirSync(join(to, "audit-overlay-2020-01-01T000000Z"), { recursive: true });
    mkdirSync(join(to, "photos"));
    const names = ["115900", "120000", "120100", "120200"].map((time) => `audit-overlay-2026-11-21T${time}Z`);
    const other = await backUp(folder.file("s.db"), to, { clock: at(-60) });
    const ofOther = { ...other.manifest, trail: "0".repeat(64) };
    writeFileSync(join(other.folder, "manifest.json"), JSON.stringify(ofOther));
    await backUp(folder.file("s.db"), to, { clock: at(0) });
    await backUp(folder.file("s.db"), to, { clock: at(60) });
    const { removed } = await backUp(folder.file("s.db"), to, { clock: at(120), keep: 2 });
    expect(removed).toEqual([join(to, names[1] ?? "")]);
    expect(readdirSync(to)).toEqual(["audit-overlay-2020-01-01T000000Z", names[0], names[2], names[3], "photos"]);
  });

  it("with keep never removes the one just made, though the clock was put back", async () => {
    using folder = openTempFolder({ small: true });
    const to = folder.file("b");
    makeStore(folder.file("s.db"), 2);
    const ahead = await backUp(folder.file("s.db"), to, { clock: at(86_400) });
    const { folder: made, removed } = await backUp(folder.file("s.db"), to, { clock: at(0), keep: 1 });
    expect(removed).toEqual([ahead.folder]);
    expect(readdirSync(to)).toEqual([basename(made)]);
  });

  it("for which there is no room is refused before it begins", async ({ skip }) => {
    using folder = openTempFolder({ small: true });
    makeStore(folder.file("s.db"), 5);
    using disk = openSmallDisk(folder.file("disk"), 1);
    if (!disk.mounted) skip("this machine does not let us mount a small disk");
    await expect(backUp(folder.file("s.db"), disk.path)).rejects.toThrow(/1 MiB free, the copy needs 2 MiB/);
    expect(readdirSync(disk.path)).toEqual([]);
  });

  it("goes where a folder can be, else it is told", async () => {
    using folder = openTempFolder({ small: true });
    makeStore(folder.file("s.db"), 2);
    await expect(backUp(folder.file("s.db"), folder.file("s.db"))).rejects.toMatchObject({
      code: "store.write_failed",
    });
    expect(existsSync(folder.file("s.db"))).toBe(true);
  });
});

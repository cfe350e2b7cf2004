// How fast `auditctl export` is, and how much memory it takes: makes a store of synthetic sales through the real writer, then
// exports it in every format, each in a process of its own. Arguments: the store's path (kept, and used again), changes.
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../src/lib/package-root.ts";
import type { ExportManifest } from "../src/serve/export/event-stream.ts";
import { makeSalesStore } from "./bench/sales-store.ts";

const main = join(packageRoot, "src", "main.ts");
const [path = "bench-export.db", changes = "1000000"] = process.argv.slice(2);
const out = `${path}.export`;

/** What `/usr/bin/time` tells of a process. */
function measure(label: string, args: readonly string[]): void {
  const startedAt = performance.now();
  const command = [process.execPath, main, "export", ...args, "--out", out, "--force", "--json", "--store", path];
  const { status, stdout, stderr } = spawnSync("/usr/bin/time", ["-f", "%M %U %S", ...command], { encoding: "utf8" });
  const seconds = (performance.now() - startedAt) / 1_000;
  const [kilobytes = 0, user = 0, system = 0] = (stderr.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
  if (status !== 0) throw new Error(`${label}: ${stderr}`);
  const { manifest } = JSON.parse(stdout) as { manifest: ExportManifest };
  const events = manifest.events ?? 0;
  const perSecond = (time: number): string => Math.round(events / time).toLocaleString("en-US");
  process.stdout.write(
    `${label}: ${events.toLocaleString("en-US")} events, ${Math.round(manifest.bytes / 1e6)} MB in ${seconds.toFixed(1)} s: ` +
      `${perSecond(seconds)} a second (${perSecond(user + system)} a second of processor time), ${Math.round(kilobytes / 1_024)} MB of memory\n`,
  );
}

if (!existsSync(path)) {
  const startedAt = performance.now();
  makeSalesStore(path, Number(changes));
  process.stdout.write(`made ${path} in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s\n`);
}
const csv = ["--format", "csv"];
// An event a second: so many are in a day.
measure("CSV of a day", [...csv, "--type", "sale.completed", "--start", "2026-01-02", "--end", "2026-01-02"]);
measure("CSV of one type", [...csv, "--type", "sale.completed"]);
measure("CSV of all types", csv);
measure("CSV of row changes", [...csv, "--changes"]);
measure("NDJSON", ["--format", "ndjson"]);
measure("Parquet", ["--format", "parquet", "--type", "sale.completed"]);
for (const file of [out, `${out}.manifest.json`]) rmSync(file, { force: true });

// How long `auditctl rules replay` takes: makes a store of synthetic sales through the real writer, then replays the
// pharmacy pack over it, as it is and with another confidence. Arguments: the store's path (kept, and used again), changes.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../src/lib/package-root.ts";
import { makeSalesStore } from "./bench/sales-store.ts";

function measure(label: string, args: readonly string[]): void {
  const startedAt = performance.now();
  const main = join(packageRoot, "src", "main.ts");
  const { status, stdout, stderr } = spawnSync("/usr/bin/time", ["-f", "%M", process.execPath, main, ...args], {
    encoding: "utf8",
  });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const peak = Math.round(Number(stderr.trim().split("\n").at(-1)) / 1_024);
  process.stdout.write(`${label}: ${seconds} s, ${peak} MB, status ${status}\n${stdout.trim().split("\n").at(-2)}\n`);
}

const [path = "bench-replay.db", changes = "1000000"] = process.argv.slice(2);
if (!existsSync(path)) {
  const startedAt = performance.now();
  makeSalesStore(path, Number(changes));
  process.stdout.write(`made ${path} in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s\n`);
}
const pack = readFileSync(join(packageRoot, "schema", "rules", "pharmacy.yaml"), "utf8");
const changedPack = `${path}.yaml`;
writeFileSync(changedPack, pack.replace("confidence: 0.98", "confidence: 0.5"));
measure("the same pack", ["rules", "replay", "--store", path, "--rules", "pharmacy"]);
measure("another confidence", ["rules", "replay", "--store", path, "--rules", changedPack]);

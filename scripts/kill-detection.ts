// The kill test of detection as a program: node scripts/kill-detection.ts [kills] [seed] [events]. Exit status 1 when anything differs.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeWatchedStore, tellRules } from "./bench/watched-store.ts";
import { killDetection } from "./kill-detection/kill-rounds.ts";

const [kills = "50", seed = "1", events = "20000"] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "audit-overlay-kill-"));
try {
  const store = join(folder, "s.db");
  makeWatchedStore(store, Number(events), Math.ceil(Number(events) / 100));
  tellRules(store);
  const onKill = (count: number): void => void (count % 10 === 0 && process.stderr.write(`${count} kills\n`));
  const report = await killDetection({ store, kills: Number(kills), seed: Number(seed), onKill });
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  process.exitCode = report.differences.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

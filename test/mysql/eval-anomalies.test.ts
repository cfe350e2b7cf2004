// A week of trade with known anomalies, captured from a real server and looked at by the code of `run`: most of them are found.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { flavors } from "../support/source.ts";

const run = promisify(execFile);

it("measures detection, as one JSON object", async () => {
  const flags = ["--seed", "3", "--days", "7", "--branches", "5", "--sales", "60", "--flavor", flavors[0]!, "--json"];
  const { stdout } = await run(process.execPath, ["scripts/eval-anomalies.ts", ...flags], { maxBuffer: 10_000_000 });
  const figures = JSON.parse(stdout) as Record<string, unknown>;
  expect(figures).toMatchObject({
    days: 7,
    precision: expect.any(Number),
    recall: expect.any(Number),
    f1: expect.any(Number),
    falseAlarmsPerDay: expect.any(Number),
    kinds: { "role-escalation": { truths: 1, found: 1, precision: 1, recall: 1, f1: 1 } },
    seeds: [{ seed: 3 }],
  });
  expect(figures["truths"]).toBeGreaterThanOrEqual(9);
  expect(figures["recall"]).toBeGreaterThanOrEqual(0.7);
  expect(figures["precision"]).toBeGreaterThanOrEqual(0.8);
}, 300_000);

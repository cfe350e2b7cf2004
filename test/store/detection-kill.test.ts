// SIGKILL of detection at random moments; `node scripts/kill-detection.ts` does it fifty times over a larger store.
import { expect, test } from "vitest";
import { killDetection } from "../../scripts/kill-detection/kill-rounds.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { createWatchedStore } from "../support/watched-store.ts";

test("what is found is the same, bit for bit, however often it is killed", { timeout: 180_000 }, async () => {
  using folder = openTempFolder();
  const store = folder.file("s.db");
  createWatchedStore(store);
  const { differences, kills, anomalies } = await killDetection({ store, kills: 4, seed: 7 });
  expect(differences).toEqual([]);
  expect(kills).toBe(4);
  expect(anomalies).toBeGreaterThan(20);
});

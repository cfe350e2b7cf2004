// SIGKILL of `auditctl serve --ingest` between posts and in the middle of one: what was answered is there, what was not is there
// whole or not at all, and the same posts again make the trail complete.
import { statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { createRandom } from "../../generator/random.ts";
import type { JsonObject } from "../../src/lib/canonical-json.ts";
import { gtidServer, mysqlMessage, toBody } from "../support/debezium.ts";
import { postTo } from "../support/ingest-service.ts";
import { startServeIngest } from "../support/serve-ingest.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readStatus, verifyStore } from "../support/trail.ts";
import { waitFor } from "../support/wait-for.ts";

const insert = (transaction: number, row: number): JsonObject =>
  mysqlMessage("c", {
    fields: null,
    after: { id: transaction * 10_000 + row },
    source: { gtid: `${gtidServer}:${transaction}`, pos: transaction * 10_000 + row },
  });
const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
const changesIn = (store: string): number => readStatus(store)?.coverage?.change_events ?? 0;

test("between posts: every change that was answered is stored, once", async () => {
  using folder = openTempFolder();
  const store = folder.file("s.db");
  let sent = 0;
  for (let round = 0; round < 4; round += 1) {
    await using service = await startServeIngest(store);
    for (let count = 0; count < 7; count += 1) {
      // Each transaction has two changes, which come alone.
      expect(await postTo(service.url, toBody(insert(Math.floor(sent / 2), sent % 2)))).toMatchObject({ status: 200 });
      sent += 1;
    }
    service.child.kill("SIGKILL");
    await service.ended;
    expect(verifyStore(store).ok).toBe(true);
  }
  await using service = await startServeIngest(store);
  const all = Array.from({ length: sent }, (_, index) => insert(Math.floor(index / 2), index % 2));
  expect(await postTo(service.url, toBody(all))).toMatchObject({ status: 200, duplicates: sent });
  // Another transaction of the feed ends the last of them.
  await postTo(service.url, toBody([insert(900, 0)]));
  expect(changesIn(store)).toBe(sent + 1);
  expect(verifyStore(store).ok).toBe(true);
});

test("in the middle of one: all of it or nothing", async () => {
  using folder = openTempFolder();
  const store = folder.file("s.db");
  const size = 3_000;
  const body = (number: number): string =>
    toBody(Array.from({ length: size }, (_, row) => insert(number * 10 + (row % 3), row)));
  const outcomes: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    const before = changesIn(store);
    await using service = await startServeIngest(store);
    const walBytes = sizeOf(`${store}-wal`);
    const answer = postTo(service.url, body(round)).catch(() => undefined);
    // Anywhere between its arrival and its answer: while it is read, while SQLite writes it, and after its commit.
    const random = createRandom(7, round);
    if (round % 2 === 0) await delay(random.int(20, 500));
    else await waitFor("the store to be written", () => sizeOf(`${store}-wal`) > walBytes, { everyMs: 1 });
    if (round === 5) await answer;
    service.child.kill("SIGKILL");
    await service.ended;
    const answered = await answer;
    const stored = changesIn(store) - before;
    outcomes.push(stored);
    expect([0, size]).toContain(stored);
    expect(answered === undefined || stored === size).toBe(true);
    expect(verifyStore(store).ok).toBe(true);
  }
  await using service = await startServeIngest(store);
  for (let round = 0; round < 6; round += 1) {
    const again = await postTo(service.url, body(round));
    expect(again).toMatchObject({ stored_changes: size - outcomes[round]!, duplicates: outcomes[round]! });
  }
  expect(changesIn(store)).toBe(6 * size);
  expect(verifyStore(store).ok).toBe(true);
});

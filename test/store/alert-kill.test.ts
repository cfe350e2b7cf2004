// Alerts over a process that is killed with SIGKILL: each is told at least once, under one id, whenever the kill comes.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { expect, it } from "vitest";
import { openFindings } from "../../src/store/findings-store.ts";
import { openWebhookReceiver } from "../support/alert-receivers.ts";
import { anomalyOf, secret } from "../support/alerts.ts";
import { createLedgerFile } from "../support/ledger.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait-for.ts";

const program = join(import.meta.dirname, "..", "support", "alert-child.ts");

function start(store: string, url: string): ChildProcess & AsyncDisposable {
  const child = spawn(process.execPath, [program, store, url], { stdio: ["ignore", "ignore", "inherit"] });
  return Object.assign(child, { [Symbol.asyncDispose]: () => kill(child) });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

it("tells again, under the same id, what was sent and not written down", async () => {
  using folder = openTempFolder();
  const store = folder.file("store.db");
  createLedgerFile(store, 1);
  await using hook = await openWebhookReceiver();
  using findings = openFindings(store);
  const now = new Date().toISOString().replace("Z", "000Z");
  const putAnomaly = (number: number): void =>
    findings.write(() => findings.putAnomalies([anomalyOf(number, { from: now, to: now })]));
  const delivered = (): number =>
    findings.listAlerts({ limit: 1_000 }).filter(({ deliveries }) => deliveries[0]?.state === "delivered").length;

  // Killed at another moment each time: while it is asked, and a few milliseconds around it.
  const rounds = 6;
  for (let round = 0; round < rounds; round += 1) {
    await using child = start(store, hook.url);
    const { promise: killed, resolve } = Promise.withResolvers<void>();
    hook.answer = (response) => {
      if (round % 2 === 0) void kill(child).then(resolve);
      else response.end("taken", () => void kill(child).then(resolve));
    };
    await waitFor("the first look", () => findings.alertMemory("anomalies"));
    for (let number = round * 3; number < round * 3 + 3; number += 1) putAnomaly(number);
    await killed;
  }
  hook.answer = (response) => void response.end();
  await using last = start(store, hook.url);
  await waitFor("all of them", () => delivered() === rounds * 3);
  last.kill("SIGTERM");
  expect(await once(last, "exit")).toEqual([0, null]);

  const ids = new Map<string, Set<string>>();
  for (const { headers, body } of hook.posted) {
    const { data } = new Webhook(secret).verify(body, headers) as { data: { anomaly: { entity_id: string } } };
    const known = ids.get(data.anomaly.entity_id) ?? new Set();
    ids.set(data.anomaly.entity_id, known.add(headers["webhook-id"] ?? ""));
  }
  expect(ids.size).toBe(rounds * 3);
  expect([...ids.values()].every((known) => known.size === 1)).toBe(true);
  // Some were told twice: the kill came between.
  expect(hook.posted.length).toBeGreaterThan(rounds * 3);
});

// What rule packs mask enters no prompt, also while a pack cannot be read because somebody is at it.
import { writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { createLogger } from "../../../src/lib/logger.ts";
import { configSchema } from "../../../src/model/config.ts";
import type { WordingTask } from "../../../src/model/wording.ts";
import { openWordsmith } from "../../../src/pipeline/open-wordsmith.ts";
import { holdClock } from "../../support/alerts.ts";
import { openModelServer, stalling, telling } from "../../support/model-server.ts";
import { openTempFolder } from "../../support/temp-folder.ts";

const pack = `pack: clinic
version: 1
entities:
  visits: { entity: visit, id: [id], mask: [patient_name] }
rules: []
`;

it.each(["pack: [", "", "pack: clinic\nversion: 1\nentities: 7\n"])("also when it reads %j", async (broken) => {
  using folder = openTempFolder();
  await using server = await openModelServer([telling("410.")]);
  const rules = folder.file("clinic.yaml");
  writeFileSync(rules, pack);
  const wordsmith = openWordsmith({
    config: configSchema.parse({ rules: [rules], model_url: server.url }),
    findings: { beginModelCall: () => {}, endModelCall: () => {} },
    onModelCalled: () => {},
    clock: holdClock(),
    log: createLogger("silent"),
  });
  const write = async (count: number): Promise<void> => {
    const facts = { patient_name: "Planted Patient", count };
    const task: WordingTask = { purpose: "summary", subject: "2026-03-03", lang: "en", facts, plain: "410." };
    await wordsmith.write(task, new AbortController().signal);
  };
  await write(1);
  writeFileSync(rules, broken);
  await write(2);
  expect(server.requests.length).toBeGreaterThanOrEqual(2);
  for (const { text } of server.requests) expect(text).not.toContain("Planted");
});

it("gives a try up after model_timeout_seconds", async () => {
  await using server = await openModelServer([stalling()]);
  const outcomes: string[] = [];
  const stop = new AbortController();
  const wordsmith = openWordsmith({
    config: configSchema.parse({ model_url: server.url, model_timeout_seconds: 1 }),
    findings: {
      beginModelCall: () => {},
      endModelCall: (_id, { outcome }) => {
        outcomes.push(outcome);
        stop.abort();
      },
    },
    onModelCalled: () => {},
    clock: holdClock(),
    log: createLogger("silent"),
  });
  const facts = { count: 410 };
  const task: WordingTask = { purpose: "summary", subject: "2026-03-03", lang: "en", facts, plain: "410." };
  await expect(wordsmith.write(task, stop.signal)).rejects.toThrow("aborted");
  expect(outcomes).toEqual(["timed_out"]);
});

// A model's server that fails, stalls, lies and floods: whatever it does, a reader gets words that are true, and the trail an
// entry for each question.
import { expect, it } from "vitest";
import type { CallOutcome } from "../../../src/model/model-call.ts";
import type { WordingTask } from "../../../src/model/wording.ts";
import { type HostileCase, hostileCases, poison } from "../../support/hostile-model-cases.ts";
import { openModelServer } from "../../support/model-server.ts";
import { dayFacts, dayPlain } from "../../support/trade-facts.ts";
import { observeWordsmith } from "../../support/wordsmith.ts";

function taskIn(lang: "en" | "es"): WordingTask {
  return { purpose: "summary", subject: "2026-03-03", lang, facts: dayFacts, plain: dayPlain[lang] };
}

function isAnswered(outcomes: readonly CallOutcome[]): boolean {
  return outcomes.some((outcome) => outcome === "not_grounded" || outcome === "wrong_form");
}

const never = new AbortController().signal;
const key = "planted-model-key-5d1c";

it("there are at least fifty of them", () => expect(hostileCases.length).toBeGreaterThanOrEqual(50));

it.for(hostileCases)("a server that $name", async (hostile: HostileCase) => {
  const { provider = "ollama", lang = "en", replies, by, fallback, outcomes } = hostile;
  await using server = await openModelServer(replies);
  const wordsmith = observeWordsmith({ provider, url: server.url, model: "m", key }, { deadline: server.deadline });
  const task = taskIn(lang);
  const wording = await wordsmith.write(task, never);

  expect(wordsmith.calls.map(({ end }) => end?.outcome)).toEqual(outcomes);
  expect(wording.worded_by).toBe(by);
  expect(wording.words === task.plain).toBe(by === "rules");
  expect(wording.fallback ?? "none").toMatch(fallback ?? /^none$/);
  expect(typeof wording.completion_tokens).toBe(by === "model" || isAnswered(outcomes) ? "number" : "object");
  const told = JSON.stringify([wording, wordsmith.calls]) + wordsmith.logged();
  expect(told).not.toMatch(poison);
  expect(told).not.toContain(key);
  // Never a whole prompt either.
  expect(wordsmith.logged()).not.toContain("Paracetamol");
  expect(JSON.stringify(wordsmith.calls)).not.toContain("Paracetamol");
  expect(server.requests).toHaveLength(outcomes.length);
  for (const { headers, body } of server.requests) {
    expect(headers.authorization).toBe(`Bearer ${key}`);
    expect(body["tools"]).toBeUndefined();
    expect(body["stream"]).toBe(true);
  }
});

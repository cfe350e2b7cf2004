// The same question has the same answer on every face: the store itself, `auditctl --json` as a process, the API over HTTP, and MCP,
// whose answers may be cut (none of these is) and name their coverage in short. A face that is new is added in `faces`.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/lib/canonical-json.ts";
import { AppError } from "../../src/model/app-error.ts";
import { type Answerer, questions } from "../../src/model/question.ts";
import type { Coverage } from "../../src/model/trace.ts";
import { createLocalAnswerer } from "../../src/pipeline/local-answerer.ts";
import { requestPath } from "../../src/serve/http/question-path.ts";
import { compactCoverage } from "../../src/serve/mcp/compact-coverage.ts";
import { openStoreReader } from "../../src/store/open-store.ts";
import { errorOf, type McpSession, openMcpSession } from "../support/mcp-client.ts";
import { type AskedQuestion, questionsFor } from "../support/questions.ts";
import { runAuditctl } from "../support/run-auditctl.ts";
import { type ServeProcess, startServe } from "../support/serve-process.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { createTradeStore } from "../support/trade-store.ts";
import { withoutRoom } from "../support/without-room.ts";

const folder = openTempFolder();
const store = folder.file("store.db");
createTradeStore(store);
const reader = createLocalAnswerer(openStoreReader(store));
const asked = questionsFor(await knownIds(reader));

let service: ServeProcess;
let mcp: McpSession;
beforeAll(async () => {
  service = await startServe(store);
  mcp = await openMcpSession(["--store", store]);
});
afterAll(async () => {
  await mcp[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
  await reader[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

async function knownIds(answerer: Answerer) {
  const events = await answerer.ask("events", { limit: 3 });
  const changes = await answerer.ask("events", { kind: "change_event", limit: 1 });
  const story = await answerer.ask("trace", { entity_type: "product", entity_id: "B-1/P-1", limit: 2 });
  const [event] = events.items;
  const [change] = changes.items;
  return {
    businessEvent: event?.kind === "business_event" ? event.business_event_id : "",
    changeEvent: change?.kind === "change_event" ? change.event_id : "",
    anomaly: "00000000-0000-4000-8000-000000000013",
    eventCursor: events.next_cursor ?? "",
    traceCursor: story.next_cursor ?? "",
  };
}

/** What a face said: the answer, or the code of its error. */
type Said = JsonObject;

async function askStore({ question, input }: AskedQuestion): Promise<Said> {
  try {
    return (await reader.ask(question, input)) as unknown as JsonObject;
  } catch (error) {
    if (error instanceof AppError) return { error: error.code };
    throw error;
  }
}

async function askCli({ question, cli }: AskedQuestion): Promise<Said> {
  const env = { LANG: "C" };
  const { status, stdout, stderr } = await runAuditctl([...cli, "--json", "--store", store], { env });
  if (status !== 0) {
    const { code } = (JSON.parse(stderr) as { error: { code: string } }).error;
    return { error: code === "usage.argument" ? "usage.query" : code };
  }
  const answer = JSON.parse(stdout) as JsonObject;
  return question === "coverage" ? { coverage: answer["coverage"]! } : answer;
}

async function askApi({ question, input }: AskedQuestion): Promise<Said> {
  const response = await fetch(service.url + requestPath(questions[question].path, input));
  const answer = (await response.json()) as JsonObject & { error: { code: string } };
  return response.ok ? answer : { error: answer.error.code };
}

async function askMcp({ question, mcp: { tool, input } }: AskedQuestion): Promise<Said> {
  const result = await mcp.call(tool, input);
  if (result.isError === true) return { error: errorOf(result).code };
  const data = result.structuredContent as JsonObject;
  if (question === "event") {
    const [, json = ""] = /```json\n(.*)\n```/s.exec(data["text"] as string) ?? [];
    return (JSON.parse(json) as { untrusted_data: JsonObject }).untrusted_data;
  }
  expect(data["cut"]).toBeNull();
  const answer = data["untrusted_data"] as JsonObject;
  return question === "coverage" ? { coverage: answer["coverage"]! } : { ...answer, coverage: data["coverage"]! };
}

/** An answer as MCP gives it. */
function inShort(question: AskedQuestion["question"], said: Said): Said {
  if (!("coverage" in said) || question === "coverage") return said;
  const { coverage, ...answer } = said;
  return question === "event" ? answer : { ...answer, coverage: compactCoverage(coverage as unknown as Coverage) };
}

const faces = { "the terminal": askCli, HTTP: askApi, MCP: askMcp };

describe.each(asked)("$what", (question) => {
  it("is answered, or refused, as it should be", async () => {
    const { error, items } = (await askStore(question)) as { error?: string; items?: unknown[] };
    expect(error).toBe(question.error);
    expect(items?.length).toBe(question.finds ?? items?.length);
  });

  it.each(Object.entries(faces))("has the same answer on %s", async (name, ask) => {
    const expected = await askStore(question);
    const said = name === "MCP" ? inShort(question.question, expected) : expected;
    expect(withoutRoom(await ask(question))).toEqual(withoutRoom(said));
  });
});

it("asks at least twenty questions", () => expect(asked.length).toBeGreaterThanOrEqual(20));

// What a model's server may do to us: fail, stall, lie, flood, speak nonsense. Each with what has to come of it.
import { gzipSync } from "node:zlib";
import type { CallOutcome } from "../../src/model/model-call.ts";
import {
  chunk,
  cutting,
  endless,
  lastLine,
  line,
  ndjson,
  raw,
  type Reply,
  stalling,
  streamed,
  telling,
  tellingAsOpenAi,
} from "./model-server.ts";
import { goodTexts } from "./trade-facts.ts";
import { lyingCases } from "./lying-model-cases.ts";

export interface HostileCase {
  name: string;
  provider?: "openai";
  lang?: "es";
  replies: readonly Reply[];
  /** Who words it in the end. */
  by: "model" | "rules";
  fallback?: RegExp;
  /** One for each request. */
  outcomes: readonly CallOutcome[];
}

/** In every lie and every error text; it must come out nowhere. */
export const poison = /Zorrilla|8765|Villa Ficticia|evil\.example|XQ-77|1999/;

const good = goodTexts.en[0]!.split("\n\n");
const honest = telling(...good);
const honestAsOpenAi = tellingAsOpenAi(...good);
const html = "<html>Zorrilla 8765</html>";
const three = (outcome: CallOutcome): CallOutcome[] => [outcome, outcome, outcome];

const failing: HostileCase[] = [
  { name: "answers well", replies: [honest], by: "model", outcomes: ["used"] },
  {
    name: "answers well in Spanish",
    lang: "es",
    replies: [telling(goodTexts.es[0]!)],
    by: "model",
    outcomes: ["used"],
  },
  { name: "fails once", replies: [raw(html, { status: 500 }), honest], by: "model", outcomes: ["failed", "used"] },
  {
    name: "fails always",
    replies: [raw(html, { status: 500 })],
    by: "rules",
    fallback: /server failed/,
    outcomes: three("failed"),
  },
  {
    name: "is overloaded",
    replies: [raw('{"error":"Zorrilla"}', { status: 503, type: "application/json" })],
    by: "rules",
    fallback: /failed/,
    outcomes: three("failed"),
  },
  {
    name: "asks for patience once",
    replies: [raw("", { status: 429 }), honest],
    by: "model",
    outcomes: ["failed", "used"],
  },
  {
    name: "has no such model",
    replies: [raw('{"error":"model Zorrilla not found"}', { status: 404 })],
    by: "rules",
    fallback: /refused/,
    outcomes: ["refused"],
  },
  {
    name: "wants a key",
    replies: [raw(html, { status: 401 })],
    by: "rules",
    fallback: /refused/,
    outcomes: ["refused"],
  },
  {
    name: "does not know the request",
    replies: [raw("8765", { status: 400 })],
    by: "rules",
    fallback: /refused/,
    outcomes: ["refused"],
  },
  {
    name: "points to another host",
    replies: [raw("", { status: 302, headers: { location: "http://evil.example/" } })],
    by: "rules",
    fallback: /elsewhere/,
    outcomes: ["redirected"],
  },
  {
    name: "points to itself",
    replies: [raw("", { status: 307, headers: { location: "/api/chat" } })],
    by: "rules",
    fallback: /elsewhere/,
    outcomes: ["redirected"],
  },
  {
    name: "never answers",
    replies: [stalling()],
    by: "rules",
    fallback: /in time/,
    outcomes: three("timed_out"),
  },
  {
    name: "begins and stalls",
    replies: [stalling(line("{"))],
    by: "rules",
    fallback: /in time/,
    outcomes: three("timed_out"),
  },
  {
    name: "stalls once",
    replies: [stalling(line("{")), honest],
    by: "model",
    outcomes: ["timed_out", "used"],
  },
  {
    name: "stalls within a line",
    replies: [stalling('{"message":')],
    by: "rules",
    fallback: /in time/,
    outcomes: three("timed_out"),
  },
  { name: "hangs up at once", replies: [cutting()], by: "rules", fallback: /cut off/, outcomes: three("cut_off") },
  {
    name: "hangs up in the middle",
    replies: [cutting(line('{"paragraphs":["Zorrilla'))],
    by: "rules",
    fallback: /cut off/,
    outcomes: three("cut_off"),
  },
  { name: "hangs up once", replies: [cutting(line("{")), honest], by: "model", outcomes: ["cut_off", "used"] },
  {
    name: "ends without an end",
    replies: [raw(line('{"paragraphs":["Sales."]}'))],
    by: "rules",
    fallback: /cut off/,
    outcomes: three("cut_off"),
  },
  {
    name: "fails in the middle",
    replies: [raw(`${line("{")}{"error":"Zorrilla 8765"}\n`)],
    by: "rules",
    fallback: /failed/,
    outcomes: three("failed"),
  },
];

const speakingNonsense: HostileCase[] = [
  {
    name: "is a web page",
    replies: [raw(html, { type: "text/html" })],
    by: "rules",
    fallback: /protocol/,
    outcomes: three("malformed"),
  },
  {
    name: "has no content type",
    replies: [raw(streamed("{}"), { type: "" })],
    by: "rules",
    fallback: /protocol/,
    outcomes: three("malformed"),
  },
  {
    name: "sends a line that is no JSON",
    replies: [raw(`${line("{")}Zorrilla 8765\n`)],
    by: "rules",
    fallback: /protocol/,
    outcomes: three("malformed"),
  },
  {
    name: "sends a line that is no object",
    replies: [raw('"Zorrilla"\n')],
    by: "rules",
    fallback: /protocol/,
    outcomes: three("malformed"),
  },
  { name: "sends null", replies: [raw("null\n")], by: "rules", fallback: /protocol/, outcomes: three("malformed") },
  {
    name: "sends a line without a message",
    replies: [raw('{"done":false}\n')],
    by: "rules",
    fallback: /protocol/,
    outcomes: three("malformed"),
  },
  {
    name: "sends content that is no text",
    replies: [raw(line(["Zorrilla"]))],
    by: "rules",
    fallback: /protocol/,
    outcomes: three("malformed"),
  },
  {
    name: "sends bytes that are no text",
    replies: [raw(Buffer.from([0xff, 0xfe, 0x00, 0x0a]))],
    by: "rules",
    fallback: /protocol/,
    outcomes: three("malformed"),
  },
  {
    name: "writes tokens without end",
    replies: [endless(line("8765 "))],
    by: "rules",
    fallback: /too large/,
    outcomes: ["too_large"],
  },
  {
    name: "writes a line without end",
    replies: [endless("8765 ".repeat(1_000))],
    by: "rules",
    fallback: /too large/,
    outcomes: ["too_large"],
  },
  {
    name: "writes empty lines without end",
    replies: [endless("\n".repeat(5_000))],
    by: "rules",
    fallback: /too large/,
    outcomes: ["too_large"],
  },
  {
    name: "writes one enormous token",
    replies: [raw(line("8765 ".repeat(20_000)) + lastLine)],
    by: "rules",
    fallback: /too large/,
    outcomes: ["too_large"],
  },
  {
    name: "packs a flood into few bytes",
    replies: [raw(gzipSync(Buffer.alloc(50_000_000, " ")), { headers: { "content-encoding": "gzip" } })],
    by: "rules",
    fallback: /too large/,
    outcomes: ["too_large"],
  },
  {
    name: "runs out of tokens",
    replies: [raw(line('{"paragraphs":["') + line("", { done: true, done_reason: "length" }))],
    by: "rules",
    fallback: /too large/,
    outcomes: ["too_large"],
  },
  {
    name: "calls a tool",
    replies: [
      raw(
        line("", {
          message: { role: "assistant", content: "", tool_calls: [{ function: { name: "rm", arguments: {} } }] },
        }) + lastLine,
      ),
    ],
    by: "rules",
    fallback: /form/,
    outcomes: ["wrong_form", "wrong_form"],
  },
  {
    name: "thinks aloud",
    replies: [
      raw(
        line("", { message: { role: "assistant", content: "", thinking: "Zorrilla 8765" } }) +
          streamed(JSON.stringify({ paragraphs: good })),
      ),
    ],
    by: "model",
    outcomes: ["used"],
  },
  {
    name: "sends its content type with a parameter",
    replies: [raw(streamed(JSON.stringify({ paragraphs: good })), { type: `${ndjson}; charset=utf-8` })],
    by: "model",
    outcomes: ["used"],
  },
];

const sse = "text/event-stream";
const asOpenAi: HostileCase[] = [
  { name: "answers well", replies: [honestAsOpenAi], by: "model", outcomes: ["used"] } as const,
  {
    name: "lies",
    replies: [tellingAsOpenAi("Marta Zorrilla sold 8765 units.")],
    by: "rules",
    fallback: /a name|a number/,
    outcomes: ["not_grounded", "not_grounded"],
  } as const,
  {
    name: "fails",
    replies: [raw(html, { status: 502 })],
    by: "rules",
    fallback: /failed/,
    outcomes: three("failed"),
  } as const,
  {
    name: "does not stream",
    replies: [raw("{}", { type: "application/json" })],
    by: "rules",
    fallback: /protocol/,
    outcomes: three("malformed"),
  } as const,
  {
    name: "sends an event that is no JSON",
    replies: [raw("data: Zorrilla\n\n", { type: sse })],
    by: "rules",
    fallback: /protocol/,
    outcomes: three("malformed"),
  } as const,
  {
    name: "sends an error as an event",
    replies: [raw('data: {"error":{"message":"Zorrilla"}}\n\n', { type: sse })],
    by: "rules",
    fallback: /failed/,
    outcomes: three("failed"),
  } as const,
  {
    name: "hangs up in the middle",
    replies: [cutting(chunk('{"par'), sse)],
    by: "rules",
    fallback: /cut off/,
    outcomes: three("cut_off"),
  } as const,
  {
    name: "ends without an end",
    replies: [raw(chunk("{}"), { type: sse })],
    by: "rules",
    fallback: /cut off/,
    outcomes: three("cut_off"),
  } as const,
  {
    name: "points elsewhere",
    replies: [raw("", { status: 308, headers: { location: "http://evil.example/" } })],
    by: "rules",
    fallback: /elsewhere/,
    outcomes: ["redirected"],
  } as const,
].map((each) => ({ ...each, name: `${each.name}, as OpenAI would`, provider: "openai" as const }));

export const hostileCases: readonly HostileCase[] = [...failing, ...speakingNonsense, ...lyingCases, ...asOpenAi];

// Seeded bad messages to an MCP server: wrong types and lengths, NUL, deep JSON, huge limits, unknown tools, malformed JSON-RPC.
// The same seed gives the same messages.

export interface BadMessage {
  /** For the message of a failure. */
  what: string;
  /** One line for stdio, one body for HTTP. */
  text: string;
  /** Under which an answer is expected; null where the message has none that counts. */
  id: number | null;
}

export function createBadMessages(seed: number, count: number): BadMessage[] {
  const random = createRandom(seed);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  return Array.from({ length: count }, (_, index) => {
    const id = index + 1;
    const [what, make] = pick(kinds);
    const made = make({ id, pick, random });
    return typeof made === "string"
      ? { what, text: made, id: null }
      : { what, text: JSON.stringify({ jsonrpc: "2.0", id, ...made }), id };
  });
}

interface Maker {
  id: number;
  random: () => number;
  pick: <T>(choices: readonly T[]) => T;
}

const call = (name: unknown, given: unknown) => ({ method: "tools/call", params: { name, arguments: given } });
const deep = (depth: number): unknown => JSON.parse("[".repeat(depth) + "]".repeat(depth));
const entity = { entity_type: "sale", entity_id: "S-7" };
/** None of them is a text, a count, a time, an id or a kind. */
const wrongValues: readonly unknown[] = [
  [],
  {},
  [[]],
  true,
  "",
  "\u0000",
  "x".repeat(5_000),
  -1,
  0,
  1e308,
  1.5,
  { $ne: null },
  "../..",
  "'",
];
const wrongTexts: readonly unknown[] = ["", "x".repeat(501), 5, true, [], {}, ["a"], { toString: 1 }];
const wrongLimits = [0, -1, 1e9, 1.5, "all", "1e9", [], {}, "Infinity", "0x10000", "9".repeat(400)];
const wrongTimes = [
  "yesterday'ish",
  "2026-13-01",
  "2026-02-30",
  "99999999999",
  "",
  5,
  [],
  "2026-01-01T25:00",
  "\u0000",
];

const kinds: readonly [string, (maker: Maker) => object | string][] = [
  ["unknown tool", ({ pick }) => call(pick(["drop", "__proto__", "toString", "", "x".repeat(10_000), "\u0000"]), {})],
  ["tool that is no name", ({ pick }) => call(pick([5, null, [], {}, true]), {})],
  ["wrong limit", ({ pick }) => call(pick(["list_events", "list_anomalies"]), { limit: pick(wrongLimits) })],
  ["wrong limit of a trace", ({ pick }) => call("trace_entity", { ...entity, limit: pick(wrongLimits) })],
  [
    "wrong time",
    ({ pick }) => call(pick(["list_events", "list_anomalies"]), { [pick(["from", "to"])]: pick(wrongTimes) }),
  ],
  [
    "wrong text",
    ({ pick }) => call("trace_entity", { ...entity, [pick(["entity_type", "entity_id"])]: pick(wrongTexts) }),
  ],
  ["wrong date", ({ pick }) => call("daily_summary", { date: pick([...wrongTimes, "2026-1-1"]) })],
  [
    "wrong zone",
    ({ pick }) =>
      call("daily_summary", { date: "2026-03-01", zone: pick(["Mars/Base", "\u0000", "", 5, "x".repeat(61)]) }),
  ],
  ["wrong id", ({ pick }) => call(pick(["fetch", "explain_anomaly"]), { id: pick(wrongValues) })],
  [
    "wrong cursor",
    ({ pick }) => call("list_events", { cursor: pick(["x", "\u0000", "e30", "0", "-1", "x".repeat(501), "W10", {}]) }),
  ],
  ["wrong kind", ({ pick }) => call("list_events", { kind: pick(wrongValues), operation: "drop" })],
  [
    "unknown field",
    ({ pick }) => call("list_events", { [pick(["sql", "__proto__x", "x".repeat(50_000), "constructor"])]: 1 }),
  ],
  [
    "nothing given",
    ({ pick }) => call(pick(["trace_entity", "search_events", "fetch", "search", "daily_summary"]), {}),
  ],
  ["arguments of another form", ({ pick }) => call("trace_entity", pick([null, [], "x", 5, true]))],
  ["deep arguments", ({ pick }) => call("trace_entity", { ...entity, entity_id: deep(pick([100, 1_000, 4_000])) })],
  [
    "many arguments",
    () => call("list_events", Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`k${at}`, at]))),
  ],
  ["too many types", () => call("list_events", { type: Array.from({ length: 101 }, () => "a") })],
  ["NUL where nothing is", () => call("trace_entity", { entity_type: "sale\u0000", entity_id: "S-7\u0000' OR 1=1" })],
  ["lone surrogate where nothing is", () => call("trace_entity", { entity_type: "\ud800", entity_id: "\udc00" })],
  [
    "unknown method",
    ({ pick }) => ({ method: pick(["tools/drop", "", "x".repeat(5_000), "logging/setLevel", "tasks/list"]) }),
  ],
  [
    "unknown resource",
    ({ pick }) => ({
      method: "resources/read",
      params: {
        uri: pick([
          "file:///etc/passwd",
          "audit://",
          "",
          "audit://entities/sale/%ff",
          "audit://events/\u0000",
          "x".repeat(9_000),
        ]),
      },
    }),
  ],
  [
    "unknown prompt",
    ({ pick }) => ({ method: "prompts/get", params: { name: pick(["x", "", "constructor", "who_changed"]) } }),
  ],
  ["parameters of another form", ({ pick }) => ({ method: "tools/call", params: pick([null, [], "x", 5]) })],
  [
    "no JSON-RPC",
    ({ pick, id }) =>
      JSON.stringify(
        pick([
          { id },
          [],
          5,
          "x",
          null,
          { jsonrpc: "1.0", id, method: "ping" },
          { jsonrpc: "2.0", id: {}, method: "ping" },
          { jsonrpc: "2.0", id, method: 5 },
          {},
        ]),
      ),
  ],
  [
    "a list of messages",
    () =>
      JSON.stringify([
        { jsonrpc: "2.0", id: 1, method: "ping" },
        { jsonrpc: "2.0", id: 2, method: "ping" },
      ]),
  ],
  [
    "no JSON",
    ({ pick }) =>
      pick(["{", "nonsense", '{"jsonrpc":"2.0",', "[".repeat(50_000), "\u0000\u0001\u0002", "'", "{}}", "\ufeff{"]),
  ],
];

/** Mulberry32. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

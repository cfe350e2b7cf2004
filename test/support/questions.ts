// The questions that are asked of every face, with how each face is asked: `auditctl` as words of a command line, MCP as a tool.
// HTTP needs nothing here: the table of questions has its paths.
import type { JsonObject } from "../../src/lib/canonical-json.ts";
import type { QuestionName } from "../../src/model/question.ts";

export interface AskedQuestion {
  what: string;
  question: QuestionName;
  input: JsonObject;
  /** Without --json, --store and --zone. */
  cli: readonly string[];
  mcp: { tool: string; input: JsonObject };
  /** Where the answer is an error. A command line tells of its own flags as `usage.argument`. */
  error?: "usage.query" | "trace.not_found";
  /** Items in the answer, where equal faces that find nothing would prove nothing. */
  finds?: number;
}

/** Ids that only the store knows. */
export interface KnownIds {
  businessEvent: string;
  changeEvent: string;
  anomaly: string;
  /** Of the page after the first three events. */
  eventCursor: string;
  /** Of the page after the two newest items of the product's story. */
  traceCursor: string;
}

const product = { entity_type: "product", entity_id: "B-1/P-1" };
const words = ["product", "B-1/P-1"];
const nobody = "00000000-0000-5000-8000-000000000000";
const range = { from: "2026-03-02", to: "2026-03-04" };
/** On a command line a day given as the end is taken whole. */
const rangeWords = ["--start", "2026-03-02T00:00:00Z", "--end", "2026-03-04T00:00:00Z"];

/** Each takes the input of its question. */
const tools = {
  trace: "trace_entity",
  entity_state: "entity_state",
  events: "list_events",
  search: "search_events",
  explain: "explain_anomaly",
  summary: "daily_summary",
  anomalies: "list_anomalies",
  event: "fetch",
  coverage: "trail_coverage",
} as const satisfies Partial<Record<QuestionName, string>>;

export function questionsFor(ids: KnownIds): AskedQuestion[] {
  return [
    ask("a story", "trace", product, ["trace", ...words]),
    ask("its two newest items", "trace", { ...product, limit: 2 }, ["trace", ...words, "--limit", "2"]),
    ask("the items before those", "trace", { ...product, limit: 2, cursor: ids.traceCursor }, [
      "trace",
      ...words,
      "--limit",
      "2",
      "--cursor",
      ids.traceCursor,
    ]),
    ask("a story in a time", "trace", { ...product, ...range }, ["trace", ...words, ...rangeWords]),
    ask(
      "the story of nobody",
      "trace",
      { entity_type: "sale", entity_id: "none" },
      ["trace", "sale", "none"],
      "trace.not_found",
    ),
    ask("rows at a time", "entity_state", { ...product, at: "2026-03-02T12:00:00Z" }, [
      "trace",
      ...words,
      "--at",
      "2026-03-02T12:00:00Z",
    ]),
    ask("rows before there were any", "entity_state", { ...product, at: "2026-01-01" }, [
      "trace",
      ...words,
      "--at",
      "2026-01-01T00:00:00Z",
    ]),
    ask("events", "events", { limit: 3 }, ["events", "list", "--limit", "3"]),
    ask("the next page of them", "events", { limit: 3, cursor: ids.eventCursor }, [
      "events",
      "list",
      "--limit",
      "3",
      "--cursor",
      ids.eventCursor,
    ]),
    {
      ...ask("events by type", "events", { type: ["sale.returned"] }, ["events", "list", "--type", "sale.returned"]),
      finds: 5,
    },
    ask("events by the beginning of a type", "events", { type: ["sale.*"], limit: 5 }, [
      "events",
      "list",
      "--type",
      "sale.*",
      "--limit",
      "5",
    ]),
    ask("events by actor", "events", { actor: "clerk-1" }, ["events", "list", "--actor", "clerk-1"]),
    ask("events by entity and time", "events", { entity_type: "sale", ...range }, [
      "events",
      "list",
      "--entity-type",
      "sale",
      ...rangeWords,
    ]),
    ask(
      "row changes by table and operation",
      "events",
      { kind: "change_event", table: "shop.stock", operation: "update", limit: 5 },
      ["events", "list", "--table", "shop.stock", "--operation", "update", "--limit", "5"],
    ),
    ask("events of a type that is none", "events", { type: ["sale%"] }, ["events", "list", "--type", "sale%"]),
    ask("a business event by its id", "event", { id: ids.businessEvent }, ["events", "show", ids.businessEvent]),
    ask("a row change by its id", "event", { id: ids.changeEvent }, ["events", "show", ids.changeEvent]),
    ask("an event that is none", "event", { id: nobody }, ["events", "show", nobody], "trace.not_found"),
    ask("why", "explain", { id: ids.businessEvent }, ["explain", ids.businessEvent]),
    ask("why of what is not there", "explain", { id: nobody }, ["explain", nobody], "trace.not_found"),
    { ...ask("words", "search", { text: "number 7" }, ["search", "number 7"]), finds: 1 },
    { ...ask("a literal %", "search", { text: "100% off" }, ["search", "100% off"]), finds: 1 },
    { ...ask("literal quotes", "search", { text: `'quoted' "word"` }, ["search", `'quoted' "word"`]), finds: 1 },
    { ...ask("a literal _", "search", { text: "under_score" }, ["search", "under_score"]), finds: 1 },
    { ...ask("operators that are none", "search", { text: "* (near) AND" }, ["search", "* (near) AND"]), finds: 1 },
    {
      ...ask("words in the row changes", "search", { text: "café", kind: "change_event" }, [
        "search",
        "café",
        "--changes",
      ]),
      finds: 1,
    },
    { ...ask("words that nobody wrote", "search", { text: "zebra" }, ["search", "zebra"]), finds: 0 },
    ask("a day", "summary", { date: "2026-03-02", zone: "UTC" }, ["summary", "--date", "2026-03-02"]),
    ask("a day elsewhere", "summary", { date: "2026-03-02", zone: "America/Lima" }, [
      "summary",
      "--date",
      "2026-03-02",
      "--zone",
      "America/Lima",
    ]),
    ask("an empty day", "summary", { date: "2020-01-01", zone: "UTC" }, ["summary", "--date", "2020-01-01"]),
    { ...ask("anomalies", "anomalies", range, ["anomalies", ...rangeWords]), finds: 3 },
    ask("grave anomalies", "anomalies", { severity: "high", limit: 5 }, [
      "anomalies",
      "--severity",
      "high",
      "--limit",
      "5",
    ]),
    ask("an anomaly's reasons", "explain", { id: ids.anomaly }, ["explain", ids.anomaly]),
    ask("what the trail holds", "coverage", {}, ["status"]),
    ask("too much at once", "events", { limit: 1_000_000 }, ["events", "list", "--limit", "1000000"], "usage.query"),
    ask(
      "a time that is none",
      "events",
      { from: "2026-02-30" },
      ["events", "list", "--start", "2026-02-30"],
      "usage.query",
    ),
    ask("a cursor that is none", "events", { cursor: "x" }, ["events", "list", "--cursor", "x"], "usage.query"),
    ask("an id that is none", "explain", { id: "x" }, ["explain", "x"], "usage.query"),
  ];
}

function ask(
  what: string,
  question: keyof typeof tools,
  input: JsonObject,
  cli: readonly string[],
  error?: AskedQuestion["error"],
): AskedQuestion {
  return {
    what,
    question,
    input,
    cli,
    mcp: { tool: tools[question], input },
    ...(error === undefined ? {} : { error }),
  };
}
